//! Groups: made, shown, changed and removed; who joins and leaves; and who may do so.

use journeys::{
    Account, Grants, House, created, expect, identifiers, ids, named, reached, refused, related, relations,
    resource, texts,
};
use serde_json::{Value, json};

async fn opened() -> (House, Account) {
    let house = House::start().await;
    let account = house.account("acme").await;
    (house, account)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_read_changed_and_removed() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let (ann_email, ann) = account.invite("ann", "Editor", Grants::organizations(&[&cellar])).await;
    let relationships = json!({"users": identifiers("users", &[&ann]),
        "organizations": identifiers("organizations", &[&bakery])});
    let body = related("groups", json!({"name": "Desk", "description": "First line"}), relationships);
    let made = created(admin.post("/groups", &body).await.unwrap());
    let path = format!("/groups/{}", made.id());
    assert_eq!(made.header("location"), Some(path.as_str()));
    let shown = expect(admin.get(&format!("{path}?include=users,organizations")).await.unwrap(), 200);
    assert_eq!(shown.at("/data"), made.at("/data"));
    assert_eq!(shown.text_at("/included/0/attributes/email"), ann_email);
    assert_eq!(shown.text_at("/included/1/attributes/name"), "Bakery");
    let user = expect(admin.get(&format!("/users/{ann}?include=groups")).await.unwrap(), 200);
    assert_eq!(user.text_at("/included/0/attributes/name"), "Desk");
    let via = user.at("/data/relationships/organizations/data/0/meta/via");
    assert_eq!(via, json!([format!("groups/{}", made.id())]), "{}", user.text);

    let stale = [("if-match", "\"9\"")];
    let change = related(
        "groups",
        json!({"name": "Night desk"}),
        json!({"users": identifiers("users", &[]), "organizations": identifiers("organizations", &[&cellar])}),
    );
    let answer = admin.send("PATCH".parse().unwrap(), &path, &stale, Some(change.to_string())).await.unwrap();
    refused(answer, 412, "stale-version");
    let changed = expect(admin.patch(&path, &change).await.unwrap(), 200);
    assert_eq!(changed.text_at("/data/attributes/name"), "Night desk");
    assert_eq!(changed.text_at("/data/attributes/description"), "First line", "what is not named stays");
    assert_eq!(changed.at("/data/attributes/version"), json!(2));
    assert_eq!(changed.at("/data/relationships/users/data"), json!([]));
    assert_eq!(ids_of(&changed, "organizations"), [cellar.as_str()]);
    let user = expect(admin.get(&format!("/users/{ann}")).await.unwrap(), 200);
    assert_eq!(user.at("/data/relationships/groups/data"), json!([]));

    expect(admin.delete(&path, None).await.unwrap(), 204);
    refused(admin.get(&path).await.unwrap(), 404, "not-found");
    let organizations = house.partition(&format!("A#{}#ORGANIZATIONS", account.id)).await;
    assert!(
        organizations.iter().all(|organization| organization.get("group_ids").is_none()),
        "{organizations:#?}"
    );
    let log = house.changes(&account.id).await;
    let acts: Vec<_> = log.iter().filter(|entry| entry["resource_type"] == "groups").collect();
    assert_eq!(
        acts.iter().map(|entry| entry["action"].as_str().unwrap()).collect::<Vec<_>>(),
        ["create", "update", "delete"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_groups_are_changed_by_one_request_or_none_of_them() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let day = account.group("Day", &[&bakery]).await;
    let night = account.group("Night", &[&cellar]).await;
    let (_, ann) = account.invite("ann", "Editor", Grants::groups(&[&day])).await;
    let names = async || texts(&expect(admin.get("/groups").await.unwrap(), 200), "/attributes/name");

    // As the PowerShell modules send it: snake case, a slash at the end, and the id among the attributes.
    let body = json!({"data": [
        {"type": "groups", "attributes": {"id": day.parse::<u64>().unwrap(), "name": "Day desk", "description": "8 to 8"}},
        {"type": "groups", "id": night, "attributes": {"name": "Night desk", "version": 1},
            "relationships": {"users": identifiers("users", &[&ann])}},
    ]});
    let changed = expect(admin.patch("/groups/", &body).await.unwrap(), 200);
    assert_eq!(texts(&changed, "/attributes/name"), ["Day desk", "Night desk"]);
    assert_eq!(changed.at("/data/1/relationships/users/data/0/id"), json!(ann));
    assert_eq!(names().await, ["Day desk", "Night desk"]);

    let row = |id: &str, attributes: Value| json!({"type": "groups", "id": id, "attributes": attributes});
    let first = row(&day, json!({"name": "Never"}));
    for (rows, status, code) in [
        (json!([first, row("1", json!({"name": "x"}))]), 404, "not-found"),
        (json!([first, row("x", json!({"name": "x"}))]), 404, "not-found"),
        (json!([first, row(&night, json!({"colour": "x"}))]), 422, "unknown-attribute"),
        (json!([first, {"type": "groups", "attributes": {"name": "x"}}]), 422, "missing"),
        (json!([first, first]), 422, "duplicate"),
        (json!([first, row(&night, json!({"name": "x", "version": 1}))]), 412, "stale-version"),
        (json!([]), 422, "empty"),
    ] {
        refused(admin.patch("/groups", &json!({"data": rows})).await.unwrap(), status, code);
    }
    assert_eq!(names().await, ["Day desk", "Night desk"], "a fault in the request changes nothing");
    let one = resource("groups", json!({"id": day, "name": "Alone"}));
    assert_eq!(
        expect(admin.patch("/groups", &one).await.unwrap(), 200).text_at("/data/attributes/name"),
        "Alone"
    );
    let answer = admin
        .send("PATCH".parse().unwrap(), "/groups", &[("if-match", "\"1\"")], Some(one.to_string()))
        .await
        .unwrap();
    refused(answer, 400, "if-match-on-many");
    let (editor, _) = account.user(&house, "ed", "Editor", Grants::ALL).await;
    refused(editor.patch("/groups", &one).await.unwrap(), 403, "role-too-low");
}

fn ids_of(answer: &journeys::Answer, relationship: &str) -> Vec<String> {
    let data = answer.at(&format!("/data/relationships/{relationship}/data"));
    data.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_listed_filtered_and_sorted() {
    let (_house, account) = opened().await;
    let admin = &account.administrator;
    let mut made = Vec::new();
    for name in ["Cellar", "attic", "Bakery"] {
        made.push(account.group(name, &[]).await);
    }
    let list = async |query: &str| expect(admin.get(&format!("/groups?{query}")).await.unwrap(), 200);
    assert_eq!(texts(&list("sort=name").await, "/attributes/name"), ["attic", "Bakery", "Cellar"]);
    let page = list("page[size]=2&page[number]=2&sort=id").await;
    assert_eq!(ids(&page), [made[2].as_str()]);
    assert_eq!(page.at("/meta/total-pages"), json!(2));
    assert_eq!(ids(&list("filter[name]=BAKERY").await), [made[2].as_str()]);
    assert_eq!(ids(&list(&format!("filter[id]={}", made[1])).await), [made[1].as_str()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn relationship_calls_add_replace_and_take_away() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let organizations = account.organizations("Client", 3).await;
    let [one, two, three] = organizations.as_slice() else { unreachable!() };
    let desk = account.group("Desk", &[one]).await;
    let (ed, ed_id) = account.user(&house, "ed", "Editor", Grants::groups(&[&desk])).await;
    let path = |what: &str| format!("/groups/{desk}/relationships/{what}");
    let say = async |method: &str, what: &'static str, ids: &[&str]| {
        let body = identifiers(what, ids).to_string();
        admin.send(method.parse().unwrap(), &path(what), &[], Some(body)).await.unwrap()
    };
    expect(say("POST", "organizations", &[one, two]).await, 204);
    assert_eq!(reached(&ed).await, [one.clone(), two.clone()]);
    expect(say("PATCH", "organizations", &[three]).await, 204);
    assert_eq!(reached(&ed).await, [three.as_str()]);
    expect(say("DELETE", "organizations", &[one]).await, 204);
    assert_eq!(reached(&ed).await, [three.as_str()], "taking away what is not there changes nothing");

    let answer = refused(say("DELETE", "organizations", &[three]).await, 422, "no-organization");
    assert_eq!(named(&answer), ["ed@acme.example"]);
    refused(say("PATCH", "organizations", &[]).await, 422, "no-organization");
    refused(say("DELETE", "users", &[&ed_id]).await, 422, "no-organization");
    refused(say("PATCH", "users", &[]).await, 422, "no-organization");
    let answer =
        refused(admin.delete(&format!("/groups/{desk}"), None).await.unwrap(), 422, "no-organization");
    assert_eq!(named(&answer), ["ed@acme.example"]);

    let direct = relations("users", &[("organizations", &[one])]);
    expect(admin.patch(&format!("/users/{ed_id}"), &direct).await.unwrap(), 200);
    expect(say("DELETE", "users", &[&ed_id]).await, 204);
    assert_eq!(reached(&ed).await, [one.as_str()]);
    expect(say("POST", "users", &[&ed_id]).await, 204);
    assert_eq!(reached(&ed).await, [one.clone(), three.clone()]);
    refused(say("POST", "users", &["4711"]).await, 422, "unknown-user");
    refused(say("POST", "organizations", &["4711"]).await, 422, "unknown-organization");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_manages_the_groups_that_they_belong_to() {
    let (house, account) = opened().await;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let own = account.group("Own", &[&bakery]).await;
    let other = account.group("Other", &[&bakery]).await;
    let grants = Grants { all: false, organizations: &[&bakery], groups: &[&own] };
    let (mara, mara_id) = account.user(&house, "mara", "Manager", grants).await;
    let (_, ed) = account.user(&house, "ed", "Editor", Grants::organizations(&[&bakery])).await;
    let renamed = resource("groups", json!({"name": "Renamed"}));

    expect(mara.patch(&format!("/groups/{own}"), &renamed).await.unwrap(), 200);
    let path = format!("/groups/{own}/relationships/users");
    expect(mara.post(&path, &identifiers("users", &[&ed])).await.unwrap(), 204);
    let path = format!("/groups/{own}/relationships/organizations");
    let cellars = identifiers("organizations", &[&cellar]);
    refused(mara.post(&path, &cellars).await.unwrap(), 403, "organizations-not-yours");
    let path = format!("/groups/{own}/relationships/users");
    let administrator = identifiers("users", &[&account.administrator_id]);
    refused(mara.post(&path, &administrator).await.unwrap(), 403, "role-above-own");

    for (method, path, body) in [
        ("PATCH", format!("/groups/{other}"), renamed.clone()),
        ("DELETE", format!("/groups/{other}"), Value::Null),
        ("POST", format!("/groups/{other}/relationships/users"), identifiers("users", &[&mara_id])),
        ("PATCH", format!("/groups/{other}/relationships/users"), identifiers("users", &[])),
        (
            "DELETE",
            format!("/groups/{other}/relationships/organizations"),
            identifiers("organizations", &[&bakery]),
        ),
    ] {
        let answer = mara.send(method.parse().unwrap(), &path, &[], Some(body.to_string())).await.unwrap();
        refused(answer, 403, "group-not-yours");
    }

    // A group of her own making has her in it, and only what she has.
    let body = related(
        "groups",
        json!({"name": "New"}),
        json!({"organizations": identifiers("organizations", &[&bakery])}),
    );
    let made = created(mara.post("/groups", &body).await.unwrap());
    assert_eq!(ids_of(&made, "users"), [mara_id]);
    expect(mara.delete(&format!("/groups/{}", made.id()), None).await.unwrap(), 204);
    let body = related("groups", json!({"name": "New"}), json!({"organizations": cellars}));
    refused(mara.post("/groups", &body).await.unwrap(), 403, "organizations-not-yours");

    for role in ["Editor", "Creator", "Read-only", "Lite"] {
        let (caller, _) = account.user(&house, &format!("x-{}", role.to_lowercase()), role, grants).await;
        refused(caller.post("/groups", &renamed).await.unwrap(), 403, "role-too-low");
        refused(caller.patch(&format!("/groups/{own}"), &renamed).await.unwrap(), 403, "role-too-low");
        refused(caller.delete(&format!("/groups/{own}"), None).await.unwrap(), 403, "role-too-low");
        refused(caller.get("/groups").await.unwrap(), 403, "role-too-low");
    }
}

/// More members and organizations than one transaction holds.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_group_gains_and_goes_whole() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let organizations = account.organizations("Client", 60).await;
    let everywhere: Vec<&str> = organizations.iter().map(String::as_str).collect();
    let desk = account.group("Desk", &everywhere[..1]).await;
    let emails: Vec<String> = (0..60).map(|number| format!("person{number}@acme.example")).collect();
    let grants = Grants { all: false, organizations: &everywhere[..1], groups: &[&desk] };
    let body = journeys::invitations(emails.iter().map(String::as_str), "Editor", grants);
    created(admin.post("/users", &body).await.unwrap());

    let path = format!("/groups/{desk}/relationships/organizations");
    expect(admin.post(&path, &identifiers("organizations", &everywhere)).await.unwrap(), 204);
    let shown = expect(admin.get(&format!("/groups/{desk}")).await.unwrap(), 200);
    assert_eq!(ids_of(&shown, "organizations"), organizations);
    assert_eq!(ids_of(&shown, "users").len(), 60);
    let mixed =
        relations("groups", &[("users", &[&account.administrator_id]), ("organizations", &everywhere[..9])]);
    let answer = admin.patch(&format!("/groups/{desk}"), &mixed).await.unwrap();
    refused(answer, 422, "too-many-changes");
    let members = house.partition(&format!("A#{}#GROUP#{desk}", account.id)).await;
    assert_eq!(members.len(), 60, "nothing of it was done");

    expect(admin.delete(&format!("/groups/{desk}"), None).await.unwrap(), 204);
    for pk in [format!("A#{}#USERS", account.id), format!("A#{}#ORGANIZATIONS", account.id)] {
        let left = house.partition(&pk).await;
        assert!(left.iter().all(|item| item.get("group_ids").is_none()), "{left:#?}");
    }
    assert!(house.partition(&format!("A#{}#GROUP#{desk}", account.id)).await.is_empty());
}
