//! Takes the sting out of hostile Markdown before it is parsed: length, nesting, giant tables.

use crate::domain::limits::BODY_MAX;

/// Quotes and lists opened by one line. Parsers walk all open ones again on every further line.
const MAX_CONTAINERS: usize = 20;

/// Cells of one table: a parser fills up missing cells, so a short row may cost many.
const MAX_CELLS: usize = 10_000;

/// The first `BODY_MAX` characters, with a backslash before whatever opens one container too
/// many or the underline of a table too large: those stay text.
pub(super) fn flatten(markdown: &str) -> String {
    let end = markdown.char_indices().nth(BODY_MAX).map(|(at, _)| at);
    let lines: Vec<&str> = markdown[..end.unwrap_or(markdown.len())]
        .split_inclusive('\n')
        .collect();
    let mut flat = String::with_capacity(markdown.len());
    // From the end, so that the lines which could be rows of a table are counted once.
    let mut breaks: Vec<Option<usize>> = Vec::with_capacity(lines.len());
    let mut rows = 0;
    for line in lines.iter().rev() {
        rows = if line.trim().is_empty() { 0 } else { rows + 1 };
        breaks.push(one_container_too_many(line).or_else(|| oversized_table(line, rows)));
    }
    for (line, at) in lines.iter().zip(breaks.iter().rev()) {
        let (head, tail) = line.split_at(at.unwrap_or(0));
        flat.push_str(head);
        if at.is_some() {
            flat.push('\\');
        }
        flat.push_str(tail);
    }
    flat
}

fn one_container_too_many(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let spaced = |at: usize| matches!(bytes.get(at), Some(b' ' | b'\t' | b'\r' | b'\n') | None);
    let (mut at, mut containers) = (0, 0);
    loop {
        let length = match bytes.get(at)? {
            b' ' | b'\t' => 0,
            b'>' => 1,
            b'-' | b'*' | b'+' if spaced(at + 1) => 1,
            b'0'..=b'9' => {
                let digits = bytes[at..]
                    .iter()
                    .take_while(|b| b.is_ascii_digit())
                    .count();
                let marker = matches!(bytes.get(at + digits), Some(b'.' | b')'));
                if !marker || !spaced(at + digits + 1) {
                    return None;
                }
                digits + 1
            }
            _ => return None,
        };
        containers += usize::from(length > 0);
        if containers > MAX_CONTAINERS {
            return Some(at);
        }
        at += length.max(1);
    }
}

/// Where the underline of a table's head begins, when the table would have too many cells.
fn oversized_table(line: &str, rows: usize) -> Option<usize> {
    let underline = line
        .bytes()
        .all(|b| b" \t\r\n|:->*+0123456789.)".contains(&b));
    let columns = line.bytes().filter(|b| *b == b'|').count() + 1;
    if !underline || columns * rows <= MAX_CELLS {
        return None;
    }
    line.find('|')
}
