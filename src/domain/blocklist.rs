//! Lists of blocked servers as other software writes them: Mastodon's CSV, GoToSocial's JSON, plain
//! lines. Pure.

use serde::{Deserialize, Serialize};

use super::hosts::Domain;
use super::limits::Reason;
use super::text::one_line;

/// More than any list in use has.
pub const ENTRIES_MAX: usize = 20_000;

/// What a list says, as far as it can be taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocklist {
    pub entries: Vec<Entry>,
    /// What was left out, each with why.
    pub skipped: Vec<Skipped>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub domain: Domain,
    pub reason: Option<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub text: String,
    pub why: &'static str,
}

#[derive(Deserialize)]
struct JsonEntry {
    domain: String,
    #[serde(default)]
    public_comment: Option<String>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    severity: Option<String>,
}

#[derive(Serialize)]
struct JsonOut<'a> {
    domain: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_comment: Option<&'a str>,
}

impl Blocklist {
    /// Reads whichever of the three it is.
    pub fn parse(text: &str) -> Blocklist {
        let text = text.trim_start_matches('\u{FEFF}').trim();
        let mut list = Blocklist::default();
        if text.starts_with('[') {
            list.read_json(text);
        } else {
            list.read_lines(text);
        }
        list
    }

    fn read_json(&mut self, text: &str) {
        let entries: Vec<JsonEntry> = match serde_json::from_str(text) {
            Ok(entries) => entries,
            Err(_) => return self.skip(text, "This is no list in JSON."),
        };
        for entry in entries {
            let reason = entry.public_comment.or(entry.comment);
            self.add(&entry.domain, entry.severity.as_deref(), reason.as_deref());
        }
    }

    fn read_lines(&mut self, text: &str) {
        let rows = rows(text);
        let heading = rows.first().and_then(|row| Heading::of(row));
        let skip = usize::from(heading.is_some());
        for row in rows.iter().skip(skip) {
            match &heading {
                Some(heading) => {
                    let at = |column: Option<usize>| {
                        column
                            .and_then(|column| row.get(column))
                            .map(String::as_str)
                    };
                    let domain = at(Some(heading.domain)).unwrap_or_default();
                    self.add(domain, at(heading.severity), at(heading.comment));
                }
                None => {
                    let line = row.join(",");
                    let (domain, comment) = match line.split_once('#') {
                        Some((domain, comment)) => (domain, Some(comment)),
                        None => (line.as_str(), None),
                    };
                    // Without a heading: a domain, and Mastodon's severity behind it.
                    let (domain, severity) = match domain.split_once(',') {
                        Some((domain, rest)) => (domain, rest.split(',').next()),
                        None => (domain, None),
                    };
                    self.add(domain, severity, comment);
                }
            }
        }
    }

    fn add(&mut self, domain: &str, severity: Option<&str>, reason: Option<&str>) {
        let domain = domain.trim();
        if domain.is_empty() {
            return;
        }
        if self.entries.len() >= ENTRIES_MAX {
            return self.skip(domain, "The list is too long.");
        }
        if !matches!(
            severity.map(str::trim),
            None | Some("" | "suspend" | "domain")
        ) {
            return self.skip(domain, "It is limited there, not blocked.");
        }
        if domain.contains('*') && !domain.starts_with("*.") {
            return self.skip(domain, "Its name is not told in full.");
        }
        let Ok(domain) = Domain::parse(domain) else {
            return self.skip(domain, "It is not the name of a server.");
        };
        if self.entries.iter().any(|entry| entry.domain == domain) {
            return;
        }
        let reason = reason.and_then(Reason::cut);
        self.entries.push(Entry { domain, reason });
    }

    fn skip(&mut self, text: &str, why: &'static str) {
        self.skipped.push(Skipped {
            text: one_line(text, 80),
            why,
        });
    }

    /// As Mastodon exports and imports it.
    pub fn to_csv(&self) -> String {
        let mut out =
            "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
                .to_owned();
        for entry in &self.entries {
            let comment = entry.reason.as_ref().map_or("", Reason::as_str);
            let comment = match comment.contains([',', '"']) {
                true => format!("\"{}\"", comment.replace('"', "\"\"")),
                false => comment.to_owned(),
            };
            out.push_str(&format!(
                "{},suspend,False,False,{comment},False\n",
                entry.domain
            ));
        }
        out
    }

    /// One domain a line.
    pub fn to_lines(&self) -> String {
        let lines = self
            .entries
            .iter()
            .map(|entry| format!("{}\n", entry.domain));
        lines.collect()
    }

    /// As GoToSocial exports and imports it.
    pub fn to_json(&self) -> String {
        let all: Vec<JsonOut<'_>> = self
            .entries
            .iter()
            .map(|entry| JsonOut {
                domain: entry.domain.as_str(),
                public_comment: entry.reason.as_ref().map(Reason::as_str),
            })
            .collect();
        serde_json::to_string_pretty(&all).unwrap_or_default()
    }
}

/// Which column is which.
struct Heading {
    domain: usize,
    severity: Option<usize>,
    comment: Option<usize>,
}

impl Heading {
    fn of(row: &[String]) -> Option<Heading> {
        let column = |name: &str| {
            row.iter().position(|cell| {
                cell.trim()
                    .trim_start_matches('#')
                    .eq_ignore_ascii_case(name)
            })
        };
        Some(Heading {
            domain: column("domain")?,
            severity: column("severity"),
            comment: column("public_comment").or(column("comment")),
        })
    }
}

/// Rows and cells of RFC 4180, tolerant: a quote counts at the beginning of a cell only.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let (mut row, mut cell) = (Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted => {
                if chars.peek() == Some(&'"') {
                    chars.next();
                    cell.push('"');
                } else {
                    quoted = false;
                }
            }
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    row.push(cell);
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &Blocklist) -> Vec<(&str, Option<&str>)> {
        list.entries
            .iter()
            .map(|entry| {
                (
                    entry.domain.as_str(),
                    entry.reason.as_ref().map(Reason::as_str),
                )
            })
            .collect()
    }

    #[test]
    fn mastodons_csv_is_read_with_its_reasons() {
        let list = Blocklist::parse(
            "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n\
             bad.example,suspend,False,False,\"spam, and \"\"worse\"\"\",False\r\n\
             loud.example,silence,True,False,,False\r\n\
             Bad.Example,suspend,False,False,twice,False\r\n\
             b*d.example,suspend,False,False,,True\r\n\
             not a host,suspend,False,False,,False\r\n",
        );
        assert_eq!(names(&list), [("bad.example", Some("spam, and \"worse\""))]);
        let skipped: Vec<&str> = list.skipped.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(skipped, ["loud.example", "b*d.example", "not a host"]);
    }

    #[test]
    fn plain_lines_and_json_are_read() {
        let list = Blocklist::parse(
            "\u{FEFF}# our list\nbad.example # spam\n\n*.worse.example\nbücher.example\n",
        );
        assert_eq!(
            names(&list),
            [
                ("bad.example", Some("spam")),
                ("worse.example", None),
                ("xn--bcher-kva.example", None)
            ]
        );
        let list = Blocklist::parse(
            r#"[{"domain":"bad.example","public_comment":"spam","obfuscate":false},{"domain":"x.example"}]"#,
        );
        assert_eq!(
            names(&list),
            [("bad.example", Some("spam")), ("x.example", None)]
        );
        assert_eq!(Blocklist::parse("[{").skipped.len(), 1);
        assert_eq!(Blocklist::parse(""), Blocklist::default());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let list = Blocklist::parse("a.example # x, \"y\"\nb.example");
        for text in [list.to_csv(), list.to_json()] {
            assert_eq!(Blocklist::parse(&text), list, "{text}");
        }
        assert_eq!(list.to_lines(), "a.example\nb.example\n");
    }
}
