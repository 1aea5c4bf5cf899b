//! What one thing can hold, and the one too many. Sets are filled in the table: the same as years of work.

use journeys::{
    Grants, House, PASSWORD, created, expect, identifiers, refused, related, relations, resource,
};
use policy::limits::{ADMINISTRATORS, CONNECTIONS, GROUP_ORGANIZATIONS, ORGANIZATION_GROUPS};
use serde_json::json;

use crate::glueconnect::{connect, offer_all};

/// Puts so many ids that belong to nothing into a set on an item.
async fn fill(house: &House, (pk, sk): (&str, &str), set: &str, ids: usize) {
    let ids: Vec<String> = (1..=ids).map(|id| id.to_string()).collect();
    let request = json!({"Key": {"pk": {"S": pk}, "sk": {"S": sk}}, "UpdateExpression": "ADD #set :ids",
        "ExpressionAttributeNames": {"#set": set}, "ExpressionAttributeValues": {":ids": {"NS": ids}}});
    house.dynamodb("UpdateItem", request).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_holds_so_many_organizations_and_an_organization_is_in_so_many_groups() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let (desk, night) = (account.group("Desk", &[]).await, account.group("Night", &[]).await);
    let padded = |id: &str| format!("{:0>16}", id);
    let gains = |group: &str, organizations: &[&str]| {
        let path = format!("/groups/{group}/relationships/organizations");
        (path, identifiers("organizations", organizations))
    };

    // One place is left in the group. Two do not fit, whichever way they come; one does.
    let full = GROUP_ORGANIZATIONS;
    let groups = format!("A#{}#GROUPS", account.id);
    fill(&house, (&groups, &padded(&desk)), "organization_ids", full - 1).await;
    let (path, both) = gains(&desk, &[&bakery, &cellar]);
    refused(admin.post(&path, &both).await.unwrap(), 422, "group-full");
    let (path, one) = gains(&desk, &[&bakery]);
    expect(admin.post(&path, &one).await.unwrap(), 204);
    refused(admin.post(&path, &gains(&desk, &[&cellar]).1).await.unwrap(), 422, "group-full");
    // What is there already is nothing new.
    expect(admin.post(&path, &one).await.unwrap(), 204);

    // One place is left for the organization: of two groups in one request none gets it, and the first of two requests does.
    let most = ORGANIZATION_GROUPS;
    let organizations = format!("A#{}#ORGANIZATIONS", account.id);
    fill(&house, (&organizations, &padded(&cellar)), "group_ids", most - 1).await;
    let late = account.group("Late", &[]).await;
    let row = |group: &str| {
        let mut row = relations("groups", &[("organizations", &[&cellar])])["data"].clone();
        row["id"] = json!(group);
        row
    };
    let two = json!({"data": [row(&night), row(&late)]});
    refused(admin.patch("/groups", &two).await.unwrap(), 422, "in-too-many-groups");
    refused(admin.patch("/groups?preview=true", &two).await.unwrap(), 422, "in-too-many-groups");
    let (path, one) = gains(&night, &[&cellar]);
    expect(admin.post(&path, &one).await.unwrap(), 204);
    for (method, path, body) in [
        ("POST", format!("/groups/{late}/relationships/organizations"), one.clone()),
        ("PATCH", format!("/groups/{late}/relationships/organizations"), one.clone()),
        ("PATCH", format!("/groups/{late}"), relations("groups", &[("organizations", &[&cellar])])),
        ("POST", "/groups".to_owned(), {
            let organizations = json!({"organizations": identifiers("organizations", &[&cellar])});
            related("groups", json!({"name": "Later"}), organizations)
        }),
    ] {
        let answer = admin.send(method.parse().unwrap(), &path, &[], Some(body.to_string())).await.unwrap();
        refused(answer, 422, "in-too-many-groups");
    }
    // Where one leaves, there is room for another.
    let (path, one) = gains(&night, &[&cellar]);
    expect(admin.send("DELETE".parse().unwrap(), &path, &[], Some(one.to_string())).await.unwrap(), 204);
    expect(admin.post(&gains(&late, &[]).0, &one).await.unwrap(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_so_many_administrators() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let (_, bob) = account.user(&house, "bob", "Manager", Grants::ALL).await;
    let (_, cy) = account.user(&house, "cy", "Manager", Grants::ALL).await;
    let (dora, _) = account.invite("dora", "Administrator", Grants::default()).await;
    let is = |role: &str| resource("users", json!({ "role-name": role }));
    // One place is left.
    fill(&house, (&format!("A#{}", account.id), "SECURITY"), "administrator_ids", ADMINISTRATORS - 2).await;
    expect(admin.patch(&format!("/users/{bob}"), &is("Administrator")).await.unwrap(), 200);
    for path in [format!("/users/{cy}?preview=true"), format!("/users/{cy}")] {
        let answer = admin.patch(&path, &is("Administrator")).await.unwrap();
        refused(answer, 422, "too-many-administrators");
    }
    // Whoever is invited has no place yet. It is theirs when they accept, in whichever way they do.
    account.invite("eve", "Administrator", Grants::default()).await;
    refused(house.accept(&dora).await, 422, "too-many-administrators");
    let link = house.link(&dora).await;
    let form = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
    let filled = format!("password={}", PASSWORD.replace(' ', "+"));
    let page = house.nobody.send("POST".parse().unwrap(), &link, &form, Some(filled)).await.unwrap();
    let page = expect(page, 422);
    assert!(page.text.contains("active Administrators") && page.text.contains("<form"), "{}", page.text);
    expect(admin.patch(&format!("/users/{bob}"), &is("Editor")).await.unwrap(), 200);
    created(house.accept(&dora).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_has_so_many_connections() {
    let house = House::start().await;
    let host = house.account("acme").await;
    let (noc, other) = (house.account("night-noc").await, house.account("day-noc").await);
    let admin = &host.administrator;
    let first = connect(&house, &host, &noc, &offer_all("night-noc", "Editor")).await;
    let pk = format!("A#{}#CONNECTIONS", host.id);
    let query =
        json!({"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": pk}}});
    let stored = house.dynamodb("Query", query).await["Items"][0].clone();
    for number in 1..CONNECTIONS {
        let mut one = stored.clone();
        one["id"] = json!({"N": number.to_string()});
        one["sk"] = json!({"S": format!("{number:016}")});
        house.dynamodb("PutItem", json!({ "Item": one })).await;
    }
    let offer = offer_all("day-noc", "Editor");
    for path in ["/connections?preview=true", "/connections"] {
        refused(admin.post(path, &offer).await.unwrap(), 422, "too-many-connections");
    }
    assert!(house.mails("admin@day-noc.example").await.is_empty(), "nobody is written to");
    // One that ends makes room for one.
    expect(admin.delete(&format!("/connections/{first}"), None).await.unwrap(), 204);
    created(admin.post("/connections", &offer).await.unwrap());
    let third = house.account("third-noc").await;
    refused(
        admin.post("/connections", &offer_all("third-noc", "Editor")).await.unwrap(),
        422,
        "too-many-connections",
    );
    // It is the host's own count.
    created(other.administrator.post("/connections", &offer_all("third-noc", "Editor")).await.unwrap());
    assert_ne!(third.id, other.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_many_groups_goes_with_as_many_keys_as_one_transaction_takes() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let mut groups = Vec::new();
    for number in 0..40 {
        groups.push(account.group(&format!("Group {number}"), &[&bakery]).await);
    }
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let (mara, id) = account.user(&house, "mara", "Administrator", Grants::groups(&groups)).await;
    let mut keys = Vec::new();
    for number in 0..17 {
        let attributes = json!({"name": format!("Key {number}"), "role-name": "Lite"});
        let organizations = json!({"organizations": identifiers("organizations", &[&bakery])});
        let key = related("api-keys", attributes, organizations);
        keys.push(created(mara.post("/api-keys", &key).await.unwrap()).id());
    }
    let path = format!("/users/{id}?with-keys=true");
    refused(admin.delete(&path, None).await.unwrap(), 422, "too-many-keys");
    let spare = format!("/api-keys/{}", keys.remove(0));
    expect(admin.delete(&spare, None).await.unwrap(), 204);
    let left = expect(admin.delete(&path, None).await.unwrap(), 200);
    assert_eq!(left.at("/meta/api-keys").as_array().unwrap().len(), keys.len(), "{}", left.text);
    assert!(house.partition(&format!("A#{}#API-KEYS", account.id)).await.is_empty());
}
