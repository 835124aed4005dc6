//! What members have for themselves: what waits for them, their profile, their password.

use image::{Rgb, RgbImage};

use crate::steps::{at, gives_password, instance, logs_in, logs_out, property};
use crate::support::Browser;
use crate::support::instance::PASSWORD;

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_waits_until_it_is_seen() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    let (ann, ben) = (instance.member("ann").await, instance.member("ben").await);
    let fungi = ann.founds("fungi").await;
    let thread = ann.posts(fungi, "Spores in class").await;
    ben.replies(thread.id, None, "With a sieve.").await;
    ben.replies(thread.id, None, "Or with a brush.").await;
    logs_in(&browser, &instance, "ann").await;
    assert_eq!(browser.text("header.top .count").await, "2");
    browser.click("header.top a[href='/notifications']").await;
    browser.wait_for_text("With a sieve.").await;
    assert_eq!(browser.count("li.unread").await, 2);
    browser
        .click("main form[action='/notifications/read'] button")
        .await;
    browser.wait_for_text("Everything is marked as read.").await;
    assert_eq!(browser.count("li.unread").await, 0);
    assert_eq!(browser.count("header.top .count").await, 0);
    ben.replies(thread.id, None, "Third time.").await;
    browser.goto(&at(&instance, "/notifications")).await;
    browser.click("li.unread p a[href^='/comment/']").await;
    browser.wait_for_text("See the whole thread").await;
    assert!(browser.page_text().await.contains("Third time."));
    assert_eq!(
        browser.count("header.top .count").await,
        0,
        "reading it is seeing it"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_with_a_picture_is_what_others_see() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    instance.member("ann").await;
    logs_in(&browser, &instance, "ann").await;
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("me.png");
    RgbImage::from_pixel(200, 120, Rgb([30, 90, 60]))
        .save(&picture)
        .unwrap();
    browser.goto(&at(&instance, "/settings")).await;
    browser
        .wait_for("input[name=icon]")
        .await
        .send_keys(picture.to_str().unwrap())
        .await
        .unwrap();
    browser.fill("input[name=display_name]", "Ann Lee").await;
    browser
        .fill("input[name=institution]", "Riverside College")
        .await;
    browser
        .fill("textarea[name=bio]", "I *teach* mycology.")
        .await;
    browser
        .click("form[action='/settings/profile'] button")
        .await;
    browser.wait_for_text("Saved.").await;
    browser.goto(&at(&instance, "/u/ann")).await;
    assert_eq!(browser.text("h1").await, "Ann Lee");
    assert_eq!(browser.text("main .prose em").await, "teach");
    assert!(browser.page_text().await.contains("Riverside College"));
    browser.wait_for("main header img.avatar").await;
    let width = property(&browser, "main header img.avatar", "naturalWidth").await;
    assert!(width.parse::<u32>().unwrap() > 0, "the picture can be seen");

    std::fs::write(&picture, "no picture at all").unwrap();
    browser.goto(&at(&instance, "/settings")).await;
    browser
        .wait_for("input[name=icon]")
        .await
        .send_keys(picture.to_str().unwrap())
        .await
        .unwrap();
    browser
        .fill("input[name=institution]", "Lakeside College")
        .await;
    browser
        .click("form[action='/settings/profile'] button")
        .await;
    browser
        .wait_for("input[name=icon][aria-invalid=true]")
        .await;
    assert_eq!(
        property(&browser, "input[name=institution]", "value").await,
        "Lakeside College"
    );
    browser.click("input[name=no_icon]").await;
    browser
        .click("form[action='/settings/profile'] button")
        .await;
    browser.wait_for_text("Saved.").await;
    assert_eq!(browser.count("main img").await, 0);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_is_the_one_that_counts() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let instance = instance().await;
    instance.member("ann").await;
    logs_in(&browser, &instance, "ann").await;
    browser.goto(&at(&instance, "/settings")).await;
    for (old, says) in [
        ("not my password", "This is not your password."),
        (PASSWORD, "Your password is changed."),
    ] {
        browser.fill("input[name=old_password]", old).await;
        browser
            .fill("input[name=new_password]", "another good pass phrase")
            .await;
        browser
            .click("form[action='/settings/password'] button")
            .await;
        browser.wait_for_text(says).await;
    }
    logs_out(&browser).await;
    browser.goto(&at(&instance, "/login")).await;
    gives_password(&browser, "ann", PASSWORD).await;
    browser
        .wait_for_text("The name or the password is wrong.")
        .await;
    gives_password(&browser, "ann", "another good pass phrase").await;
    browser.wait_for_text("You are logged in.").await;
    browser.close().await;
}
