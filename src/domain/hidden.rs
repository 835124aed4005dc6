//! What is left to see of a thread or comment that its author deleted, or a moderator removed.

/// How much of it somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    Everything,
    /// Who wrote something there, and what became of it.
    Trace,
    Nothing,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    pub deleted: bool,
    pub removed: bool,
}

impl Hidden {
    /// `author`: wrote it. `moderates`: looks after its group, or administers this site.
    ///
    /// What was taken away stays with its author. Who may put back what was removed sees what that is; what
    /// its author took back is no moderator's to read any more.
    pub fn sees(self, author: bool, moderates: bool) -> Sees {
        match self {
            Hidden {
                deleted: false,
                removed: false,
            } => Sees::Everything,
            _ if author => Sees::Everything,
            Hidden { deleted: false, .. } if moderates => Sees::Everything,
            _ if moderates => Sees::Trace,
            _ => Sees::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Hidden, Sees};

    #[test]
    fn what_is_hidden_is_seen_by_its_author_and_what_was_removed_by_who_may_put_it_back() {
        let [open, removed, deleted, both] =
            [(false, false), (false, true), (true, false), (true, true)]
                .map(|(deleted, removed)| Hidden { deleted, removed });
        for (author, moderates) in [(false, false), (false, true), (true, false), (true, true)] {
            assert_eq!(open.sees(author, moderates), Sees::Everything);
        }
        for hidden in [removed, deleted, both] {
            assert_eq!(hidden.sees(true, false), Sees::Everything);
            assert_eq!(hidden.sees(false, false), Sees::Nothing);
        }
        assert_eq!(removed.sees(false, true), Sees::Everything);
        assert_eq!(deleted.sees(false, true), Sees::Trace);
        assert_eq!(both.sees(false, true), Sees::Trace);
    }
}
