//! Plain text from anywhere made harmless: one line for titles and names, many lines for Markdown. Pure.

/// How many combining marks in a row a base character keeps. Two are enough for every language
/// that is written with the general marks (Vietnamese needs two); more only make "zalgo" text.
const GENERAL_MARKS: usize = 2;
/// Scripts whose own marks do stack (pointed Hebrew, vocalised Arabic, Thai, Tibetan) keep more.
const SCRIPT_MARKS: usize = 4;

/// One line of text for display: a title, a display name, an alt text, a host as typed.
///
/// All white space becomes single spaces; control characters, bidirectional overrides and
/// isolates, invisible fillers and piled-up combining marks go; joiners stay only between
/// visible characters (emoji, Persian, Indic scripts need them). Longer texts are cut so that
/// at most `max_chars` characters remain, the last of them being `…`.
pub fn one_line(text: &str, max_chars: usize) -> String {
    let mut line = Line::new(max_chars);
    for c in text.chars() {
        line.push(c);
        if line.count > max_chars {
            break;
        }
    }
    line.finish()
}

/// Markdown as it is stored: line ends are `\n`, control characters other than tab are gone,
/// empty space around the whole is gone too (but not the indent of the first line).
pub fn markdown_body(text: &str) -> String {
    let mut body = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    body.push('\n');
                }
            }
            '\n' | '\t' => body.push(c),
            '\u{FEFF}' => {}
            c if c.is_control() => {}
            c => body.push(c),
        }
    }
    body.trim_end().trim_start_matches('\n').to_owned()
}

struct Line {
    max: usize,
    text: String,
    /// Characters in `text`.
    count: usize,
    /// Byte length of `text` after `max - 1` characters: where an over-long text is cut.
    cut: usize,
    space: bool,
    joiner: Option<char>,
    marks: usize,
}

impl Line {
    fn new(max: usize) -> Self {
        Line {
            max,
            text: String::new(),
            count: 0,
            cut: 0,
            space: false,
            joiner: None,
            marks: 0,
        }
    }

    fn push(&mut self, c: char) {
        if c.is_whitespace() || is_blank(c) {
            self.space = true;
            self.joiner = None;
        } else if matches!(c, '\u{200C}' | '\u{200D}') {
            if !self.space && !self.text.is_empty() {
                self.joiner = Some(c);
            }
        } else if c.is_control() || is_invisible(c) {
            // Gone, and it separates nothing.
        } else if let Some(limit) = mark_limit(c) {
            if !self.text.is_empty() && !self.space && self.marks < limit {
                self.marks += 1;
                self.add(c);
            }
        } else {
            if std::mem::take(&mut self.space) && !self.text.is_empty() {
                self.add(' ');
            }
            if let Some(joiner) = self.joiner.take() {
                self.add(joiner);
            }
            self.marks = 0;
            self.add(c);
        }
    }

    fn add(&mut self, c: char) {
        self.text.push(c);
        self.count += 1;
        if self.count + 1 == self.max {
            self.cut = self.text.len();
        }
    }

    fn finish(mut self) -> String {
        if self.count > self.max {
            self.text.truncate(self.cut);
            self.text.truncate(self.text.trim_end().len());
            if self.max > 0 {
                self.text.push('…');
            }
        }
        self.text
    }
}

/// Characters that look like nothing at all but count as letters or symbols.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{115F}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
    )
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' // bidirectional embeddings and overrides
        | '\u{2060}'..='\u{206F}' // word joiner, isolates, deprecated format characters
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// For a combining mark, how many marks its base may carry.
fn mark_limit(c: char) -> Option<usize> {
    match c {
        '\u{0300}'..='\u{036F}'
        | '\u{0483}'..='\u{0489}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}' => Some(GENERAL_MARKS),
        '\u{0591}'..='\u{05BD}'
        | '\u{05BF}'
        | '\u{05C1}'..='\u{05C2}'
        | '\u{05C4}'..='\u{05C5}'
        | '\u{05C7}'
        | '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}'
        | '\u{0670}'
        | '\u{06D6}'..='\u{06DC}'
        | '\u{06DF}'..='\u{06E4}'
        | '\u{06E7}'..='\u{06E8}'
        | '\u{06EA}'..='\u{06ED}'
        | '\u{0E31}'
        | '\u{0E34}'..='\u{0E3A}'
        | '\u{0E47}'..='\u{0E4E}'
        | '\u{0EB1}'
        | '\u{0EB4}'..='\u{0EBC}'
        | '\u{0EC8}'..='\u{0ECE}'
        | '\u{0F71}'..='\u{0F84}'
        | '\u{0F8D}'..='\u{0FBC}' => Some(SCRIPT_MARKS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_trimmed_line() {
        assert_eq!(one_line("  a\r\n\tb \u{2028} c\u{0}\u{7} ", 100), "a b c");
        assert_eq!(one_line("", 10), "");
        assert_eq!(one_line(" \u{3164}\u{2800}\u{200B} ", 10), "");
    }

    #[test]
    fn bidi_overrides_and_isolates_are_gone() {
        assert_eq!(one_line("invoice\u{202E}fdp.exe", 100), "invoicefdp.exe");
        for c in ('\u{202A}'..='\u{202E}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(one_line(&format!("a{c}b"), 100), "ab");
        }
    }

    #[test]
    fn zalgo_keeps_two_marks_a_base_even_with_joiners_between_them() {
        let zalgo = format!("e{}x", "\u{0301}\u{200D}".repeat(50));
        assert_eq!(one_line(&zalgo, 100), "e\u{0301}\u{0301}\u{200D}x");
        assert_eq!(one_line("\u{0301}\u{0301}a", 100), "a");
        assert_eq!(
            one_line("Viê\u{0323}t e\u{302}\u{301}", 100),
            "Viê\u{0323}t e\u{302}\u{301}"
        );
    }

    #[test]
    fn joiners_stay_in_emoji_and_between_letters_only() {
        assert_eq!(one_line("👩\u{200D}🏫", 100), "👩\u{200D}🏫");
        assert_eq!(one_line("می\u{200C}خواهم", 100), "می\u{200C}خواهم");
        assert_eq!(one_line("\u{200D}a\u{200D}\u{200D} b\u{200C}", 100), "a b");
    }

    #[test]
    fn long_lines_are_cut_with_an_ellipsis_within_the_limit() {
        assert_eq!(one_line("abcdef", 6), "abcdef");
        assert_eq!(one_line("abcdefg", 6), "abcde…");
        assert_eq!(one_line("ab cdef", 4), "ab…");
        assert_eq!(one_line("äöüß", 3), "äö…");
        assert_eq!(one_line("ab", 1), "…");
        assert_eq!(one_line("ab", 0), "");
    }

    #[test]
    fn bodies_keep_lines_tabs_and_indents_but_no_controls() {
        assert_eq!(
            markdown_body("\u{FEFF}\r\n\n    code\r\n\tx\ra\u{0}\u{1b}b\n \n"),
            "    code\n\tx\nab"
        );
    }
}
