//! Pictures that apps upload and take away, and what becomes of those of profiles.

use coppice::domain::kinds::PictureUse;
use coppice::media::Purpose;
use coppice::store::uploads;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, png};
use crate::support::instance::Instance;
use crate::support::{Database, eventually, on_both_databases};
use crate::visitor::Visitor;

on_both_databases! {
    async fn an_app_uploads_a_picture_lists_it_and_takes_it_away(db: Database) {
        let instance = Instance::start(db).await;
        let root = Visitor::sets_up(&instance, "ann").await;
        drop(root);
        instance.member("ben").await;
        let (ann, ben) = (App::logged_in(&instance, "ann").await, App::logged_in(&instance, "ben").await);
        let (status, upload) = ben.uploads(&png(1)).await;
        assert_eq!(status, StatusCode::CREATED, "{upload}");
        assert_eq!(upload["msg"], "ok");
        let (file, token) = (upload["files"][0]["file"].as_str().unwrap(), upload["files"][0]["delete_token"].as_str().unwrap());
        assert_eq!(upload["url"], instance.url.join(&format!("/pictrs/image/{file}")).unwrap().as_str());
        assert_eq!(upload["delete_url"], instance.url.join(&format!("/pictrs/image/delete/{token}/{file}")).unwrap().as_str());
        assert_eq!(upload["files"][0]["details"]["width"], 40);
        for path in [format!("/pictrs/image/{file}"), format!("/pictrs/image/{file}?thumbnail=256&format=webp"), format!("/pictures/{file}")] {
            let (status, bytes) = ben.fetches(&path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(image::load_from_memory(&bytes).is_ok(), "{path}");
        }
        let mine = ben.asks("account/list_media").await;
        assert_eq!(mine["images"][0]["local_image"]["pictrs_alias"], file);
        assert_eq!(mine["images"][0]["local_image"]["pictrs_delete_token"], token);
        assert_eq!(mine["images"][0]["person"]["name"], "ben");
        assert_eq!(ann.asks("account/list_media").await["images"], json!([]));
        assert_eq!(ann.asks("admin/list_all_media?limit=50").await["images"].as_array().unwrap().len(), 1);
        assert_eq!(ben.refused(Method::GET, "admin/list_all_media", Value::Null).await, "not_an_admin");

        // Only the token opens that door.
        let (status, _) = ben.fetches(&format!("/pictrs/image/delete/guess/{file}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(ben.fetches(&format!("/pictrs/image/{file}")).await.0, StatusCode::OK);
        let (status, _) = ben.fetches(&format!("/pictrs/image/delete/{token}/{file}")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        let (status, bytes) = ben.fetches(&format!("/pictrs/image/{file}")).await;
        assert_eq!((status, bytes.len()), (StatusCode::NOT_FOUND, 0));
        assert_eq!(ben.asks("account/list_media").await["images"], json!([]));
        let id = instance.read(|tx| coppice::store::accounts::by_name(tx.conn, "ben")).await.unwrap().person_id;
        assert_eq!(instance.read(move |tx| uploads::bytes_of(tx.conn, id)).await, 0, "there is room again");
    }

    async fn a_picture_that_two_people_uploaded_stays_until_both_take_it_away(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        instance.member("ben").await;
        let (ann, ben) = (App::logged_in(&instance, "ann").await, App::logged_in(&instance, "ben").await);
        let mut doors = Vec::new();
        for app in [&ann, &ben] {
            let (_, upload) = app.uploads(&png(2)).await;
            doors.push((upload["url"].clone(), upload["delete_url"].clone()));
        }
        assert_eq!(doors[0].0, doors[1].0, "one file");
        assert_ne!(doors[0].1, doors[1].1);
        let url = doors[0].0.as_str().unwrap();
        assert_eq!(ann.fetches(doors[0].1.as_str().unwrap()).await.0, StatusCode::NO_CONTENT);
        assert_eq!(ann.fetches(url).await.0, StatusCode::OK);
        assert_eq!(ann.fetches(doors[1].1.as_str().unwrap()).await.0, StatusCode::NO_CONTENT);
        assert_eq!(ann.fetches(url).await.0, StatusCode::NOT_FOUND);
        // And it may come back.
        let (status, again) = ann.uploads(&png(2)).await;
        assert_eq!((status, again["url"].as_str().unwrap()), (StatusCode::CREATED, url));
        assert_eq!(ann.fetches(url).await.0, StatusCode::OK);
    }

    async fn what_is_no_picture_or_by_nobody_is_refused(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = App::logged_in(&instance, "ann").await;
        let (status, answer) = ann.uploads(b"test").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(answer["msg"], "This is not a picture. PNG, JPEG, GIF and WebP are taken.");
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        assert_eq!(ann.uploads(svg).await.0, StatusCode::BAD_REQUEST);
        let (status, answer) = ann.uploads(&vec![0; 11 * 1024 * 1024]).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{answer}");
        let (status, answer) = App::of(&instance).uploads(&png(3)).await;
        assert_eq!((status, answer["error"].as_str()), (StatusCode::UNAUTHORIZED, Some("incorrect_login")));
        // Older apps put their token into a cookie; another site's page does not get that far with it.
        assert_eq!(ann.uploads_by_cookie(&png(3), None).await, StatusCode::CREATED);
        assert_eq!(ann.uploads_by_cookie(&png(3), Some("cross-site")).await, StatusCode::FORBIDDEN);
        assert_eq!(ann.fetches("/pictrs/healthz").await.0, StatusCode::OK);
        for path in ["/pictrs/image/..%2f..%2fdb", "/pictrs/image/x.png", "/pictrs/image/%00", "/pictrs/nothing"] {
            assert_eq!(ann.fetches(path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn a_thread_shows_the_size_of_its_picture_and_a_link_the_thumbnail_that_was_chosen(db: Database) {
        let instance = Instance::start(db).await;
        let ann = instance.member("ann").await;
        let group = ann.founds("looms").await;
        let app = App::logged_in(&instance, "ann").await;
        let (_, upload) = app.uploads(&png(4)).await;
        let url = upload["url"].clone();
        let picture = json!({ "name": "A picture", "community_id": group, "url": url });
        let view = app.posts("post", picture).await["post_view"].clone();
        assert_eq!(view["post"]["url"], url);
        let details = &view["image_details"];
        assert_eq!((&details["link"], &details["width"], &details["content_type"]), (&url, &json!(40), &json!("image/png")));
        let link = json!({ "name": "A link", "community_id": group, "url": "https://example.org/x", "custom_thumbnail": url });
        let view = app.posts("post", link).await["post_view"].clone();
        assert_eq!(view["post"]["url"], "https://example.org/x");
        assert_eq!(view["post"]["thumbnail_url"], url);
        let (_, other) = app.uploads(&png(5)).await;
        let picture = json!({ "name": "Again", "community_id": group, "url": url, "custom_thumbnail": other["url"] });
        let view = app.posts("post", picture).await["post_view"].clone();
        assert_eq!(view["post"]["thumbnail_url"], url, "a picture is its own");
    }

    async fn a_picture_of_a_profile_goes_when_another_takes_its_place(db: Database) {
        let instance = Instance::start(db).await;
        let ann = instance.member("ann").await;
        let viewer = {
            let visitor = App::logged_in(&instance, "ann").await;
            let token = visitor.token().to_owned();
            instance.act(move |tx| coppice::community::accounts::viewer(tx, &token, coppice::domain::kinds::SessionKind::Api)).await.unwrap().unwrap()
        };
        let app = instance.app();
        let mut files = Vec::new();
        for shade in [6, 7] {
            let row = coppice::pictures::keep(app, &viewer, png(shade), Purpose::Avatar, PictureUse::Profile).await.unwrap();
            let url = instance.url.join(&format!("/pictures/{}", row.file_name)).unwrap();
            let edit = coppice::community::accounts::EditProfile {
                bot: false,
                display_name: coppice::domain::limits::DisplayName::parse("Ann").unwrap(),
                bio: coppice::domain::limits::Bio::parse("").unwrap(),
                institution: None,
                icon: Some(url.clone()),
                image: None,
            };
            let viewer = viewer.clone();
            instance.act(move |tx| coppice::community::accounts::edit_profile(tx, &viewer, &edit)).await.unwrap();
            files.push(url.to_string());
        }
        let reader = App::of(&instance);
        eventually("the old one is gone", || async { reader.fetches(&files[0]).await.0 == StatusCode::NOT_FOUND }).await;
        assert_eq!(reader.fetches(&files[1]).await.0, StatusCode::OK);
        let kept = instance.read(move |tx| uploads::all_of(tx.conn, ann.id)).await;
        assert_eq!(kept.len(), 1);
    }

    async fn pictures_go_with_what_is_purged(db: Database) {
        let instance = Instance::start(db).await;
        drop(Visitor::sets_up(&instance, "rosa").await);
        let ann = instance.member("ann").await;
        let group = ann.founds("looms").await;
        let (root, app) = (App::logged_in(&instance, "rosa").await, App::logged_in(&instance, "ann").await);
        let mut urls = Vec::new();
        for shade in [8, 9] {
            urls.push(app.uploads(&png(shade)).await.1["url"].as_str().unwrap().to_owned());
        }
        let picture = json!({ "name": "A picture", "community_id": group, "url": urls[0] });
        let post = app.posts("post", picture).await["post_view"]["post"]["id"].clone();
        root.posts("admin/purge/post", json!({ "post_id": post })).await;
        let (status, bytes) = app.fetches(&urls[0]).await;
        assert_eq!((status, bytes.len()), (StatusCode::NOT_FOUND, 0));
        assert_eq!(app.fetches(&urls[1]).await.0, StatusCode::OK);
        root.posts("admin/purge/person", json!({ "person_id": ann.id })).await;
        assert_eq!(app.fetches(&urls[1]).await.0, StatusCode::NOT_FOUND);
    }

    async fn the_old_picture_of_a_profile_goes_also_when_an_app_changes_it(db: Database) {
        let instance = Instance::start(db).await;
        instance.member("ann").await;
        let ann = App::logged_in(&instance, "ann").await;
        let mut urls = Vec::new();
        for shade in [10, 11] {
            urls.push(ann.uploads(&png(shade)).await.1["url"].clone());
            ann.puts("user/save_user_settings", json!({ "avatar": urls.last() })).await;
        }
        let list = ann.asks("account/list_media").await["images"].clone();
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!(ann.fetches(urls[0].as_str().unwrap()).await.0, StatusCode::NOT_FOUND);
        assert_eq!(ann.fetches(urls[1].as_str().unwrap()).await.0, StatusCode::OK);
    }

    async fn the_picture_of_another_is_not_taken_away_through_a_group_that_shows_it(db: Database) {
        let instance = Instance::start(db).await;
        drop(Visitor::sets_up(&instance, "rosa").await);
        for name in ["ann", "eve"] {
            instance.member(name).await;
        }
        let (ann, eve) = (App::logged_in(&instance, "ann").await, App::logged_in(&instance, "eve").await);
        let rosa = App::logged_in(&instance, "rosa").await;
        let avatar = ann.uploads(&png(12)).await.1["url"].clone();
        ann.puts("user/save_user_settings", json!({ "avatar": avatar })).await;
        let group = json!({ "name": "thieves", "title": "Thieves", "icon": avatar });
        let group = eve.posts("community", group).await["community_view"]["community"]["id"].clone();
        // As one of those who look after it, too, ann keeps the picture she wears.
        let ann_id = ann.asks("user?username=ann").await["person_view"]["person"]["id"].clone();
        eve.posts("community/mod", json!({ "community_id": group, "person_id": ann_id, "added": true })).await;
        eve.puts("community", json!({ "community_id": group, "icon": "" })).await;
        assert_eq!(ann.fetches(avatar.as_str().unwrap()).await.0, StatusCode::OK);
        let post = json!({ "name": "Look", "community_id": group, "url": avatar });
        let post = eve.posts("post", post).await["post_view"]["post"]["id"].clone();
        rosa.posts("admin/purge/post", json!({ "post_id": post })).await;
        assert_eq!(ann.fetches(avatar.as_str().unwrap()).await.0, StatusCode::OK);
    }
}
