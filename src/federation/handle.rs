//! How people and groups are named across servers: `name@host`.

use url::Url;

/// `name@host`, with or without `acct:`, `@` or `!` before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    pub name: String,
    /// Lower case, with a port if there is one.
    pub host: String,
    /// Written with `!`: the group of that name.
    pub group: bool,
}

impl Handle {
    pub fn parse(text: &str) -> Option<Handle> {
        let text = text.trim();
        let text = match text.get(..5) {
            Some(scheme) if scheme.eq_ignore_ascii_case("acct:") => &text[5..],
            _ => text,
        };
        let (text, group) = match text.strip_prefix('!') {
            Some(rest) => (rest, true),
            None => (text.strip_prefix('@').unwrap_or(text), false),
        };
        let (name, host) = text.split_once('@')?;
        let name_is_fine = !name.is_empty()
            && name.len() <= 100
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if !name_is_fine || host.contains(['@', '/', '?', '#', '\\', ' ']) {
            return None;
        }
        let url = Url::parse(&format!("https://{host}/")).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        Some(Handle {
            name: name.to_owned(),
            host: crate::domain::house::host_of(&url)?,
            group,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_read_in_every_common_spelling() {
        let plain = Handle {
            name: "ann".to_owned(),
            host: "a.example".to_owned(),
            group: false,
        };
        for text in [
            "ann@a.example",
            "@ann@A.Example",
            "acct:ann@a.example",
            "ACCT:ann@a.example",
            " @ann@a.example. ",
        ] {
            assert_eq!(Handle::parse(text), Some(plain.clone()), "{text}");
        }
        assert!(
            Handle::parse("!x@a.example:8080")
                .is_some_and(|h| h.group && h.host == "a.example:8080")
        );
        for text in [
            "ann",
            "@ann",
            "a b@c",
            "ann@evil/../x",
            "ann@user:pw@host",
            "@@x",
        ] {
            assert_eq!(Handle::parse(text), None, "{text}");
        }
    }
}
