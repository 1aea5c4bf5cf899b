//! The life of a link: accepted once, killed by a newer one, by time, by withdrawal and by what becomes of its inviter.

use journeys::{
    Account, Answer, Client, Grants, House, PASSWORD, check, created, expect, reached, refused, related,
    relations, resource, texts,
};
use serde_json::json;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PAGE: (&str, &str) = ("accept", "text/html");

async fn post_form(house: &House, link: &str, form: &str) -> Answer {
    let sent = house.nobody.send("POST".parse().unwrap(), link, &[FORM, PAGE], Some(form.to_owned()));
    sent.await.unwrap()
}

async fn resend(caller: &Client, id: &str) -> Answer {
    caller.send("POST".parse().unwrap(), &format!("/users/{id}/invitation"), &[], None).await.unwrap()
}

async fn status(caller: &Client, id: &str) -> String {
    let answer = expect(caller.get(&format!("/users/{id}")).await.unwrap(), 200);
    answer.text_at("/data/attributes/status")
}

async fn house_with_a_bakery() -> (House, Account, String) {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    (house, account, bakery)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_with_json_and_names() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.link(&email).await;

    for (password, why) in [("short", "too short"), ("password1234", "among the commonest")] {
        let body = resource("invitations", json!({ "password": password }));
        let answer = refused(house.nobody.post(&link, &body).await.unwrap(), 422, "invalid");
        assert_eq!(answer.text_at("/errors/0/source/pointer"), "/data/attributes/password", "{why}");
        assert!(!answer.text.contains(password), "the answer repeats the password: {}", answer.text);
    }
    let nothing = resource("invitations", json!({}));
    refused(house.nobody.post(&link, &nothing).await.unwrap(), 422, "missing");
    assert_eq!(status(&account.administrator, &id).await, "invited");

    let body =
        resource("invitations", json!({"password": PASSWORD, "first-name": "Ann", "last_name": "Baker"}));
    let accepted = created(house.nobody.post(&link, &body).await.unwrap());
    assert_eq!(accepted.text_at("/data/attributes/user-id"), id);
    let ann = house.nobody.with_token(&accepted.text_at("/data/attributes/access-token"));
    let shown = expect(ann.get(&format!("/users/{id}")).await.unwrap(), 200);
    assert_eq!(shown.text_at("/data/attributes/name"), "Ann Baker");
    assert_eq!(shown.text_at("/data/attributes/status"), "active");
    assert_ne!(shown.text_at("/data/attributes/invitation-accepted-at"), "");
    refused(house.nobody.get(&link).await.unwrap(), 410, "invitation-used");
    refused(resend(&account.administrator, &id).await, 409, "already-accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_with_the_form_of_its_page() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let (email, id) = account.invite("ben", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.link(&email).await;

    let page =
        expect(post_form(&house, &link, "first-name=Ben&last-name=O%27Neil+Jr&password=short").await, 422);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text.contains("value=\"Ben\""), "the first name is lost\n{}", page.text);
    assert!(page.text.contains("value=\"O'Neil Jr\""), "the last name is lost\n{}", page.text);
    assert!(page.text.contains("role=\"alert\"") && page.text.contains("12"), "no reason\n{}", page.text);
    assert!(!page.text.contains("short\""), "the page repeats the password\n{}", page.text);
    assert_eq!(status(&account.administrator, &id).await, "invited");

    let form = "first-name=Ben&last-name=O%27Neil+Jr&password=correct+horse+battery";
    let done = expect(post_form(&house, &link, form).await, 303);
    assert_eq!(done.header("location"), Some("?accepted=true"));
    let ben = house.sign_in("acme", &email).await;
    let shown = expect(ben.get(&format!("/users/{id}")).await.unwrap(), 200);
    assert_eq!(shown.text_at("/data/attributes/name"), "Ben O'Neil Jr");

    let again = "first-name=Eve&password=another+long+password";
    let page = expect(post_form(&house, &link, again).await, 410);
    assert!(page.text.contains("already"), "{}", page.text);
    let unchanged = house.sign_in("acme", &email).await;
    let shown = expect(unchanged.get(&format!("/users/{id}")).await.unwrap(), 200);
    assert_eq!(shown.text_at("/data/attributes/name"), "Ben O'Neil Jr");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resent_link_kills_the_older_one() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let first = house.only_link(&email).await;
    expect(resend(&account.administrator, &id).await, 202);
    let also = format!("/users/{id}/resend_invitation");
    let second = house.link(&email).await;
    expect(account.administrator.post(&also, &json!(null)).await.unwrap(), 202);
    let third = house.link(&email).await;
    assert_eq!(house.mails(&email).await.len(), 3);
    assert!(first != second && second != third && first != third);

    for dead in [&first, &second] {
        assert_eq!(house.opens(dead).await, (410, "invitation-superseded".to_owned()));
        let body = resource("invitations", json!({"password": PASSWORD}));
        refused(house.nobody.post(dead, &body).await.unwrap(), 410, "invitation-superseded");
    }
    assert_eq!(house.opens(&third).await.0, 200);
    created(house.accept(&email).await);
    assert_eq!(house.opens(&first).await, (410, "invitation-used".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn past_its_end_a_link_is_dead_until_the_invitation_is_resent() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.only_link(&email).await;

    house.product.clock.advance(72 * 3_600_000 - 60_000);
    assert_eq!(house.opens(&link).await.0, 200, "a minute before its end");
    house.product.clock.advance(60_000);
    assert_eq!(house.opens(&link).await, (410, "invitation-expired".to_owned()));
    let body = resource("invitations", json!({"password": PASSWORD}));
    refused(house.nobody.post(&link, &body).await.unwrap(), 410, "invitation-expired");

    let administrator = account.administrator_again(&house).await;
    assert_eq!(status(&administrator, &id).await, "expired");
    let expired = expect(administrator.get("/users?filter[status]=expired").await.unwrap(), 200);
    assert_eq!(texts(&expired, "/attributes/email"), [email.as_str()]);
    let invited = expect(administrator.get("/users?filter[status]=invited").await.unwrap(), 200);
    assert_eq!(invited.at("/meta/total-count"), json!(0), "{}", invited.text);

    expect(resend(&administrator, &id).await, 202);
    assert_eq!(status(&administrator, &id).await, "invited");
    assert_eq!(house.opens(&link).await, (410, "invitation-superseded".to_owned()));
    created(house.accept(&email).await);
    assert_eq!(status(&administrator, &id).await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_says_how_long_a_link_lives_and_one_invitation_can_say_otherwise() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let admin = &account.administrator;
    for (hours, code) in [(0, "invalid"), (721, "invalid")] {
        let body = resource("accounts", json!({"invitation-lifetime-hours": hours}));
        refused(admin.patch("/account", &body).await.unwrap(), 422, code);
    }
    let body = resource("accounts", json!({"invitation-lifetime-hours": 1}));
    expect(admin.patch("/account", &body).await.unwrap(), 200);
    let (soon, _) = account.invite("soon", "Lite", Grants::organizations(&[&bakery])).await;
    let mut body = journeys::invitation("late@acme.example", "Lite", Grants::organizations(&[&bakery]));
    let end = house.product.clock.now().after(std::time::Duration::from_secs(5 * 3_600));
    body["data"]["attributes"]["expires-at"] = json!(end.to_string());
    let answer = created(admin.post("/users", &body).await.unwrap());
    assert_eq!(answer.text_at("/data/attributes/invitation-expires-at"), end.to_string());
    for wrong in ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "soon"] {
        body["data"]["attributes"]["expires-at"] = json!(wrong);
        refused(admin.post("/users", &body).await.unwrap(), 422, "invalid");
    }

    let (soon, late) = (house.link(&soon).await, house.link("late@acme.example").await);
    house.advance_hours(1);
    assert_eq!(house.opens(&soon).await, (410, "invitation-expired".to_owned()));
    assert_eq!(house.opens(&late).await.0, 200);
    house.advance_hours(4);
    assert_eq!(house.opens(&late).await, (410, "invitation-expired".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_user_who_is_removed_cannot_accept() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.only_link(&email).await;
    expect(account.administrator.delete(&format!("/users/{id}"), None).await.unwrap(), 204);
    assert_eq!(house.opens(&link).await, (410, "invitation-withdrawn".to_owned()));
    refused(house.accept(&email).await, 410, "invitation-withdrawn");
    refused(resend(&account.administrator, &id).await, 404, "not-found");
    // People read that it was taken back, and nothing of what somebody may no longer give.
    let opened = house.nobody.send("GET".parse().unwrap(), &link, &[PAGE], None).await.unwrap();
    for page in [opened, post_form(&house, &link, &format!("password={PASSWORD}")).await] {
        assert_eq!(page.status, 410);
        assert!(page.text.contains("This invitation was withdrawn"), "{}", page.text);
        assert!(!page.text.contains("can no longer give"), "{}", page.text);
    }

    // Invited anew, it is another invitation: the old link stays dead.
    let (_, anew) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    assert_ne!(anew, id);
    created(house.accept(&email).await);
    assert_eq!(house.opens(&link).await, (410, "invitation-withdrawn".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inviter_who_may_no_longer_grant_takes_their_invitations_along() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let cellar = account.organization("Cellar").await;
    let admin = &account.administrator;
    let demoted = ("demoted", resource("users", json!({"role-name": "Editor"})));
    let suspended = ("suspended", resource("users", json!({"status": "suspended"})));
    let narrowed = ("narrowed", relations("users", &[("organizations", &[&cellar])]));
    let removed = ("removed", json!(null));
    for (what, change) in [demoted, suspended, narrowed, removed] {
        let (inviter, inviter_id) =
            account.user(&house, what, "Manager", Grants::organizations(&[&bakery, &cellar])).await;
        let email = format!("ann@{what}.example");
        let body = journeys::invitation(&email, "Editor", Grants::organizations(&[&bakery]));
        let id = created(inviter.post("/users", &body).await.unwrap()).id();
        let link = house.only_link(&email).await;
        assert_eq!(house.opens(&link).await.0, 200, "{what}");

        let path = format!("/users/{inviter_id}");
        if change.is_null() {
            let left = expect(admin.delete(&path, None).await.unwrap(), 200);
            assert_eq!(left.at("/meta/invitations/0/user-id"), json!(id), "{}", left.text);
        } else {
            expect(admin.patch(&path, &change).await.unwrap(), 200);
        }
        assert_eq!(house.opens(&link).await, (410, "inviter-no-longer-allowed".to_owned()), "{what}");
        // List and single user say what the link says.
        for shown in [format!("/users/{id}"), format!("/users?filter[id]={id}")] {
            let shown = expect(admin.get(&shown).await.unwrap(), 200);
            assert!(
                shown.text.contains(r#""invitation-state":"inviter-no-longer-allowed""#),
                "{}",
                shown.text
            );
        }
        refused(house.accept(&email).await, 410, "inviter-no-longer-allowed");

        expect(resend(admin, &id).await, 202);
        assert_eq!(house.opens(&link).await, (410, "invitation-superseded".to_owned()), "{what}");
        created(house.accept(&email).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn editing_what_a_pending_user_is_granted_needs_no_new_link() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let cellar = account.organization("Cellar").await;
    let desk = account.group("Desk", &[&cellar]).await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let link = house.only_link(&email).await;
    let change = related(
        "users",
        json!({"role-name": "Creator"}),
        relations("users", &[("organizations", &[]), ("groups", &[&desk])])["data"]["relationships"].clone(),
    );
    expect(account.administrator.patch(&format!("/users/{id}"), &change).await.unwrap(), 200);

    let shown = expect(house.nobody.get(&link).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/organization-names"), json!(["Cellar"]));
    assert_eq!(shown.text_at("/data/attributes/role-name"), "Creator");
    let accepted = created(house.accept(&email).await);
    assert_eq!(house.mails(&email).await.len(), 1, "an edit sends no mail");
    let ann = house.nobody.with_token(&accepted.text_at("/data/attributes/access-token"));
    assert_eq!(reached(&ann).await, [cellar.as_str()]);
    assert_eq!(check(&ann, "create", &cellar).await.at("/data/attributes/allowed"), json!(true));
    assert_eq!(check(&ann, "read", &bakery).await.at("/data/attributes/allowed"), json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_nobody_could_stand_for_is_refused() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let cellar = account.organization("Cellar").await;
    let (baker, _) = account.user(&house, "baker", "Manager", Grants::organizations(&[&bakery])).await;
    let (cellarer, _) = account.user(&house, "cellarer", "Manager", Grants::organizations(&[&cellar])).await;
    let body = journeys::invitation("ann@acme.example", "Lite", Grants::organizations(&[&bakery]));
    let id = created(baker.post("/users", &body).await.unwrap()).id();
    let path = format!("/users/{id}");
    let both = relations("users", &[("organizations", &[&bakery, &cellar])]);
    refused(cellarer.patch(&path, &both).await.unwrap(), 403, "organizations-not-yours");
    assert_eq!(house.opens(&house.link("ann@acme.example").await).await.0, 200);

    // The Administrator covers both, and vouches from then on.
    expect(account.administrator.patch(&path, &both).await.unwrap(), 200);
    created(house.accept("ann@acme.example").await);
}
