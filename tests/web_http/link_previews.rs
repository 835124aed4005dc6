//! Links shown with what their pages say of themselves, and pages that are out to do harm.

use coppice::store::previews::{self, PreviewRow};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, png};
use crate::support::instance::Instance;
use crate::support::peer::Page;
use crate::support::{Database, Peer, eventually, eventually_some, on_both_databases};
use crate::visitor::Visitor;

async fn curious(db: Database) -> Instance {
    Instance::start_with(db, |settings| settings.link_previews.enabled = true).await
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]))
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

async fn founded(app: &App, name: &str) -> Value {
    let answer = app
        .posts("community", json!({ "name": name, "title": name }))
        .await;
    answer["community_view"]["community"]["id"].clone()
}

async fn posted(app: &App, group: &Value, name: &str, url: &str) -> Value {
    let form = json!({ "community_id": group, "name": name, "url": url });
    app.posts("post", form).await["post_view"]["post"]["id"].clone()
}

async fn shown(app: &App, post: &Value) -> Value {
    app.asks(&format!("post?id={post}")).await["post_view"].clone()
}

async fn row_of(instance: &Instance, link: &str) -> Option<PreviewRow> {
    let key = previews::key_of(link);
    instance.read(move |tx| previews::find(tx.conn, &key)).await
}

/// Waits until somebody looked there, with success or without.
async fn looked_at(instance: &Instance, link: &str) -> PreviewRow {
    eventually_some(&format!("{link} is looked at"), || async {
        row_of(instance, link)
            .await
            .filter(|row| row.looked_at.is_some() && !row.wanted)
    })
    .await
}

const LOOMS: &str = r#"<!doctype html><html><head><meta charset="utf-8"><title>Plain</title>
    <meta property="og:title" content="Looms &amp; looms">
    <meta property="og:description" content="How they are
        built">
    <meta property="og:image" content="/loom.jpg"><meta property="og:video" content="/film.mp4">
    </head><body>…</body></html>"#;

on_both_databases! {
    async fn a_link_is_shown_with_what_its_page_says_and_a_small_picture_kept_here(db: Database) {
        let instance = curious(db).await;
        let site = Peer::start(None, &instance.url).await;
        site.shows("/looms", Page::Text("text/html; charset=utf-8", LOOMS.to_owned()));
        site.shows("/loom.jpg", Page::Bytes("image/jpeg", picture(1200, 600)));
        let visitor = Visitor::sets_up(&instance, "ann").await;
        let ann = App::logged_in(&instance, "ann").await;
        let group = founded(&ann, "weaving").await;
        let link = site.at("/looms");
        let first = posted(&ann, &group, "About looms", &link).await;
        looked_at(&instance, &link).await;

        let view = shown(&ann, &first).await;
        let post = &view["post"];
        assert_eq!(post["embed_title"], "Looms & looms");
        assert_eq!(post["embed_description"], "How they are built");
        assert_eq!(post["embed_video_url"], site.at("/film.mp4"));
        assert_eq!(post["url_content_type"], "text/html; charset=utf-8");
        let thumbnail = post["thumbnail_url"].as_str().unwrap().to_owned();
        assert!(thumbnail.starts_with(instance.url.join("/pictrs/image/").unwrap().as_str()), "{thumbnail}");
        assert_eq!(view["image_details"]["link"], thumbnail.as_str());
        assert_eq!((&view["image_details"]["width"], &view["image_details"]["height"]), (&json!(512), &json!(256)));
        assert_eq!(ann.asks("post/list").await["posts"][0]["post"]["embed_title"], "Looms & looms");
        let (status, bytes) = ann.fetches(&format!("{thumbnail}?thumbnail=256&format=webp")).await;
        assert_eq!((status, image::load_from_memory(&bytes).unwrap().width()), (StatusCode::OK, 512));

        // The page sends nobody to the other server before they go there themselves.
        let page = visitor.get(&format!("/post/{first}")).await.text();
        assert!(page.contains("Looms &amp; looms") && page.contains("How they are built"), "{page}");
        let file = thumbnail.rsplit('/').next().unwrap().to_owned();
        assert!(page.contains(&format!("src=\"/pictures/{file}\"")));
        assert!(!page.contains("/loom.jpg") && !page.contains("/film.mp4"));
        assert!(visitor.get("/c/weaving").await.text().contains(&format!("/pictures/{file}")));

        // A comment's thread carries it too; another thread with it asks nobody again.
        let comment = json!({ "post_id": first, "content": "Nice." });
        let answer = ann.posts("comment", comment).await;
        assert_eq!(answer["comment_view"]["post"]["embed_title"], "Looms & looms");
        let second = posted(&ann, &group, "Once more", &link).await;
        assert_eq!(shown(&ann, &second).await["post"]["embed_title"], "Looms & looms");
        assert_eq!((site.fetches("/looms"), site.fetches("/loom.jpg")), (1, 1));

        // An edit leads elsewhere, or nowhere.
        site.shows("/spindles", Page::Text("text/html", "<title>Spindles</title>".to_owned()));
        ann.puts("post", json!({ "post_id": second, "url": site.at("/spindles") })).await;
        eventually("the other page is looked at", || async {
            shown(&ann, &second).await["post"]["embed_title"] == "Spindles"
        }).await;
        let post = shown(&ann, &second).await["post"].clone();
        assert_eq!((&post["embed_description"], &post["thumbnail_url"]), (&Value::Null, &Value::Null));
        ann.puts("post", json!({ "post_id": second, "url": "" })).await;
        assert_eq!(shown(&ann, &second).await["post"]["embed_title"], Value::Null);

        // What is erased takes with it what nobody else has.
        ann.posts("post/delete", json!({ "post_id": first, "deleted": true })).await;
        ann.posts("admin/purge/post", json!({ "post_id": first })).await;
        assert!(row_of(&instance, &link).await.is_none());
        eventually("the picture is gone", || async {
            ann.fetches(&format!("/pictures/{file}")).await.0 == StatusCode::NOT_FOUND
        }).await;
    }

    async fn a_picture_that_a_member_uploaded_as_well_stays_when_its_page_is_forgotten(db: Database) {
        let instance = curious(db).await;
        let site = Peer::start(None, &instance.url).await;
        site.shows("/a", Page::Text("text/html", r#"<meta property="og:image" content="/a.png">"#.to_owned()));
        site.shows("/a.png", Page::Bytes("image/png", png(9)));
        Visitor::sets_up(&instance, "ann").await;
        let ann = App::logged_in(&instance, "ann").await;
        let group = founded(&ann, "weaving").await;
        let (_, upload) = ann.uploads(&png(9)).await;
        let post = posted(&ann, &group, "Colour", &site.at("/a")).await;
        let row = looked_at(&instance, &site.at("/a")).await;
        let file = upload["files"][0]["file"].as_str().unwrap();
        assert_eq!(row.thumbnail.as_deref(), Some(file));
        ann.posts("admin/purge/post", json!({ "post_id": post })).await;
        eventually("the page is forgotten", || async { row_of(&instance, &site.at("/a")).await.is_none() }).await;
        coppice::pictures::sweep(instance.app()).await.unwrap();
        assert_eq!(ann.fetches(&format!("/pictures/{file}")).await.0, StatusCode::OK);
        // And the other way round.
        posted(&ann, &group, "Colour again", &site.at("/a")).await;
        looked_at(&instance, &site.at("/a")).await;
        let token = upload["files"][0]["delete_token"].as_str().unwrap();
        let (status, _) = ann.fetches(&format!("/pictrs/image/delete/{token}/{file}")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(ann.fetches(&format!("/pictures/{file}")).await.0, StatusCode::OK);
    }

    async fn pages_that_are_out_to_do_harm_do_none_and_are_not_asked_again(db: Database) {
        let instance = curious(db).await;
        let (site, shut) = (Peer::start(None, &instance.url).await, Peer::start(None, &instance.url).await);
        shut.shows("/", Page::Text("text/html", "<title>Not for us</title>".to_owned()));
        let picture_at = |url: &str| format!("<title>With a picture</title><meta property='og:image' content='{url}'>");
        let html = |text: String| Page::Text("text/html", text);
        let long = format!("<title>{}</title>", "very ".repeat(300_000));
        for (path, page) in [
            ("/endless", Page::EndlessHtml("<title>Begins well</title>")),
            ("/long", html(long)),
            ("/script", html("<title>&lt;script&gt;alert(1)&lt;/script&gt;\u{202E}x</title>".to_owned())),
            ("/broken", Page::Bytes("text/html; charset=nonsense", b"<title>\xFF\xFE\x00 caf\xC3\x28</title>".to_vec())),
            ("/json", Page::Text("application/json", "{}".to_owned())),
            ("/circle", Page::Redirect(site.at("/circle"))),
            ("/file", Page::Redirect("file:///etc/passwd".to_owned())),
            ("/login", Page::Redirect("http://ann:pw@localhost:1/".to_owned())),
            ("/ours", Page::Redirect(instance.url.to_string())),
            ("/shut", Page::Redirect(shut.at("/"))),
            ("/gone", Page::Gone),
            ("/endless-picture", html(picture_at("/endless"))),
            ("/no-picture", html(picture_at("/json"))),
            ("/shut-picture", html(picture_at(&shut.at("/p.png")))),
            ("/away", Page::Redirect(site.at("/good"))),
            ("/good", html("<title>Found there</title>".to_owned())),
        ] {
            site.shows(path, page);
        }
        Visitor::sets_up(&instance, "ann").await;
        let ann = App::logged_in(&instance, "ann").await;
        let group = founded(&ann, "weaving").await;
        ann.puts("site", json!({ "blocked_urls": [shut.host.as_str()] })).await;
        for (path, title) in [
            ("/endless", Some("Begins well")),
            ("/script", Some("<script>alert(1)</script>x")),
            ("/json", None), ("/circle", None), ("/file", None), ("/login", None), ("/ours", None),
            ("/shut", None), ("/gone", None), ("/endless-picture", Some("With a picture")),
            ("/no-picture", Some("With a picture")), ("/shut-picture", Some("With a picture")),
            ("/away", Some("Found there")),
        ] {
            let post = posted(&ann, &group, "A link", &site.at(path)).await;
            let row = looked_at(&instance, &site.at(path)).await;
            assert_eq!((row.title.as_deref(), &row.thumbnail), (title, &None), "{path}");
            assert_eq!(shown(&ann, &post).await["post"]["embed_title"], json!(title), "{path}");
        }
        posted(&ann, &group, "A link", &site.at("/long")).await;
        let row = looked_at(&instance, &site.at("/long")).await;
        assert_eq!(row.title.unwrap().chars().count(), 200);
        posted(&ann, &group, "A link", &site.at("/broken")).await;
        let row = looked_at(&instance, &site.at("/broken")).await;
        assert!(row.title.unwrap().ends_with("caf\u{C3}("), "no encoding fits: read as the web's old one");
        assert_eq!(shut.all_fetches(), 0);
        let circles = site.fetches("/circle");
        assert!(circles <= 4, "{circles}");
        // Failures are remembered.
        for path in ["/gone", "/circle", "/file"] {
            let before = site.fetches(path);
            posted(&ann, &group, "Again", &site.at(path)).await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            assert_eq!(site.fetches(path), before, "{path}");
        }
        let page = Visitor::of(&instance).get("/c/weaving").await.text();
        assert!(!page.contains("<script>alert"));
    }

    async fn nothing_is_asked_for_where_it_may_not_be(db: Database) {
        // As on the open net: no plain http, no loopback.
        let careful = Instance::start_with(db, |settings| {
            settings.link_previews.enabled = true;
            settings.federation.allow_private_addresses = false;
        }).await;
        let site = Peer::start(None, &careful.url).await;
        site.shows("/", Page::Text("text/html", "<title>Inside</title>".to_owned()));
        Visitor::sets_up(&careful, "ann").await;
        let ann = App::logged_in(&careful, "ann").await;
        let group = founded(&ann, "weaving").await;
        for link in [site.at("/"), site.at("/").replace("http:", "https:"), "https://10.0.0.1/".to_owned(), "https://[::1]/".to_owned()] {
            posted(&ann, &group, "Inside", &link).await;
            assert_eq!(looked_at(&careful, &link).await.title, None, "{link}");
            let (status, answer) = ann.call(Method::GET, &format!("post/site_metadata?url={link}"), Value::Null).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        }
        assert_eq!(site.all_fetches(), 0);
    }

    async fn without_previews_no_page_is_asked_for(db: Database) {
        let instance = Instance::start(db).await;
        let site = Peer::start(None, &instance.url).await;
        site.shows("/", Page::Text("text/html", "<title>There</title>".to_owned()));
        instance.member("ann").await;
        let ann = App::logged_in(&instance, "ann").await;
        let group = founded(&ann, "weaving").await;
        posted(&ann, &group, "A link", &site.at("/")).await;
        let answer = ann.asks(&format!("post/site_metadata?url={}", site.at("/"))).await;
        assert_eq!(answer, json!({ "metadata": {} }));
        assert!(row_of(&instance, &site.at("/")).await.is_none());
        assert_eq!(site.all_fetches(), 0);
    }

    async fn an_app_asks_what_a_page_says_before_it_posts_the_link(db: Database) {
        let instance = curious(db).await;
        let site = Peer::start(None, &instance.url).await;
        site.shows("/looms", Page::Text("text/html", LOOMS.to_owned()));
        site.shows("/p", Page::Bytes("image/png", png(3)));
        instance.member("ann").await;
        let ann = App::logged_in(&instance, "ann").await;
        let asked = |path: &str| format!("post/site_metadata?url={}", site.at(path));
        assert_eq!(ann.asks(&asked("/looms")).await, json!({ "metadata": {
            "title": "Looms & looms", "description": "How they are built", "image": site.at("/loom.jpg"),
            "embed_video_url": site.at("/film.mp4"), "content_type": "text/html",
        } }));
        assert_eq!(ann.asks(&asked("/p")).await["metadata"], json!({ "image": site.at("/p"), "content_type": "image/png" }));
        for wrong in ["nonsense", "ftp://x.example/", "http://a:b@x.example/"] {
            assert_eq!(ann.refused(Method::GET, &format!("post/site_metadata?url={wrong}"), Value::Null).await, "invalid_url");
        }
        assert_eq!(ann.refused(Method::GET, &asked("/missing"), Value::Null).await, "unknown");
        let nobody = App::of(&instance);
        assert_eq!(nobody.refused(Method::GET, &asked("/looms"), Value::Null).await, "incorrect_login");
        assert!(row_of(&instance, &site.at("/looms")).await.is_none(), "nothing is written down");
    }
}
