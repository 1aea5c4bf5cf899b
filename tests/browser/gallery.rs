//! Looks at a page in light, in dark and on a phone: with axe, whether anything is wider than the window, and as a picture where
//! `PICTURES_IN` names a folder.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use journeys::House;
use serde_json::json;

use crate::axe;
use crate::driver::Browser;

/// How pages are looked at.
const LOOKS: [(&str, &str, u32); 3] =
    [("light", "light", 1280), ("dark", "dark", 1280), ("phone", "light", 375)];

/// A browser that shows one page after the other, and what was found wrong with them.
pub struct Gallery {
    /// Who shows them.
    pub browser: Browser,
    axe: String,
    folder: Option<PathBuf>,
    found: Vec<String>,
}

impl Gallery {
    /// Opens one, if there is a browser and axe.
    pub async fn open() -> Option<Self> {
        Self::around(Browser::start().await?)
    }

    /// Opens one around this browser, if there is axe.
    pub fn around(browser: Browser) -> Option<Self> {
        let axe = axe::source()?;
        let folder = std::env::var_os("PICTURES_IN")
            .map(|folder| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(folder));
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).unwrap();
        }
        Some(Self { browser, axe, folder, found: Vec::new() })
    }

    /// Goes to a page of the console, and waits until it is there.
    pub async fn goes_to(&self, house: &House, page: &str) {
        self.browser.goes_to(house, page).await;
        self.browser.at("#app:not([aria-busy]) main h1").await;
    }

    /// The page of the console at this address, under this name.
    pub async fn visits(&mut self, house: &House, page: &str, name: &str) {
        self.goes_to(house, page).await;
        self.shows(name).await;
    }

    /// What stands there now, under this name.
    pub async fn shows(&mut self, name: &str) {
        for (look, scheme, width) in LOOKS {
            self.browser.look(scheme, width).await;
            let violations = axe::violations(&self.browser, &self.axe).await;
            self.found.extend(violations.into_iter().map(|violation| format!("{name}, {look}: {violation}")));
            let wide = "return document.documentElement.scrollWidth > innerWidth";
            if self.browser.driver.execute(wide, Vec::new()).await.unwrap().json() == &json!(true) {
                self.found.push(format!("{name}, {look}: scrolls sideways"));
            }
            self.takes(name, look, width).await;
        }
        let (_, scheme, width) = LOOKS[0];
        self.browser.look(scheme, width).await;
    }

    /// A picture of the whole page, and not of the window alone.
    async fn takes(&self, name: &str, look: &str, width: u32) {
        let Some(folder) = &self.folder else { return };
        // A dialog lies in the middle of the window.
        let part = "return document.querySelector('dialog') ? [scrollY, innerHeight]
            : [0, Math.max(document.documentElement.scrollHeight, 400)]";
        let part = self.browser.driver.execute(part, Vec::new()).await.unwrap().json().clone();
        let clip = json!({"x": 0, "y": part[0], "width": width, "height": part[1], "scale": 1});
        let how = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let taken = self.browser.driver.cdp().send_raw("Page.captureScreenshot", how).await.unwrap();
        let picture = STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        std::fs::write(folder.join(format!("{name}.{look}.png")), picture).unwrap();
    }

    /// Ends it; nothing may have been found. The browser's console may have told of these statuses alone.
    pub async fn closes(mut self, meant: &[u16]) {
        let is_meant = |entry: &String| {
            entry.contains("Failed to load resource")
                && meant.iter().any(|status| entry.contains(&format!("status of {status} ")))
        };
        let complaints = self.browser.complaints().await;
        self.found.extend(complaints.into_iter().filter(|entry| !is_meant(entry)));
        assert!(self.found.is_empty(), "{:#?}", self.found);
        self.browser.quit().await;
    }
}
