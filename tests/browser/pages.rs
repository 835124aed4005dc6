//! What holds on every page: names for all that can be used, nothing wider than a phone, a way past the menus.

use serde_json::Value;

use crate::steps::{at, instance, logs_out, presses, sets_up};
use crate::support::instance::Instance;
use crate::support::{Browser, eventually};

/// What is wrong with the page, as sentences.
const LOOK: &str = r#"
    const wrong = [], all = (css) => [...document.querySelectorAll(css)];
    const shown = (e) => e.outerHTML.slice(0, 160);
    const headings = all("h1").length;
    if (headings !== 1) wrong.push(headings + " h1");
    for (const field of all("input:not([type=hidden]), textarea, select"))
        if (!field.labels.length && !field.ariaLabel) wrong.push("no label: " + shown(field));
    for (const picture of all("img"))
        if (!picture.hasAttribute("alt")) wrong.push("no alt: " + shown(picture));
    for (const thing of all("a[href], button, summary")) {
        const named = thing.textContent.trim() || thing.ariaLabel || thing.querySelector("img[alt]:not([alt=''])");
        if (!named && thing.ariaHidden !== "true") wrong.push("no name: " + shown(thing));
    }
    const ids = all("[id]").map((e) => e.id);
    for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) wrong.push("twice the id " + id);
    for (const e of all("[aria-describedby]"))
        for (const id of e.getAttribute("aria-describedby").split(" "))
            if (!document.getElementById(id)) wrong.push("described by nothing: " + id);
    if (!document.title || !document.documentElement.lang) wrong.push("no title or no language");
    if (document.querySelectorAll("main").length !== 1) wrong.push("not one main");
    return wrong;
"#;

const WIDTH: &str =
    "const e = document.documentElement; return [innerWidth, e.scrollWidth, e.clientWidth];";

async fn asks(browser: &Browser, script: &str) -> Value {
    browser.client.execute(script, Vec::new()).await.unwrap()
}

/// Paths of every page, with content that is hard to fit.
async fn paths(instance: &Instance) -> Vec<String> {
    let ben = instance.member("ben").await;
    let fungi = ben.founds("fungi").await;
    let ann = instance
        .read(|tx| {
            Ok(coppice::store::actors::local_by_name(tx.conn, "ann")?
                .unwrap()
                .id)
        })
        .await;
    let long = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
        .repeat(2);
    let anns = crate::support::Member {
        home: instance,
        id: ann,
        name: "ann".to_owned(),
    };
    let thread = anns.posts(fungi, &long).await;
    let body = format!(
        "{long}\n\n```\n{long} {long}\n```\n\n| a | b |\n|---|---|\n| {long} | {long} |\n\nhttps://example.org/{long}"
    );
    let mut parent = ben.replies(thread.id, None, &body).await;
    let reply = parent.clone();
    for _ in 0..6 {
        parent = ben.replies(thread.id, Some(parent.id), "And *then*?").await;
    }
    let own = anns.replies(thread.id, Some(parent.id), "So.").await;
    let (thread, reply, own) = (thread.id, reply.id, own.id);
    let fixed = [
        "/",
        "/about",
        "/groups",
        "/groups/new",
        "/search",
        "/search?q=donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft",
        "/search?q=fungi",
        "/login",
        "/register",
        "/setup?token=x",
        "/settings",
        "/notifications",
        "/c/fungi",
        "/c/fungi/new",
        "/u/ann",
        "/u/ben?tab=replies",
        "/admin",
        "/admin/applications",
        "/admin/federation",
        "/nope",
        "/?after=nonsense",
    ];
    let mut paths: Vec<String> = fixed.into_iter().map(str::to_owned).collect();
    paths.extend([
        format!("/post/{thread}"),
        format!("/post/{thread}/edit"),
        format!("/post/{thread}/do/delete"),
        format!("/comment/{reply}"),
        format!("/comment/{reply}/reply"),
        format!("/comment/{own}"),
        format!("/comment/{own}/edit"),
        format!("/comment/{own}/do/delete"),
    ]);
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_names_its_parts_and_fits_a_phone() {
    let Some(browser) = Browser::open_sized(390, 844).await else {
        return;
    };
    let instance = instance().await;
    sets_up(&browser, &instance, "ann").await;
    let paths = paths(&instance).await;
    let mut wrong = Vec::new();
    for reader in ["an administrator", "a visitor"] {
        for path in &paths {
            browser.goto(&at(&instance, path)).await;
            for fault in asks(&browser, LOOK).await.as_array().unwrap() {
                wrong.push(format!("{path} for {reader}: {fault}"));
            }
            let width = asks(&browser, WIDTH).await;
            assert_eq!(width[0], 390, "a phone's width");
            if width[1].as_u64() > width[2].as_u64() {
                wrong.push(format!("{path} for {reader} is {} wide", width[1]));
            }
        }
        if reader == "an administrator" {
            browser.goto(&at(&instance, "/")).await;
            logs_out(&browser).await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_opens_in_place_keeps_its_own_label() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    sets_up(&browser, &instance, "ann").await;
    let paths = paths(&instance).await;
    let thread = paths
        .iter()
        .find(|path| path.starts_with("/post/"))
        .unwrap();
    browser.goto(&at(&instance, thread)).await;
    browser.click("article.comment a[data-reply]").await;
    browser
        .wait_for("article.comment form.reply textarea")
        .await;
    assert_eq!(asks(&browser, LOOK).await, Value::Array(Vec::new()));
    browser.click("article.comment form.reply label").await;
    let inside = "return document.activeElement.closest('article.comment') !== null;";
    assert_eq!(asks(&browser, inside).await, true);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_skips_to_the_content() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    instance.member("ann").await.founds("fungi").await;
    browser.goto(&at(&instance, "/c/fungi")).await;
    presses(&browser, "\u{E004}").await; // Tab
    assert_eq!(
        asks(&browser, "return document.activeElement.className;").await,
        "skip"
    );
    let seen = "return document.activeElement.getBoundingClientRect().top >= 0;";
    eventually("the link is seen when it has the focus", || async {
        asks(&browser, seen).await == true
    })
    .await;
    presses(&browser, "\u{E007}").await; // Enter
    eventually("the focus is on the content", || async {
        asks(&browser, "return document.activeElement.id;").await == "main"
    })
    .await;
    presses(&browser, "\u{E004}").await;
    let inside = "return document.activeElement.closest('main') !== null;";
    assert_eq!(asks(&browser, inside).await, true);
    browser.close().await;
}
