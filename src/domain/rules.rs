//! Who may do what to what: one table, which pages, API and wire ask alike.

use thiserror::Error;

use super::ids::ActorId;
use super::kinds::words;
use super::roles::Role;

words! {
    /// What somebody would do. What they do it to is in a group, is a group, or is a person.
    Act {
        /// Edit, delete or bring back what one wrote oneself.
        ChangeOwn = "change-own",
        /// Take somebody's thread or comment away, or put it back.
        Remove = "remove",
        /// Close a thread or a comment for answers, or open it.
        Lock = "lock",
        /// Pin a thread in its group.
        Feature = "feature",
        /// Mark one's own comment as spoken for the group.
        Distinguish = "distinguish",
        /// Begin a thread where only moderators may.
        BeginRestricted = "begin-restricted",
        BanFromGroup = "ban-from-group",
        /// Title, domain statement, rules, pictures of the group.
        EditGroup = "edit-group",
        /// Say who looks after the group.
        Appoint = "appoint",
        /// Say who moderates, by the wire: it knows no ranks, and moderators elsewhere name each other.
        NameModerator = "name-moderator",
        /// Close the group, or open it again.
        CloseGroup = "close-group",
        /// Say with which groups it shares threads.
        ShareThreads = "share-threads",
        /// Send its followers after it to another address.
        MoveGroup = "move-group",
        /// Say who administers this site.
        AppointAdmin = "appoint-admin",
        /// Take a group off this site, or put it back.
        RemoveGroup = "remove-group",
        /// Keep a group out of the lists of this site.
        HideGroup = "hide-group",
        /// Pin a thread on the front page of this site.
        FeatureOnSite = "feature-on-site",
        BanFromSite = "ban-from-site",
        /// Erase for good.
        Purge = "purge",
        /// See who voted how.
        SeeVotes = "see-votes",
        /// See what was reported in the group and why, and say that it is dealt with.
        HandleReports = "handle-reports",
        /// Let people into a private group, and take them out.
        LetIn = "let-in",
    }
}

/// Where the group, or the person, that is acted on is at home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Home {
    #[default]
    Here,
    Elsewhere,
}

/// What somebody is to the thing they would act on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Wrote it.
    pub author: bool,
    /// In the group it is in.
    pub role: Option<Role>,
    /// Administers this site.
    pub admin: bool,
    /// Of what is at home elsewhere: its own group, or its own site, says that they may.
    pub vouched: bool,
    pub home: Home,
}

/// How far an act goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Everywhere,
    /// An administrator keeps this site clean of what is not theirs: nobody else is told.
    HereOnly,
    /// Nothing changes here before its own server says so, which may know more than we do.
    Asked,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("only its author may do that")]
    NotAuthor,
    #[error("only the group's coordinator and moderators may do that")]
    NotModerator,
    #[error("only the group's coordinator may do that")]
    NotCoordinator,
    #[error("only administrators may do that")]
    NotAdmin,
    #[error("it can only be changed where it lives")]
    NotHere,
    #[error("whom it concerns has as much say")]
    Outranked,
}

/// Who may at least; each may what those before may.
#[derive(Clone, Copy)]
enum Least {
    Author,
    AuthorWhoModerates,
    Moderator,
    Coordinator,
    Admin,
}

/// What this site's administrators may do to what is at home elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Abroad {
    HereOnly,
    Asked,
    Nothing,
}

impl Act {
    /// The table.
    fn row(self) -> (Least, Abroad) {
        match self {
            Act::ChangeOwn => (Least::Author, Abroad::Nothing),
            Act::Remove => (Least::Moderator, Abroad::HereOnly),
            Act::Lock => (Least::Moderator, Abroad::HereOnly),
            Act::Feature => (Least::Moderator, Abroad::HereOnly),
            Act::Distinguish => (Least::AuthorWhoModerates, Abroad::Nothing),
            Act::BeginRestricted => (Least::Moderator, Abroad::Nothing),
            Act::BanFromGroup => (Least::Moderator, Abroad::HereOnly),
            Act::EditGroup => (Least::Moderator, Abroad::Asked),
            Act::Appoint => (Least::Coordinator, Abroad::Asked),
            Act::NameModerator => (Least::Moderator, Abroad::Asked),
            Act::CloseGroup => (Least::Coordinator, Abroad::Nothing),
            Act::ShareThreads => (Least::Coordinator, Abroad::Nothing),
            Act::MoveGroup => (Least::Coordinator, Abroad::Nothing),
            Act::AppointAdmin => (Least::Admin, Abroad::Nothing),
            Act::RemoveGroup => (Least::Admin, Abroad::HereOnly),
            Act::HideGroup => (Least::Admin, Abroad::HereOnly),
            Act::FeatureOnSite => (Least::Admin, Abroad::HereOnly),
            Act::BanFromSite => (Least::Admin, Abroad::HereOnly),
            Act::Purge => (Least::Admin, Abroad::HereOnly),
            Act::SeeVotes => (Least::Admin, Abroad::HereOnly),
            Act::HandleReports => (Least::Moderator, Abroad::HereOnly),
            Act::LetIn => (Least::Moderator, Abroad::Nothing),
        }
    }

    /// Whether it may not be done to who has as much say.
    fn minds_rank(self) -> bool {
        matches!(self, Act::BanFromGroup | Act::BanFromSite | Act::Purge)
    }
}

/// What somebody is to what this author wrote, apart from the group it is in.
pub fn authorship(person: ActorId, author: ActorId) -> Standing {
    Standing {
        author: person == author,
        ..Standing::default()
    }
}

impl Standing {
    pub fn may(self, act: Act) -> Result<Reach, Refusal> {
        let (least, abroad) = act.row();
        if self.is_at_least(least) {
            return Ok(Reach::Everywhere);
        }
        match (self.home, abroad) {
            (Home::Elsewhere, Abroad::HereOnly) if self.admin => Ok(Reach::HereOnly),
            (Home::Elsewhere, Abroad::Asked) if self.admin => Ok(Reach::Asked),
            (Home::Elsewhere, Abroad::Nothing)
                if self.admin && !matches!(least, Least::Author | Least::AuthorWhoModerates) =>
            {
                Err(Refusal::NotHere)
            }
            _ => Err(match least {
                Least::Author => Refusal::NotAuthor,
                Least::AuthorWhoModerates if !self.author => Refusal::NotAuthor,
                Least::AuthorWhoModerates | Least::Moderator => Refusal::NotModerator,
                Least::Coordinator => Refusal::NotCoordinator,
                Least::Admin => Refusal::NotAdmin,
            }),
        }
    }

    /// Likewise, of what is done to a person: `them` is what that person is to the same group or site.
    pub fn may_to(self, act: Act, them: Standing) -> Result<Reach, Refusal> {
        let reach = self.may(act)?;
        if act.minds_rank() && self.rank(act, reach) <= them.rank(act, reach) {
            return Err(Refusal::Outranked);
        }
        Ok(reach)
    }

    /// Whether the tools of a moderator are shown.
    pub fn may_moderate(self) -> bool {
        self.may(Act::Remove).is_ok()
    }

    /// Whether the tools of a coordinator are shown.
    pub fn may_coordinate(self) -> bool {
        self.may(Act::CloseGroup).is_ok()
    }

    fn is_at_least(self, least: Least) -> bool {
        // The say of a whole site over what is its own.
        let site = match self.home {
            Home::Here => self.admin,
            Home::Elsewhere => self.vouched,
        };
        let moderates = site || self.role.is_some();
        match least {
            Least::Author => self.author,
            Least::AuthorWhoModerates => self.author && moderates,
            Least::Moderator => moderates,
            // Elsewhere there are moderators only, as far as the wire tells: its own server has the last word.
            Least::Coordinator => {
                site || match self.home {
                    Home::Here => self.role == Some(Role::Coordinator),
                    Home::Elsewhere => self.role.is_some(),
                }
            }
            Least::Admin => site,
        }
    }

    fn rank(self, act: Act, reach: Reach) -> u8 {
        let site = match (self.home, reach) {
            (Home::Elsewhere, Reach::Everywhere) => self.vouched,
            _ => self.admin,
        };
        match self.role {
            _ if site => 3,
            Some(Role::Coordinator) if act == Act::BanFromGroup => 2,
            Some(Role::Moderator) if act == Act::BanFromGroup => 1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOBODY: Standing = Standing {
        author: false,
        role: None,
        admin: false,
        vouched: false,
        home: Home::Here,
    };

    fn of(role: Role) -> Standing {
        Standing {
            role: Some(role),
            ..NOBODY
        }
    }

    fn admin() -> Standing {
        Standing {
            admin: true,
            ..NOBODY
        }
    }

    fn abroad(standing: Standing) -> Standing {
        Standing {
            home: Home::Elsewhere,
            ..standing
        }
    }

    /// What each may do, by hand: coordinator, moderator, administrator; of a group here.
    const HERE: &[(Act, [bool; 3])] = &[
        (Act::ChangeOwn, [false, false, false]),
        (Act::Remove, [true, true, true]),
        (Act::Lock, [true, true, true]),
        (Act::Feature, [true, true, true]),
        (Act::Distinguish, [false, false, false]),
        (Act::BeginRestricted, [true, true, true]),
        (Act::BanFromGroup, [true, true, true]),
        (Act::EditGroup, [true, true, true]),
        (Act::Appoint, [true, false, true]),
        (Act::NameModerator, [true, true, true]),
        (Act::CloseGroup, [true, false, true]),
        (Act::ShareThreads, [true, false, true]),
        (Act::MoveGroup, [true, false, true]),
        (Act::AppointAdmin, [false, false, true]),
        (Act::RemoveGroup, [false, false, true]),
        (Act::HideGroup, [false, false, true]),
        (Act::FeatureOnSite, [false, false, true]),
        (Act::BanFromSite, [false, false, true]),
        (Act::Purge, [false, false, true]),
        (Act::SeeVotes, [false, false, true]),
        (Act::HandleReports, [true, true, true]),
        (Act::LetIn, [true, true, true]),
    ];

    #[test]
    fn the_table_says_what_it_should() {
        assert_eq!(HERE.len(), Act::ALL.len());
        for (act, [coordinator, moderator, administrator]) in HERE {
            assert_eq!(
                of(Role::Coordinator).may(*act).is_ok(),
                *coordinator,
                "{act}"
            );
            assert_eq!(of(Role::Moderator).may(*act).is_ok(), *moderator, "{act}");
            assert_eq!(admin().may(*act).is_ok(), *administrator, "{act}");
            assert!(NOBODY.may(*act).is_err(), "{act}");
        }
    }

    #[test]
    fn only_authors_change_what_they_wrote_and_only_moderators_among_them_distinguish_it() {
        let author = Standing {
            author: true,
            ..NOBODY
        };
        assert_eq!(author.may(Act::ChangeOwn), Ok(Reach::Everywhere));
        assert_eq!(author.may(Act::Distinguish), Err(Refusal::NotModerator));
        assert_eq!(
            of(Role::Moderator).may(Act::Distinguish),
            Err(Refusal::NotAuthor)
        );
        let both = Standing {
            author: true,
            ..of(Role::Moderator)
        };
        assert_eq!(both.may(Act::Distinguish), Ok(Reach::Everywhere));
    }

    #[test]
    fn what_an_administrator_does_to_what_is_at_home_elsewhere_stays_here() {
        let admin = abroad(admin());
        for act in [
            Act::Remove,
            Act::Lock,
            Act::Feature,
            Act::BanFromGroup,
            Act::Purge,
        ] {
            assert_eq!(admin.may(act), Ok(Reach::HereOnly), "{act}");
        }
        for act in [Act::CloseGroup, Act::ShareThreads, Act::MoveGroup] {
            assert_eq!(admin.may(act), Err(Refusal::NotHere), "{act}");
        }
        for act in [Act::EditGroup, Act::Appoint] {
            assert_eq!(admin.may(act), Ok(Reach::Asked), "{act}");
        }
        let moderator_too = Standing {
            role: Some(Role::Moderator),
            ..admin
        };
        assert_eq!(moderator_too.may(Act::Remove), Ok(Reach::Everywhere));
    }

    #[test]
    fn a_ban_needs_more_say_than_whom_it_hits() {
        let ban = |one: Standing, other: Standing| one.may_to(Act::BanFromGroup, other);
        let (coordinator, moderator) = (of(Role::Coordinator), of(Role::Moderator));
        assert!(ban(moderator, NOBODY).is_ok());
        assert_eq!(ban(moderator, moderator), Err(Refusal::Outranked));
        assert_eq!(ban(moderator, coordinator), Err(Refusal::Outranked));
        assert!(ban(coordinator, moderator).is_ok());
        assert_eq!(ban(coordinator, admin()), Err(Refusal::Outranked));
        assert!(ban(admin(), coordinator).is_ok());
        let from_site = |one: Standing, other: Standing| one.may_to(Act::BanFromSite, other);
        assert!(from_site(admin(), coordinator).is_ok());
        assert_eq!(from_site(admin(), admin()), Err(Refusal::Outranked));
        let group_itself = abroad(Standing {
            vouched: true,
            ..NOBODY
        });
        assert!(ban(group_itself, abroad(of(Role::Moderator))).is_ok());
    }

    fn standings() -> impl Strategy<Value = Standing> {
        let roles = prop_oneof![
            Just(None),
            Just(Some(Role::Moderator)),
            Just(Some(Role::Coordinator))
        ];
        (
            any::<bool>(),
            roles,
            any::<bool>(),
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(|(author, role, admin, vouched, here)| Standing {
                author,
                role,
                admin,
                vouched,
                home: if here { Home::Here } else { Home::Elsewhere },
            })
    }

    proptest! {
        #[test]
        fn more_say_never_allows_less(standing in standings(), act in prop::sample::select(Act::ALL)) {
            if standing.may(act).is_ok() {
                let more = [
                    Standing { author: true, ..standing },
                    Standing { admin: true, ..standing },
                    Standing { vouched: true, ..standing },
                    Standing { role: Some(Role::Coordinator), ..standing },
                ];
                for more in more {
                    prop_assert!(more.may(act).is_ok(), "{more:?} {act}");
                }
            }
        }

        #[test]
        fn whom_nobody_vouches_for_and_who_is_nothing_may_nothing(here in any::<bool>(), vouched in any::<bool>(), act in prop::sample::select(Act::ALL)) {
            // Elsewhere's word counts for nothing here.
            let home = if here { Home::Here } else { Home::Elsewhere };
            let stranger = Standing { vouched: vouched && here, home, ..NOBODY };
            prop_assert!(stranger.may(act).is_err());
        }

        #[test]
        fn effects_stay_here_only_for_administrators_and_only_abroad(standing in standings(), act in prop::sample::select(Act::ALL)) {
            if standing.may(act) == Ok(Reach::HereOnly) {
                prop_assert!(standing.admin && standing.home == Home::Elsewhere);
                prop_assert!(standing.role.is_none() || matches!(act.row().0, Least::Admin));
            }
        }

        #[test]
        fn nobody_bans_themselves_or_each_other(one in standings(), other in standings(), act in prop::sample::select(Act::ALL)) {
            let other = Standing { home: one.home, ..other };
            if act.minds_rank() {
                prop_assert!(one.may_to(act, one).is_err());
                let both = one.may_to(act, other).is_ok() && other.may_to(act, one).is_ok();
                // A site elsewhere and this one may each keep the other's administrator out.
                prop_assert!(!both || one.home == Home::Elsewhere, "{one:?} {other:?} {act}");
            }
        }
    }
}
