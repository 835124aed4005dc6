//! Damaged documents: whatever a peer sends, reading ends with an answer.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::real_documents;
use super::samples::{a_note, a_page, an_actor, url};
use crate::activitystreams::*;
use crate::domain::kinds::ActorKind;

#[derive(Clone, Debug)]
enum Damage {
    Remove,
    Replace(Value),
    /// The member's value once more, as a list of two.
    Double,
    /// Under another member's name.
    CopyTo(usize),
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "",
        "Note",
        "Create",
        "Follow",
        "Group",
        "OrderedCollection",
        "Tombstone",
        "as:Public",
        "https://a.example/1",
        "https://a.example./x#y",
        "javascript:1",
        "2021-11-05",
        "true",
        "\0",
        "https://[::1]/",
        "http://1.2.3.4.:99999/",
        "https://xn--/",
        "text/markdown",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "id", "type", "href", "url", "object", "actor", "content", "@value",
    ]);
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..4).prop_map(|members| {
                let members = members.into_iter().map(|(k, v)| (k.to_owned(), v));
                Value::Object(members.collect::<Map<_, _>>())
            }),
        ]
    })
}

fn any_damage() -> impl Strategy<Value = (usize, Damage)> {
    let damage = prop_oneof![
        Just(Damage::Remove),
        any_json().prop_map(Damage::Replace),
        Just(Damage::Double),
        any::<usize>().prop_map(Damage::CopyTo),
    ];
    (any::<usize>(), damage)
}

/// Every member of every object in the document, by its path.
fn members(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                found.push((path.to_owned(), key.clone()));
                let key = key.replace('~', "~0").replace('/', "~1");
                members(inner, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                members(inner, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn damaged(mut value: Value, (place, damage): &(usize, Damage)) -> Value {
    let mut found = Vec::new();
    members(&value, "", &mut found);
    if found.is_empty() {
        return value;
    }
    let (path, key) = &found[place % found.len()];
    let object = value.pointer_mut(path).unwrap().as_object_mut().unwrap();
    match damage {
        Damage::Remove => drop(object.remove(key)),
        Damage::Replace(other) => drop(object.insert(key.clone(), other.clone())),
        Damage::Double => {
            let twice = vec![object[key].clone(); 2];
            object.insert(key.clone(), Value::Array(twice));
        }
        Damage::CopyTo(other) => {
            let (_, name) = &found[other % found.len()];
            let copy = object[key].clone();
            object.insert(name.clone(), copy);
        }
    }
    value
}

fn documents() -> Vec<Value> {
    let own = page(&a_page());
    let group = actor(&an_actor(ActorKind::Group, "/c/looms"));
    let created = create(&url("/a/1"), &url("/u/bob"), note(&a_note()));
    let announced = announce(&url("/a/2"), &url("/c/looms"), &url("/f"), created, None);
    let real = real_documents().into_iter().map(|document| document.value);
    [own, group, announced].into_iter().chain(real).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn damaged_documents_never_bring_us_down(
        picked in any::<prop::sample::Index>(),
        damages in prop::collection::vec(any_damage(), 1..6),
    ) {
        thread_local!(static DOCUMENTS: Vec<Value> = documents());
        let mut value = DOCUMENTS.with(|all| picked.get(all).clone());
        for damage in &damages {
            value = damaged(value, damage);
        }
        for read in [value.clone(), parse_json(value.to_string().as_bytes()).unwrap_or_default()] {
            let _ = (read_activity(&read), read_object(&read), read_collection(&read), read_key(&read));
            let _ = with_context(read.clone());
            let _ = (create(&url("/a"), &url("/u"), read.clone()), accept(&url("/a"), &url("/u"), read));
        }
    }

    #[test]
    fn bytes_and_headers_of_any_kind_never_bring_us_down(bytes in any::<Vec<u8>>(), text in any::<String>()) {
        let _ = (parse_json(&bytes), parse_json(text.as_bytes()), parse_url(&text));
        let _ = (is_activity_content_type(&text), prefers_activity_json(&text));
    }

    #[test]
    fn an_accepted_address_is_already_in_its_normal_form(
        text in r"(?i)https?:[/\\]{1,3}([a-z]{0,3}(:x)?@)?[a-zäß0-9.\[\]:%-]{0,12}(:[0-9]{0,5})?[/?#@\\a-z.]{0,8}",
    ) {
        if let Ok(url) = parse_url(&text) {
            prop_assert_eq!(parse_url(url.as_str()), Ok(url));
        }
    }
}
