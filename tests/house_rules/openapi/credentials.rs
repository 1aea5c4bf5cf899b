//! The acts of the story that are about passwords, sessions and proofs.

use journeys::{PASSWORD, resource};
use reqwest::Method;
use serde_json::json;

use super::story::Story;

/// A password that is changed, one that is forgotten, and a subdomain that is.
pub async fn passwords(story: &mut Story) {
    const NEW: &str = "three shops, one oven";
    let nobody = story.house.nobody.clone();
    let email = "ada@acme.example";
    let admin = story.house.sign_in("acme", email).await;
    let id = admin.get("/session").await.unwrap().text_at("/data/attributes/user-id");
    let body = resource("passwords", json!({"old-password": "something else", "password": NEW}));
    let path = format!("/users/{id}/password");
    let title = ("changePassword", "wrong-password", "The current password is wrong");
    story.say(title, &admin, Method::POST, &path, body).await;
    let body = resource("passwords", json!({"old-password": PASSWORD, "password": NEW}));
    let title = ("changePassword", "changed", "The password is changed");
    story.say(title, &admin, Method::POST, &path, body).await;

    let body = resource("password-resets", json!({"subdomain": "acme", "email": email}));
    let title = ("askForPasswordReset", "asked", "A mail is asked for");
    story.say(title, &nobody, Method::POST, "/password-resets", body).await;
    let link = story.house.link(email).await;
    story.ask(("showPasswordReset", "good", "A link that works"), &nobody, Method::GET, &link).await;
    let body = resource("password-resets", json!({ "password": "four shops, two ovens" }));
    let title = ("resetPassword", "set", "A new password is set");
    story.say(title, &nobody, Method::POST, &link, body).await;
    let title = ("showPasswordReset", "used", "A link that was used");
    story.ask(title, &nobody, Method::GET, &link).await;
    let body = resource("subdomain-reminders", json!({ "email": email }));
    let title = ("askForSubdomains", "asked", "A mail is asked for");
    story.say(title, &nobody, Method::POST, "/subdomain-reminders", body).await;
}

/// Where the caller is signed in, a session that is ended, and a proof.
pub async fn sessions(story: &mut Story) {
    let admin = story.house.sign_in("acme", "ada@acme.example").await;
    let title = ("listSessions", "own", "Where the caller is signed in");
    let listed = story.ask(title, &admin, Method::GET, "/sessions?page[size]=2").await;
    let others = listed.at("/data").as_array().cloned().unwrap_or_default();
    let other = others.iter().find(|session| session["attributes"]["current"] == json!(false)).unwrap();
    let path = format!("/sessions/{}", other["id"].as_str().unwrap());
    story.ask(("endSession", "ended", "A session is ended"), &admin, Method::DELETE, &path).await;
    let form =
        [("subdomain", "acme"), ("email", "ada@acme.example"), ("password", PASSWORD), ("to", "/console/")];
    let title = ("signIn", "by-form", "A browser signs in");
    let signed_in = story.fill_in(title, "/sessions", &form).await;
    let cookie = signed_in.header("set-cookie").and_then(|set| set.split(';').next()).unwrap().to_owned();
    let nobody = story.house.nobody.clone();
    let page = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let title = ("renewSession", "home", "A page gets a token for the caller's account");
    let id = admin.get("/session").await.unwrap().text_at("/data/attributes/account-id");
    let body = Some(resource("sessions", json!({ "account-id": id })));
    story.send(title, &nobody, Method::POST, "/session/renewals", &page, body).await;
    let body = resource("sessions", json!({ "password": PASSWORD }));
    let title = ("proveSession", "proven", "The caller confirms their identity");
    story.say(title, &admin, Method::POST, "/session/proof", body).await;
}
