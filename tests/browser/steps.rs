//! Steps that many stories take.

use std::time::Duration;

use fantoccini::Locator;

use crate::support::instance::{Instance, PASSWORD};
use crate::support::{Browser, Database, eventually};

pub async fn instance() -> Instance {
    Instance::start(Database::sqlite().unwrap()).await
}

/// The address of a path at an instance.
pub fn at(instance: &Instance, path: &str) -> String {
    instance.url.join(path).unwrap().to_string()
}

/// Makes the first administrator through the link that a new instance prints.
pub async fn sets_up(browser: &Browser, instance: &Instance, name: &str) {
    let link = instance.running.setup_link.as_ref().unwrap();
    browser.goto(link.as_str()).await;
    browser.fill("main input[name=name]", name).await;
    browser
        .fill("main input[name=email]", &format!("{name}@example.org"))
        .await;
    browser.fill("main input[name=password]", PASSWORD).await;
    browser.click("main button.main").await;
    browser.wait_for_text("Your site is set up.").await;
}

/// Types a name and a password into the page that stands there.
pub async fn gives_password(browser: &Browser, name: &str, password: &str) {
    browser.fill("main input[name=who]", name).await;
    browser.fill("main input[name=password]", password).await;
    browser.click("main button.main").await;
}

pub async fn logs_in(browser: &Browser, instance: &Instance, name: &str) {
    browser.goto(&at(instance, "/login")).await;
    gives_password(browser, name, PASSWORD).await;
    browser.wait_for_text("You are logged in.").await;
}

pub async fn logs_out(browser: &Browser) {
    browser.click("header.top details.menu summary").await;
    browser.click("header.top details.menu button").await;
    browser.wait_for_text("You are logged out.").await;
}

pub async fn begins_group(browser: &Browser, instance: &Instance, name: &str, title: &str) {
    browser.goto(&at(instance, "/groups/new")).await;
    browser.fill("main input[name=name]", name).await;
    browser.fill("main input[name=title]", title).await;
    browser
        .fill("main textarea[name=domain]", "How to *teach* about fungi.")
        .await;
    browser.click("main button.main").await;
    browser.wait_for_text("Your group is here.").await;
}

pub async fn fills_thread(browser: &Browser, title: &str, body: &str) {
    browser.fill("main input[name=title]", title).await;
    browser.fill("main textarea[name=body]", body).await;
}

/// Publishes a thread in the group whose page is open.
pub async fn begins_thread(browser: &Browser, title: &str, body: &str) {
    browser.click("main a[href$='/new']").await;
    browser.wait_for("main input[name=title]").await;
    fills_thread(browser, title, body).await;
    browser.click("main button[value=publish]").await;
    browser.wait_for_text("Your thread is published.").await;
}

/// Replies to the thread that is open.
pub async fn replies(browser: &Browser, text: &str) {
    browser.fill("main > div > form.reply textarea", text).await;
    browser.click("main > div > form.reply button").await;
    browser.wait_for_text("Your reply is published.").await;
}

/// A property of the first match, as text.
pub async fn property(browser: &Browser, css: &str, name: &str) -> String {
    let found = browser.wait_for(css).await.prop(name).await.unwrap();
    found.unwrap_or_default()
}

/// Reloads until the page shows `text`: what comes from another server takes a moment.
pub async fn reloads_until(browser: &Browser, url: &str, text: &str) {
    eventually(&format!("{text:?} at {url}"), || async {
        browser.goto(url).await;
        let there = browser.page_text().await.contains(text);
        if !there {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        there
    })
    .await;
}

/// Waits until the address of the page begins so.
pub async fn arrives_at(browser: &Browser, url: &str) {
    eventually(&format!("the page {url}"), || async {
        browser.url().await.starts_with(url)
    })
    .await;
}

/// Presses a key wherever the focus is.
pub async fn presses(browser: &Browser, key: &str) {
    let focused = browser.client.active_element().await.unwrap();
    focused.send_keys(key).await.unwrap();
}

pub async fn shows(browser: &Browser, css: &str) -> bool {
    match browser.client.find(Locator::Css(css)).await {
        Ok(element) => element.is_displayed().await.unwrap_or(false),
        Err(_) => false,
    }
}
