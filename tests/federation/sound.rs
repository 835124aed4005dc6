//! What holds of a database at any time, whatever came in: nothing half-applied, nothing counted wrong.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::support::Instance;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

const SHOWN: &str = "NOT c.deleted AND NOT c.removed";

/// Each asks for rows that must not be.
fn rules() -> Vec<(&'static str, String)> {
    let votes = |table: &str| {
        format!(
            "SELECT COUNT(*) AS n FROM {table} x WHERE
             x.upvotes <> (SELECT COUNT(*) FROM votes v WHERE v.target_id = x.id AND v.value > 0) OR
             x.downvotes <> (SELECT COUNT(*) FROM votes v WHERE v.target_id = x.id AND v.value < 0) OR
             x.score <> x.upvotes - x.downvotes"
        )
    };
    let rule = |sql: &str| format!("SELECT COUNT(*) AS n FROM {sql}");
    vec![
        ("votes on threads are counted", votes("posts")),
        ("votes on replies are counted", votes("comments")),
        (
            "votes are on something",
            rule("votes v WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = v.target_id)
                  AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.id = v.target_id)"),
        ),
        (
            "replies of a thread are counted",
            rule(&format!("posts p WHERE p.comment_count <>
                  (SELECT COUNT(*) FROM comments c WHERE c.post_id = p.id AND {SHOWN})")),
        ),
        (
            "replies below a reply are counted",
            rule(&format!("comments above WHERE above.child_count <> (SELECT COUNT(*) FROM comments c
                  WHERE c.root_id = above.root_id AND c.path LIKE above.path || '.%' AND {SHOWN})")),
        ),
        (
            "a reply hangs where its parent is",
            rule("comments c LEFT JOIN comments up ON up.id = c.parent_id WHERE
                  (c.parent_id IS NULL AND (c.depth <> 0 OR c.root_id <> c.id)) OR
                  (c.parent_id IS NOT NULL AND (up.id IS NULL OR up.post_id <> c.post_id
                   OR up.depth + 1 <> c.depth OR up.root_id <> c.root_id
                   OR c.path <> up.path || '.' || c.id))"),
        ),
        (
            "threads and replies have authors and groups",
            rule("posts p LEFT JOIN actors a ON a.id = p.author_id LEFT JOIN actors g ON g.id = p.group_id
                  WHERE a.id IS NULL OR g.id IS NULL OR g.kind <> 'group' OR a.kind = 'group'"),
        ),
        (
            "replies have threads",
            rule("comments c LEFT JOIN posts p ON p.id = c.post_id LEFT JOIN actors a ON a.id = c.author_id
                  WHERE p.id IS NULL OR a.id IS NULL"),
        ),
        (
            "threads of a group are counted",
            rule("groups g WHERE g.post_count <> (SELECT COUNT(*) FROM posts p
                  WHERE p.group_id = g.actor_id AND NOT p.deleted AND NOT p.removed)"),
        ),
        (
            "replies in a group are counted",
            rule(&format!("groups g WHERE g.comment_count <> (SELECT COUNT(*) FROM comments c
                  JOIN posts p ON p.id = c.post_id WHERE p.group_id = g.actor_id AND {SHOWN})")),
        ),
        (
            "followers of our groups are counted",
            rule("groups g JOIN actors a ON a.id = g.actor_id WHERE a.local AND g.follower_count <>
                  (SELECT COUNT(*) FROM follows f WHERE f.target_id = g.actor_id AND f.state = 'accepted')"),
        ),
        (
            "our followers of any group are counted",
            rule("groups g WHERE g.local_follower_count <> (SELECT COUNT(*) FROM follows f
                  JOIN actors a ON a.id = f.follower_id WHERE f.target_id = g.actor_id
                  AND f.state = 'accepted' AND a.local)"),
        ),
        (
            "whoever has a row is somebody",
            rule("actors a WHERE (a.kind = 'group' AND NOT EXISTS (SELECT 1 FROM groups g WHERE g.actor_id = a.id))
                  OR (a.kind = 'person' AND NOT EXISTS (SELECT 1 FROM people p WHERE p.actor_id = a.id))"),
        ),
        (
            "what came from elsewhere is not ours",
            rule("actors a WHERE NOT a.local AND a.private_key_pem IS NOT NULL"),
        ),
        (
            "notifications lead somewhere",
            rule("notifications n WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = n.post_id)
                  OR (n.comment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.id = n.comment_id))"),
        ),
        (
            "deliveries carry something",
            rule("deliveries d WHERE NOT EXISTS (SELECT 1 FROM activities a WHERE a.id = d.activity_id)
                  OR NOT EXISTS (SELECT 1 FROM inboxes i WHERE i.id = d.inbox_id)"),
        ),
        (
            "what was refused has a reason",
            rule("intake i WHERE i.state = 'failed' AND (i.error IS NULL OR i.error = '')"),
        ),
    ]
}

/// Panics with the rule that is broken.
pub async fn is_sound(instance: &Instance, after: &str) {
    let broken = instance
        .read(|tx| {
            let mut broken = Vec::new();
            for (name, sql) in rules() {
                let found: Count = diesel::sql_query(sql).get_result(tx.conn)?;
                if found.n > 0 {
                    broken.push(format!("{name}: {} not", found.n));
                }
            }
            Ok(broken)
        })
        .await;
    assert!(broken.is_empty(), "{broken:?} after\n{after}");
}
