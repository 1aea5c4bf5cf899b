//! A client of the running product, over real HTTP: for the demonstration's seed and for the tests.

use reqwest::Method;
use serde_json::{Value, json};

/// Speaks JSON:API to one product, as one user or as nobody.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
    api_key: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Every header, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The value at a JSON pointer, `null` if there is none.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_default()
    }

    /// The text at a JSON pointer, empty if there is none.
    #[must_use]
    pub fn text_at(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_default().to_owned()
    }

    /// The id of the one resource that was answered.
    #[must_use]
    pub fn id(&self) -> String {
        self.text_at("/data/id")
    }

    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A JSON:API document of one resource.
#[must_use]
pub fn resource(resource_type: &str, attributes: Value) -> Value {
    json!({"data": {"type": resource_type, "attributes": attributes}})
}

/// A JSON:API document of one resource with relationships.
#[must_use]
pub fn related(resource_type: &str, attributes: Value, relationships: Value) -> Value {
    json!({"data": {"type": resource_type, "attributes": attributes, "relationships": relationships}})
}

/// The relationship data that names these ids.
#[must_use]
pub fn identifiers(resource_type: &str, ids: &[&str]) -> Value {
    let data: Vec<Value> = ids.iter().map(|id| json!({"type": resource_type, "id": id})).collect();
    json!({ "data": data })
}

impl Client {
    /// Nobody, at this address.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            // What is answered is what was asked for: a page's 303 is looked at, and not followed.
            http: Self::builder().build().unwrap_or_default(),
            url: url.trim_end_matches('/').to_owned(),
            token: None,
            api_key: None,
        }
    }

    fn builder() -> reqwest::ClientBuilder {
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none())
    }

    /// The same product, as the one with this token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), api_key: None, ..self.clone() }
    }

    /// The same product, as the program with this key.
    #[must_use]
    pub fn with_api_key(&self, key: &str) -> Self {
        Self { token: None, api_key: Some(key.to_owned()), ..self.clone() }
    }

    /// The same caller, asking from another address of this machine.
    pub fn from_address(&self, address: std::net::IpAddr) -> Result<Self, reqwest::Error> {
        let http = Self::builder().local_address(address).build()?;
        Ok(Self { http, ..self.clone() })
    }

    /// The token, if it is someone.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Sends a request. The error says that nothing came back.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Answer, reqwest::Error> {
        let address = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let mut request = self.http.request(method, address);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &self.api_key {
            request = request.header("x-api-key", key);
        }
        if let Some(body) = body {
            request = request.body(body);
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                request = request.header("content-type", "application/vnd.api+json");
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let readable =
            |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers =
            answer.headers().iter().map(|(name, value)| (name.to_string(), readable(value))).collect();
        Ok(Answer { status, headers, text: answer.text().await? })
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        self.send(Method::GET, path, &[], None).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, reqwest::Error> {
        self.send(Method::POST, path, &[], Some(body.to_string())).await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Answer, reqwest::Error> {
        self.send(Method::PATCH, path, &[], Some(body.to_string())).await
    }

    /// `DELETE`, with a JSON body where the route takes one.
    pub async fn delete(&self, path: &str, body: Option<&Value>) -> Result<Answer, reqwest::Error> {
        self.send(Method::DELETE, path, &[], body.map(ToString::to_string)).await
    }

    /// The same product, as the user who signs in so; the answer if that fails.
    pub async fn sign_in(
        &self,
        subdomain: &str,
        email: &str,
        password: &str,
    ) -> Result<Result<Self, Answer>, reqwest::Error> {
        let credentials = json!({"subdomain": subdomain, "email": email, "password": password});
        let answer = self.post("/sessions", &resource("sessions", credentials)).await?;
        let token = answer.text_at("/data/attributes/access-token");
        Ok(if answer.status == 201 { Ok(self.with_token(&token)) } else { Err(answer) })
    }
}
