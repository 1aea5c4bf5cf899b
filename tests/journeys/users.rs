//! Users: listed, edited and removed, and who may do what to whom.

use journeys::{
    Account, Client, Grants, House, PASSWORD, created, expect, identifiers, ids, reached, refused, related,
    relations, resource, texts,
};
use serde_json::{Value, json};

async fn opened() -> (House, Account, String) {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    (house, account, bakery)
}

async fn patch(caller: &Client, id: &str, attributes: Value) -> journeys::Answer {
    caller.patch(&format!("/users/{id}"), &resource("users", attributes)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_filtered_sorted_and_paged() {
    let (house, account, bakery) = opened().await;
    let admin = &account.administrator;
    let desk = account.group("Desk", &[&bakery]).await;
    let mut people =
        journeys::invitations(["zoe@x.example", "bob@x.example"], "Lite", Grants::groups(&[&desk]));
    people["data"][0]["attributes"]["first-name"] = json!("Anna");
    people["data"][1]["attributes"]["my-glue"] = json!(true);
    created(admin.post("/users", &people).await.unwrap());
    let (_, sue) = account.user(&house, "sue", "Editor", Grants::organizations(&[&bakery])).await;
    expect(patch(admin, &sue, json!({"status": "suspended"})).await, 200);

    let emails = async |query: &str| {
        texts(&expect(admin.get(&format!("/users?{query}")).await.unwrap(), 200), "/attributes/email")
    };
    let everyone = ["admin@acme.example", "bob@x.example", "sue@acme.example", "zoe@x.example"];
    assert_eq!(emails("sort=email").await, everyone);
    assert_eq!(emails("sort=-email&page[size]=3&page[number]=2").await, everyone[..1]);
    assert_eq!(
        emails("sort=name").await,
        ["admin@acme.example", "zoe@x.example", "bob@x.example", "sue@acme.example"]
    );
    assert_eq!(emails("filter[name]=ANN").await, ["zoe@x.example"]);
    assert_eq!(emails("filter[email]=ZOE@x.example").await, ["zoe@x.example"]);
    assert_eq!(emails("filter[role_name]=Administrator").await, ["admin@acme.example"]);
    assert_eq!(emails("filter[status]=suspended").await, ["sue@acme.example"]);
    assert_eq!(emails("filter[status]=active").await, ["admin@acme.example"]);
    assert_eq!(emails("filter[my_glue]=true").await, ["bob@x.example"]);
    assert_eq!(emails(&format!("filter[id]={sue}&filter[status]=suspended")).await, ["sue@acme.example"]);
    for wrong in [
        "filter[status]=odd",
        "filter[my_glue]=1",
        "filter[role_name]=King",
        "filter[email]=x",
        "include=all",
    ] {
        refused(admin.get(&format!("/users?{wrong}")).await.unwrap(), 400, "bad-parameter");
    }
    let included =
        expect(admin.get("/users?include=groups,organizations&filter[name]=anna").await.unwrap(), 200);
    let names: Vec<Value> = included
        .at("/included")
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["attributes"]["name"].clone())
        .collect();
    assert_eq!(names, ["Desk", "Bakery"]);
    let counted = expect(admin.get("/account").await.unwrap(), 200);
    assert_eq!(
        counted.at("/meta"),
        json!({"licensed-users": 1, "lite-users": 0, "my-glue-users": 0, "suspended-users": 1, "invited-users": 2,
            "second-factor-missing": true})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_changed_and_what_is_not_named_stays() {
    let (house, account, bakery) = opened().await;
    let cellar = account.organization("Cellar").await;
    let desk = account.group("Desk", &[&cellar]).await;
    let grants = Grants { all: false, organizations: &[&bakery], groups: &[&desk] };
    let (ed, id) = account.user(&house, "ed", "Editor", grants).await;
    let admin = &account.administrator;
    let changed = expect(patch(admin, &id, json!({"first_name": "Ed", "role-name": "creator"})).await, 200);
    assert_eq!(changed.text_at("/data/attributes/name"), "Ed");
    assert_eq!(changed.text_at("/data/attributes/role-name"), "Creator");
    assert_eq!(reached(&ed).await, [bakery.clone(), cellar.clone()]);
    expect(patch(admin, &id, json!({"all-organizations": true})).await, 200);
    // Whoever names organizations means these, and not all of them any more.
    let path = format!("/users/{id}");
    let narrowed = relations("users", &[("organizations", &[&bakery]), ("groups", &[])]);
    let narrowed = expect(admin.patch(&path, &narrowed).await.unwrap(), 200);
    assert_eq!(narrowed.at("/data/attributes/all-organizations"), json!(false));
    assert_eq!(reached(&ed).await, [bakery.as_str()]);

    let version = narrowed.at("/data/attributes/version").to_string();
    let body = resource("users", json!({"last-name": "Editor"})).to_string();
    for (tag, status) in [("\"1\"", 412), ("nonsense", 412), (&format!("\"{version}\"") as &str, 200)] {
        let headers = [("if-match", tag)];
        let answer = admin.send("PATCH".parse().unwrap(), &path, &headers, Some(body.clone())).await.unwrap();
        expect(answer, status);
    }
    for fixed in [json!({"email": "other@x.example"}), json!({"version": "1"}), json!({"status": "invited"})]
    {
        expect(patch(admin, &id, fixed).await, 422);
    }
    expect(patch(admin, &id, json!({"version": 1})).await, 412);
    let other = json!({"data": {"type": "users", "id": "4711", "attributes": {}}});
    refused(admin.patch(&path, &other).await.unwrap(), 409, "wrong-id");
    let nothing = relations("users", &[("organizations", &[])]);
    refused(admin.patch(&path, &nothing).await.unwrap(), 422, "no-organization");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_can_be_sent_back_with_one_thing_changed() {
    let (house, account, bakery) = opened().await;
    let noc = house.account("noc").await;
    let admin = &account.administrator;
    let desk = account.group("Desk", &[&bakery]).await;
    let (_, user) = account.user(&house, "ed", "Editor", Grants::groups(&[&desk])).await;
    let (_, pending) = account.invite("pat", "Editor", Grants::ALL).await;
    let offered = crate::glueconnect::offer_all(&noc.subdomain, "Editor");
    let connection = created(admin.post("/connections", &offered).await.unwrap()).id();
    house.product.drain().await.unwrap();
    for (path, attribute, value) in [
        (format!("/users/{user}"), "last-name", json!("Editor")),
        (format!("/users/{pending}"), "first-name", json!("Pat")),
        (format!("/organizations/{bakery}"), "description", json!("Bread")),
        (format!("/groups/{desk}"), "description", json!("Everyone")),
        (format!("/connections/{connection}"), "maximum-role-name", json!("Creator")),
        ("/account".to_owned(), "name", json!("Acme Ltd")),
    ] {
        let mut read = expect(admin.get(&path).await.unwrap(), 200).json();
        read.as_object_mut().unwrap().retain(|name, _| name == "data");
        read["data"]["attributes"][attribute] = value.clone();
        let changed = expect(admin.patch(&path, &read).await.unwrap(), 200);
        assert_eq!(changed.at(&format!("/data/attributes/{attribute}")), value, "{path}");
        // Once more with what was read before: it is not that any more.
        refused(admin.patch(&path, &read).await.unwrap(), 412, "stale-version");
        let mut other = expect(admin.get(&path).await.unwrap(), 200).json();
        other["data"]["attributes"]["created-at"] = json!("2001-01-01T00:00:00.000Z");
        refused(admin.patch(&path, &json!({"data": other["data"]})).await.unwrap(), 422, "unknown-attribute");
    }
    // What Ed has through the group did not become a direct grant by being sent back.
    let ed = expect(admin.get(&format!("/users/{user}")).await.unwrap(), 200);
    let via = ed.at("/data/relationships/organizations/data/0/meta/via");
    assert_eq!(via, json!([format!("groups/{desk}")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_sees_and_names_themselves_and_nobody_raises_themselves() {
    let (house, account, bakery) = opened().await;
    let cellar = account.organization("Cellar").await;
    for role in ["Manager", "Editor", "Lite"] {
        let (caller, id) =
            account.user(&house, &role.to_lowercase(), role, Grants::organizations(&[&bakery])).await;
        expect(caller.get(&format!("/users/{id}")).await.unwrap(), 200);
        expect(patch(&caller, &id, json!({"first-name": "Me", "last-name": "Myself"})).await, 200);
        let higher = expect(patch(&caller, &id, json!({"role-name": "Administrator"})).await, 403);
        assert!(["role-above-own", "role-too-low"].contains(&higher.text_at("/errors/0/code").as_str()));
        expect(patch(&caller, &id, json!({"all-organizations": true})).await, 403);
        let more = relations("users", &[("organizations", &[&bakery, &cellar])]);
        expect(caller.patch(&format!("/users/{id}"), &more).await.unwrap(), 403);
        assert_eq!(reached(&caller).await, [bakery.as_str()]);
        if role != "Manager" {
            // Which product they use is for those who manage users to say, also where it gives nothing.
            let grants = json!({"groups": identifiers("groups", &[]),
                "organizations": identifiers("organizations", &[&bakery])});
            let other = related("users", json!({"my-glue": true, "role-name": role}), grants);
            expect(caller.patch(&format!("/users/{id}"), &other).await.unwrap(), 403);
            let other = format!("/users/{}", account.administrator_id);
            refused(caller.get(&other).await.unwrap(), 403, "role-too-low");
            refused(caller.delete(&other, None).await.unwrap(), 403, "role-too-low");
            refused(caller.delete(&format!("/users/{id}"), None).await.unwrap(), 403, "role-too-low");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_touches_nobody_above_them() {
    let (house, account, bakery) = opened().await;
    let (mara, _) = account.user(&house, "mara", "Manager", Grants::ALL).await;
    let (_, peer) = account.user(&house, "peer", "Manager", Grants::organizations(&[&bakery])).await;
    let (pending_email, pending) = account.invite("boss", "Administrator", Grants::ALL).await;
    for administrator in [&account.administrator_id, &pending] {
        let path = format!("/users/{administrator}");
        refused(mara.delete(&path, None).await.unwrap(), 403, "role-above-own");
        for change in [
            json!({"role-name": "Editor"}),
            json!({"all-organizations": false}),
            json!({"first-name": "Mallory"}),
        ] {
            refused(patch(&mara, administrator, change.clone()).await, 403, "role-above-own");
        }
        let moved = relations("users", &[("organizations", &[&bakery])]);
        refused(mara.patch(&path, &moved).await.unwrap(), 403, "role-above-own");
    }
    refused(
        patch(&mara, &account.administrator_id, json!({"status": "suspended"})).await,
        403,
        "role-above-own",
    );
    let resend = mara.post(&format!("/users/{pending}/invitation"), &Value::Null).await.unwrap();
    refused(resend, 403, "role-above-own");
    assert_eq!(house.mails(&pending_email).await.len(), 1);
    refused(patch(&mara, &peer, json!({"role-name": "Administrator"})).await, 403, "role-above-own");
    expect(patch(&mara, &peer, json!({"role-name": "Editor", "first-name": "Peer"})).await, 200);
    expect(mara.delete(&format!("/users/{peer}"), None).await.unwrap(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_keeps_its_last_administrator() {
    let (house, account, bakery) = opened().await;
    let admin = &account.administrator;
    let own = account.administrator_id.clone();
    // One who is invited and one who is suspended do not count.
    let (_, eve) = account.invite("eve", "Administrator", Grants::ALL).await;
    let (_, sue) = account.user(&house, "sue", "Administrator", Grants::ALL).await;
    expect(patch(admin, &sue, json!({"status": "suspended"})).await, 200);
    for change in [json!({"role-name": "Manager"}), json!({"status": "suspended"})] {
        refused(patch(admin, &own, change).await, 409, "last-administrator");
    }
    refused(admin.delete(&format!("/users/{own}"), None).await.unwrap(), 409, "last-administrator");
    expect(admin.get("/users").await.unwrap(), 200);

    expect(patch(admin, &sue, json!({"status": "active"})).await, 200);
    let down = related(
        "users",
        json!({"role-name": "Editor"}),
        json!({"organizations": identifiers("organizations", &[&bakery])}),
    );
    expect(admin.patch(&format!("/users/{own}"), &down).await.unwrap(), 200);
    let sue_again = house.sign_in("acme", "sue@acme.example").await;
    refused(patch(&sue_again, &sue, json!({"role-name": "Editor"})).await, 409, "last-administrator");
    // Who invited Eve is no Administrator any more; Sue vouches for her instead.
    refused(house.accept("eve@acme.example").await, 410, "inviter-no-longer-allowed");
    expect(sue_again.post(&format!("/users/{eve}/invitation"), &Value::Null).await.unwrap(), 202);
    created(house.accept("eve@acme.example").await);
    expect(sue_again.delete(&format!("/users/{sue}"), None).await.unwrap(), 204);
    refused(sue_again.get("/session").await.unwrap(), 401, "invalid-token");
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_between_it_glue_and_my_glue_replaces_everything() {
    let (house, account, bakery) = opened().await;
    let cellar = account.organization("Cellar").await;
    let desk = account.group("Desk", &[&cellar]).await;
    let grants = Grants { all: false, organizations: &[&bakery], groups: &[&desk] };
    let (ed, id) = account.user(&house, "ed", "Editor", grants).await;
    let admin = &account.administrator;
    let path = format!("/users/{id}");
    let groups = identifiers("groups", &[]);
    let organizations = identifiers("organizations", &[&cellar]);
    let incomplete = [
        (json!({"my-glue": true}), json!({})),
        (json!({"my-glue": true, "role-name": "Lite"}), json!({"groups": groups})),
        (json!({"my-glue": true, "role-name": "Lite"}), json!({"organizations": organizations})),
        (json!({"my-glue": true}), json!({"groups": groups, "organizations": organizations})),
    ];
    for (attributes, relationships) in incomplete {
        let body = related("users", attributes, relationships);
        refused(admin.patch(&path, &body).await.unwrap(), 422, "type-change-needs-everything");
    }
    assert_eq!(reached(&ed).await, [bakery.clone(), cellar.clone()]);
    let whole = related(
        "users",
        json!({"my-glue": true, "role-name": "Lite"}),
        json!({"groups": groups, "organizations": organizations}),
    );
    let changed = expect(admin.patch(&path, &whole).await.unwrap(), 200);
    assert_eq!(changed.at("/data/attributes/my-glue"), json!(true));
    assert_eq!(changed.text_at("/data/attributes/role-name"), "Lite");
    assert_eq!(reached(&ed).await, [cellar]);
    expect(patch(admin, &id, json!({"my-glue": true, "first-name": "Same"})).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_free_again_once_its_user_is_removed() {
    let (house, account, bakery) = opened().await;
    let (ed, id) = account.user(&house, "ed", "Editor", Grants::organizations(&[&bakery])).await;
    let path = format!("/users/{id}");
    expect(account.administrator.delete(&path, None).await.unwrap(), 204);
    refused(account.administrator.delete(&path, None).await.unwrap(), 404, "not-found");
    refused(ed.get("/session").await.unwrap(), 401, "invalid-token");
    let gone = house.nobody.sign_in("acme", "ed@acme.example", PASSWORD).await.unwrap();
    assert!(gone.is_err(), "the old password is gone with the user");
    let (_, anew) = account.invite("ed", "Lite", Grants::organizations(&[&bakery])).await;
    assert_ne!(anew, id);
    let still = house.nobody.sign_in("acme", "ed@acme.example", PASSWORD).await.unwrap();
    assert!(still.is_err(), "the old password is good before the new invitation is accepted");
    created(house.accept("ed@acme.example").await);
    let listed = account.administrator.get("/users?filter[email]=ed@acme.example").await.unwrap();
    assert_eq!(ids(&expect(listed, 200)), [anew]);
}
