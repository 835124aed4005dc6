//! `coppice demo`, as a newcomer runs it: two institutions that really federate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

/// How long the story may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

struct Demo {
    child: Child,
    /// Riverside's address, then Northfield's.
    sites: [String; 2],
}

impl Demo {
    /// Starts the demo and waits until it says that it is ready.
    fn start(temporary: &Path) -> Demo {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coppice"))
            .arg("demo")
            .current_dir(temporary)
            .env("TMPDIR", temporary)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (say, hear) = mpsc::channel();
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .all(|line| say.send(line).is_ok())
        });
        let mut sites = Vec::new();
        let mut told = Vec::new();
        let mut ready = false;
        while !told.iter().any(|line: &String| line.contains("Ctrl-C")) {
            let Ok(line) = hear.recv_timeout(PATIENCE) else {
                let _ = child.kill();
                panic!("the demo is not ready; it said {told:#?}");
            };
            ready |= line == "Ready.";
            if ready && let Some(at) = line.find("http://").filter(|_| sites.len() < 2) {
                sites.push(line[at..].to_owned());
            }
            told.push(line);
        }
        // Read on, or the demo would wait at a full pipe.
        std::thread::spawn(move || hear.iter().count());
        Demo {
            child,
            sites: sites.try_into().unwrap(),
        }
    }

    async fn get(&self, url: &str) -> reqwest::Response {
        reqwest::get(url).await.unwrap().error_for_status().unwrap()
    }

    async fn titles(&self, site: &str, group: &str) -> Vec<String> {
        let url = format!("{site}/api/v3/post/list?community_name={group}&limit=50");
        let list: Value =
            serde_json::from_str(&self.get(&url).await.text().await.unwrap()).unwrap();
        let posts = list["posts"].as_array().unwrap();
        let title = |post: &Value| post["post"]["name"].as_str().unwrap().to_owned();
        posts.iter().map(title).collect()
    }

    /// Asks it to end, as a service manager does, and waits until it has.
    fn stop(mut self) -> bool {
        let id = self.child.id().to_string();
        Command::new("sh")
            .args(["-c", &format!("kill -TERM {id}")])
            .status()
            .unwrap();
        self.child.wait().unwrap().success()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_at_one_institution_of_the_demo_is_read_at_the_other() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().to_owned();
    let demo = tokio::task::spawn_blocking(move || Demo::start(&folder))
        .await
        .unwrap();
    let [riverside, northfield] = demo.sites.clone();
    let host = |site: &str| site.trim_start_matches("http://").to_owned();

    let here = demo.titles(&riverside, "structural_biology").await;
    let group_there = format!("structural_biology@{}", host(&riverside));
    let there = demo.titles(&northfield, &group_there).await;
    assert!(here.len() >= 8, "{here:?}");
    let sorted = |mut titles: Vec<String>| {
        titles.sort();
        titles
    };
    assert_eq!(sorted(here), sorted(there));

    let page = demo.get(&format!("{northfield}/c/{group_there}")).await;
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("How do you teach folding?")
    );

    let seen = reqwest::Client::new()
        .get(format!("{northfield}/c/teaching_cases/featured"))
        .header("accept", "application/activity+json")
        .send()
        .await
        .unwrap();
    let pinned: Value = serde_json::from_str(&seen.text().await.unwrap()).unwrap();
    assert_eq!(pinned["totalItems"], 1);

    let ended = tokio::task::spawn_blocking(move || demo.stop())
        .await
        .unwrap();
    assert!(ended, "it ends in peace");
    let left: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().collect();
    assert!(left.is_empty(), "its data are gone: {left:?}");
}
