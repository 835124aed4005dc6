//! Random lives of a remote comment and a vote, with repetitions and neighbours that change places:
//! they end here as they ended at home.

use serde_json::Value;

use crate::help::{Chance, settled, text};
use crate::mastodon::toot;
use crate::support::peer::Page;
use crate::support::{Database, Instance, Peer, on_both_databases};

on_both_databases! {
    async fn any_life_of_a_remote_comment_ends_here_as_at_home(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let felix = peer.person("felix");
        let mut chance = Chance(0x00c0_ffee);
        for case in 0..25_u64 {
            let post = alice.posts(looms, &format!("Case {case}")).await;
            let mut object = toot(&felix, 100 + case, "<p>Version 0</p>", Some(&post.ap_id), &[]);
            let id = text(&object, "id").to_owned();
            let (mut deleted, mut liked, mut version) = (false, None::<Value>, 0);
            let mut last_delete = Value::Null;
            let mut story = vec![felix.does("Create", object.clone())];
            for _ in 0..10 {
                match chance.below(5) {
                    0 | 1 if !deleted => {
                        version += 1;
                        object["content"] = format!("<p>Version {version}</p>").into();
                        object["contentMap"]["en"] = object["content"].clone();
                        object["updated"] = format!("2026-11-21T00:00:{version:02}Z").into();
                        story.push(felix.does("Update", object.clone()));
                    }
                    2 if !deleted => {
                        deleted = true;
                        last_delete = felix.does("Delete", id.as_str());
                        story.push(last_delete.clone());
                    }
                    2 => {
                        deleted = false;
                        story.push(felix.does("Undo", last_delete.clone()));
                    }
                    _ => match liked.take() {
                        Some(like) => story.push(felix.does("Undo", like)),
                        None => {
                            let like = felix.does("Like", post.ap_id.as_str());
                            story.push(like.clone());
                            liked = Some(like);
                        }
                    },
                }
            }
            if deleted {
                peer.shows(&id, Page::Gone);
            } else {
                peer.serves(&id, object.clone());
            }
            // Neighbours that may change places: creations and edits among themselves, votes with anything.
            let kind = |activity: &Value| match (text(activity, "type"), text(&activity["object"], "type")) {
                ("Create" | "Update", _) => 'w',
                ("Like", _) | ("Undo", "Like") => 'v',
                _ => 'd',
            };
            for place in 1..story.len() {
                let (a, b) = (kind(&story[place - 1]), kind(&story[place]));
                let free = (a == 'w' && b == 'w') || (a == 'v') != (b == 'v');
                // A Like may come after its own Undo, but not after that of another.
                let own_undo = story[place]["object"]["id"] == story[place - 1]["id"] && a == 'v';
                if (free || own_undo) && chance.below(3) == 0 {
                    story.swap(place - 1, place);
                }
            }
            for place in 0..story.len() {
                felix.says(&story[place]).await;
                if chance.below(3) == 0 {
                    felix.says(&story[chance.below(place + 1)]).await;
                }
            }
            settled(&school).await;
            let tale = || story.iter().map(|a| format!("{} {}\n", a["type"], a["object"]["type"])).collect::<String>();
            let row = school.comment_by_ap_id(&id).await;
            match row {
                None => assert!(deleted, "case {case}: lost\n{}", tale()),
                Some(row) => {
                    assert_eq!(row.deleted, deleted, "case {case}\n{}", tale());
                    if !deleted {
                        assert_eq!(row.body_html.trim(), format!("<p>Version {version}</p>"), "case {case}\n{}", tale());
                    }
                }
            }
            let thread = school.post(post.id).await;
            assert_eq!(thread.score, i64::from(liked.is_some()), "case {case}\n{}", tale());
            assert_eq!(thread.comment_count, i64::from(!deleted), "case {case}\n{}", tale());
        }
    }
}
