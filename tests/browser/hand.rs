//! A person at the console: presses what stands there by its words, fills fields by their labels.

use std::time::Duration;

use journeys::{House, PASSWORD};
use thirtyfour::prelude::*;

use crate::driver::Browser;

impl Browser {
    /// Goes to a page of the product.
    pub async fn goes_to(&self, house: &House, page: &str) {
        self.open(&format!("{}{page}", house.product.api_url)).await;
    }

    /// Signs in by the form, and waits for the console.
    pub async fn signs_in(&self, house: &House, subdomain: &str, email: &str) {
        self.goes_to(house, "/console/sign-in").await;
        self.fill_in("subdomain", subdomain).await;
        self.fill_in("email", email).await;
        self.fill_in("password", PASSWORD).await;
        self.press("Sign in").await;
        self.at("#nav a").await;
    }

    /// The first that fits and can be seen.
    async fn first(&self, path: String) -> WebElement {
        let found = self.driver.query(By::XPath(path.clone()));
        let found =
            found.wait(Duration::from_secs(20), Duration::from_millis(50)).and_displayed().first().await;
        match found {
            Ok(found) => found,
            Err(error) => panic!("no {path} at {}: {error}\n{}", self.address().await, self.text().await),
        }
    }

    /// Presses the button or the link that says just this, or is called so for those who do not see it.
    pub async fn presses(&self, words: &str) {
        let path = format!(
            "//*[self::button or self::a or self::summary][normalize-space(.)=\"{words}\" or @aria-label=\"{words}\"]"
        );
        self.first(path).await.click().await.unwrap();
    }

    /// Goes to one of the pages that stand beside every page.
    pub async fn turns_to(&self, words: &str) {
        self.first(format!("//nav[@id=\"nav\"]//a[normalize-space(.)=\"{words}\"]"))
            .await
            .click()
            .await
            .unwrap();
    }

    /// Presses this in the dialog that lies over the page.
    pub async fn presses_in_dialog(&self, words: &str) {
        self.first(format!("//dialog//button[normalize-space(.)=\"{words}\"]")).await.click().await.unwrap();
    }

    /// Chooses the card, or ticks the box, that begins with these words.
    pub async fn chooses(&self, words: &str) {
        let path = format!("//label[starts-with(normalize-space(.), \"{words}\")][.//input]");
        self.first(path).await.click().await.unwrap();
    }

    /// The field with this label.
    pub async fn field(&self, label: &str) -> WebElement {
        self.first(format!("//*[@id=//label[normalize-space(.)=\"{label}\"]/@for]")).await
    }

    /// Types into the field with this label; what stood there is gone.
    pub async fn types(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Types a part of a name into a combobox, and takes what it finds.
    pub async fn picks(&self, label: &str, part: &str, name: &str) {
        self.types(label, part).await;
        // A name may have quotation marks of one kind.
        let quote = if name.contains('"') { '\'' } else { '"' };
        let chosen = "//li[@role='option'][@aria-selected='true']";
        self.first(format!("{chosen}[starts-with(normalize-space(.), {quote}{name}{quote})]")).await;
        self.field(label).await.send_keys(Key::Enter).await.unwrap();
    }

    /// Pastes into the field with this label, as from another program.
    pub async fn pastes(&self, label: &str, text: &str) {
        let field = self.field(label).await.to_json().unwrap();
        let paste = "const data = new DataTransfer();
            data.setData('text', arguments[1]);
            arguments[0].dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));";
        self.driver.execute(paste, vec![field, text.into()]).await.unwrap();
    }

    /// Goes on by the tabulator until it is at what is called so.
    pub async fn tabs_to(&self, words: &str) {
        let called = "const at = document.activeElement;
            return [at.labels?.[0]?.innerText, at.getAttribute('aria-label'), at.innerText].filter(Boolean).join(' ')";
        for _ in 0..80 {
            self.keys(Key::Tab).await;
            let at = self.driver.execute(called, Vec::new()).await.unwrap();
            if at.json().as_str().is_some_and(|at| at.starts_with(words)) {
                return;
            }
        }
        panic!("the tabulator does not come to {words}: {}", self.text().await);
    }

    /// Types where the keyboard is.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.driver.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }
}
