//! Keyset pages: a list continues after the last row's sort key, never at an offset.

use std::fmt;
use std::str::FromStr;

/// Where a list goes on: the sort key of the last row shown, then its id. Opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub key: i64,
    pub id: i64,
}

impl Cursor {
    /// Before everything, in a list that rises.
    pub const BEGINNING: Cursor = Cursor {
        key: i64::MIN,
        id: i64::MIN,
    };

    /// Likewise, in one that falls.
    pub const END: Cursor = Cursor {
        key: i64::MAX,
        id: i64::MAX,
    };
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}", self.key, self.id)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this page address is not valid")]
pub struct BadCursor;

impl FromStr for Cursor {
    type Err = BadCursor;
    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (key, id) = text.split_once('.').ok_or(BadCursor)?;
        let part = |s| {
            u64::from_str_radix(s, 16)
                .map(u64::cast_signed)
                .map_err(|_| BadCursor)
        };
        Ok(Cursor {
            key: part(key)?,
            id: part(id)?,
        })
    }
}

/// One page of a list, with the cursor of the next one if there is one.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// From `limit + 1` rows: the extra row only tells that there is more.
    pub fn from_rows(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(key) } else { None };
        Page { items: rows, next }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_address_bar_and_nonsense_is_refused() {
        for cursor in [
            Cursor { key: -5, id: 9 },
            Cursor {
                key: i64::MAX,
                id: 0,
            },
        ] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        assert_eq!("1.2.3".parse::<Cursor>(), Err(BadCursor));
        assert_eq!("".parse::<Cursor>(), Err(BadCursor));
    }
}
