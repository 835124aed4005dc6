//! Two sites: a group of one, found, followed and written in from the other.

use crate::steps::{
    arrives_at, at, begins_thread, instance, logs_in, reloads_until, replies, sets_up,
};
use crate::support::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn a_group_elsewhere_is_found_followed_and_written_in() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (home, other) = (instance().await, instance().await);
    let ben = other.member("ben").await;
    let fungi = ben.founds("fungi").await;
    ben.posts(fungi, "What was there before").await;
    sets_up(&browser, &home, "ann").await;

    browser.goto(&at(&home, "/search")).await;
    browser.fill("#q", &format!("!fungi@{}", other.host)).await;
    browser.click("main form button").await;
    let group = at(&home, &format!("/c/fungi@{}", other.host));
    arrives_at(&browser, &group).await;
    assert!(browser.page_text().await.contains("This group lives at"));
    reloads_until(&browser, &group, "What was there before").await;
    browser.click("main form[action$='/follow'] button").await;
    browser.wait_for(".notice").await;
    reloads_until(&browser, &group, "Leave").await;

    begins_thread(&browser, "From another college", "Hello *there*.").await;
    let there = at(&other, "/c/fungi");
    reloads_until(&browser, &there, "From another college").await;
    browser.click("ul.feed h2 a").await;
    browser.wait_for_text("Hello there.").await;
    assert!(
        browser.page_text().await.contains(&home.host),
        "it says where the author is"
    );

    logs_in(&browser, &other, "ben").await;
    browser.goto(&there).await;
    browser.click("ul.feed h2 a").await;
    browser.wait_for("main > div > form.reply").await;
    replies(&browser, "Welcome, neighbour.").await;
    reloads_until(
        &browser,
        &at(&home, "/notifications"),
        "Welcome, neighbour.",
    )
    .await;

    browser.goto(&at(&home, "/admin/federation")).await;
    assert!(browser.text("table").await.contains(&other.host));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_led_to_their_own_server_to_follow() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let (home, other) = (instance().await, instance().await);
    home.member("ann").await;
    other.member("ben").await.founds("fungi").await;
    logs_in(&browser, &home, "ann").await;
    let there = at(&other, "/c/fungi");
    browser.goto(&there).await;
    browser
        .fill("#follow input[name=server]", "nobody@localhost:1")
        .await;
    browser.click("#follow button.main").await;
    browser
        .wait_for_text("This server could not be asked.")
        .await;
    browser
        .fill("#follow input[name=server]", &format!("ann@{}", home.host))
        .await;
    browser.click("#follow button.main").await;
    browser.wait_for_text("Go on at").await;
    browser.click("main a.button.main").await;
    let group = at(&home, &format!("/c/fungi@{}", other.host));
    arrives_at(&browser, &group).await;
    browser.click("main form[action$='/follow'] button").await;
    reloads_until(&browser, &group, "Leave").await;
    reloads_until(&browser, &there, "followers\n2").await;
    browser.close().await;
}
