//! Organizations: made, shown a page at a time, changed, moved and removed.

use journeys::{
    Account, Grants, House, created, expect, ids, named, reached, refused, relations, resource, texts,
};
use serde_json::{Value, json};

async fn opened() -> (House, Account) {
    let house = House::start().await;
    let account = house.account("acme").await;
    (house, account)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_made_read_changed_and_removed() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let body = resource(
        "organizations",
        json!({"name": " Café\u{301} ", "description": "Two\r\nlines", "short-name": "C"}),
    );
    let made = created(admin.post("/organizations", &body).await.unwrap());
    let path = format!("/organizations/{}", made.id());
    assert_eq!(made.header("location"), Some(path.as_str()));
    assert_eq!(made.text_at("/data/attributes/description"), "Two\nlines");
    let shown = expect(admin.get(&path).await.unwrap(), 200);
    assert_eq!(shown.at("/data"), made.at("/data"));
    assert_eq!(shown.at("/data/attributes/version"), json!(1));

    let stale = [("if-match", "\"7\"")];
    let body = resource("organizations", json!({"name": "Bakery"})).to_string();
    let answer = admin.send("PATCH".parse().unwrap(), &path, &stale, Some(body.clone())).await.unwrap();
    refused(answer, 412, "stale-version");
    let fresh = [("if-match", "\"1\"")];
    let changed = expect(admin.send("PATCH".parse().unwrap(), &path, &fresh, Some(body)).await.unwrap(), 200);
    assert_eq!(changed.text_at("/data/attributes/name"), "Bakery");
    assert_eq!(changed.text_at("/data/attributes/short-name"), "C", "what is not named stays");
    assert_eq!(changed.at("/data/attributes/version"), json!(2));
    assert_eq!(expect(admin.get(&path).await.unwrap(), 200).at("/data"), changed.at("/data"));
    let answer = admin.send("DELETE".parse().unwrap(), &path, &fresh, None).await.unwrap();
    refused(answer, 412, "stale-version");
    expect(admin.delete(&path, None).await.unwrap(), 204);
    refused(admin.get(&path).await.unwrap(), 404, "not-found");
    let log = house.changes(&account.id).await;
    let acts: Vec<_> = log.iter().filter(|entry| entry["resource_type"] == "organizations").collect();
    let actions: Vec<_> = acts.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["create", "update", "delete"]);
    assert!(acts.iter().all(|entry| entry["user_name"] == "Ada Admin"), "{acts:#?}");

    for (attributes, code) in [
        (json!({}), "missing"),
        (json!({"name": "  "}), "invalid"),
        (json!({"name": "x".repeat(101)}), "invalid"),
        (json!({"name": "a\u{202e}b"}), "invalid"),
        (json!({"name": "a", "parent-id": "4711"}), "unknown-organization"),
    ] {
        refused(
            admin.post("/organizations", &resource("organizations", attributes)).await.unwrap(),
            422,
            code,
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_a_page_at_a_time() {
    let (_house, account) = opened().await;
    let admin = &account.administrator;
    let made = account.organizations("Client", 7).await;
    let page = async |query: &str| expect(admin.get(&format!("/organizations?{query}")).await.unwrap(), 200);
    let second = page("page[size]=3&page[number]=2&sort=-name").await;
    let expected: Vec<_> = [4, 3, 2].map(|number: usize| made[number - 1].clone()).into();
    assert_eq!(ids(&second), expected);
    assert_eq!(
        second.at("/meta"),
        json!({"current-page": 2, "next-page": 3, "prev-page": 1, "total-pages": 3, "total-count": 7,
            "has-next-page": true, "filters": {}})
    );
    // Every link leads where it says.
    let mut walked = Vec::new();
    let mut next = Some(second.text_at("/links/first"));
    while let Some(link) = next {
        let answer = expect(admin.get(&link).await.unwrap(), 200);
        assert_eq!(answer.text_at("/links/self"), link);
        walked.extend(texts(&answer, "/attributes/name"));
        next = answer.at("/links/next").as_str().map(str::to_owned);
    }
    assert_eq!(walked, [7, 6, 5, 4, 3, 2, 1].map(|number| format!("Client {number}")));
    assert_eq!(page("page[number]=9").await.at("/data"), json!([]));
    assert_eq!(ids(&page("filter[name]=client%202").await), [made[1].as_str()]);
    let wanted = format!("filter[id]={},{}", made[5], made[0]);
    let filtered = page(&wanted).await;
    assert_eq!(ids(&filtered), [made[0].clone(), made[5].clone()]);
    assert_eq!(filtered.at("/meta/filters/id"), json!(format!("{},{}", made[5], made[0])));
    refused(admin.get("/organizations?filter[id]=x").await.unwrap(), 400, "bad-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_name_their_ancestors_and_keep_them_from_being_removed() {
    let (_house, account) = opened().await;
    let admin = &account.administrator;
    let mut line = vec![account.organization("Level 1").await];
    for level in 2..=10 {
        line.push(account.sub_organization(&format!("Level {level}"), &line[level - 2]).await);
    }
    let path = |id: &str| format!("/organizations/{id}");
    let shown = expect(admin.get(&path(&line[9])).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/ancestor-ids"), json!(line[..9]));
    assert_eq!(shown.text_at("/data/attributes/parent-id"), line[8]);
    let listed = expect(admin.get("/organizations").await.unwrap(), 200);
    assert_eq!(listed.at("/data/9/attributes/ancestor-ids"), json!(line[..9]));
    let under = |parent: Value| resource("organizations", json!({"name": "x", "parent-id": parent}));
    refused(admin.post("/organizations", &under(json!(line[9]))).await.unwrap(), 422, "parent-too-deep");
    refused(admin.patch(&path(&line[0]), &under(json!(line[9]))).await.unwrap(), 422, "parent-cycle");
    refused(admin.patch(&path(&line[3]), &under(json!(line[3]))).await.unwrap(), 422, "parent-cycle");
    let other = account.organization("Other").await;
    refused(admin.patch(&path(&line[0]), &under(json!(other))).await.unwrap(), 422, "parent-too-deep");

    let answer = refused(admin.delete(&path(&line[0]), None).await.unwrap(), 409, "has-sub-organizations");
    assert!(answer.text_at("/errors/0/detail").contains(&line[1]), "{}", answer.text);
    expect(admin.patch(&path(&line[1]), &under(Value::Null)).await.unwrap(), 200);
    expect(admin.delete(&path(&line[0]), None).await.unwrap(), 204);
    let shown = expect(admin.get(&path(&line[9])).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/ancestor-ids"), json!(line[1..9]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_not_removed_from_under_someone_who_has_no_other() {
    let (house, account) = opened().await;
    let admin = &account.administrator;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let desk = account.group("Desk", &[&bakery]).await;
    let (_, direct) = account.invite("direct", "Lite", Grants::organizations(&[&bakery])).await;
    let (_, grouped) = account.invite("grouped", "Editor", Grants::groups(&[&desk])).await;
    let (both, _) = account.user(&house, "both", "Lite", Grants::organizations(&[&bakery, &cellar])).await;
    account.user(&house, "all", "Editor", Grants::ALL).await;

    let path = format!("/organizations/{bakery}");
    let answer = refused(admin.delete(&path, None).await.unwrap(), 422, "no-organization");
    assert_eq!(named(&answer), ["direct@acme.example", "grouped@acme.example"]);
    expect(admin.get(&path).await.unwrap(), 200);
    for id in [&direct, &grouped] {
        let moved = relations("users", &[("organizations", &[&cellar])]);
        expect(admin.patch(&format!("/users/{id}"), &moved).await.unwrap(), 200);
    }
    expect(admin.delete(&path, None).await.unwrap(), 204);
    assert_eq!(reached(&both).await, [cellar]);
    let group = expect(admin.get(&format!("/groups/{desk}")).await.unwrap(), 200);
    assert_eq!(group.at("/data/relationships/organizations/data"), json!([]), "the group lost it too");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_do_what_with_organizations() {
    let (house, account) = opened().await;
    let (granted, hidden) = (account.organization("Granted").await, account.organization("Hidden").await);
    let body = resource("organizations", json!({"name": "New"}));
    let path = format!("/organizations/{granted}");
    for (role, creates, updates, deletes) in [
        ("Manager", 201, 200, 204),
        ("Editor", 201, 200, 204),
        ("Creator", 201, 200, 403),
        ("Read-only", 403, 403, 403),
    ] {
        let name = role.to_lowercase();
        let (some, _) =
            account.user(&house, &format!("{name}.some"), role, Grants::organizations(&[&granted])).await;
        let (all, _) = account.user(&house, &format!("{name}.all"), role, Grants::ALL).await;
        assert_eq!(
            ids(&expect(some.get("/organizations").await.unwrap(), 200)),
            [granted.as_str()],
            "{role}"
        );
        let code = if creates == 201 { "all-organizations-needed" } else { "role-too-low" };
        refused(some.post("/organizations", &body).await.unwrap(), 403, code);
        let made = expect(all.post("/organizations", &body).await.unwrap(), creates);
        expect(
            some.patch(&path, &resource("organizations", json!({"short-name": role}))).await.unwrap(),
            updates,
        );
        refused(some.patch(&format!("/organizations/{hidden}"), &body).await.unwrap(), 404, "not-found");
        let fate = if creates == 201 { made.id() } else { hidden.clone() };
        expect(all.delete(&format!("/organizations/{fate}"), None).await.unwrap(), deletes);
        let moved = resource("organizations", json!({"parent-id": hidden}));
        let code = if updates == 200 { "all-organizations-needed" } else { "role-too-low" };
        refused(some.patch(&path, &moved).await.unwrap(), 403, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_included_organization_names_its_ancestors() {
    let (_house, account) = opened().await;
    let parent = account.organization("Bakery").await;
    let part = account.sub_organization("Oven 1", &parent).await;
    let desk = account.group("Desk", &[&part]).await;
    account.invite("ann", "Editor", Grants::groups(&[&desk])).await;
    for list in ["groups", "users"] {
        let path = format!("/{list}?include=organizations");
        let listed = expect(account.administrator.get(&path).await.unwrap(), 200);
        assert_eq!(listed.text_at("/included/0/id"), part, "{list}");
        assert_eq!(listed.at("/included/0/attributes/ancestor-ids"), json!([parent]), "{list}");
    }
}
