//! The keys are rotated while sessions and links are alive: all of them go on working, what is new is signed with the new key,
//! and what the old one signed ends when nobody can need it any more.

use journeys::{Client, Grants, House, created, expect, refused};
use local::Mode;
use policy::Timestamp;
use serde_json::{Value, json};
use tokens::{Scope, SessionClaims, SigningKeys};

use crate::glueconnect::offer;

const MINUTE: i64 = 60_000;

/// What stands before a token's first dot names its key.
fn head(token: &str) -> String {
    let token = token.rsplit('/').next().unwrap();
    token.split('.').next().unwrap().to_owned()
}

async fn published(house: &House) -> Vec<Value> {
    let request = json!({"Key": {"pk": {"S": "KEYS"}, "sk": {"S": "PUBLIC"}}, "ConsistentRead": true});
    let item = house.dynamodb("GetItem", request).await;
    item["Item"]["keys"]["L"].as_array().cloned().unwrap_or_default()
}

/// A session of this Administrator that the first key signs, good for longer than the key.
fn long_session(house: &House, account: &str, user: &str) -> Client {
    let keys = SigningKeys::from_jwks(&house.product.surroundings.keys).unwrap();
    let now = house.product.clock.now();
    let session = SessionClaims {
        id: policy::SessionId::NOBODY,
        user: user.parse().unwrap(),
        person: policy::PersonKey::NOBODY,
        home_account: account.parse().unwrap(),
        account: account.parse().unwrap(),
        connection: None,
        mfa: false,
        scope: Scope::Full,
        epoch: 1,
        issued_at: now,
        expires_at: Timestamp::from_millis(now.as_millis() * 2),
    };
    house.nobody.with_token(&keys.sign_session(&session).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_links_outlive_a_rotation_and_what_is_new_has_the_new_key() {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let noc = house.account("noc").await;
    let bakery = account.organization("Bakery").await;
    let clients = [bakery.as_str()];
    let grants = Grants::organizations(&clients);
    let (ann, ann_id) = account.invite("ann", "Lite", grants).await;
    let anns_link = house.link(&ann).await;
    let offered = created(
        account.administrator.post("/connections", &offer("noc", "Editor", &[&bakery])).await.unwrap(),
    );
    let connections_link = house.link("admin@noc.example").await;
    // This one waits for SES meanwhile.
    house.product.ses.set(Mode::Down);
    let (late, _) = account.invite("late", "Lite", grants).await;
    house.product.drain().await.unwrap();
    let old = head(account.administrator.token().unwrap());
    assert_eq!(head(&anns_link), old);
    assert_eq!(published(&house).await.len(), 1);

    house.product.rotate_keys().await.unwrap();
    assert_eq!(published(&house).await.len(), 2);
    // Everything goes on, at this moment and when every process has the new key.
    for advance in [0, 11 * MINUTE] {
        house.product.clock.advance(advance);
        expect(account.administrator.get("/users").await.unwrap(), 200);
        assert_eq!(house.opens(&anns_link).await.0, 200);
        assert_eq!(house.opens(&connections_link).await.0, 200);
        let fresh = house.sign_in("acme", "admin@acme.example").await;
        expect(fresh.get("/users").await.unwrap(), 200);
        assert_eq!(head(fresh.token().unwrap()) == old, advance == 0, "after {advance} ms");
    }
    house.product.ses.set(Mode::Ok);
    house.product.clock.advance(10 * MINUTE);
    house.run_schedule().await;
    assert_eq!(
        head(&house.link(&late).await),
        old,
        "the link first signed, by the key that it was made with"
    );
    created(house.accept(&late).await);

    let (ben, ben_id) = account.invite("ben", "Lite", grants).await;
    let bens_link = house.link(&ben).await;
    assert_ne!(head(&bens_link), old);
    let key_of = async |id: &str| house.stored_invitation(&account.id, id).await["key_id"].clone();
    assert_ne!(key_of(&ben_id).await, key_of(&ann_id).await);
    let path = format!("/users/{ann_id}/invitation");
    expect(account.administrator.post(&path, &json!({})).await.unwrap(), 202);
    assert_ne!(head(&house.link(&ann).await), old);
    assert_eq!(house.opens(&anns_link).await.1, "invitation-superseded");
    created(house.accept(&ann).await);
    created(house.accept(&ben).await);
    let path = format!("/connections/{}/invitation", offered.id());
    expect(account.administrator.post(&path, &json!({})).await.unwrap(), 202);
    assert_ne!(head(&house.link("admin@noc.example").await), old);
    expect(noc.administrator.get("/session").await.unwrap(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retired_key_is_good_until_its_time_and_gone_with_the_next_rotation() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let (ann, _) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.link(&ann).await;
    let forger = long_session(&house, &account.id, &account.administrator_id);
    expect(forger.get("/users").await.unwrap(), 200);
    house.product.rotate_keys().await.unwrap();

    // Ten minutes in which the old one may still sign, and then the thirty days of a link.
    house.advance_hours(720);
    house.product.clock.advance(9 * MINUTE);
    expect(forger.get("/users").await.unwrap(), 200);
    assert_eq!(house.opens(&link).await, (410, "invitation-expired".to_owned()));
    house.product.clock.advance(2 * MINUTE);
    refused(forger.get("/users").await.unwrap(), 401, "invalid-token");
    assert_eq!(house.opens(&link).await, (404, "not-found".to_owned()), "nobody can tell whose link it was");
    let fresh = account.administrator_again(&house).await;
    expect(fresh.get("/users").await.unwrap(), 200);

    house.product.rotate_keys().await.unwrap();
    let left = published(&house).await;
    assert_eq!(left.len(), 2, "the second and the third: {left:#?}");
    expect(fresh.get("/users").await.unwrap(), 200);
    refused(forger.get("/users").await.unwrap(), 401, "invalid-token");
}

/// Secrets Manager calls a step again if it got no answer.
#[tokio::test(flavor = "multi_thread")]
async fn every_step_may_come_again_and_none_before_its_time() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let step = async |name: &str, token: &str| {
        let event = json!({"Step": name, "SecretId": "any", "ClientRequestToken": token});
        house.product.invoke("rotate-keys", event).await
    };
    let token = "5f1c2f0e-0000-4000-8000-000000000000";
    for early in ["setSecret", "testSecret"] {
        assert!(step(early, token).await.is_err(), "{early}");
    }
    step("createSecret", token).await.unwrap();
    assert!(step("testSecret", token).await.is_err(), "not published yet");
    for name in ["createSecret", "setSecret", "setSecret", "testSecret", "finishSecret"] {
        step(name, token).await.unwrap();
    }
    let after = published(&house).await;
    house.product.clock.advance(MINUTE);
    for name in ["setSecret", "testSecret", "finishSecret"] {
        step(name, token).await.unwrap();
    }
    assert_eq!(published(&house).await, after);
    assert_eq!(after.len(), 2);
    expect(account.administrator.get("/users").await.unwrap(), 200);
    assert!(step("dropEverything", token).await.is_err());
    let text = Value::Array(after).to_string();
    assert!(!text.contains("\"d\""), "the public halves alone: {text}");
}
