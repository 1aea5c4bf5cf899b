//! The access review: who and what has access, with which role, to which organizations, and when it was last used.

use journeys::{Grants, House, created, expect, identifiers, ids, refused, related, texts};
use reqwest::Method;
use serde_json::{Value, json};

use crate::glueconnect::{connect, enter, offer};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_reviews_who_and_what_has_access() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let noc = house.account("night-noc").await;
    let admin = &account.administrator;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let desk = account.group("Desk", &[&cellar]).await;
    let grants = Grants { all: false, organizations: &[&bakery], groups: &[&desk] };
    let (ed, ed_id) = account.user(&house, "ed", "Editor", grants).await;
    account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let connection = connect(&house, &account, &noc, &offer("night-noc", "Editor", &[&cellar])).await;
    let body = related(
        "api-keys",
        json!({"name": "Nightly sync", "role-name": "Read-only"}),
        json!({"organizations": identifiers("organizations", &[&bakery])}),
    );
    let key = created(admin.post("/api-keys", &body).await.unwrap());

    let review = expect(admin.get("/access/review").await.unwrap(), 200);
    assert_eq!(texts(&review, "/attributes/kind"), ["user", "user", "user", "delegate", "api-key"]);
    assert_eq!(texts(&review, "/type"), ["users", "users", "users", "connections", "api-keys"]);
    assert_eq!(review.at("/meta/total-count"), json!(5));
    let row = |answer: &journeys::Answer, id: &str| -> Value {
        let rows = answer.at("/data");
        let found = rows.as_array().unwrap().iter().find(|row| row["id"] == id).cloned();
        found.unwrap_or_else(|| panic!("no {id} in {}", answer.text))
    };
    let of_ed = row(&review, &ed_id);
    assert_eq!(of_ed["attributes"]["role-name"], "Editor");
    assert_eq!(of_ed["attributes"]["organization-names"], json!(["Bakery", "Cellar"]));
    assert_eq!(of_ed["attributes"]["all-organizations"], false);
    assert_eq!(
        of_ed["attributes"]["last-used-at"],
        json!(null),
        "who only accepted has asked for nothing yet"
    );
    let of_admin = row(&review, &account.administrator_id);
    assert_eq!(of_admin["attributes"]["all-organizations"], true);
    assert!(of_admin["attributes"]["last-used-at"].is_string(), "{of_admin}");
    let of_noc = row(&review, &connection);
    assert_eq!(of_noc["attributes"]["name"], "The night-noc account");
    assert_eq!(
        (&of_noc["attributes"]["role-name"], &of_noc["attributes"]["status"]),
        (&json!("Editor"), &json!("active"))
    );
    assert_eq!(of_noc["attributes"]["organization-names"], json!(["Cellar"]));
    assert_eq!(of_noc["attributes"]["last-used-at"], json!(null));
    let of_key = row(&review, &key.id());
    assert_eq!(of_key["attributes"]["organization-names"], json!(["Bakery"]));
    assert!(!review.text.contains(&key.text_at("/data/attributes/key")), "a key is shown once");

    // Everyone uses what they have, an hour later.
    house.advance_hours(1);
    let then = house.product.clock.now().to_string();
    expect(ed.get("/organizations").await.unwrap(), 200);
    let visitor = enter(&noc.administrator, &account.id).await;
    expect(visitor.get("/organizations").await.unwrap(), 200);
    let by_key = [("x-api-key", key.text_at("/data/attributes/key"))];
    let by_key = by_key.each_ref().map(|(name, value)| (*name, value.as_str()));
    expect(house.nobody.send(Method::GET, "/organizations", &by_key, None).await.unwrap(), 200);
    let review = expect(admin.get("/access/review").await.unwrap(), 200);
    for id in [&ed_id, &connection, &key.id()] {
        let last = row(&review, id)["attributes"]["last-used-at"].as_str().unwrap_or_default().to_owned();
        assert!(last >= then, "{id} was used at {then} and the review says {last:?}");
    }
    assert_eq!(row(&review, &connection)["attributes"]["last-used-by"], json!(1));

    // A kind, a page, a table.
    let kinds =
        expect(admin.get("/access/review?filter[kind]=delegate,api_key&sort=-name").await.unwrap(), 200);
    assert_eq!(ids(&kinds), [key.id(), connection.clone()]);
    let first = expect(admin.get("/access/review?page[size]=2").await.unwrap(), 200);
    let second = expect(admin.get(&first.text_at("/links/next")).await.unwrap(), 200);
    assert_eq!(texts(&second, "/attributes/kind"), ["user", "delegate"]);
    refused(admin.get("/access/review?filter[kind]=robot").await.unwrap(), 400, "bad-parameter");
    let table = admin.send(Method::GET, "/access/review", &[("accept", "text/csv")], None).await.unwrap();
    let lines: Vec<&str> = table.text.lines().collect();
    assert_eq!(lines.len(), 6);
    assert!(lines[0].starts_with("id,kind,name,email,role-name,status"), "{}", lines[0]);
    assert!(lines[2].contains("Bakery; Cellar"), "{}", lines[2]);

    // An ended connection is none of it any more, and whoever is no Administrator reviews nobody.
    expect(admin.delete(&format!("/connections/{connection}"), None).await.unwrap(), 204);
    assert_eq!(expect(admin.get("/access/review").await.unwrap(), 200).at("/meta/total-count"), json!(4));
    refused(ed.get("/access/review").await.unwrap(), 403, "role-too-low");
    let log = expect(admin.get("/logs?filter[resource_type]=access-reviews").await.unwrap(), 200);
    assert!(ids(&log).len() > 5, "who reviews is in the log: {}", log.text);
}
