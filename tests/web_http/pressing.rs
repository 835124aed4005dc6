//! Buttons, pressed as a browser does it: what is sent is the form that the page has, with all that stands in it.

use std::collections::BTreeMap;

use crate::visitor::{Answer, Visitor};

impl Visitor {
    /// Presses the button of these words on a page, after filling in fields that its form has.
    pub async fn presses(&self, page: &str, button: &str, filled: &[(&str, &str)]) -> Answer {
        let text = self.get(page).await.text();
        let form = forms(&text)
            .find_map(|form| Form::with(form, button))
            .unwrap_or_else(|| panic!("no button {button:?} on {page}: {text}"));
        let mut fields = form.fields;
        for (name, value) in filled {
            assert!(
                form.names.contains(&(*name).to_owned()),
                "no {name} beside {button:?} on {page}"
            );
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let path = form.action.unwrap_or_else(|| page.to_owned());
        self.posts(&path, &fields).await
    }

    /// Whether such a button is there to be pressed.
    pub async fn sees_button(&self, page: &str, button: &str) -> bool {
        let text = self.get(page).await.text();
        forms(&text).any(|form| Form::with(form, button).is_some())
    }
}

struct Form {
    action: Option<String>,
    /// What is sent if nobody touches it.
    fields: BTreeMap<String, String>,
    names: Vec<String>,
}

/// Everything from one `<form` to its end.
fn forms(page: &str) -> impl Iterator<Item = &str> {
    page.split("<form")
        .skip(1)
        .map(|rest| rest.split("</form>").next().unwrap())
}

impl Form {
    fn with(form: &str, button: &str) -> Option<Form> {
        let pressed = elements(form, "button").find(|(tag, inside)| {
            let words = attribute(tag, "aria-label").unwrap_or_else(|| plain(inside));
            words == button
        })?;
        let head = form.split('>').next().unwrap();
        let (mut fields, mut names) = (BTreeMap::new(), Vec::new());
        for tag in form
            .split("<input")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap())
        {
            let Some(name) = attribute(tag, "name") else {
                continue;
            };
            names.push(name.clone());
            let chosen = !matches!(
                attribute(tag, "type").as_deref(),
                Some("checkbox" | "radio")
            ) || tag.contains(" checked");
            if chosen {
                fields.insert(name, attribute(tag, "value").unwrap_or_default());
            }
        }
        for (tag, inside) in elements(form, "textarea") {
            let name = attribute(tag, "name").unwrap();
            names.push(name.clone());
            fields.insert(name, unescaped(inside.trim_start_matches('\n')));
        }
        for (tag, inside) in elements(form, "select") {
            let name = attribute(tag, "name").unwrap();
            names.push(name.clone());
            let mut options = inside
                .split("<option")
                .skip(1)
                .map(|rest| rest.split('>').next().unwrap());
            if let Some(option) = options
                .clone()
                .find(|tag| tag.contains(" selected"))
                .or(options.next())
            {
                fields.insert(name, attribute(option, "value").unwrap_or_default());
            }
        }
        if let (Some(name), value) = (attribute(pressed.0, "name"), attribute(pressed.0, "value")) {
            fields.insert(name, value.unwrap_or_default());
        }
        Some(Form {
            action: attribute(head, "action"),
            fields,
            names,
        })
    }
}

/// Tag and inside of each element of this name; none stands in another of the same name.
fn elements<'a>(html: &'a str, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let end = format!("</{name}>");
    let pieces: Vec<&str> = html.split(&format!("<{name}")).skip(1).collect();
    pieces.into_iter().filter_map(move |rest| {
        let (tag, after) = rest.split_once('>')?;
        Some((tag, after.split(&end).next()?))
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

/// The words of an element, without the tags in it.
fn plain(html: &str) -> String {
    let pieces = html
        .split('<')
        .enumerate()
        .map(|(index, piece)| match index {
            0 => piece,
            _ => piece.split_once('>').map_or("", |(_, words)| words),
        });
    unescaped(pieces.collect::<String>().trim())
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
