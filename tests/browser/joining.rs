//! How people come in: at once, by application, or not; and what a wrong form says.

use coppice::domain::kinds::RegistrationMode;

use crate::steps::{
    at, begins_group, gives_password, instance, logs_in, logs_out, property, sets_up,
};
use crate::support::instance::{Instance, PASSWORD};
use crate::support::{Browser, Database};

async fn with_registration(mode: RegistrationMode) -> Instance {
    Instance::start_with(Database::sqlite().unwrap(), |settings| {
        settings.registration = mode
    })
    .await
}

async fn fills_account(browser: &Browser, name: &str) {
    browser.fill("main input[name=name]", name).await;
    browser
        .fill("main input[name=display_name]", "Dora M.")
        .await;
    browser
        .fill("main input[name=email]", &format!("{name}@example.org"))
        .await;
    browser.fill("main input[name=password]", PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_open_one_joins_and_is_in() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = with_registration(RegistrationMode::Open).await;
    browser.goto(&at(&instance, "/")).await;
    browser.click("header.top a[href='/register']").await;
    browser.wait_for_text("Your name, as others see it").await;
    fills_account(&browser, "dora").await;
    browser.click("main button.main").await;
    browser.wait_for_text("You are logged in.").await;
    browser.goto(&at(&instance, "/u/dora")).await;
    assert_eq!(browser.text("h1").await, "Dora M.");
    logs_out(&browser).await;
    browser.goto(&at(&instance, "/register")).await;
    fills_account(&browser, "dora").await;
    browser.click("main button.main").await;
    browser.wait_for("p.notice.bad").await;
    assert_eq!(
        property(&browser, "main input[name=email]", "value").await,
        "dora@example.org"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_applications_are_read_one_waits_for_the_answer() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = with_registration(RegistrationMode::Approval).await;
    sets_up(&browser, &instance, "ann").await;
    logs_out(&browser).await;
    browser.goto(&at(&instance, "/register")).await;
    fills_account(&browser, "dora").await;
    browser
        .fill("main textarea[name=application]", "I teach mycology.")
        .await;
    browser.click("main button.main").await;
    browser
        .wait_for_text("Your application waits for approval")
        .await;
    gives_password(&browser, "dora", PASSWORD).await;
    browser
        .wait_for_text("waits for approval by an administrator")
        .await;
    assert_eq!(
        property(&browser, "main input[name=who]", "value").await,
        "dora"
    );

    logs_in(&browser, &instance, "ann").await;
    browser.goto(&at(&instance, "/admin/applications")).await;
    assert!(browser.page_text().await.contains("I teach mycology."));
    browser.click("main button[value=approve]").await;
    browser
        .wait_for_text("Approved: they can log in now.")
        .await;
    assert!(browser.page_text().await.contains("No applications wait"));
    logs_out(&browser).await;
    logs_in(&browser, &instance, "dora").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_closed_there_is_no_form_and_a_word_why() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = with_registration(RegistrationMode::Closed).await;
    browser.goto(&at(&instance, "/")).await;
    assert_eq!(browser.count("a[href='/register']").await, 0);
    browser.goto(&at(&instance, "/register")).await;
    browser.wait_for_text("Registration is closed here").await;
    assert_eq!(browser.count("main form").await, 0);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_the_name_stays() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    instance.member("ann").await;
    browser.goto(&at(&instance, "/settings")).await;
    gives_password(&browser, "ann", "not the password").await;
    browser
        .wait_for_text("The name or the password is wrong.")
        .await;
    assert_eq!(
        property(&browser, "main input[name=who]", "value").await,
        "ann"
    );
    assert_eq!(
        property(&browser, "main input[name=password]", "value").await,
        ""
    );
    gives_password(&browser, "ann", PASSWORD).await;
    browser.wait_for_text("You are logged in.").await;
    assert_eq!(
        browser.text("h1").await,
        "Settings",
        "one arrives where one wanted to go"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    instance.member("ann").await;
    logs_in(&browser, &instance, "ann").await;
    begins_group(&browser, &instance, "fungi", "Teaching fungi").await;
    browser.goto(&at(&instance, "/c/fungi/new")).await;
    browser.fill("main input[name=title]", "   ").await;
    browser
        .fill("main textarea[name=body]", "Two lines\nof a text")
        .await;
    browser
        .fill("main input[name=link]", "https://example.org/a")
        .await;
    browser.click("main button[value=publish]").await;
    browser
        .wait_for("main input[name=title][aria-invalid=true]")
        .await;
    assert_eq!(browser.text("p.wrong").await, "The title is missing.");
    let described = browser
        .wait_for("main input[name=title]")
        .await
        .attr("aria-describedby")
        .await
        .unwrap();
    assert!(described.unwrap().contains("w-title"));
    assert_eq!(
        property(&browser, "main textarea[name=body]", "value").await,
        "Two lines\nof a text"
    );
    assert_eq!(
        property(&browser, "main input[name=link]", "value").await,
        "https://example.org/a"
    );
    browser
        .fill("main input[name=title]", "Now with a title")
        .await;
    browser.click("main button[value=publish]").await;
    browser.wait_for_text("Your thread is published.").await;
    browser.close().await;
}
