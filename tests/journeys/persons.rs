//! Persons of a delegate, as the host knows them: by the address, before the first visit and after the last; limited for good, asked
//! about, listed.

use journeys::{Account, Answer, Client, Grants, House, created, expect, refused, resource, texts};
use reqwest::Method;
use serde_json::{Value, json};

use crate::glueconnect::{ask, connect, enter, offer, offer_all};

async fn put(host: &Account, connection: &str, who: &str, attributes: Value) -> Answer {
    let body = resource("users", attributes);
    let path = format!("/connections/{connection}/users/{who}");
    host.administrator.send(Method::PUT, &path, &[], Some(body.to_string())).await.unwrap()
}

async fn remove(host: &Account, connection: &str, who: &str) -> Answer {
    host.administrator.delete(&format!("/connections/{connection}/users/{who}"), None).await.unwrap()
}

async fn about(asker: &Client, user: &str, action: &str, organization: &str) -> Answer {
    let question = json!({"action": action, "organization-id": organization, "user-id": user});
    let answer = asker.post("/access/check", &resource("access-checks", question)).await.unwrap();
    expect(answer, 200)
}

/// What an answer to an access check comes to, without whom it names.
fn decided(answer: &Answer) -> Value {
    let attributes = answer.at("/data/attributes");
    json!([
        attributes["allowed"],
        attributes["reason"],
        attributes["role-name"],
        attributes["maximum-role-name"],
        attributes["effective-role-name"],
        attributes["via"],
        attributes["obstacles"]
    ])
}

async fn switch(person: &Client, account: &str) -> Answer {
    person.patch("/session", &resource("sessions", json!({"account-id": account}))).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_by_address_stands_before_the_first_visit_and_after_every_return() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let bakery = host.organization("Bakery").await;
    let home = noc.organization("Home").await;

    // Before anybody agreed to anything, by an address, and with no answer whether the person exists.
    let connection =
        created(host.administrator.post("/connections", &offer("noc", "Manager", &[&bakery])).await.unwrap())
            .id();
    let limit = json!({"maximum-role-name": "Read-only"});
    let known = expect(put(&host, &connection, "Tom%40noc.example", limit.clone()).await, 200);
    let nobody = expect(put(&host, &connection, "nobody@noc.example", limit.clone()).await, 200);
    assert_eq!(known.id(), "tom@noc.example");
    assert_eq!(
        known.text.replace("tom@", "nobody@").replace(&known.text_at("/data/attributes/updated-at"), ""),
        nobody.text.replace(&nobody.text_at("/data/attributes/updated-at"), "")
    );
    let listed = expect(
        host.administrator.get(&format!("/connections/{connection}/users?sort=email")).await.unwrap(),
        200,
    );
    assert_eq!(texts(&listed, "/attributes/email"), ["nobody@noc.example", "tom@noc.example"]);
    // Nothing of it stands in the log of those who have not agreed, and no id of theirs is looked up.
    let theirs = expect(noc.administrator.get("/logs?page[size]=1000").await.unwrap(), 200);
    assert!(!theirs.text.contains("nobody@noc.example"), "{}", theirs.text);
    refused(put(&host, &connection, &noc.administrator_id, limit.clone()).await, 409, "still-pending");
    refused(put(&host, &connection, "no@address@at.all", limit.clone()).await, 422, "invalid");
    refused(put(&host, &connection, "neither", limit.clone()).await, 404, "not-found");

    let answer = json!({"decision": "accept"});
    let link = house.link("admin@noc.example").await;
    expect(noc.administrator.post(&link, &resource("connection-invitations", answer)).await.unwrap(), 200);
    let (tom, tom_id) = noc.user(&house, "tom", "Editor", Grants::organizations(&[&home])).await;
    let inside = enter(&tom, &host.id).await;
    let own = ask(&inside, "update", &bakery).await;
    assert_eq!(own.text_at("/data/attributes/reason"), "role-too-low", "{}", own.text);

    // The host asks what he may do: the answer is his own.
    for action in ["read", "update", "set-restrictions"] {
        let own = ask(&inside, action, &bakery).await;
        assert_eq!(decided(&about(&host.administrator, &tom_id, action, &bakery).await), decided(&own));
    }
    let reached = format!("/access/organizations?filter[user-id]={tom_id}");
    let reached = expect(host.administrator.get(&reached).await.unwrap(), 200);
    assert_eq!(texts(&reached, "/attributes/name"), ["Bakery"]);
    assert_eq!(texts(&reached, "/attributes/role-name"), ["Read-only"]);
    // From now on the host knows him by his id, too.
    let path = format!("/connections/{connection}/users/{tom_id}");
    let by_id = expect(host.administrator.get(&path).await.unwrap(), 200);
    assert_eq!(by_id.text_at("/data/attributes/email"), "tom@noc.example");

    // Removed at home, and invited again under the same address: another id, and the same person.
    expect(noc.administrator.delete(&format!("/users/{tom_id}"), None).await.unwrap(), 204);
    let gone = about(&host.administrator, &tom_id, "read", &bakery).await;
    assert_eq!(gone.text_at("/data/attributes/reason"), "user-unknown");
    let (tom, new_id) = noc.user(&house, "tom", "Administrator", Grants::ALL).await;
    assert_ne!(new_id, tom_id);
    let inside = enter(&tom, &host.id).await;
    assert_eq!(ask(&inside, "create", &bakery).await.text_at("/data/attributes/reason"), "role-too-low");
    assert_eq!(
        decided(&about(&host.administrator, &new_id, "create", &bakery).await),
        decided(&ask(&inside, "create", &bakery).await)
    );

    // Shut out, and still so after the connection ended and there is a new one of the same two accounts.
    expect(put(&host, &connection, &new_id, json!({"access": false})).await, 200);
    refused(inside.get("/organizations").await.unwrap(), 403, "person-excluded");
    expect(host.administrator.delete(&format!("/connections/{connection}"), None).await.unwrap(), 204);
    let again = connect(&house, &host, &noc, &offer_all("noc", "Administrator")).await;
    refused(switch(&tom, &host.id).await, 403, "person-excluded");
    let shown = expect(host.administrator.get(&format!("/connections/{again}/users")).await.unwrap(), 200);
    assert_eq!(texts(&shown, "/attributes/email").len(), 2, "{}", shown.text);
    // Taken back by the address: in again.
    expect(remove(&host, &again, "TOM@noc.example").await, 204);
    refused(remove(&host, &again, "tom@noc.example").await, 404, "not-found");
    assert_eq!(
        ask(&enter(&tom, &host.id).await, "create", &bakery).await.text_at("/data/attributes/reason"),
        "allowed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_sees_who_came_in_and_lists_all_who_reach_an_organization() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let (bakery, cellar) = (host.organization("Bakery").await, host.organization("Cellar").await);
    let key = json!({"name": "Backup", "role-name": "Editor", "all-organizations": true});
    created(host.administrator.post("/api-keys", &resource("api-keys", key)).await.unwrap());
    let connection = connect(&house, &host, &noc, &offer("noc", "Editor", &[&bakery])).await;
    let visitors = format!("/connections/{connection}/visitors");
    let nobody = expect(host.administrator.get(&visitors).await.unwrap(), 200);
    assert_eq!(texts(&nobody, "/id"), Vec::<String>::new());

    let (tom, tom_id) = noc.user(&house, "tom", "Manager", Grants::ALL).await;
    let (_, stays) = noc.user(&house, "stays", "Manager", Grants::ALL).await;
    let (lea, lea_id) = noc.user(&house, "lea", "Read-only", Grants::ALL).await;
    enter(&tom, &host.id).await;
    house.advance_hours(1);
    enter(&tom, &host.id).await;
    enter(&lea, &host.id).await;
    let came = expect(host.administrator.get(&format!("{visitors}?sort=name")).await.unwrap(), 200);
    assert_eq!(texts(&came, "/id"), [lea_id.clone(), tom_id.clone()], "{}", came.text);
    assert_eq!(texts(&came, "/attributes/effective-role-name"), ["Read-only", "Editor"]);
    let tom_row = came.at("/data/1/attributes");
    assert!(tom_row["first-visit-at"].as_str() < tom_row["last-visit-at"].as_str(), "{tom_row}");
    // Whoever never came in is nobody to the host, whatever the id; and another host's visitors are nobody's here.
    let question = about(&host.administrator, &stays, "read", &bakery).await;
    assert_eq!(question.text_at("/data/attributes/reason"), "user-unknown");
    let other = house.account("other").await;
    let question = about(&other.administrator, &tom_id, "read", &bakery).await;
    assert_eq!(question.text_at("/data/attributes/reason"), "user-unknown");
    refused(other.administrator.get(&visitors).await.unwrap(), 404, "not-found");
    refused(noc.administrator.get(&visitors).await.unwrap(), 403, "host-only");

    // All who can reach an organization: users, keys, the delegate, and its people.
    let who = |organization: &str| format!("/access/users?filter[organization-id]={organization}");
    let all = expect(host.administrator.get(&who(&bakery)).await.unwrap(), 200);
    let people = all.at("/meta/connections/0/users");
    let ids: Vec<&str> = people.as_array().unwrap().iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!(ids, [tom_id.as_str(), lea_id.as_str()], "{people}");
    assert_eq!(all.at("/meta/api-keys/0/name"), "Backup");
    assert_eq!(all.at("/meta/api-keys/0/via"), json!(["all-organizations"]));
    let elsewhere = expect(host.administrator.get(&who(&cellar)).await.unwrap(), 200);
    assert_eq!(elsewhere.at("/meta/connections"), json!([]));
    assert_eq!(elsewhere.at("/meta/api-keys").as_array().map(Vec::len), Some(1));

    // The limit is in both logs, by name, with what it changes.
    let limit = json!({"maximum-role-name": "Read-only", "access": true});
    expect(put(&host, &connection, &tom_id, limit.clone()).await, 200);
    expect(put(&host, &connection, &tom_id, limit).await, 200);
    expect(put(&host, &connection, "lea@noc.example", json!({"access": false})).await, 200);
    for (log, whose) in [(&host, "host"), (&noc, "delegate")] {
        let path = format!("/logs?filter[resource-type]=users&filter[account-id]={}", host.id);
        let entries = expect(log.administrator.get(&path).await.unwrap(), 200);
        let rows = entries.at("/data");
        let of = |id: &str| {
            let rows = rows.as_array().unwrap();
            rows.iter().filter(|row| row["attributes"]["resource-id"] == id).cloned().collect::<Vec<_>>()
        };
        assert_eq!(of(&tom_id).len(), 1, "{whose}: saying it twice changes nothing: {}", entries.text);
        let entry = of(&tom_id).remove(0)["attributes"].clone();
        assert_eq!(entry["action"], "update");
        let change = json!({"name": "maximum-role-name", "from": null, "to": "Read-only"});
        assert!(entry["changes"].as_array().unwrap().contains(&change), "{whose}: {entry}");
        assert_eq!(of(&lea_id).len(), 1, "{whose}: {}", entries.text);
    }
    let all = expect(host.administrator.get(&who(&bakery)).await.unwrap(), 200);
    let people = all.at("/meta/connections/0/users");
    assert_eq!(people.as_array().map(Vec::len), Some(1), "{people}");
    let came = expect(host.administrator.get(&format!("{visitors}?sort=name")).await.unwrap(), 200);
    assert_eq!(texts(&came, "/attributes/reason"), ["person-excluded", "allowed"]);
}

/// A limit says all that holds. `null` is not taken for left out: what was shut would be open.
#[tokio::test(flavor = "multi_thread")]
async fn null_lets_nobody_in_again() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let bakery = host.organization("Bakery").await;
    let connection = connect(&house, &host, &noc, &offer("noc", "Editor", &[&bakery])).await;
    let (tom, tom_id) = noc.user(&house, "tom", "Editor", Grants::ALL).await;
    for who in ["tom@noc.example", tom_id.as_str()] {
        expect(put(&host, &connection, who, json!({"access": false})).await, 200);
        for name in ["access", "all-organizations"] {
            for spelled in [name.to_owned(), name.replace('-', "_")] {
                let answer = put(&host, &connection, who, json!({spelled: null})).await;
                let answer = refused(answer, 422, "not-nullable");
                let pointer = answer.text_at("/errors/0/source/pointer");
                assert_eq!(pointer, format!("/data/attributes/{name}"), "{}", answer.text);
            }
        }
        let path = format!("/connections/{connection}/users/{who}");
        for member in ["attributes", "relationships"] {
            let body = json!({"data": {"type": "users", member: null}}).to_string();
            let answer = host.administrator.send(Method::PUT, &path, &[], Some(body)).await.unwrap();
            refused(answer, 422, "wrong-type");
        }
        refused(switch(&tom, &host.id).await, 403, "person-excluded");
    }
    // A lower role can be taken away by `null`.
    expect(put(&host, &connection, &tom_id, json!({"maximum-role-name": "Read-only"})).await, 200);
    let lifted = expect(put(&host, &connection, &tom_id, json!({"maximum-role-name": null})).await, 200);
    assert_eq!(lifted.at("/data/attributes/maximum-role-name"), Value::Null);
    enter(&tom, &host.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_names_what_the_host_has_and_is_sent_back_as_it_was_read() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let bakery = host.organization("Bakery").await;
    let theirs = noc.organization("Theirs").await;
    let group = host.group("Bakers", &[&bakery]).await;
    let connection = connect(&house, &host, &noc, &offer_all("noc", "Editor")).await;
    let path = format!("/connections/{connection}/users/tom@noc.example");
    let limit = async |relationships: Value| {
        let mut body = resource("users", json!({}));
        body["data"]["relationships"] = relationships;
        host.administrator.send(Method::PUT, &path, &[], Some(body.to_string())).await.unwrap()
    };
    let many = |count: u64| (1..=count).map(|id| json!({"type": "organizations", "id": id.to_string()}));
    let organizations = |data: Vec<Value>| json!({"organizations": {"data": data}});
    let named = |kind: &str, id: &str| json!({"type": kind, "id": id});
    for (relationships, code) in [
        (json!({"groups": {"data": [named("groups", "4711")]}}), "unknown-group"),
        (organizations(vec![named("organizations", &theirs)]), "unknown-organization"),
        (
            organizations(vec![named("organizations", &bakery), named("organizations", "1")]),
            "unknown-organization",
        ),
        (organizations(many(1_001).collect()), "too-many-organizations"),
        (organizations(many(10_001).collect()), "too-many"),
        (organizations(Vec::new()), "no-organization-chosen"),
        (json!({"groups": {"data": []}, "organizations": {"data": []}}), "no-organization-chosen"),
    ] {
        refused(limit(relationships).await, 422, code);
    }
    let none = json!({"all-organizations": false});
    refused(put(&host, &connection, "tom@noc.example", none).await, 422, "no-organization-chosen");
    refused(host.administrator.get(&path).await.unwrap(), 404, "not-found");

    // A group that was removed since gives nothing. The limit stays one, and is sent back as it was read.
    expect(limit(json!({"groups": {"data": [named("groups", &group)]}})).await, 200);
    expect(host.administrator.delete(&format!("/groups/{group}"), None).await.unwrap(), 204);
    let read = expect(host.administrator.get(&path).await.unwrap(), 200);
    let sent = json!({"data": {"type": "users", "id": read.id(), "attributes": {
        "access": read.at("/data/attributes/access"),
        "maximum-role-name": "Read-only",
        "all-organizations": read.at("/data/attributes/all-organizations"),
    }, "relationships": read.at("/data/relationships")}});
    let again = host.administrator.send(Method::PUT, &path, &[], Some(sent.to_string())).await.unwrap();
    expect(again, 200);
    let (tom, _) = noc.user(&house, "tom", "Editor", Grants::ALL).await;
    let inside = enter(&tom, &host.id).await;
    let answer = ask(&inside, "read", &bakery).await;
    assert_eq!(answer.text_at("/data/attributes/reason"), "organization-not-granted", "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_have_todays_names_and_no_role_once_the_connection_is_over() {
    let house = House::start_with_much_mail().await;
    let (host, noc) = (house.account("acme").await, house.account("noc").await);
    let bakery = host.organization("Bakery").await;
    let connection = connect(&house, &host, &noc, &offer("noc", "Editor", &[&bakery])).await;
    let (tom, tom_id) = noc.user(&house, "tom", "Manager", Grants::ALL).await;
    enter(&tom, &host.id).await;
    let renamed = resource("users", json!({"first-name": "Thomas", "last-name": "Berg"}));
    expect(noc.administrator.patch(&format!("/users/{tom_id}"), &renamed).await.unwrap(), 200);
    let visitors = format!("/connections/{connection}/visitors");
    let shown = async || expect(host.administrator.get(&visitors).await.unwrap(), 200);
    let inside = shown().await;
    assert_eq!(texts(&inside, "/attributes/name"), ["Thomas Berg"]);
    assert_eq!(texts(&inside, "/attributes/effective-role-name"), ["Editor"]);
    let suspended = resource("connections", json!({"status": "suspended"}));
    expect(host.administrator.patch(&format!("/connections/{connection}"), &suspended).await.unwrap(), 200);
    let shut = shown().await;
    assert_eq!(texts(&shut, "/attributes/reason"), ["connection-suspended"]);
    assert_eq!(texts(&shut, "/attributes/effective-role-name"), ["Editor"]);
    expect(host.administrator.delete(&format!("/connections/{connection}"), None).await.unwrap(), 204);
    let over = shown().await;
    assert_eq!(texts(&over, "/attributes/reason"), ["connection-ended"]);
    assert_eq!(over.at("/data/0/attributes/effective-role-name"), Value::Null, "{}", over.text);
}
