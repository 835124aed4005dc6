//! Everything else that people on Mastodon, GoToSocial, Misskey, Pleroma and Friendica do to a group.

use axum::http::StatusCode;
use coppice::community::threads::{self, Publish};
use coppice::domain::kinds::Contribution;
use coppice::domain::limits::{Body, Title, WebLink};
use coppice::store::{extras, groups, notifications};
use serde_json::{Value, json};

use crate::help::{a_while, applied, group_url, is_let_in, joins, refused, settled, text};
use crate::lemmy::announced;
use crate::mastodon::{create, mention, toot};
use crate::support::peer::{PUBLIC, get_as2, get_as2_as, get_page};
use crate::support::{Database, Instance, Peer, PeerActor, on_both_databases};

fn updated(author: &PeerActor, note: &Value) -> Value {
    let mut note = note.clone();
    note["updated"] = "2026-11-21T00:00:00Z".into();
    let mut update = author.does("Update", note);
    update["id"] = format!("{}/edit", author.new_id("update")).into();
    update
}

async fn thread_page(instance: &Instance, ap_id: &str) -> String {
    let post = instance.post_by_ap_id(ap_id).await.unwrap();
    get_page(&format!("{}post/{}", instance.url, post.id)).await
}

on_both_databases! {
    async fn a_toot_to_several_groups_is_one_thread_that_each_of_them_tells_once(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let (looms, yarns) = (alice.founds("looms").await, alice.founds("yarns").await);
        let (first, second) = (group_url(&school, looms).await, group_url(&school, yarns).await);
        let (felix, gerda, lea) = (peer.person("felix"), peer.person("gerda"), lemmy.person("lea"));
        for group in [&first, &second] {
            joins(&school, &peer, &gerda, group).await;
            joins(&school, &lemmy, &lea, group).await;
        }
        let html = format!(
            "<p>{} Which yarn for a first scarf? {} <a href=\"{}\" class=\"mention hashtag\" rel=\"tag\">#<span>weaving</span></a></p><p>Ask {} too.</p>",
            mention(&first, "looms"), mention(&second, "yarns"), peer.at("/tags/weaving"), mention(&gerda.id, "gerda"),
        );
        let note = toot(&felix, 1, &html, None, &[&first, &second, &gerda.id]);
        let create = create(&felix, &note);
        // By the shared inbox, and by that of each group.
        felix.says(&create).await;
        for group in [&first, &second] {
            felix.sends_to(&format!("{group}/inbox").parse().unwrap(), &create).await;
        }
        settled(&school).await;
        let post = school.post_by_ap_id(text(&note, "id")).await.unwrap();
        assert_eq!(post.title, "Which yarn for a first scarf? #weaving");
        assert_eq!(post.group_id, looms);
        assert!(post.body_html.contains(">gerda<") && !post.body_html.contains("looms"), "{}", post.body_html);
        for group in [&first, &second] {
            peer.received("a boost", |a| a["actor"] == group.as_str() && a["object"] == note["id"]).await;
            lemmy.received("an announcement", |a| a["actor"] == group.as_str() && a["object"]["id"] == create["id"]).await;
        }
        // Another group's members fetched it, and its author sends it again.
        let mut again = create.clone();
        again["id"] = felix.new_id("again").into();
        applied(&school, &felix, &again).await;
        a_while().await;
        let threads = school.read(move |tx| Ok((groups::get(tx.conn, looms)?.post_count, groups::get(tx.conn, yarns)?.post_count))).await;
        assert_eq!(threads, (1, 0), "it is counted where it is at home");
        let page = thread_page(&school, text(&note, "id")).await;
        assert!(page.contains("also in ") && page.contains("/c/yarns"), "{page}");
        assert_eq!(lemmy.count(|a| a["actor"] == second.as_str() && a["object"]["id"] == create["id"]), 1);
    }

    async fn mentions_are_understood_in_every_spelling(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let peer = Peer::start(Some(("friendica", "2024.12")), &school.url).await;
        let felix = peer.person("felix");
        let named = format!("@looms@{}", school.host);
        // (what stands in the text, what in the tag)
        let spellings: Vec<(String, Value)> = vec![
            // Pleroma
            (format!("<span class=\"h-card\"><a class=\"u-url mention\" data-user=\"A1\" href=\"{group}\" rel=\"ugc\">@<span>looms</span></a></span>"),
                json!([{ "type": "Mention", "href": group, "name": named }])),
            // Misskey
            (format!("<a href=\"{group}\" class=\"u-url mention\">{named}</a>"), json!([{ "type": "Mention", "href": group, "name": named }])),
            // Friendica
            (format!("!<a href=\"{group}\" class=\"u-url mention\" title=\"looms\">looms</a>"), json!([{ "type": "Mention", "href": group, "name": named }])),
            // GoToSocial, by name alone
            (format!("<span class=\"h-card\"><a href=\"{group}\" class=\"u-url mention\" rel=\"nofollow\">@<span>looms</span></a></span>"),
                json!([{ "type": "Mention", "name": named }])),
            // No tag at all, only addressed; the name as plain text
            (named.clone(), json!([])),
            // A single tag that is no list
            (format!("<a href=\"{group}\">{named}</a>"), json!({ "type": "Mention", "href": group, "name": named })),
        ];
        for (number, (written, tag)) in spellings.into_iter().enumerate() {
            let html = format!("<p>{written} Question {number}?</p>");
            let mut note = toot(&felix, number as u64, &html, None, &[]);
            note["tag"] = tag.clone();
            if tag.as_array().is_some_and(Vec::is_empty) {
                note["cc"] = json!([group]);
            }
            applied(&school, &felix, &create(&felix, &note)).await;
            let post = school.post_by_ap_id(text(&note, "id")).await.unwrap_or_else(|| panic!("{html}"));
            assert_eq!(post.title, format!("Question {number}?"), "{html}");
            assert_eq!(post.group_id, looms);
        }
    }

    async fn a_long_toot_is_cut_at_a_word_and_a_content_warning_is_its_title(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        let peer = Peer::mastodon(&school).await;
        let felix = peer.person("felix");
        let words = "weaving ".repeat(60);
        let note = toot(&felix, 1, &format!("<p>{} {words}</p>", mention(&group, "looms")), None, &[&group]);
        applied(&school, &felix, &create(&felix, &note)).await;
        let post = school.post_by_ap_id(text(&note, "id")).await.unwrap();
        assert!(post.title.ends_with("weaving…") && post.title.chars().count() <= 200, "{}", post.title);
        assert!(post.body_html.matches("weaving").count() == 60);

        let html = format!("<p>{} The moth got into my wool.</p>", mention(&group, "looms"));
        let mut note = toot(&felix, 2, &html, None, &[&group]);
        note["summary"] = "Insects, <b>many</b>".into();
        note["sensitive"] = true.into();
        applied(&school, &felix, &create(&felix, &note)).await;
        let post = school.post_by_ap_id(text(&note, "id")).await.unwrap();
        assert_eq!(post.title, "Insects, many");
        assert_eq!(post.body_html.trim(), "<p>The moth got into my wool.</p>");
        let page = thread_page(&school, text(&note, "id")).await;
        assert!(page.contains("<details class=\"cover\"><summary><strong dir=\"auto\">Insects, many</strong>"), "{page}");

        // Edited, with another warning; and without one.
        note["summary"] = "Moths".into();
        applied(&school, &felix, &updated(&felix, &note)).await;
        assert_eq!(school.post(post.id).await.title, "Moths");
        note["summary"] = Value::Null;
        note["sensitive"] = false.into();
        note["content"] = html.replace("wool.", "silk.").into();
        let mut update = updated(&felix, &note);
        update["object"]["updated"] = "2026-11-22T00:00:00Z".into();
        applied(&school, &felix, &update).await;
        let row = school.post(post.id).await;
        assert_eq!((row.title.as_str(), row.sensitive), ("The moth got into my silk.", false));
        assert!(!thread_page(&school, text(&note, "id")).await.contains("class=\"cover\""));
    }

    async fn replies_show_warnings_pictures_sounds_emoji_and_languages(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let felix = peer.person("felix");
        let post = alice.posts(looms, "Which loom?").await;
        let mut note = toot(&felix, 1, "<p>Diese hier :blobcat: <script>alert(1)</script></p>", Some(&post.ap_id), &[]);
        note["summary"] = "Bare wood".into();
        note["sensitive"] = true.into();
        note["content"] = Value::Null;
        note["contentMap"] = json!({ "de": "<p>Diese hier :blobcat: <script>alert(1)</script></p>" });
        note["attachment"] = json!([
            { "type": "Document", "mediaType": "image/jpeg", "url": peer.at("/a.jpg"), "name": "A loom of oak", "blurhash": "U", "width": 10, "height": 10 },
            { "type": "Document", "mediaType": "image/png", "url": peer.at("/b.png"), "name": "Its \"heddle\"" },
            { "type": "Document", "mediaType": "audio/ogg", "url": peer.at("/c.ogg"), "name": "How it sounds" },
        ]);
        note["tag"] = json!([{ "id": peer.at("/emojis/1"), "type": "Emoji", "name": ":blobcat:", "updated": "2022-01-01T00:00:00Z",
            "icon": { "type": "Image", "mediaType": "image/png", "url": peer.at("/cat.png") } }]);
        applied(&school, &felix, &create(&felix, &note)).await;
        let comment = school.comment_by_ap_id(text(&note, "id")).await.unwrap();
        assert_eq!(comment.language.as_deref(), Some("de"));
        assert!(comment.body_html.contains(":blobcat:") && !comment.body_html.contains("script"));
        let page = get_page(&format!("{}post/{}", school.url, post.id)).await;
        for piece in [
            "<strong dir=\"auto\">Bare wood</strong>", "lang=\"de\"",
            &format!("src=\"{}\" alt=\"A loom of oak\"", peer.at("/a.jpg")), "alt=\"Its &quot;heddle&quot;\"",
            &format!("class=\"emoji\" src=\"{}\" alt=\":blobcat:\"", peer.at("/cat.png")),
            &format!("href=\"{}\"", peer.at("/c.ogg")), "How it sounds",
        ] {
            assert!(page.contains(piece), "{piece} in {page}");
        }
        // Pictures alone are a reply as well.
        let mut wordless = toot(&felix, 2, "", Some(&post.ap_id), &[]);
        wordless["contentMap"] = Value::Null;
        wordless["attachment"] = json!([{ "type": "Document", "mediaType": "image/jpeg", "url": peer.at("/d.jpg"), "name": null }]);
        applied(&school, &felix, &create(&felix, &wordless)).await;
        assert!(school.comment_by_ap_id(text(&wordless, "id")).await.is_some());

        // Edited: what was there before is gone.
        note["attachment"] = json!([]);
        note["summary"] = Value::Null;
        note["sensitive"] = false.into();
        applied(&school, &felix, &updated(&felix, &note)).await;
        let id = comment.id.0;
        let left = school.read(move |tx| extras::get(tx.conn, id)).await;
        assert!(left.attachments.is_empty() && left.warning.is_none() && left.emoji.len() == 1);
    }

    async fn a_toot_with_pictures_is_a_thread_with_a_gallery(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let felix = peer.person("felix");
        let html = format!("<p>{} My looms :loom:</p>", mention(&group, "looms"));
        let mut note = toot(&felix, 1, &html, None, &[&group]);
        let picture = |name: &str| json!({ "type": "Document", "mediaType": "image/jpeg", "url": peer.at(&format!("/{name}.jpg")), "name": name });
        note["attachment"] = json!([picture("oak"), picture("ash"), picture("elm"), picture("yew")]);
        note["tag"].as_array_mut().unwrap().push(json!({ "type": "Emoji", "name": ":loom:", "icon": { "type": "Image", "url": peer.at("/loom.png") } }));
        applied(&school, &felix, &create(&felix, &note)).await;
        let page = thread_page(&school, text(&note, "id")).await;
        assert_eq!(page.matches("<figure>").count(), 4, "{page}");
        assert!(page.contains("<h1 dir=\"auto\" lang=\"en\">My looms <img class=\"emoji\""), "{page}");
        assert!(page.contains("<figcaption class=\"hint\" dir=\"auto\">yew</figcaption>"));
        let passed = lemmy.received("the toot", |a| a["object"]["type"] == "Create").await.activity;
        assert_eq!(passed["object"]["object"]["attachment"].as_array().unwrap().len(), 4);
    }

    async fn who_is_mentioned_is_told_and_replies_nest_deep(db: Database) {
        let school = Instance::start(db).await;
        let peer = Peer::mastodon(&school).await;
        let (alice, bob) = (school.member("alice").await, school.member("bob").await);
        let looms = alice.founds("looms").await;
        let felix = peer.person("felix");
        let post = alice.posts(looms, "Which loom?").await;
        let them = format!("{}u/bob", school.url);
        let mut parent = post.ap_id.clone();
        for number in 0..6 {
            let html = format!("<p>{} Level {number}</p>", mention(&them, "bob"));
            let note = toot(&felix, number, &html, Some(&parent), &[&them]);
            applied(&school, &felix, &create(&felix, &note)).await;
            parent = text(&note, "id").to_owned();
        }
        let deepest = school.comment_by_ap_id(&parent).await.unwrap();
        assert_eq!(deepest.depth, 5);
        let told = school.read({ let id = bob.id; move |tx| notifications::unread(tx.conn, id) }).await;
        assert_eq!(told, (0, 6));
        let told = school.read({ let id = alice.id; move |tx| notifications::unread(tx.conn, id) }).await;
        assert_eq!(told, (1, 0));
    }

    async fn boosts_are_counted_once_and_told_to_nobody(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let (felix, gerda) = (peer.person("felix"), peer.person("gerda"));
        let post = alice.posts(looms, "Which loom?").await;
        lemmy.received("the thread", |a| a["type"] == "Announce").await;
        let boosts = || async {
            let id = post.id.0;
            school.read(move |tx| Ok(extras::boosts(tx.conn, &[id])?.get(&id).copied().unwrap_or(0))).await
        };
        let boost = felix.does("Announce", post.ap_id.as_str());
        applied(&school, &felix, &boost).await;
        let again = felix.does("Announce", post.ap_id.as_str());
        applied(&school, &felix, &again).await;
        applied(&school, &gerda, &gerda.does("Announce", post.ap_id.as_str())).await;
        assert_eq!(boosts().await, 2);
        let page = get_page(&format!("{}post/{}", school.url, post.id)).await;
        assert!(page.contains("2 boosts"), "{page}");
        // The later one stands until it is taken back itself.
        applied(&school, &felix, &felix.does("Undo", boost)).await;
        assert_eq!(boosts().await, 2);
        applied(&school, &felix, &felix.does("Undo", again)).await;
        assert_eq!(boosts().await, 1);
        a_while().await;
        assert_eq!(lemmy.count(|a| a["type"] == "Announce"), 1);
        // Of something that nobody here knows: no matter.
        applied(&school, &felix, &felix.does("Announce", peer.at("/notes/1"))).await;
        assert_eq!(peer.fetches(&peer.at("/notes/1")), 0);
    }

    async fn what_is_for_followers_or_one_person_reaches_nobody_else(db: Database) {
        let school = Instance::start(db).await;
        let (peer, lemmy) = (Peer::mastodon(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let group = group_url(&school, looms).await;
        joins(&school, &lemmy, &lemmy.person("lea"), &group).await;
        let felix = peer.person("felix");
        let followers = format!("{}/followers", felix.id);
        let html = format!("<p>{} For my friends</p>", mention(&group, "looms"));
        let mut private = toot(&felix, 1, &html, None, &[&group]);
        private["to"] = json!([followers]);
        private["cc"] = json!([group]);
        refused(&school, &felix, &create(&felix, &private), "not public").await;
        let mut question = private.clone();
        question["id"] = format!("{}/statuses/2", felix.id).into();
        question["type"] = "Question".into();
        question["oneOf"] = json!([{ "type": "Note", "name": "A" }, { "type": "Note", "name": "B" }]);
        refused(&school, &felix, &create(&felix, &question), "not public").await;
        assert!(school.post_by_ap_id(text(&private, "id")).await.is_none());

        // "Unlisted", as Mastodon called it: for everybody, only quieter.
        let mut unlisted = toot(&felix, 3, &format!("<p>{} Quietly</p>", mention(&group, "looms")), None, &[&group]);
        unlisted["to"] = json!([followers]);
        unlisted["cc"] = json!(["as:Public", group]);
        applied(&school, &felix, &create(&felix, &unlisted)).await;
        assert_eq!(school.post_by_ap_id(text(&unlisted, "id")).await.unwrap().title, "Quietly");
        lemmy.received("the quiet one", |a| a["object"]["object"]["id"] == unlisted["id"]).await;
        assert_eq!(lemmy.count(|a| a["object"]["object"]["id"] == private["id"]), 0);
        // What was public and is no longer stays as it was: nobody is told more.
        let mut hidden = unlisted.clone();
        hidden["cc"] = json!([group]);
        hidden["content"] = "<p>Secret now</p>".into();
        refused(&school, &felix, &updated(&felix, &hidden), "not public").await;
        assert_eq!(school.post_by_ap_id(text(&unlisted, "id")).await.unwrap().title, "Quietly");
    }

    async fn mastodon_gets_the_text_of_a_thread_beside_its_title(db: Database) {
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let post = alice.posts(looms, "Which loom?").await;
        let (_, for_all) = get_as2(&post.ap_id).await;
        assert!(for_all["summary"].is_null(), "others take a summary for a warning");
        assert_eq!((text(&for_all, "type"), text(&for_all, "url")), ("Page", post.ap_id.as_str()));
        let (_, page) = get_as2_as(&post.ap_id, "http.rb/5.1.1 (Mastodon/4.3.0; +https://m.example/)").await;
        assert_eq!((text(&page, "name"), text(&page, "summary")), ("Which loom?", "Some text."));
        assert!(page["to"].to_string().contains(PUBLIC));
    }

    async fn gotosocial_gets_the_link_of_a_thread_in_its_text_and_the_way_to_its_replies(db: Database) {
        const AGENT: &str = "gotosocial/0.20.0 (+https://gts.example; gotosocial)";
        let school = Instance::start(db).await;
        let alice = school.member("alice").await;
        let looms = alice.founds("looms").await;
        let publish = Publish {
            group: looms,
            title: Title::parse("A pattern").unwrap(),
            body: Body::parse("For beginners.").unwrap(),
            link: Some(WebLink::parse("https://patterns.example/one?a=1&b=2").unwrap()),
            image: None,
            kind: Contribution::Discussion,
            language: None,
            sensitive: false,
        };
        let me = alice.id;
        let id = school.act(move |tx| threads::publish(tx, me, &publish)).await.unwrap();
        let post = school.post(id).await;
        let answer = alice.replies(id, None, "And for others").await;
        let (_, page) = get_as2_as(&post.ap_id, AGENT).await;
        let words = text(&page, "content");
        assert!(words.contains("For beginners.") && words.contains("href=\"https://patterns.example/one?a=1&amp;b=2\""), "{words}");
        let (_, for_all) = get_as2(&post.ap_id).await;
        assert!(!text(&for_all, "content").contains("patterns.example"), "others show it beside the text");

        // It follows the pages that stand inside.
        let first = &page["replies"]["first"];
        assert_eq!((text(&page["replies"], "type"), text(first, "type")), ("Collection", "CollectionPage"));
        assert_eq!(page["replies"]["id"], for_all["replies"]);
        let (_, told) = get_as2_as(text(first, "next"), AGENT).await;
        assert_eq!(told["items"], json!([answer.ap_id]));
        let (_, note) = get_as2_as(&answer.ap_id, AGENT).await;
        let (status, told) = get_as2_as(text(&note["replies"]["first"], "next"), AGENT).await;
        assert_eq!((status, &told["items"]), (StatusCode::OK, &json!([])));
    }

    async fn what_a_group_tells_of_stands_in_it_though_it_names_none_or_another_first(db: Database) {
        let school = Instance::start(db).await;
        let (toots, board) = (Peer::mastodon(&school).await, Peer::start(Some(("nodebb", "4.5.1")), &school.url).await);
        let (one, two) = (Peer::lemmy(&school).await, Peer::lemmy(&school).await);
        let alice = school.member("alice").await;
        let (felix, gerda) = (toots.person("felix"), toots.person("gerda"));
        // A category of NodeBB took in what was written for no group.
        let category = board.group("fibres");
        let there = is_let_in(&alice, &board, &category).await;
        let loose = toot(&felix, 1, "<p>Which wool?</p>", None, &[]);
        toots.serves(text(&loose, "id"), loose.clone());
        applied(&school, &category, &category.does("Announce", text(&loose, "id"))).await;
        let post = school.post_by_ap_id(text(&loose, "id")).await.unwrap();
        assert_eq!((post.group_id, post.title.as_str()), (there, "Which wool?"));
        applied(&school, &category, &announced(&category, &gerda.does("Like", text(&loose, "id")))).await;
        assert_eq!(school.post(post.id).await.score, 2);
        // Not what is for followers alone.
        let mut closed = toot(&felix, 2, "<p>Among us</p>", None, &[]);
        closed["to"] = json!([format!("{}/followers", felix.id)]);
        closed["cc"] = json!([]);
        toots.serves(text(&closed, "id"), closed.clone());
        refused(&school, &category, &category.does("Announce", text(&closed, "id")), "for no group").await;

        // Of two groups elsewhere that are mentioned, one is known, and one tells.
        let (known, tells) = (one.group("first"), two.group("second"));
        alice.finds(&format!("!first@{}", one.host)).await;
        let there = is_let_in(&alice, &two, &tells).await;
        let html = format!("<p>{} {} Which dye?</p>", mention(&known.id, "first"), mention(&tells.id, "second"));
        let both = toot(&felix, 3, &html, None, &[&known.id, &tells.id]);
        toots.serves(text(&both, "id"), both.clone());
        applied(&school, &tells, &announced(&tells, &create(&felix, &both))).await;
        let post = school.post_by_ap_id(text(&both, "id")).await.unwrap();
        assert_eq!(post.group_id, there);
        applied(&school, &tells, &announced(&tells, &gerda.does("Like", text(&both, "id")))).await;
        assert_eq!(school.post(post.id).await.score, 2);
    }
}
