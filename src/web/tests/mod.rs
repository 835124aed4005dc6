//! What the pages promise, asked of a whole instance on a fresh database, without a socket.

mod browser;

use axum::body::Body as HttpBody;
use axum::http::{Request, StatusCode, header};

use browser::{Browser, PASSWORD, token_in};

#[tokio::test]
async fn a_form_without_its_token_changes_nothing_whatever_it_asks_for() {
    let mut ann = Browser::logged_in("ann", true).await;
    ann.group("fungi").await;
    let post = ann.thread("fungi", "Spores in class", "How?").await;
    let paths = [
        "/login",
        "/logout",
        "/register",
        "/setup",
        "/settings/profile",
        "/settings/email",
        "/settings/password",
        "/settings/close",
        "/settings/move",
        "/notifications/read",
        "/groups/new",
        "/c/fungi/new",
        "/c/fungi/edit",
        "/c/fungi/roles",
        "/c/fungi/sharing",
        "/c/fungi/move",
        "/c/fungi/close",
        "/c/fungi/follow",
        "/c/fungi/unfollow",
        "/c/fungi/remote-follow",
        "/admin",
        "/admin/applications",
        "/admin/federation",
        "/admin/federation/rules",
    ];
    let acts = [
        "edit",
        "reply",
        "vote",
        "feature",
        "lock",
        "do/delete",
        "do/remove",
    ];
    let on_post = acts.map(|act| format!("{post}/{act}"));
    for path in paths.into_iter().chain(on_post.iter().map(String::as_str)) {
        for fields in [
            &[][..],
            &[("csrf", "AAAA"), ("title", "x"), ("password", PASSWORD)][..],
        ] {
            let answer = ann.post_raw(path, fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert_eq!(ann.get(&post).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_browsers_token_does_not_fit() {
    let mut ann = Browser::logged_in("ann", false).await;
    let bens = ann.account("ben", false).await;
    let anns_token = token_in(&ann.get("/settings").await.text);
    ann.cookies = vec![("coppice_session_8080".to_owned(), bens)];
    let fields = [("csrf", anns_token.as_str()), ("email", "x@y.example")];
    let answer = ann.post_raw("/settings/email", &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_visitor_joins_logs_out_and_in_again_where_they_wanted_to_go() {
    let mut visitor = Browser::open().await;
    let fields = [
        ("name", "dora"),
        ("email", "dora@college.example"),
        ("password", PASSWORD),
    ];
    let joined = visitor.post("/register", "/register", &fields).await;
    assert_eq!(joined.location, "/", "{}", joined.text);
    assert!(visitor.get("/").await.text.contains("Welcome!"));
    assert!(
        !visitor.get("/").await.text.contains("Welcome!"),
        "shown once"
    );
    let out = visitor.post("/", "/logout", &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    let asked = visitor.get("/settings").await;
    assert_eq!(asked.location, "/login?next=%2Fsettings");
    let credentials = [("who", "dora"), ("password", PASSWORD)];
    for (next, leads) in [
        ("/settings", "/settings"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
    ] {
        let mut fields = credentials.to_vec();
        fields.push(("next", next));
        let answer = visitor.post("/login", "/login", &fields).await;
        assert_eq!(answer.location, leads);
        visitor.post("/", "/logout", &[]).await;
    }
}

#[tokio::test]
async fn a_form_that_is_wrong_comes_back_with_the_reason_at_its_field_and_what_was_typed() {
    let mut visitor = Browser::open().await;
    let fields = [
        ("name", "dora"),
        ("display_name", "Dora <b>M"),
        ("email", "no address"),
        ("password", PASSWORD),
    ];
    let answer = visitor.post("/register", "/register", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("value=\"Dora &lt;b&gt;M\""));
    assert!(answer.text.contains("aria-describedby=\"w-email h-email\""));
    assert!(
        answer
            .text
            .contains("id=\"w-email\">This does not look like")
    );
    assert!(
        !answer.text.contains(PASSWORD),
        "passwords are never sent back"
    );
}

#[tokio::test]
async fn a_preview_shows_the_text_and_publishes_nothing() {
    let mut ann = Browser::logged_in("ann", false).await;
    ann.group("fungi").await;
    let fields = [
        ("title", "Spores"),
        ("body", "so **bold** <script>x</script>"),
        ("action", "preview"),
    ];
    let page = ann.post("/c/fungi/new", "/c/fungi/new", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("<strong>bold</strong>"));
    assert!(!page.text.contains("<script>x"));
    assert!(page.text.contains("so **bold** &lt;script&gt;"), "kept");
    assert!(!ann.get("/c/fungi").await.text.contains("Spores"));
}

#[tokio::test]
async fn a_thread_is_answered_voted_on_edited_and_deleted_without_javascript() {
    let mut ann = Browser::logged_in("ann", false).await;
    ann.group("fungi").await;
    let post = ann.thread("fungi", "Spores in class", "How?").await;
    let reply = format!("{post}/reply");
    let answer = ann
        .post(&post, &reply, &[("body", "With a *sieve*.")])
        .await;
    assert!(answer.location.contains("#comment-"), "{}", answer.text);
    let page = ann.get(&post).await.text;
    assert!(page.contains("<em>sieve</em>"));

    let vote = format!("{post}/vote");
    let back = [("vote", "none"), ("back", "https://evil.example/")];
    assert_eq!(ann.post(&post, &vote, &back).await.location, "/");
    let down = [("vote", "down"), ("back", post.as_str())];
    assert_eq!(ann.post(&post, &vote, &down).await.location, post);
    assert!(
        ann.get(&post)
            .await
            .text
            .contains("value=\"none\" data-word=\"down\"")
    );

    let edit = format!("{post}/edit");
    let fields = [("title", "Spores in school"), ("action", "publish")];
    assert_eq!(ann.post(&edit, &edit, &fields).await.location, post);
    let page = ann.get(&post).await.text;
    assert!(page.contains("Spores in school") && page.contains("edited"));

    let delete = format!("{post}/do/delete");
    ann.post(&delete, &delete, &[]).await;
    let gone = ann.get(&post).await;
    assert_eq!(gone.status, StatusCode::GONE);
    // Its author alone still finds it, folded.
    let folded = gone.text.find("What it said").unwrap();
    assert!(gone.text.contains("deleted by its author") && !gone.text[..folded].contains("Spores"));
}

#[tokio::test]
async fn pages_of_others_and_of_administrators_are_refused() {
    let mut ann = Browser::logged_in("ann", false).await;
    ann.group("fungi").await;
    let post = ann.thread("fungi", "Spores in class", "How?").await;
    let bens = ann.account("ben", false).await;
    ann.cookies = vec![("coppice_session_8080".to_owned(), bens)];
    for path in [
        &format!("{post}/edit"),
        "/c/fungi/edit",
        "/c/fungi/close",
        "/admin",
        "/admin/applications",
        "/admin/federation",
        "/admin/federation/rules",
    ] {
        assert_eq!(ann.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let delete = format!("{post}/do/delete");
    let answer = ann.post(&delete, &delete, &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn no_page_needs_anything_inline_and_what_is_not_there_says_so() {
    let mut ann = Browser::logged_in("ann", true).await;
    ann.group("fungi").await;
    let post = ann.thread("fungi", "Spores in class", "How?").await;
    for path in [
        "/",
        "/groups",
        "/groups/new",
        "/c/fungi",
        "/c/fungi/new",
        "/c/fungi/edit",
        "/c/fungi/close",
        &post,
        "/search?q=spores",
        "/u/ann",
        "/settings",
        "/notifications",
        "/admin",
        "/admin/applications",
        "/admin/federation",
        "/admin/federation/rules",
        "/about",
        "/login",
        "/register",
    ] {
        let page = ann.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.policy.contains("script-src 'self'"), "{path}");
        assert!(
            !page.text.contains(" style=") && !page.text.contains("<style"),
            "{path}"
        );
        assert!(!page.text.contains(" onclick"), "{path}");
        assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
    }
    for path in [
        "/nope",
        "/post/1",
        "/post/x",
        "/c/nobody",
        "/u/no@where.example",
        "/setup?token=x",
    ] {
        let page = ann.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains("<h1"), "{path}");
    }
    assert_eq!(
        ann.get("/assets/../style.css").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_uploaded_picture_is_made_anew_and_served_as_nothing_but_a_picture() {
    let mut ann = Browser::logged_in("ann", false).await;
    let token = token_in(&ann.get("/settings").await.text);
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(300, 200)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let upload = |bytes: &[u8]| {
        let mut body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"icon\"; filename=\"a.svg\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let request = Request::post("/settings/profile")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        (request, HttpBody::from(body))
    };
    let (request, body) = upload(b"<svg onload='alert(1)'/>");
    let refused = ann.send(request, body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("id=\"w-icon\""));
    let (request, body) = upload(png.get_ref());
    assert_eq!(ann.send(request, body).await.location, "/settings");
    let page = ann.get("/u/ann").await.text;
    let start = page.find("/pictures/").expect("the picture on the profile");
    let path = page[start..].split('"').next().unwrap().to_owned();
    assert_eq!(ann.get(&path).await.status, StatusCode::OK);
    assert_eq!(
        ann.get("/pictures/../db").await.status,
        StatusCode::NOT_FOUND
    );
}
