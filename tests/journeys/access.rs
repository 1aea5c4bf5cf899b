//! May this user do this here? Every answer with its reasons, from what is stored at that moment, and none when the store
//! cannot answer.

use journeys::{
    Account, Answer, Client, Grants, House, check, created, expect, faults, identifiers, ids, reached,
    refused, relations, resource,
};
use serde_json::{Value, json};

/// An Editor who has one organization directly, one through a group, one both ways, and one not.
struct Scene {
    house: House,
    account: Account,
    direct: String,
    inherited: String,
    both: String,
    none: String,
    desk: String,
    ed: Client,
    ed_id: String,
}

impl Scene {
    async fn set() -> Self {
        let house = House::start().await;
        let account = house.account("acme").await;
        let direct = account.organization("Direct").await;
        let inherited = account.organization("Inherited").await;
        let both = account.organization("Both").await;
        let none = account.organization("None").await;
        let desk = account.group("Desk", &[&inherited, &both]).await;
        let grants = Grants { all: false, organizations: &[&direct, &both], groups: &[&desk] };
        let (ed, ed_id) = account.user(&house, "ed", "Editor", grants).await;
        Self { house, account, direct, inherited, both, none, desk, ed, ed_id }
    }

    fn organizations(&self) -> [&str; 4] {
        [&self.direct, &self.inherited, &self.both, &self.none]
    }
}

fn decision(answer: &Answer) -> (bool, String, Value, Value) {
    let row = answer.at("/data/attributes");
    (
        row["allowed"].as_bool().unwrap(),
        row["reason"].as_str().unwrap().to_owned(),
        row["via"].clone(),
        row["obstacles"].clone(),
    )
}

fn allowed(via: Value) -> (bool, String, Value, Value) {
    (true, "allowed".to_owned(), via, json!([]))
}

fn denied(via: Value, obstacles: &[&str]) -> (bool, String, Value, Value) {
    (false, obstacles[0].to_owned(), via, json!(obstacles))
}

async fn about(caller: &Client, user: &str, action: &str, organization: &str) -> Answer {
    let question = json!({"action": action, "organization-id": organization, "user-id": user});
    caller.post("/access/check", &resource("access-checks", question)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_how_the_organization_is_had_or_what_stands_in_the_way() {
    let scene = Scene::set().await;
    let group = format!("groups/{}", scene.desk);
    let ed = |organization| check(&scene.ed, "delete", organization);
    assert_eq!(decision(&ed(&scene.direct).await), allowed(json!(["direct"])));
    assert_eq!(decision(&ed(&scene.inherited).await), allowed(json!([group])));
    assert_eq!(decision(&ed(&scene.both).await), allowed(json!(["direct", group])));
    assert_eq!(decision(&ed(&scene.none).await), denied(json!([]), &["organization-not-granted"]));
    assert_eq!(decision(&ed("4711").await), denied(json!([]), &["organization-not-granted"]));

    let admin = &scene.account.administrator;
    let first = check(admin, "set_restrictions", &scene.none).await;
    assert_eq!(decision(&first), allowed(json!(["administrator", "all-organizations"])));
    assert_eq!(first.text_at("/data/attributes/role-name"), "Administrator");
    assert_eq!(first.text_at("/data/attributes/effective-role-name"), "Administrator");
    assert_eq!(first.at("/data/attributes/maximum-role-name"), Value::Null);
    let unknown = check(admin, "read", "4711").await;
    assert_eq!(decision(&unknown), denied(json!([]), &["organization-unknown"]));
    let (anna, _) = scene.account.user(&scene.house, "anna", "Creator", Grants::ALL).await;
    assert_eq!(decision(&check(&anna, "create", &scene.none).await), allowed(json!(["all-organizations"])));
    let delete = check(&anna, "delete", &scene.none).await;
    assert_eq!(decision(&delete), denied(json!(["all-organizations"]), &["role-too-low"]));
    let grants = Grants { organizations: &[&scene.direct], ..Grants::default() };
    let (lia, _) = scene.account.user(&scene.house, "lia", "Lite", grants).await;
    assert_eq!(decision(&check(&lia, "read", &scene.direct).await), allowed(json!(["direct"])));
    let both = check(&lia, "update", &scene.none).await;
    assert_eq!(decision(&both), denied(json!([]), &["role-too-low", "organization-not-granted"]));

    // All organizations are those that come later too.
    let later = scene.account.organization("Later").await;
    assert_eq!(decision(&check(&anna, "read", &later).await), allowed(json!(["all-organizations"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_of_what_is_stored_at_that_moment() {
    let scene = Scene::set().await;
    let admin = &scene.account.administrator;
    let reads = async |organization: &str| {
        check(&scene.ed, "read", organization).await.at("/data/attributes/allowed")
    };
    assert_eq!(reads(&scene.inherited).await, json!(true));
    let path = format!("/groups/{}/relationships/organizations", scene.desk);
    let change = identifiers("organizations", &[&scene.inherited]);
    expect(admin.delete(&path, Some(&change)).await.unwrap(), 204);
    assert_eq!(reads(&scene.inherited).await, json!(false));
    expect(admin.post(&path, &identifiers("organizations", &[&scene.none])).await.unwrap(), 204);
    assert_eq!(reads(&scene.none).await, json!(true));
    let path = format!("/groups/{}/relationships/users", scene.desk);
    expect(admin.delete(&path, Some(&identifiers("users", &[&scene.ed_id]))).await.unwrap(), 204);
    assert_eq!(reads(&scene.none).await, json!(false));
    assert_eq!(reads(&scene.both).await, json!(true), "it is granted directly too");
    let path = format!("/users/{}", scene.ed_id);
    let change = relations("users", &[("organizations", &[&scene.none])]);
    expect(admin.patch(&path, &change).await.unwrap(), 200);
    assert_eq!(reached(&scene.ed).await, [scene.none.as_str()]);
    expect(admin.patch(&path, &resource("users", json!({"all-organizations": true}))).await.unwrap(), 200);
    assert_eq!(reached(&scene.ed).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_questions_are_answered_in_their_order_and_no_more() {
    let scene = Scene::set().await;
    let organizations = scene.organizations();
    let question = |place: usize| {
        json!({"type": "access-checks", "attributes":
            {"action": if place.is_multiple_of(3) { "delete" } else { "read" }, "organization-id": organizations[place % 4]}})
    };
    let many = |count| json!({"data": (0..count).map(question).collect::<Vec<_>>()});
    let answer = expect(scene.ed.post("/access/check", &many(100)).await.unwrap(), 200);
    let rows = answer.at("/data");
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 100);
    for (place, row) in rows.iter().enumerate() {
        assert_eq!(row["attributes"]["organization-id"], organizations[place % 4]);
        assert_eq!(row["attributes"]["allowed"], json!(place % 4 != 3), "{row}");
        let alone = check(&scene.ed, row["attributes"]["action"].as_str().unwrap(), organizations[place % 4]);
        if place % 17 == 0 {
            assert_eq!(alone.await.at("/data/attributes"), row["attributes"]);
        }
    }
    refused(scene.ed.post("/access/check", &many(101)).await.unwrap(), 422, "too-many");
    let mut wrong = many(3);
    wrong["data"][0]["attributes"]["action"] = json!("destroy");
    wrong["data"][2]["attributes"]["organization-id"] = json!("x");
    let answer = expect(scene.ed.post("/access/check", &wrong).await.unwrap(), 422);
    let places: Vec<_> = faults(&answer).into_iter().map(|(_, place)| place).collect();
    assert_eq!(places, ["/data/0/attributes/action", "/data/2/attributes/organization-id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn about_others_only_those_who_manage_users_may_ask() {
    let scene = Scene::set().await;
    let (mara, mara_id) = scene.account.user(&scene.house, "mara", "Manager", Grants::ALL).await;
    let answer = expect(about(&mara, &scene.ed_id, "read", &scene.direct).await, 200);
    assert_eq!(decision(&answer), allowed(json!(["direct"])));
    assert_eq!(answer.text_at("/data/attributes/user-id"), scene.ed_id);
    refused(about(&scene.ed, &mara_id, "read", &scene.direct).await, 403, "role-too-low");
    expect(about(&scene.ed, &scene.ed_id, "read", &scene.direct).await, 200);
    let answer = expect(about(&mara, "4711", "read", &scene.direct).await, 200);
    assert_eq!(decision(&answer), denied(json!([]), &["user-unknown"]));

    let grants = Grants { organizations: &[&scene.direct], ..Grants::default() };
    let (_, pia) = scene.account.invite("pia", "Lite", grants).await;
    let answer = expect(about(&mara, &pia, "update", &scene.direct).await, 200);
    assert_eq!(decision(&answer), denied(json!(["direct"]), &["user-pending", "role-too-low"]));
    let suspended = resource("users", json!({"status": "suspended"}));
    let path = format!("/users/{}", scene.ed_id);
    expect(scene.account.administrator.patch(&path, &suspended).await.unwrap(), 200);
    let answer = expect(about(&mara, &scene.ed_id, "read", &scene.direct).await, 200);
    assert_eq!(decision(&answer), denied(json!(["direct"]), &["user-suspended"]));

    for path in ["/access/organizations?filter[user_id]=", "/access/organizations?filter[user-id]="] {
        refused(
            scene.house.sign_in("acme", "mara@acme.example").await.get(&format!("{path}x")).await.unwrap(),
            400,
            "bad-parameter",
        );
        expect(mara.get(&format!("{path}{pia}")).await.unwrap(), 200);
    }
    refused(mara.get("/access/users").await.unwrap(), 400, "bad-parameter");
    let (rita, _) = scene.account.user(&scene.house, "rita", "Read-only", grants).await;
    refused(
        rita.get(&format!("/access/organizations?filter[user_id]={mara_id}")).await.unwrap(),
        403,
        "role-too-low",
    );
    refused(
        rita.get(&format!("/access/users?filter[organization_id]={}", scene.direct)).await.unwrap(),
        403,
        "role-too-low",
    );
}

/// Everyone, everywhere: what a user can reach, who can reach an organization, and the single answers say the same.
#[tokio::test(flavor = "multi_thread")]
async fn the_lists_agree_with_the_single_answers() {
    let scene = Scene::set().await;
    let account = &scene.account;
    let admin = &account.administrator;
    account.user(&scene.house, "anna", "Creator", Grants::ALL).await;
    let grants = Grants { all: false, organizations: &[&scene.none], groups: &[&scene.desk] };
    account.user(&scene.house, "lia", "Lite", grants).await;
    account.invite("pia", "Lite", grants).await;
    let (_, sue) = account.user(&scene.house, "sue", "Read-only", grants).await;
    let suspended = resource("users", json!({"status": "suspended"}));
    expect(admin.patch(&format!("/users/{sue}"), &suspended).await.unwrap(), 200);

    let everyone = ids(&expect(admin.get("/users?page[size]=1000").await.unwrap(), 200));
    assert_eq!(everyone.len(), 6);
    let mut allowed = 0;
    for organization in scene.organizations() {
        let path = format!("/access/users?filter[organization_id]={organization}");
        let who = expect(admin.get(&path).await.unwrap(), 200);
        for user in &everyone {
            let path = format!("/access/organizations?filter[user_id]={user}");
            let what = expect(admin.get(&path).await.unwrap(), 200);
            let row = |list: &Answer, id: &str| {
                let rows = list.at("/data");
                rows.as_array().unwrap().iter().find(|row| row["id"] == id).cloned()
            };
            let answer = expect(about(admin, user, "read", organization).await, 200);
            let (may, reason, via, _) = decision(&answer);
            let (who, what) = (row(&who, user), row(&what, organization));
            assert_eq!(who.is_some(), may, "{reason}: {who:?}");
            assert_eq!(what.is_some(), may, "{reason}: {what:?}");
            if may {
                assert_eq!(who.unwrap()["meta"]["via"], via);
                assert_eq!(what.unwrap()["meta"]["via"], via);
                allowed += 1;
            }
        }
    }
    assert_eq!(allowed, 4 + 4 + 3 + 3, "the Administrator, Anna, Ed and Lia");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_stands_in_the_log() {
    let scene = Scene::set().await;
    let before = scene.house.log(&scene.account.id).await.len();
    check(&scene.ed, "read", &scene.direct).await;
    assert_eq!(scene.house.log(&scene.account.id).await.len(), before, "asking alone is not an act");
    let record = |action: &str, organization: &str| {
        resource(
            "access-checks",
            json!({"action": action, "organization-id": organization, "record": true,
            "resource-type": "passwords", "resource-id": "77"}),
        )
    };
    expect(scene.ed.post("/access/check", &record("update", &scene.direct)).await.unwrap(), 200);
    expect(scene.ed.post("/access/check", &record("delete", &scene.none)).await.unwrap(), 200);
    let log = scene.house.log(&scene.account.id).await;
    let [.., done, refused] = log.as_slice() else { panic!("{log:#?}") };
    assert_eq!(log.len(), before + 2);
    assert_eq!((&done["action"], &done["outcome"]), (&json!("update"), &json!("allowed")));
    assert_eq!(
        (&refused["action"], &refused["outcome"]),
        (&json!("delete"), &json!("organization-not-granted"))
    );
    for entry in [done, refused] {
        assert_eq!(entry["user_id"], scene.ed_id, "{entry}");
        assert_eq!(entry["account_id"], scene.account.id, "{entry}");
        assert_eq!(entry["role"], "Editor", "{entry}");
        assert_eq!(entry["resource_id"], "77", "{entry}");
        assert_eq!(entry["ip_address"], "127.0.0.1", "{entry}");
    }
    assert_eq!(done["organization_name"], "Direct");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_answer_is_never_a_yes() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let admin = &account.administrator;
    let grants = Grants { organizations: &[&bakery], ..Grants::default() };
    let (email, id) = account.invite("ann", "Lite", grants).await;
    let link = house.link(&email).await;
    let question = resource("access-checks", json!({"action": "read", "organization-id": bakery}));
    expect(admin.post("/access/check", &question).await.unwrap(), 200);

    cable.cut();
    let organizations = format!("/access/organizations?filter[user_id]={id}");
    let users = format!("/access/users?filter[organization_id]={bakery}");
    let accept = resource("invitations", json!({"password": journeys::PASSWORD}));
    let asked = tokio::join!(
        admin.post("/access/check", &question),
        admin.get(&organizations),
        admin.get(&users),
        admin.get("/users"),
        house.nobody.get(&link),
        house.nobody.post(&link, &accept),
        house.nobody.get("/health"),
    );
    let answers = [asked.0, asked.1, asked.2, asked.3, asked.4, asked.5, asked.6].map(Result::unwrap);
    for answer in answers {
        let answer = refused(answer, 503, "unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(
            !answer.text.contains("true") && !answer.text.to_lowercase().contains("dynamo"),
            "{}",
            answer.text
        );
    }
    cable.mend();
    expect(admin.post("/access/check", &question).await.unwrap(), 200);
    created(house.accept(&email).await);
}
