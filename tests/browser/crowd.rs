//! An account in which everything is: every state of a user and of a connection, names as long and as hostile as they may be,
//! more rows than a page has.

use std::time::Duration;

use journeys::{Account, Grants, House, created, expect, identifiers, invitation, invitations, resource};
use local::MailEvent;
use serde_json::{Value, json};

/// Markup, in the hope that somebody takes it for some.
pub const HOSTILE: &str = "\"><img src=x onerror=alert(1)>";

/// The account, and the ids of what stands in it.
pub struct Crowd {
    /// The house that it lives in.
    pub house: House,
    /// Lets others in, and is let in.
    pub acme: Account,
    /// Is let in by `acme`, and lets it in.
    pub noc: Account,
    /// Ids by a word for each.
    pub ids: Vec<(&'static str, String)>,
}

/// A name of a hundred letters without a blank.
pub fn long() -> String {
    "W".repeat(100)
}

impl Crowd {
    /// The id of this.
    pub fn id(&self, word: &str) -> &str {
        self.ids.iter().find(|(known, _)| *known == word).map_or_else(|| panic!("no {word}"), |(_, id)| id)
    }

    /// Fills a house.
    pub async fn gather() -> Self {
        let house = House::start_with_much_mail().await;
        let acme = house.account("acme").await;
        let noc = house.account("night-noc").await;
        let mut crowd = Self { house, acme, noc, ids: Vec::new() };
        crowd.organizations().await;
        crowd.users().await;
        crowd.connections().await;
        crowd.keys().await;
        crowd
    }

    fn keep(&mut self, word: &'static str, id: String) {
        self.ids.push((word, id));
    }

    async fn organizations(&mut self) {
        let clients = self.acme.organizations("Client", 6).await;
        let below = self.acme.sub_organization("Client 1, north", &clients[0]).await;
        self.acme.sub_organization("Client 1, north, warehouse", &below).await;
        let hostile = self.acme.organization(HOSTILE).await;
        self.acme.organization(&long()).await;
        let desk = self.acme.group("Service desk", &[&clients[0], &clients[1], &below]).await;
        self.acme.group(&format!("{HOSTILE} group"), &[&hostile]).await;
        self.acme.group(&long(), &[]).await;
        self.keep("client", clients[0].clone());
        self.keep("second", clients[1].clone());
        self.keep("third", clients[2].clone());
        self.keep("hostile", hostile);
        self.keep("desk", desk);
    }

    async fn users(&mut self) {
        let Self { house, acme, .. } = &*self;
        let client = [self.id("client")];
        let desk = [self.id("desk")];
        let few = Grants::organizations(&client);
        let (_, mara) = acme.user(house, "mara", "Manager", Grants::ALL).await;
        let (max, max_id) = acme.user(house, "max", "Manager", Grants::ALL).await;
        let (_, sam) = acme.user(house, "sam", "Editor", few).await;
        let (_, rita) = acme.user(house, "rita", "Read-only", few).await;
        let named = json!({"first-name": HOSTILE, "last-name": "Hostile"});
        expect(
            acme.administrator.patch(&format!("/users/{rita}"), &resource("users", named)).await.unwrap(),
            200,
        );
        let mut named = invitation("long@acme.example", "Creator", few);
        named["data"]["attributes"]["first-name"] = json!(long());
        named["data"]["attributes"]["last-name"] = json!(long());
        created(acme.administrator.post("/users", &named).await.unwrap());
        let (_, ann) = acme.invite("ann", "Lite", Grants::groups(&desk)).await;
        let (bob, _) = acme.invite("bob", "Lite", few).await;
        house.mails(&bob).await;
        let mail = house.mails(&bob).await.pop().unwrap();
        house.product.tell_of_mail(&mail.message_id, MailEvent::Bounce).await.unwrap();
        // Who invited this one may do so no more.
        created(max.post("/users", &invitation("una@acme.example", "Manager", Grants::ALL)).await.unwrap());
        let lower = resource("users", json!({"role-name": "Creator"}));
        expect(acme.administrator.patch(&format!("/users/{max_id}"), &lower).await.unwrap(), 200);
        let mut short = invitation("olga@acme.example", "Lite", few);
        short["data"]["attributes"]["expires-at"] = json!(self.in_two_hours());
        let olga = created(acme.administrator.post("/users", &short).await.unwrap()).id();
        let suspended = resource("users", json!({"status": "suspended"}));
        expect(acme.administrator.patch(&format!("/users/{sam}"), &suspended).await.unwrap(), 200);
        let many: Vec<String> = (1..=30).map(|number| format!("guest{number}@bluebird.example")).collect();
        let many = invitations(many.iter().map(String::as_str), "Lite", few);
        created(acme.administrator.post("/users", &many).await.unwrap());
        let members = json!({"data": {"type": "groups", "attributes": {},
            "relationships": {"users": identifiers("users", &[&ann, &mara])}}});
        expect(acme.administrator.patch(&format!("/groups/{}", desk[0]), &members).await.unwrap(), 200);
        for (word, id) in [("mara", mara), ("ann", ann), ("olga", olga), ("sam", sam), ("rita", rita)] {
            self.keep(word, id);
        }
    }

    fn in_two_hours(&self) -> String {
        self.house.product.clock.now().after(Duration::from_secs(7_200)).to_string()
    }

    async fn connections(&mut self) {
        let night =
            self.offers(&self.acme, "night-noc", json!({"message": "Please cover our nights."})).await;
        self.answers(&self.noc, &night, "accept").await;
        let back = self.offers(&self.noc, "acme", json!({})).await;
        self.answers(&self.acme, &back, "accept").await;
        let mut received = String::new();
        for (subdomain, word) in [
            ("asked", "pending"),
            ("gone", "ended"),
            ("late", "expired"),
            ("no-thanks", "declined"),
            ("paused", "suspended"),
        ] {
            let other = self.house.account(subdomain).await;
            let ends = if word == "expired" { json!({"expires-at": self.in_two_hours()}) } else { json!({}) };
            let id = self.offers(&self.acme, subdomain, ends).await;
            match word {
                "pending" => {
                    received =
                        self.offers(&other, "acme", json!({"message": "We are in need of help."})).await
                }
                "declined" => self.answers(&other, &id, "decline").await,
                _ => self.answers(&other, &id, "accept").await,
            }
            let path = format!("/connections/{id}");
            if word == "ended" {
                expect(self.acme.administrator.delete(&path, None).await.unwrap(), 204);
            }
            if word == "suspended" {
                let suspended = resource("connections", json!({"status": "suspended"}));
                expect(self.acme.administrator.patch(&path, &suspended).await.unwrap(), 200);
            }
            self.keep(word, id);
        }
        self.keep("received", received);
        self.keep("night", night);
        // Somebody who comes in, and somebody who is kept out.
        let (otto, _) = self.noc.user(&self.house, "otto", "Manager", Grants::ALL).await;
        let inside = resource("sessions", json!({"account-id": self.acme.id}));
        expect(otto.patch("/session", &inside).await.unwrap(), 200);
        self.noc.user(&self.house, "eve", "Editor", Grants::ALL).await;
        let out = resource("users", json!({"access": false})).to_string();
        let path = format!("/connections/{}/users/eve@night-noc.example", self.id("night"));
        let put = self.acme.administrator.send(reqwest::Method::PUT, &path, &[], Some(out)).await.unwrap();
        expect(put, 200);
    }

    async fn offers(&self, host: &Account, subdomain: &str, more: Value) -> String {
        let mut offer =
            json!({"subdomain": subdomain, "maximum-role-name": "Editor", "all-organizations": true});
        for (name, value) in more.as_object().unwrap() {
            offer[name] = value.clone();
        }
        created(host.administrator.post("/connections", &resource("connections", offer)).await.unwrap()).id()
    }

    async fn answers(&self, delegate: &Account, id: &str, decision: &str) {
        let body = resource("connections", json!({"decision": decision}));
        let answer = delegate.administrator.post(&format!("/connections/{id}/answer"), &body).await.unwrap();
        expect(answer, 200);
    }

    async fn keys(&mut self) {
        for name in ["Nightly export", HOSTILE, &long()] {
            let key = json!({"name": name, "role-name": "Read-only", "all-organizations": true});
            created(self.acme.administrator.post("/api-keys", &resource("api-keys", key)).await.unwrap());
        }
        // What was to end in two hours is over.
        self.house.advance_hours(3);
        self.house.run_schedule().await;
    }
}
