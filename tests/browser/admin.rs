//! What administrators set.

use crate::steps::{at, instance, logs_out, sets_up};
use crate::support::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn the_site_has_the_name_its_administrator_gives_it() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    sets_up(&browser, &instance, "ann").await;
    browser
        .fill("main input[name=name]", "Riverside College")
        .await;
    browser
        .fill("main input[name=tagline]", "Where teachers talk.")
        .await;
    browser
        .fill("main textarea[name=sidebar]", "For *everybody*.")
        .await;
    browser.click("main input[value=closed]").await;
    browser.click("main button.main").await;
    browser.wait_for_text("Saved.").await;
    assert_eq!(browser.text("a.brand").await, "Riverside College");
    logs_out(&browser).await;
    assert_eq!(browser.text("h1").await, "Riverside College");
    assert!(browser.page_text().await.contains("Where teachers talk."));
    assert_eq!(browser.count("a[href='/register']").await, 0);
    browser.goto(&at(&instance, "/about")).await;
    assert_eq!(browser.text("main .prose em").await, "everybody");
    assert_eq!(
        browser.client.title().await.unwrap(),
        "About · Riverside College"
    );
    browser.close().await;
}
