//! Lemmy's apps ask for `page=3`; lists here go on from a cursor. A numbered page is found by
//! walking there in long strides, which is bounded; `page_cursor` has no such bound.

use super::errors::ApiError;
use crate::domain::paging::{Cursor, Page};

const DEFAULT_LIMIT: i64 = 10;
/// Lemmy refuses more.
const MAX_LIMIT: i64 = 50;
/// Numbered pages that begin further down are empty.
const DEEPEST: usize = 10_000;
/// So many rows are passed over at once.
const STRIDE: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    pub limit: usize,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// From 1.
    Number(i64),
    After(Cursor),
}

impl Paging {
    /// `refusal`: Lemmy's error name for a limit or cursor that is none.
    pub fn new(
        page: Option<i64>,
        limit: Option<i64>,
        cursor: Option<&str>,
        refusal: &'static str,
    ) -> Result<Self, ApiError> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        let number = page.unwrap_or(1);
        if !(1..=MAX_LIMIT).contains(&limit) || number < 1 {
            return Err(ApiError::Named(refusal));
        }
        let place = match cursor {
            Some(text) => Place::After(text.parse().map_err(|_| ApiError::Named(refusal))?),
            None => Place::Number(number),
        };
        Ok(Paging {
            limit: limit as usize,
            place,
        })
    }

    /// Of a tree, whose bounds Lemmy does not check: without a limit as much as one call answers, and
    /// of a wider one no more.
    pub fn of_tree(page: Option<i64>, limit: Option<i64>, most: usize) -> Self {
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        Paging {
            limit: limit.filter(|limit| *limit > 0).unwrap_or(most).min(most),
            place: Place::Number(page.unwrap_or(1).max(1)),
        }
    }

    /// The page asked for of what is there whole.
    pub fn slice<T>(&self, rows: Vec<T>) -> Vec<T> {
        let before = match self.place {
            Place::After(_) => 0,
            Place::Number(number) => usize::try_from(number - 1)
                .unwrap_or(usize::MAX)
                .saturating_mul(self.limit),
        };
        rows.into_iter().skip(before).take(self.limit).collect()
    }

    pub fn is_first(&self) -> bool {
        self.place == Place::Number(1)
    }

    /// The page asked for; `load` passes over what stands before it.
    pub fn walk<T, E>(
        &self,
        mut load: impl FnMut(Option<Cursor>, usize) -> Result<Page<T>, E>,
    ) -> Result<Page<T>, E> {
        let mut after = None;
        let mut before = match self.place {
            Place::After(cursor) => return load(Some(cursor), self.limit),
            Place::Number(number) => usize::try_from(number - 1)
                .unwrap_or(usize::MAX)
                .saturating_mul(self.limit),
        };
        if before > DEEPEST {
            return Ok(nothing());
        }
        while before > 0 {
            let stride = before.min(STRIDE);
            match load(after, stride)?.next {
                Some(cursor) => after = Some(cursor),
                None => return Ok(nothing()),
            }
            before -= stride;
        }
        load(after, self.limit)
    }
}

fn nothing<T>() -> Page<T> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers from 1 to 95, and how often a page was loaded.
    fn numbers(paging: Paging) -> (Vec<i64>, bool, usize) {
        let mut loads = 0;
        let page = paging.walk(|after, limit| {
            loads += 1;
            let from = after.map_or(1, |cursor| cursor.id + 1);
            let rows = (from..=95).take(limit + 1).collect();
            Ok::<_, ()>(Page::from_rows(rows, limit, |id| Cursor {
                key: 0,
                id: *id,
            }))
        });
        let page = page.unwrap();
        (page.items, page.next.is_some(), loads)
    }

    fn paging(page: i64, limit: i64) -> Paging {
        Paging::new(Some(page), Some(limit), None, "couldnt_get_posts").unwrap()
    }

    #[test]
    fn numbered_pages_follow_each_other_and_end() {
        assert_eq!(numbers(paging(1, 10)).0, (1..=10).collect::<Vec<_>>());
        assert_eq!(numbers(paging(10, 10)).0, (91..=95).collect::<Vec<_>>());
        assert!(!numbers(paging(10, 10)).1);
        assert!(numbers(paging(11, 10)).0.is_empty());
    }

    #[test]
    fn a_page_far_down_is_empty_at_no_cost() {
        assert_eq!(numbers(paging(10_002, 1)), (vec![], false, 0));
        assert_eq!(numbers(paging(i64::MAX, 50)), (vec![], false, 0));
    }

    #[test]
    fn numbered_pages_go_far_in_few_steps() {
        assert_eq!(numbers(paging(95, 1)), (vec![95], false, 2));
        assert_eq!(numbers(paging(48, 2)), (vec![95], false, 2));
    }

    #[test]
    fn a_tree_is_bounded_whatever_is_asked_for() {
        for (limit, taken) in [(None, 30), (Some(999), 30), (Some(-1), 30), (Some(7), 7)] {
            let paging = Paging::of_tree(None, limit, 30);
            assert_eq!((paging.limit, paging.is_first()), (taken, true));
        }
        assert!(!Paging::of_tree(Some(2), None, 30).is_first());
    }

    #[test]
    fn a_cursor_goes_on_from_its_place_and_odd_limits_are_refused() {
        let after = Paging::new(Some(1), None, Some("0.5a"), "couldnt_get_posts").unwrap();
        assert_eq!(numbers(after).0, (91..=95).collect::<Vec<_>>());
        for (page, limit, cursor) in [
            (1, 51, None),
            (1, 0, None),
            (0, 10, None),
            (1, 1, Some("x")),
        ] {
            let refused = Paging::new(Some(page), Some(limit), cursor, "couldnt_get_posts");
            assert!(matches!(refused, Err(ApiError::Named("couldnt_get_posts"))));
        }
    }
}
