//! A real browser: headless Chromium, driven through chromedriver.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::guard::{self, Guard, on_path};
use super::lanes::{Lane, Skip};

static DRIVER: OnceLock<Result<Driver, Skip>> = OnceLock::new();

struct Driver {
    /// Keeps chromedriver running; its line is the port.
    guard: Guard,
    browser: std::path::PathBuf,
}

const START: &str = r#"
    HOME="$1" "$2" --port=0 --log-level=SEVERE >"$1/log" 2>&1 &
    for _ in $(seq 300); do
        port=$(sed -n 's/.*successfully on port \([0-9]*\).*/\1/p' "$1/log")
        if [ -n "$port" ]; then echo "$port"; exit 0; fi
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    cat "$1/log" >&2
    exit 1
"#;

/// Ends chromedriver and every Chromium it started, all in the guard's process group; the guard
/// itself ignores the signal. The folder is busy until they have ended.
const STOP: &str = r#"
    kill -TERM 0
    for _ in $(seq 50); do
        sleep 0.1
        rm -rf "$1" 2>/dev/null
        [ -e "$1" ] || break
    done
"#;

fn driver() -> Result<&'static Driver, Skip> {
    let start = || {
        let driver = on_path(&["chromedriver"])
            .ok_or_else(|| Skip("no chromedriver on PATH (Debian: chromium-driver)".to_owned()))?;
        let browser = on_path(&["chromium", "chromium-browser", "google-chrome"])
            .ok_or_else(|| Skip("no chromium on PATH (Debian: chromium)".to_owned()))?;
        // Installed but broken is no reason to skip.
        let guard = guard::start("browser", START, STOP, &[driver.as_os_str()])
            .unwrap_or_else(|problem| panic!("{problem}"));
        Ok(Driver { guard, browser })
    };
    DRIVER.get_or_init(start).as_ref().map_err(Clone::clone)
}

/// One browser window with its own profile: its own cookies, its own cache.
pub struct Browser {
    pub client: Client,
}

/// How long a page may take to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);

impl Browser {
    /// A new window, or `None` (said aloud) where this machine has no browser. As wide as a laptop.
    pub async fn open() -> Option<Browser> {
        Browser::open_sized(1280, 900).await
    }

    /// `width` and `height` in CSS pixels: 390 by 844 is a phone.
    pub async fn open_sized(width: u32, height: u32) -> Option<Browser> {
        Browser::open_with(width, height, &[]).await
    }

    /// A browser that runs no script of any page.
    pub async fn open_without_javascript() -> Option<Browser> {
        Browser::open_with(1280, 900, &["--blink-settings=scriptEnabled=false"]).await
    }

    async fn open_with(width: u32, height: u32, more: &[&str]) -> Option<Browser> {
        let driver = match tokio::task::spawn_blocking(driver).await.unwrap() {
            Ok(driver) => driver,
            Err(why) => {
                Lane::Browser.skip(&why);
                return None;
            }
        };
        let profile = tempfile::Builder::new()
            .prefix("profile-")
            .tempdir_in(&driver.guard.folder)
            .unwrap()
            .keep(); // the guard removes it with the rest
        let mut arguments = vec![
            "--headless".to_owned(),
            "--no-sandbox".to_owned(), // Chromium refuses to run as root with it
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--hide-scrollbars".to_owned(),
            // Tests never leave this machine.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
                .to_owned(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.display()),
        ];
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
        let options = json!({ "binary": driver.browser, "args": arguments });
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.guard.ready))
            .await
            .unwrap();
        // Headless Chromium takes its window for the page plus a frame it does not draw.
        client.set_window_size(width, height).await.unwrap();
        Some(Browser { client })
    }

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// The address in the address bar.
    pub async fn url(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Waits until something matches `css`.
    pub async fn wait_for(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE);
        match found.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => self.lament(&format!("no {css}: {error}")).await,
        }
    }

    /// Waits until the page shows `text` somewhere.
    pub async fn wait_for_text(&self, text: &str) {
        let until = tokio::time::Instant::now() + PATIENCE;
        while !self.page_text().await.contains(text) {
            if tokio::time::Instant::now() > until {
                self.lament(&format!("no text {text:?}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn click(&self, css: &str) {
        if let Err(error) = self.wait_for(css).await.click().await {
            self.lament(&format!("cannot click {css}: {error}")).await;
        }
    }

    /// Replaces what stands in a field.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.wait_for(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What a reader sees of the first match.
    pub async fn text(&self, css: &str) -> String {
        self.wait_for(css).await.text().await.unwrap()
    }

    /// What a reader sees of the whole page; empty while one page gives way to the next.
    pub async fn page_text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Writes a PNG of what the window shows.
    pub async fn screenshot(&self, path: &Path) {
        let png = self.client.screenshot().await.unwrap();
        std::fs::write(path, png).unwrap();
    }

    /// Closes the window; a test that fails before leaves it to the guard.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }

    async fn lament(&self, problem: &str) -> ! {
        let (url, text) = (self.url().await, self.page_text().await);
        panic!("{problem}, at {url}, which shows:\n{text}");
    }
}
