use proptest::prelude::*;

use super::*;

const NOBODY: Standing = Standing {
    author: false,
    role: None,
    admin: false,
    vouched: false,
    home: Home::Here,
    lives: Home::Here,
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
    (Act::MoveThread, [true, true, true]),
    (Act::Feature, [true, true, true]),
    (Act::Distinguish, [false, false, false]),
    (Act::BeginRestricted, [true, true, true]),
    (Act::BanFromGroup, [true, true, true]),
    (Act::EditGroup, [true, true, true]),
    (Act::Appoint, [true, false, true]),
    (Act::CloseGroup, [true, false, true]),
    (Act::ShareThreads, [true, false, true]),
    (Act::MoveGroup, [true, false, true]),
    (Act::AppointAdmin, [false, false, true]),
    (Act::RemoveGroup, [false, false, true]),
    (Act::HideGroup, [false, false, true]),
    (Act::FeatureOnSite, [false, false, true]),
    (Act::BanFromSite, [false, false, true]),
    (Act::Purge, [false, false, true]),
    (Act::SeeVotes, [true, true, true]),
    (Act::HandleReports, [true, true, true]),
    (Act::HandleSiteReports, [false, false, true]),
    (Act::SeeAdministration, [false, false, true]),
    (Act::EditSite, [false, false, true]),
    (Act::ChooseServers, [false, false, true]),
    (Act::DecideApplications, [false, false, true]),
    (Act::SeeUploads, [false, false, true]),
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
fn moderators_elsewhere_name_each_other_and_of_those_here_only_coordinators_do() {
    let moderator = of(Role::Moderator);
    assert_eq!(
        moderator.may(Act::Appoint),
        Err(Refusal::NotCoordinator),
        "both here"
    );
    let visiting = Standing {
        lives: Home::Elsewhere,
        ..moderator
    };
    assert_eq!(visiting.may(Act::Appoint), Ok(Reach::Everywhere));
    assert_eq!(visiting.may(Act::CloseGroup), Err(Refusal::NotCoordinator));
    assert_eq!(
        abroad(moderator).may(Act::Appoint),
        Ok(Reach::Everywhere),
        "in a group elsewhere"
    );
    let stranger = Standing {
        lives: Home::Elsewhere,
        ..NOBODY
    };
    assert_eq!(stranger.may(Act::Appoint), Err(Refusal::NotModerator));
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
        any::<bool>(),
    )
        .prop_map(|(author, role, admin, vouched, here, ours)| Standing {
            author,
            role,
            admin,
            vouched,
            home: if here { Home::Here } else { Home::Elsewhere },
            lives: if ours { Home::Here } else { Home::Elsewhere },
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
