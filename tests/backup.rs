//! `coppice backup`, with the real binary beside a running instance.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use support::{Database, Instance, Lane};

const PICTURE: &str = "0123456789abcdef0123456789abcdef.png";

fn backup(database_url: &str, data_dir: &Path, to: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coppice"))
        .args(["backup", "--database-url", database_url, "--data-dir"])
        .arg(data_dir)
        .arg("--to")
        .arg(to)
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_the_server_runs_is_a_data_folder_that_starts() {
    let college = Instance::start(Database::sqlite().unwrap()).await;
    let alice = college.member("alice").await;
    let group = alice.founds("proteins").await;
    let post = alice.posts(group, "Worth keeping").await;
    let settings = college.app().settings.clone();
    std::fs::write(settings.data_dir.join("media").join(PICTURE), b"picture").unwrap();
    std::fs::write(settings.data_dir.join("media/.tmpHalf"), b"half").unwrap();

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("deep/backup");
    let database_url = settings.database_url.to_string();
    let made = backup(&database_url, &settings.data_dir, &copy);
    assert!(made.status.success(), "{made:?}");
    assert_eq!(
        std::fs::read(copy.join("media").join(PICTURE)).unwrap(),
        b"picture"
    );
    assert!(!copy.join("media/.tmpHalf").exists());
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "the keys in it are for its owner alone");

    let again = backup(&database_url, &settings.data_dir, &copy);
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not empty"));

    let restored = Instance::start_with(
        Database {
            database_url: format!("sqlite:{}", copy.join("coppice.sqlite3").display()),
            lane: Lane::Sqlite,
            folder,
        },
        |settings| settings.data_dir = copy.clone(),
    )
    .await;
    assert_eq!(restored.post(post.id).await.title, "Worth keeping");
    let search = restored
        .url
        .join("/api/v3/search?q=keeping&type_=Posts")
        .unwrap();
    let found = reqwest::get(search).await.unwrap().text().await.unwrap();
    assert!(found.contains("Worth keeping"), "{found}");
}

#[test]
fn without_a_database_there_is_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = format!("sqlite:{}/none.sqlite3", folder.path().display());
    let made = backup(&nowhere, folder.path(), &folder.path().join("backup"));
    assert!(!made.status.success());
    assert!(!folder.path().join("none.sqlite3").exists());
    assert!(!folder.path().join("backup").exists());
}

#[test]
fn who_has_postgresql_is_told_how_to_save_it() {
    let folder = tempfile::tempdir().unwrap();
    let made = backup(
        "postgres://db/coppice",
        folder.path(),
        &folder.path().join("backup"),
    );
    assert!(!made.status.success());
    assert!(String::from_utf8_lossy(&made.stderr).contains("pg_dump"));
}
