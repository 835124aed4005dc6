//! Polls: what may be asked, for how long, and who may choose what. Pure.

use thiserror::Error;

use super::text::one_line;
use super::time::{DAY, HOUR, MINUTE, Timestamp};

pub const OPTIONS_MIN: usize = 2;
/// Mastodon shows as many as are sent; more than this is no longer a poll but a form.
pub const OPTIONS_MAX: usize = 10;
/// Characters of one option.
pub const OPTION_MAX: usize = 100;
/// Of polls from elsewhere we keep no more than this.
pub const REMOTE_OPTIONS_MAX: usize = 50;
pub const SHORTEST: i64 = 5 * MINUTE;
/// Half a year.
pub const LONGEST: i64 = 183 * DAY;

/// How long a poll may be open, as the form offers it.
pub const DURATIONS: &[(&str, i64)] = &[
    ("5 minutes", SHORTEST),
    ("30 minutes", 30 * MINUTE),
    ("1 hour", HOUR),
    ("6 hours", 6 * HOUR),
    ("1 day", DAY),
    ("3 days", 3 * DAY),
    ("1 week", 7 * DAY),
    ("2 weeks", 14 * DAY),
    ("1 month", 30 * DAY),
    ("3 months", 91 * DAY),
    ("6 months", LONGEST),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PollError {
    #[error("A poll needs at least {OPTIONS_MIN} different answers to choose from.")]
    TooFew,
    #[error("A poll may have at most {OPTIONS_MAX} answers.")]
    TooMany,
    #[error("An answer may have at most {OPTION_MAX} characters.")]
    TooLong,
    #[error("A poll is open for 5 minutes at least, and for 6 months at most.")]
    Duration,
}

/// Why a choice does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChoiceError {
    #[error("This poll is closed.")]
    Closed,
    #[error("Choose one of the answers.")]
    Nothing,
    #[error("There is no such answer.")]
    Unknown,
    #[error("Only one answer can be chosen.")]
    OnlyOne,
    #[error("You have voted already.")]
    Twice,
}

/// A poll as a member asks it, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPoll {
    pub options: Vec<String>,
    pub multiple: bool,
    pub ends: Timestamp,
}

impl NewPoll {
    /// Lines left empty are no answers.
    pub fn parse<'a>(
        options: impl IntoIterator<Item = &'a str>,
        multiple: bool,
        lasts: i64,
        now: Timestamp,
    ) -> Result<NewPoll, PollError> {
        let mut kept: Vec<String> = Vec::new();
        for option in options {
            let line = one_line(option, OPTION_MAX + 1);
            if line.chars().count() > OPTION_MAX {
                return Err(PollError::TooLong);
            }
            if !line.is_empty() && !kept.contains(&line) {
                kept.push(line);
            }
        }
        if kept.len() < OPTIONS_MIN {
            return Err(PollError::TooFew);
        }
        if kept.len() > OPTIONS_MAX {
            return Err(PollError::TooMany);
        }
        if !(SHORTEST..=LONGEST).contains(&lasts) {
            return Err(PollError::Duration);
        }
        Ok(NewPoll {
            options: kept,
            multiple,
            ends: now.plus(lasts),
        })
    }
}

/// What of a choice is new, if it may be made. `mine`: what was chosen before. The whole choice is made
/// at once here; from elsewhere it comes an answer at a time (`piecemeal`).
pub fn choose(
    multiple: bool,
    options: usize,
    closed: bool,
    mine: &[usize],
    choice: &[usize],
    piecemeal: bool,
) -> Result<Vec<usize>, ChoiceError> {
    if closed {
        return Err(ChoiceError::Closed);
    }
    if choice.iter().any(|position| *position >= options) {
        return Err(ChoiceError::Unknown);
    }
    let mut new: Vec<usize> = Vec::new();
    for position in choice {
        if !new.contains(position) && !mine.contains(position) {
            new.push(*position);
        }
    }
    if choice.is_empty() {
        return Err(ChoiceError::Nothing);
    }
    if new.is_empty() {
        return Ok(new);
    }
    if !multiple && new.len() + mine.len() > 1 {
        return Err(if mine.is_empty() {
            ChoiceError::OnlyOne
        } else {
            ChoiceError::Twice
        });
    }
    if !piecemeal && !mine.is_empty() {
        return Err(ChoiceError::Twice);
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_has_two_to_ten_answers_and_an_end() {
        let now = Timestamp::parse("2026-11-24T12:00:00Z").unwrap();
        let parse = |options: &[&str], lasts| {
            NewPoll::parse(options.iter().copied(), false, lasts, now).map(|poll| poll.options)
        };
        assert_eq!(
            parse(&[" Linen ", "", "Wool", "Wool"], DAY),
            Ok(vec!["Linen".into(), "Wool".into()])
        );
        assert_eq!(parse(&["Wool", " Wool"], DAY), Err(PollError::TooFew));
        let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(parse(&many, DAY), Err(PollError::TooMany));
        let long = "a".repeat(101);
        assert_eq!(parse(&[&long, "b"], DAY), Err(PollError::TooLong));
        assert_eq!(parse(&["a", "b"], MINUTE), Err(PollError::Duration));
        assert_eq!(parse(&["a", "b"], LONGEST + 1), Err(PollError::Duration));
        assert!(
            DURATIONS
                .iter()
                .all(|(_, d)| parse(&["a", "b"], *d).is_ok())
        );
    }

    #[test]
    fn one_or_many_are_chosen_once_and_before_the_end() {
        let one = |mine: &[usize], choice: &[usize]| choose(false, 3, false, mine, choice, true);
        let many = |mine: &[usize], choice: &[usize]| choose(true, 3, false, mine, choice, true);
        assert_eq!(one(&[], &[1]), Ok(vec![1]));
        assert_eq!(one(&[1], &[1]), Ok(vec![]));
        assert_eq!(one(&[1], &[2]), Err(ChoiceError::Twice));
        assert_eq!(one(&[], &[1, 2]), Err(ChoiceError::OnlyOne));
        assert_eq!(one(&[], &[3]), Err(ChoiceError::Unknown));
        assert_eq!(one(&[], &[]), Err(ChoiceError::Nothing));
        assert_eq!(many(&[0], &[2, 2]), Ok(vec![2]));
        assert_eq!(
            choose(true, 3, false, &[0], &[2], false),
            Err(ChoiceError::Twice)
        );
        assert_eq!(
            choose(true, 3, true, &[], &[2], false),
            Err(ChoiceError::Closed)
        );
    }
}
