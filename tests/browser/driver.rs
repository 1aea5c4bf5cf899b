//! A browser of a test's own: its driver is started for it and ends with it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use journeys::House;
use serde_json::json;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, PageLoadStrategy};

/// Chromium as it runs in a test: with nothing of an earlier one, and asking nobody but the page.
const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// A browser.
pub struct Browser {
    /// What it is told.
    pub driver: WebDriver,
    _process: Process,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a test that needs something goes on without it: said aloud, and never where everything has to be tested.
pub fn left_out(missing: &str) {
    assert!(std::env::var_os("CI").is_none(), "{missing}");
    println!("left out: {missing}");
}

/// A program in the search path.
fn found(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Browser {
    /// Starts one, if there is one.
    pub async fn start() -> Option<Self> {
        Self::start_with(capabilities()).await
    }

    /// Starts one that runs no scripts, if there is one.
    pub async fn start_without_scripts() -> Option<Self> {
        let mut capabilities = capabilities();
        let blocked = json!({"profile.managed_default_content_settings.javascript": 2});
        capabilities.add_experimental_option("prefs", blocked).unwrap();
        Self::start_with(capabilities).await
    }

    /// Starts one whose driver does not wait until a page has all that it asked for, if there is one: for what never comes.
    pub async fn start_impatient() -> Option<Self> {
        let mut capabilities = capabilities();
        capabilities.set_page_load_strategy(PageLoadStrategy::None).unwrap();
        Self::start_with(capabilities).await
    }

    async fn start_with(capabilities: ChromeCapabilities) -> Option<Self> {
        let Some(program) = found("chromedriver") else {
            left_out("there is no chromedriver: install chromium and chromium-driver");
            return None;
        };
        // Another test may take the port before the driver has it.
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut command = Command::new(&program);
            command
                .arg(format!("--port={port}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let mut process = Process(command.spawn().unwrap());
            for _ in 0..300 {
                if process.0.try_wait().unwrap().is_some() {
                    break;
                }
                if let Ok(driver) =
                    WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities.clone()).await
                {
                    driver.set_window_rect(0, 0, 1280, 900).await.unwrap();
                    return Some(Self { driver, _process: process });
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        panic!("the browser does not start: {}", program.display());
    }

    /// Ends it.
    pub async fn quit(self) {
        self.driver.quit().await.unwrap();
    }

    /// Opens an address, and waits until what stood there before is gone.
    pub async fn open(&self, address: &str) {
        self.driver.execute("window.isLeft = true", Vec::new()).await.unwrap();
        self.driver.goto(address).await.unwrap();
        let is_there = "return !window.isLeft && document.readyState === 'complete'";
        for _ in 0..400 {
            if let Ok(answer) = self.driver.execute(is_there, Vec::new()).await
                && answer.json() == &json!(true)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{address} does not come");
    }

    /// The element that this selector finds, as soon as it is there.
    pub async fn at(&self, selector: &str) -> WebElement {
        match self
            .driver
            .query(By::Css(selector))
            .wait(Duration::from_secs(20), Duration::from_millis(50))
            .first()
            .await
        {
            Ok(element) => element,
            Err(error) => panic!("no {selector} at {}: {error}\n{}", self.address().await, self.text().await),
        }
    }

    /// Types into a field that has this name; what stood there is gone.
    pub async fn fill_in(&self, name: &str, value: &str) {
        let field = self.at(&format!("[name=\"{name}\"]")).await;
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    /// What stands in a field.
    pub async fn value_of(&self, name: &str) -> String {
        let field = self.at(&format!("[name=\"{name}\"]")).await;
        field.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Presses the button, or follows the link, that says this.
    pub async fn press(&self, words: &str) {
        let path = format!(
            "//*[self::button or self::a or self::summary][contains(normalize-space(.), \"{words}\")]"
        );
        let found =
            self.driver.query(By::XPath(path)).wait(Duration::from_secs(20), Duration::from_millis(50));
        match found.first().await {
            Ok(element) => element.click().await.unwrap(),
            Err(error) => panic!("nothing says {words}: {error}\n{}", self.text().await),
        }
    }

    /// Waits until the page says this.
    pub async fn says(&self, words: &str) {
        for _ in 0..400 {
            if self.text().await.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the page does not say {words}: {}", self.text().await);
    }

    /// Waits until the page holds this. WebDriver takes no text in `noscript` for visible, though people see it.
    pub async fn has(&self, words: &str) {
        for _ in 0..400 {
            if self.driver.source().await.is_ok_and(|source| source.contains(words)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the page does not hold {words}: {}", self.text().await);
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        match self.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Where it is.
    pub async fn address(&self) -> String {
        self.driver.current_url().await.unwrap().to_string()
    }

    /// Looks at pages as somebody with this scheme of colours and this width does.
    pub async fn look(&self, scheme: &str, width: u32) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", features).await.unwrap();
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await.unwrap();
    }

    /// From the next page on it has the product's clock, which in a test is ahead of the machine's.
    pub async fn has_the_clock_of(&self, house: &House) {
        let now = house.product.clock.now().as_millis();
        let source = format!(
            "{{ const ahead = {now} - Date.now(), now = Date.now; Date.now = () => now() + ahead; }}"
        );
        let cdp = self.driver.cdp();
        cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", json!({"source": source})).await.unwrap();
    }

    /// Errors and warnings that the console of the browser was told since it was asked last.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.unwrap();
        entries
            .into_iter()
            .map(|entry| format!("{entry:?}"))
            .filter(|entry| !entry.contains("INFO"))
            .collect()
    }
}

fn capabilities() -> ChromeCapabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in ARGUMENTS {
        capabilities.add_arg(argument).unwrap();
    }
    capabilities.set("goog:loggingPrefs", json!({"browser": "ALL"})).unwrap();
    capabilities
}
