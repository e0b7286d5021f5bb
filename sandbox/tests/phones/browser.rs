//! A browser, driven as a person would: keys, clicks, what is to be seen.

use std::process::Stdio;

use axum::http::Method;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::program::within;

/// Looks at a condition so often at most: a minute and more, the browser takes its time for each.
const LOOKS: usize = 6000;

/// The keys of the W3C's `WebDriver`.
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";

pub struct Browser {
    pub page: Client,
    driver: Child,
    /// What it writes, and is gone with it.
    _folder: TempDir,
}

/// What the page's console says: an extension that Chromium's driver and others have.
#[derive(Debug)]
struct Console;

impl WebDriverCompatibleCommand for Console {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

impl Browser {
    /// Opens an address with a microphone that hears a file.
    pub async fn open(address: &str, microphone: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver is not there: on Debian, apt-get install chromium-driver");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = within("the driver", lines.next_line()).await.unwrap().expect("the driver ended");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let microphone = format!("--use-file-for-fake-audio-capture={microphone}");
        let mut arguments = vec![
            "--headless=new",
            // In a container there is no room for its own walls.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            microphone.as_str(),
        ];
        arguments.extend(more);
        let options = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(options) = options else { unreachable!() };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let address_of_driver = format!("http://127.0.0.1:{port}");
        let page = within("the browser", builder.capabilities(options).connect(&address_of_driver));
        let page = page.await.unwrap();
        page.goto(address).await.unwrap();
        Self { page, driver, _folder: folder }
    }

    pub async fn find(&self, selector: &str) -> Element {
        self.page.find(Locator::Css(selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    pub async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Types into whatever has the focus.
    pub async fn types(&self, keys: &str) {
        let strokes = keys.chars().fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.page.perform_actions(strokes).await.unwrap();
    }

    /// Writes into a field in place of what is there, and is done.
    pub async fn fills(&self, selector: &str, text: &str) {
        self.run(&format!("const field = document.querySelector({}); field.focus(); field.select()", json!(selector)))
            .await;
        self.types(&format!("{text}{ENTER}")).await;
    }

    /// Goes from one control to the next, as one does without a mouse, to the one that is meant; presses it.
    pub async fn tabs_to(&self, selector: &str) {
        for _ in 0..60 {
            let is_there = format!("return document.activeElement.matches({})", json!(selector));
            if self.run(&is_there).await == json!(true) {
                return;
            }
            self.types(TAB).await;
        }
        panic!("no Tab leads to {selector}");
    }

    pub async fn run(&self, script: &str) -> Value {
        self.page.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until an element says something.
    pub async fn says(&self, selector: &str, what: &str) {
        let mut text = String::new();
        for _ in 0..LOOKS {
            text = self.text(selector).await;
            if text.contains(what) {
                return;
            }
        }
        panic!("{selector} never says '{what}': {text}");
    }

    /// Waits until there is such an element.
    pub async fn shows(&self, selector: &str) {
        let is_there = format!("return document.querySelector({}) !== null", json!(selector));
        for _ in 0..LOOKS {
            if self.run(&is_there).await == json!(true) {
                return;
            }
        }
        panic!("there is never a {selector}");
    }

    /// How many samples that were not silent a telephone has played.
    pub async fn loud(&self, set: &str) -> u64 {
        self.run(&format!("return Number(document.querySelector('#{set} meter').dataset.loud ?? 0)"))
            .await
            .as_u64()
            .unwrap()
    }

    /// Waits until a telephone has played so much more.
    pub async fn plays(&self, set: &str, samples: u64) {
        let from = self.loud(set).await;
        for _ in 0..LOOKS {
            if self.loud(set).await >= from + samples {
                return;
            }
        }
        panic!("{set} hears nothing: {}", self.loud(set).await);
    }

    /// Ends the browser; what the console complained of.
    pub async fn close(mut self) -> Vec<String> {
        let log = self.page.issue_cmd(Console).await.unwrap();
        let complaints = log.as_array().unwrap().iter().map(Value::to_string).collect();
        self.page.clone().close().await.unwrap();
        self.driver.start_kill().unwrap();
        let _ = self.driver.wait().await;
        complaints
    }
}

/// Whoever fails leaves no browser behind: it is in its driver's group.
impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(group) = self.driver.id() {
            let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
        }
    }
}
