//! Lite: at most five organizations, by whatever road the sixth would come.

use journeys::{
    Account, Answer, Client, Grants, House, created, expect, identifiers, invitation, invitations, named,
    reached, refused, related, relations, resource,
};
use serde_json::json;

/// Eight organizations, of which the fourth to the sixth are parts of the third; a group that reaches three of them; and
/// two Lite users who have five through it, one of them pending, beside an Editor who has more.
struct Scene {
    house: House,
    account: Account,
    organizations: Vec<String>,
    desk: String,
    lia: Client,
    lia_id: String,
}

const LIA: &str = "lia@acme.example";
const PIA: &str = "pia@acme.example";

impl Scene {
    async fn set() -> Self {
        let house = House::start().await;
        let account = house.account("acme").await;
        let mut organizations = account.organizations("Client", 3).await;
        for number in 4..=6 {
            let parent = organizations[2].clone();
            organizations.push(account.sub_organization(&format!("Client {number}"), &parent).await);
        }
        organizations.extend(account.organizations("More", 2).await);
        let [one, two, three, four, five, ..] = organizations.as_slice() else { unreachable!() };
        let desk = account.group("Desk", &[three, four, five]).await;
        let five_of_them = Grants { all: false, organizations: &[one, two, three], groups: &[&desk] };
        let (lia, lia_id) = account.user(&house, "lia", "Lite", five_of_them).await;
        account.invite("pia", "Lite", five_of_them).await;
        let many = Grants { all: false, organizations: &[one, two, &organizations[6]], groups: &[&desk] };
        account.user(&house, "ed", "Editor", many).await;
        Self { lia, lia_id, desk, house, account, organizations }
    }

    fn sixth(&self) -> &str {
        &self.organizations[5]
    }

    fn admin(&self) -> &Client {
        &self.account.administrator
    }

    /// The refusal names exactly these, and Lia has what she had.
    async fn refuses(&self, road: &str, answer: Answer, names: &[&str]) {
        let answer = refused(answer, 422, "lite-limit");
        assert_eq!(named(&answer), names, "{road}: {}", answer.text);
        for name in names {
            assert!(answer.text_at("/errors/0/detail").contains(name), "{road}: {}", answer.text);
        }
        assert_eq!(reached(&self.lia).await, self.organizations[..5], "{road}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_organization_is_refused_by_invitation() {
    let scene = Scene::set().await;
    let six: Vec<&str> = scene.organizations[..6].iter().map(String::as_str).collect();
    let new = ["a@new.example", "b@new.example"];
    let direct = invitations(new, "Lite", Grants::organizations(&six));
    let answer = scene.admin().post("/users", &direct).await.unwrap();
    assert_eq!(answer.at("/errors").as_array().unwrap().len(), 2, "{}", answer.text);
    assert_eq!(answer.text_at("/errors/1/source/pointer"), "/data/1");
    scene.refuses("direct", answer, &["a@new.example"]).await;
    let [one, two, three, _, _, six, ..] = scene.organizations.as_slice() else { unreachable!() };
    let mixed = Grants { all: false, organizations: &[one, two, three, six], groups: &[&scene.desk] };
    let answer = scene.admin().post("/users", &invitation(new[0], "Lite", mixed)).await.unwrap();
    scene.refuses("direct and through a group", answer, &["a@new.example"]).await;
    let all = scene.admin().post("/users", &invitation(new[0], "Lite", Grants::ALL)).await.unwrap();
    let all = refused(all, 422, "lite-all-organizations");
    assert_eq!(named(&all), ["a@new.example"]);
    assert!(scene.house.mails(new[0]).await.is_empty());

    // Five are five however they are had: direct and inherited are counted once.
    let five = Grants { all: false, organizations: &[one, two, three], groups: &[&scene.desk] };
    created(scene.admin().post("/users", &invitation(new[0], "Lite", five)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_organization_is_refused_on_the_user() {
    let scene = Scene::set().await;
    let lia = format!("/users/{}", scene.lia_id);
    let other = scene.account.group("Other", &[scene.sixth()]).await;
    let [one, two, three, four, ..] = scene.organizations.as_slice() else { unreachable!() };

    let direct = relations("users", &[("organizations", &[one, two, three, scene.sixth()])]);
    scene.refuses("direct", scene.admin().patch(&lia, &direct).await.unwrap(), &[LIA]).await;
    let joins = relations("users", &[("groups", &[&scene.desk, &other])]);
    scene.refuses("joins a group", scene.admin().patch(&lia, &joins).await.unwrap(), &[LIA]).await;
    let all = resource("users", json!({"all-organizations": true}));
    let answer = refused(scene.admin().patch(&lia, &all).await.unwrap(), 422, "lite-all-organizations");
    assert_eq!(named(&answer), [LIA]);

    // The fourth is hers already through the group; once more, directly, makes no sixth.
    let again = relations("users", &[("organizations", &[one, two, three, four])]);
    expect(scene.admin().patch(&lia, &again).await.unwrap(), 200);
    assert_eq!(reached(&scene.lia).await, scene.organizations[..5]);
    // Leaving as many as come is no sixth either.
    let swapped = relations("users", &[("organizations", &[one, two]), ("groups", &[&other])]);
    expect(scene.admin().patch(&lia, &swapped).await.unwrap(), 200);
    assert_eq!(reached(&scene.lia).await, [one, two, scene.sixth()].map(str::to_owned));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_organization_is_refused_when_a_group_gains_it() {
    let scene = Scene::set().await;
    let [_, _, three, four, five, six, ..] = scene.organizations.as_slice() else { unreachable!() };
    let path = format!("/groups/{}", scene.desk);
    let gains = format!("{path}/relationships/organizations");
    let everyone = [LIA, PIA];
    let admin = scene.admin();

    let answer = admin.post(&gains, &identifiers("organizations", &[six])).await.unwrap();
    scene.refuses("POST", answer, &everyone).await;
    let whole = identifiers("organizations", &[three, four, five, six]);
    scene.refuses("PATCH", admin.patch(&gains, &whole).await.unwrap(), &everyone).await;
    let body = relations("groups", &[("organizations", &[three, four, five, six])]);
    scene.refuses("PATCH of the group", admin.patch(&path, &body).await.unwrap(), &everyone).await;

    // One that replaces another is no sixth.
    let body = relations("groups", &[("organizations", &[three, four, six])]);
    expect(admin.patch(&path, &body).await.unwrap(), 200);
    assert_eq!(reached(&scene.lia).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_organization_is_refused_when_a_lite_user_joins_a_group() {
    let scene = Scene::set().await;
    let other = scene.account.group("Other", &[scene.sixth()]).await;
    let path = format!("/groups/{other}");
    let joins = format!("{path}/relationships/users");
    let admin = scene.admin();

    let her = identifiers("users", &[&scene.lia_id]);
    scene.refuses("POST", admin.post(&joins, &her).await.unwrap(), &[LIA]).await;
    scene.refuses("PATCH", admin.patch(&joins, &her).await.unwrap(), &[LIA]).await;
    let body = relations("groups", &[("users", &[&scene.lia_id])]);
    scene.refuses("PATCH of the group", admin.patch(&path, &body).await.unwrap(), &[LIA]).await;
    let body = related(
        "groups",
        json!({"name": "New"}),
        json!({"users": identifiers("users", &[&scene.lia_id]),
            "organizations": identifiers("organizations", &[scene.sixth()])}),
    );
    scene.refuses("a new group", admin.post("/groups", &body).await.unwrap(), &[LIA]).await;

    let same = scene.account.group("Same", &[&scene.organizations[0], &scene.organizations[4]]).await;
    let joins = format!("/groups/{same}/relationships/users");
    expect(admin.post(&joins, &identifiers("users", &[&scene.lia_id])).await.unwrap(), 204);
    assert_eq!(reached(&scene.lia).await, scene.organizations[..5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_with_six_organizations_cannot_become_lite() {
    let scene = Scene::set().await;
    let ed = expect(scene.admin().get("/users?filter[email]=ed@acme.example").await.unwrap(), 200);
    let path = format!("/users/{}", ed.text_at("/data/0/id"));
    let lite = resource("users", json!({"role-name": "Lite"}));
    let answer = scene.admin().patch(&path, &lite).await.unwrap();
    scene.refuses("the role", answer, &["ed@acme.example"]).await;
    let one = &scene.organizations[0];
    let fewer = related(
        "users",
        json!({"role-name": "Lite"}),
        json!({"organizations": identifiers("organizations", &[one])}),
    );
    expect(scene.admin().patch(&path, &fewer).await.unwrap(), 200);

    let (_, anna) = scene.account.user(&scene.house, "anna", "Editor", Grants::ALL).await;
    let path = format!("/users/{anna}");
    let answer = refused(scene.admin().patch(&path, &lite).await.unwrap(), 422, "lite-all-organizations");
    assert_eq!(named(&answer), ["anna@acme.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_on_a_parent_does_not_reach_its_sub_organizations() {
    let scene = Scene::set().await;
    let three = &scene.organizations[2];
    let (cy, _) = scene.account.user(&scene.house, "cy", "Lite", Grants::organizations(&[three])).await;
    assert_eq!(reached(&cy).await, [three.as_str()]);
    for sub in &scene.organizations[3..6] {
        let answer = journeys::check(&cy, "read", sub).await;
        assert_eq!(answer.text_at("/data/attributes/reason"), "organization-not-granted", "{}", answer.text);
    }
}
