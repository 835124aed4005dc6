//! Groups and threads of one site: following, leaving, finding.

use crate::steps::{at, begins_thread, instance, logs_in, logs_out};
use crate::support::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn a_member_follows_reads_and_leaves() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    let ann = instance.member("ann").await;
    let fungi = ann.founds("fungi").await;
    ann.posts(fungi, "Spores in class").await;
    instance.member("ben").await;
    logs_in(&browser, &instance, "ben").await;
    assert!(browser.page_text().await.contains("Find your people"));
    browser.goto(&at(&instance, "/c/fungi")).await;
    browser.click("main form[action$='/follow'] button").await;
    browser.wait_for_text("You follow this group now.").await;
    assert_eq!(browser.count("nav.side a[href='/c/fungi']").await, 1);
    browser.goto(&at(&instance, "/")).await;
    assert_eq!(browser.text("ul.feed h2").await, "Spores in class");
    browser.goto(&at(&instance, "/c/fungi")).await;
    browser.click("main form[action$='/unfollow'] button").await;
    browser
        .wait_for_text("You no longer follow this group.")
        .await;
    browser.goto(&at(&instance, "/")).await;
    assert_eq!(browser.count("ul.feed h2").await, 0);
    logs_out(&browser).await;
    assert_eq!(browser.count("header.top details.menu").await, 0);
    browser.goto(&at(&instance, "/settings")).await;
    assert_eq!(browser.text("h1").await, "Log in");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_found_by_its_words() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    instance.member("ann").await.founds("fungi").await;
    logs_in(&browser, &instance, "ann").await;
    browser.goto(&at(&instance, "/c/fungi")).await;
    begins_thread(
        &browser,
        "Microscopes for beginners",
        "Which objective shows hyphae?",
    )
    .await;
    logs_out(&browser).await;
    browser.fill("#top-search", "hyphae").await;
    browser
        .wait_for("#top-search")
        .await
        .send_keys("\u{E007}")
        .await
        .unwrap();
    browser.wait_for_text("Threads").await;
    browser.click("ul.feed h2 a").await;
    browser.wait_for_text("Which objective").await;
    assert_eq!(browser.text("h1").await, "Microscopes for beginners");
    browser.goto(&at(&instance, "/search?q=submarine")).await;
    assert!(browser.page_text().await.contains("Nothing found"));
    browser.close().await;
}
