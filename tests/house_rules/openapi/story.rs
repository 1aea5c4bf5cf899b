//! A walk through every operation, and through every kind of refusal: what was sent and what came.

use journeys::{Answer, Client, House, resource};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::acts::{
    access, api_keys, connections, groups, members, no_store, organizations, refusals, restrictions,
    second_factor, sign_in, too_much, users,
};
use super::credentials::{passwords, sessions};
use super::recorded::{Message, Recorded, message};

/// Who a story is told of, and what was recorded of it.
pub struct Story {
    pub house: House,
    pub recorded: Vec<Recorded>,
}

/// A request of the story: operation, name, summary.
pub type Title = (&'static str, &'static str, &'static str);

pub const NOTHING: Option<Value> = None;

impl Story {
    /// Sends a request without a body.
    pub async fn ask(&mut self, title: Title, by: &Client, method: Method, path: &str) -> Answer {
        self.send(title, by, method, path, &[], NOTHING).await
    }

    /// Sends a request with a document.
    pub async fn say(
        &mut self,
        title: Title,
        by: &Client,
        method: Method,
        path: &str,
        body: Value,
    ) -> Answer {
        self.send(title, by, method, path, &[], Some(body)).await
    }

    pub async fn send(
        &mut self,
        title: Title,
        by: &Client,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let text = body.as_ref().map(Value::to_string);
        self.record(title, by, method, path, headers, text, body.map(Message::Json)).await
    }

    /// Sends what a page's form sends.
    pub async fn fill_in(&mut self, title: Title, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Map<String, Value> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap().replace(' ', "+")));
        let text = pairs.collect::<Vec<_>>().join("&");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html,application/xhtml+xml"),
        ];
        let nobody = self.house.nobody.clone();
        self.record(title, &nobody, Method::POST, path, &headers, Some(text), Some(Message::Form(fields)))
            .await
    }

    #[allow(clippy::too_many_arguments)]
    async fn record(
        &mut self,
        (operation, name, summary): Title,
        by: &Client,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        text: Option<String>,
        request: Option<Message>,
    ) -> Answer {
        // What a mail comes to shows in answers: each is sent before the story goes on, whoever told this part of it.
        self.house.product.drain().await.unwrap();
        let answer = by.send(method, path, headers, text).await.unwrap();
        self.house.product.drain().await.unwrap();
        self.recorded.push(Recorded {
            operation,
            name,
            summary,
            request,
            status: answer.status,
            headers: answer.headers.clone(),
            answer: message(&answer),
        });
        answer
    }
}

/// Every operation, carried out.
pub async fn everything() -> Story {
    let mut story = Story { house: House::start().await, recorded: Vec::new() };
    let admin = sign_in(&mut story).await;
    let [bakery, shop] = organizations(&mut story, &admin).await;
    let group = groups(&mut story, &admin, &bakery).await;
    restrictions(&mut story, &admin, &bakery, &group).await;
    let [ann, ben] = users(&mut story, &admin, &bakery, &group).await;
    let sales = members(&mut story, &admin, &ann, &bakery).await;
    let key = api_keys(&mut story, &admin, &bakery).await;
    connections(&mut story, &admin, &bakery).await;
    access(&mut story, &admin, &bakery, &ann).await;
    refusals(&mut story, &admin, &ann).await;
    story.house.sign_in("acme", "ada@acme.example").await;
    sessions(&mut story).await;
    second_factor(&mut story, &admin).await;
    let admin = story.house.sign_in("acme", "ada@acme.example").await;
    let endings = [
        (("deleteUser", "removed", "A user is removed"), format!("/users/{ben}")),
        (("deleteApiKey", "removed", "A key is removed"), format!("/api-keys/{key}")),
        (("deleteGroup", "removed", "A group is removed"), format!("/groups/{sales}")),
        (("deleteOrganization", "removed", "An organization is removed"), format!("/organizations/{shop}")),
        (("signOut", "signed-out", "Signing out"), "/session".to_owned()),
    ];
    for (title, path) in endings {
        if title.0 == "signOut" {
            let title = ("erasePerson", "erased", "A removed user is erased from the log");
            let wanted = resource("erasures", json!({"user-id": ben, "confirm": ben}));
            story.say(title, &admin, Method::POST, "/erasures", wanted).await;
        }
        story.ask(title, &admin, Method::DELETE, &path).await;
    }
    passwords(&mut story).await;
    let nobody = story.house.nobody.clone();
    story.ask(("reportHealth", "well", "The product is healthy"), &nobody, Method::GET, "/health").await;
    story.ask(("describeApi", "document", "This document"), &nobody, Method::GET, "/openapi.json").await;
    too_much(&mut story).await;
    no_store(&mut story).await;
    story
}
