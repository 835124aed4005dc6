//! The story the whole site is for, with JavaScript and without.

use crate::steps::{
    at, begins_group, fills_thread, gives_password, instance, logs_out, property, replies, sets_up,
    shows,
};
use crate::support::Browser;
use crate::support::instance::PASSWORD;

#[tokio::test(flavor = "multi_thread")]
async fn a_community_begins_and_talks() {
    if let Some(browser) = Browser::open().await {
        tell(&browser).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_community_begins_and_talks_without_javascript() {
    if let Some(browser) = Browser::open_without_javascript().await {
        browser
            .goto("data:text/html,<p>plain</p><script>document.write('scripted')</script>")
            .await;
        assert_eq!(browser.page_text().await, "plain", "scripts are off");
        tell(&browser).await;
        browser.close().await;
    }
}

async fn tell(browser: &Browser) {
    let instance = instance().await;
    sets_up(browser, &instance, "ann").await;
    logs_out(browser).await;
    browser.click("header.top a[href='/login']").await;
    gives_password(browser, "ann", PASSWORD).await;
    browser.wait_for_text("You are logged in.").await;

    begins_group(browser, &instance, "fungi", "Teaching fungi").await;
    assert_eq!(browser.text("h1").await, "Teaching fungi");
    browser.click("main a[href='/c/fungi/new']").await;
    fills_thread(browser, "Spores in class", "How do you **collect** them?").await;
    browser.click("main button[value=preview]").await;
    browser.wait_for_text("Preview: not published yet").await;
    assert_eq!(browser.text("main section strong").await, "collect");
    assert_eq!(
        property(browser, "main input[name=title]", "value").await,
        "Spores in class"
    );
    browser.click("main button[value=publish]").await;
    browser.wait_for_text("Your thread is published.").await;
    assert_eq!(browser.text("h1").await, "Spores in class");
    assert_eq!(
        browser.text("article.thread .prose strong").await,
        "collect"
    );
    let thread = browser.url().await;

    replies(browser, "With a *sieve*.").await;
    assert_eq!(browser.text("article.comment .prose em").await, "sieve");
    browser.click("article.comment a[data-reply]").await;
    browser.wait_for_text("Reply").await;
    answers_the_reply(browser).await;
    assert_eq!(browser.count("ol.replies article.comment").await, 1);
    assert!(browser.text("#comments h2").await.contains("2 replies"));

    votes(browser, &thread).await;

    browser.goto(&thread).await;
    browser.click("article.thread a[href$='/edit']").await;
    browser.wait_for_text("Edit your thread").await;
    assert!(
        property(browser, "main textarea[name=body]", "value")
            .await
            .contains("**collect**")
    );
    browser
        .fill("main input[name=title]", "Spores in school")
        .await;
    browser.click("main button[value=publish]").await;
    browser.wait_for_text("Saved.").await;
    assert_eq!(browser.text("h1").await, "Spores in school");
    assert!(
        browser
            .text("article.thread div.meta")
            .await
            .contains("edited")
    );

    deletes(browser, &thread).await;
    browser.goto(&at(&instance, "/c/fungi")).await;
    assert!(browser.page_text().await.contains("No threads yet"));
}

/// The form opens below the reply with JavaScript, on a page of its own without.
async fn answers_the_reply(browser: &Browser) {
    let form = "article.comment ~ form.reply, article.comment form.reply, .card ~ form.reply[action*='/comment/']";
    browser.wait_for(form).await;
    browser
        .fill("form.reply[action*='/comment/'] textarea", "Or a brush?")
        .await;
    browser
        .click("form.reply[action*='/comment/'] button")
        .await;
    browser.wait_for_text("Your reply is published.").await;
}

async fn votes(browser: &Browser, thread: &str) {
    let form = "article.thread form.vote";
    // Its author's own vote for it is there from the beginning.
    for (word, other) in [("down", "up"), ("up", "down")] {
        browser.goto(thread).await;
        let button = format!("{form} button.{word}");
        let before: i64 = browser
            .text(&format!("{form} output"))
            .await
            .parse()
            .unwrap();
        let was_down = browser
            .count(&format!("{form} button.{other}[aria-pressed=true]"))
            .await;
        assert_eq!(
            browser
                .count(&format!("{button}[aria-pressed=false]"))
                .await,
            1,
            "{word}"
        );
        browser.click(&button).await;
        browser
            .wait_for(&format!("{button}[aria-pressed=true]"))
            .await;
        let step = if word == "up" { 1 } else { -1 };
        let expected = before + step * (1 + i64::try_from(was_down).unwrap());
        for again in [false, true] {
            if again {
                browser.goto(thread).await;
            }
            let score: i64 = browser
                .text(&format!("{form} output"))
                .await
                .parse()
                .unwrap();
            assert_eq!(score, expected, "{word}, reloaded: {again}");
            assert_eq!(
                browser.count(&format!("{button}[aria-pressed=true]")).await,
                1
            );
            assert_eq!(
                browser
                    .count(&format!("{form} button.{other}[aria-pressed=true]"))
                    .await,
                0
            );
        }
    }
    browser.click(&format!("{form} button.up")).await;
    browser
        .wait_for(&format!("{form} button.up[aria-pressed=false]"))
        .await;
    assert_eq!(
        browser.text(&format!("{form} output")).await,
        "0",
        "pressed again, it is withdrawn"
    );
}

async fn deletes(browser: &Browser, thread: &str) {
    browser.click("article.comment details.menu summary").await;
    browser
        .click("article.comment details.menu a[href$='/do/delete']")
        .await;
    browser.wait_for_text("Delete this reply?").await;
    browser.click("main button.danger").await;
    browser.wait_for_text("Deleted.").await;
    browser.goto(thread).await;
    let text = browser.page_text().await;
    assert!(
        text.contains("deleted by its author") && text.contains("Or a brush?"),
        "{text}"
    );
    assert!(!text.contains("sieve"));
    browser.click("article.thread a[href$='/do/delete']").await;
    browser.click("main button.danger").await;
    browser.wait_for_text("Deleted.").await;
    assert_eq!(browser.text("h1").await, "deleted by its author");
    assert!(!browser.page_text().await.contains("Spores"));
    assert!(!shows(browser, "main > div > form.reply").await);
}
