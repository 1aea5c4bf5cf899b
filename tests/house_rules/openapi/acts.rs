//! The acts of the story, one for each part of the product.

use journeys::{Client, House, Limits, PASSWORD, identifiers, related, resource};
use reqwest::Method;
use serde_json::json;
use totp_rs::{Builder, Secret};

use super::recorded::{Recorded, message};
use super::story::{NOTHING, Story};

pub async fn sign_in(story: &mut Story) -> Client {
    let nobody = story.house.nobody.clone();
    let attributes = json!({"name": "Acme IT Services", "subdomain": "acme", "email": "ada@acme.example",
        "first-name": "Ada", "last-name": "Admin", "password": PASSWORD});
    let account = resource("accounts", attributes);
    story
        .say(("openAccount", "opened", "An account is opened"), &nobody, Method::POST, "/accounts", account)
        .await;
    let attributes = json!({"subdomain": "acme", "email": "ada@acme.example", "password": PASSWORD});
    let credentials = resource("sessions", attributes);
    let title = ("signIn", "signed-in", "Signing in with a password");
    let session = story.say(title, &nobody, Method::POST, "/sessions", credentials).await;
    let admin = nobody.with_token(&session.text_at("/data/attributes/access-token"));
    let title = ("showAccount", "account", "The account and its settings");
    story.ask(title, &admin, Method::GET, "/account").await;
    let settings = resource("accounts", json!({"invitation-lifetime-hours": 72, "log-retention-months": 24}));
    story
        .say(
            ("updateAccount", "changed", "Settings are changed"),
            &admin,
            Method::PATCH,
            "/account",
            settings,
        )
        .await;
    closing(story, &admin).await;
    admin
}

/// Asks to close the account, and thinks better of it.
async fn closing(story: &mut Story, admin: &Client) {
    let title = ("closeAccount", "closing", "The account will be closed");
    let confirmed = resource("account-closings", json!({"confirm": "acme"}));
    story.say(title, admin, Method::POST, "/account/closing", confirmed).await;
    let title = ("keepAccount", "kept", "The account stays open");
    story.ask(title, admin, Method::DELETE, "/account/closing").await;
}

pub async fn organizations(story: &mut Story, admin: &Client) -> [String; 2] {
    let title = ("createOrganization", "made", "An organization is created");
    let body = resource("organizations", json!({"name": "Bluebird Bakery", "short-name": "BB"}));
    let bakery = story.say(title, admin, Method::POST, "/organizations", body).await.id();
    let title = ("createOrganization", "part", "An organization that is part of another");
    let body = resource("organizations", json!({"name": "Bakery North", "parent-id": bakery}));
    let shop = story.say(title, admin, Method::POST, "/organizations", body).await.id();
    let title = ("listOrganizations", "first-page", "A page of one");
    story.ask(title, admin, Method::GET, "/organizations?sort=name&page[size]=1").await;
    let path = format!("/organizations/{shop}");
    story.ask(("showOrganization", "organization", "An organization"), admin, Method::GET, &path).await;
    let body = resource("organizations", json!({"description": "The shop in the north"}));
    story
        .say(
            ("updateOrganization", "changed", "An organization is described"),
            admin,
            Method::PATCH,
            &path,
            body,
        )
        .await;
    labels(story, admin).await;
    let change = |id: &str, attributes| json!({"type": "organizations", "id": id, "attributes": attributes});
    let rows =
        [change(&bakery, json!({"short-name": "BLUE"})), change(&shop, json!({"short-name": "NORTH"}))];
    let title = ("updateOrganizations", "changed", "Two organizations are changed together");
    story.say(title, admin, Method::PATCH, "/organizations", json!({"data": rows})).await;
    let spare =
        admin.post("/organizations", &resource("organizations", json!({"name": "Spare"}))).await.unwrap();
    let title = ("deleteOrganizations", "removed", "Several organizations are removed");
    let body = identifiers("organizations", &[&spare.id()]);
    story.say(title, admin, Method::DELETE, "/organizations", body).await;
    [bakery, shop]
}

/// The lists of types and statuses.
async fn labels(story: &mut Story, admin: &Client) {
    for (path, kind, words, titles) in [
        (
            "/organization_types",
            "organization-types",
            ["Customer", "Client"],
            [
                "createOrganizationType",
                "listOrganizationTypes",
                "showOrganizationType",
                "updateOrganizationType",
            ],
        ),
        (
            "/organization_statuses",
            "organization-statuses",
            ["Active", "Awake"],
            [
                "createOrganizationStatus",
                "listOrganizationStatuses",
                "showOrganizationStatus",
                "updateOrganizationStatus",
            ],
        ),
    ] {
        let body = resource(kind, json!({"name": words[0]}));
        let word =
            story.say((titles[0], "added", "An entry is added"), admin, Method::POST, path, body).await.id();
        story.ask((titles[1], "list", "The whole list"), admin, Method::GET, path).await;
        let path = format!("{path}/{word}");
        story.ask((titles[2], "word", "One entry"), admin, Method::GET, &path).await;
        let body = resource(kind, json!({"name": words[1]}));
        story.say((titles[3], "renamed", "An entry is renamed"), admin, Method::PATCH, &path, body).await;
    }
}

pub async fn groups(story: &mut Story, admin: &Client, bakery: &str) -> String {
    let reached = json!({"organizations": identifiers("organizations", &[bakery])});
    let body = related("groups", json!({"name": "Service desk"}), reached);
    let group = story
        .say(("createGroup", "made", "A group is created"), admin, Method::POST, "/groups", body)
        .await
        .id();
    let path = format!("/groups/{group}");
    let title = ("listGroups", "with-organizations", "A page of groups with their organizations");
    story.ask(title, admin, Method::GET, "/groups?include=organizations").await;
    story.ask(("showGroup", "group", "A group"), admin, Method::GET, &path).await;
    let body = resource("groups", json!({"description": "Who answers the phone"}));
    story.say(("updateGroup", "changed", "A group is described"), admin, Method::PATCH, &path, body).await;
    let body = json!({"data": [{"type": "groups", "id": group, "attributes": {"name": "Help desk"}}]});
    story.say(("updateGroups", "changed", "Groups are renamed"), admin, Method::PATCH, "/groups", body).await;
    group
}

/// One who has accepted, and one who has not.
pub async fn users(story: &mut Story, admin: &Client, bakery: &str, group: &str) -> [String; 2] {
    let nobody = story.house.nobody.clone();
    let row = |email: &str, role: &str, what: &str, id: &str| {
        json!({"type": "users", "attributes": {"email": email, "role-name": role},
            "relationships": {what: identifiers(what, &[id])}})
    };
    let ann = row("ann@bluebird.example", "Lite", "organizations", bakery);
    let ben = row("ben@bluebird.example", "Read-only", "groups", group);
    let rows = json!({"data": [ann, ben, ann]});
    let title = ("inviteUsers", "preview", "The outcome in advance");
    story.say(title, admin, Method::POST, "/users?preview=true", rows.clone()).await;
    let title = ("inviteUsers", "many", "Several users are invited, one of them twice");
    let invited = story.say(title, admin, Method::POST, "/users", rows).await;
    let [ann, ben] = ["/data/0/id", "/data/1/id"].map(|pointer| invited.text_at(pointer));
    let (title, mut one) = (
        ("inviteUsers", "one", "One user is invited"),
        row("cy@bluebird.example", "Editor", "groups", group),
    );
    one["attributes"]["message"] = json!("Welcome, Cy.");
    story.say(title, admin, Method::POST, "/users", json!({"data": one})).await;
    let title = ("resendInvitation", "resent", "A new link is mailed");
    story.ask(title, admin, Method::POST, &format!("/users/{ann}/invitation")).await;
    let title = ("resendInvitationAsItGlue", "resent", "A new link is mailed");
    story.ask(title, admin, Method::POST, &format!("/users/{ann}/resend_invitation")).await;
    let link = story.house.link("ann@bluebird.example").await;
    story.ask(("showInvitation", "invitation", "An invitation"), &nobody, Method::GET, &link).await;
    let body = resource("invitations", json!({"first-name": "Ann", "password": PASSWORD}));
    story
        .say(
            ("acceptInvitation", "accepted", "An invitation is accepted"),
            &nobody,
            Method::POST,
            &link,
            body,
        )
        .await;
    let used = ("showInvitation", "used", "A link that was used");
    story.ask(used, &nobody, Method::GET, &link).await;
    let link = story.house.link("cy@bluebird.example").await;
    let page = [("accept", "text/html")];
    let title = ("showInvitation", "page", "An invitation as a page");
    story.send(title, &nobody, Method::GET, &link, &page, NOTHING).await;
    let title = ("acceptInvitation", "by-form", "An invitation is accepted on its page");
    story.fill_in(title, &link, &[("first-name", "Cy"), ("password", PASSWORD)]).await;
    let title = ("listUsers", "with-organizations", "Users with a role, and their organizations");
    story.ask(title, admin, Method::GET, "/users?filter[role-name]=Lite&include=organizations").await;
    let title = ("listUsers", "table", "Users as a table");
    story
        .send(title, admin, Method::GET, "/users?filter[role-name]=Lite", &[("accept", "text/csv")], NOTHING)
        .await;
    let path = format!("/users/{ben}");
    story.ask(("showUser", "pending", "A user who has not accepted yet"), admin, Method::GET, &path).await;
    let body = resource("users", json!({"first-name": "Ben", "role-name": "Creator"}));
    story.say(("updateUser", "changed", "A user gets another role"), admin, Method::PATCH, &path, body).await;
    let body = json!({"data": [{"type": "users", "id": ben, "attributes": {"last-name": "Bird"}}]});
    story.say(("updateUsers", "changed", "Users are renamed"), admin, Method::PATCH, "/users", body).await;
    [ann, ben]
}

/// A group that nobody depends on.
pub async fn members(story: &mut Story, admin: &Client, ann: &str, bakery: &str) -> String {
    let made = admin.post("/groups", &resource("groups", json!({"name": "Sales"}))).await.unwrap();
    let path = format!("/groups/{}/relationships", made.id());
    let changes = [
        (("addGroupMembers", "added", "A user joins"), Method::POST, "users", ann),
        (("removeGroupMembers", "removed", "A user leaves"), Method::DELETE, "users", ann),
        (("replaceGroupMembers", "replaced", "The members are replaced"), Method::PATCH, "users", ann),
        (
            ("addGroupOrganizations", "added", "An organization is added"),
            Method::POST,
            "organizations",
            bakery,
        ),
        (
            ("removeGroupOrganizations", "removed", "An organization is removed"),
            Method::DELETE,
            "organizations",
            bakery,
        ),
        (
            ("replaceGroupOrganizations", "replaced", "The organizations are replaced"),
            Method::PATCH,
            "organizations",
            bakery,
        ),
    ];
    for (title, method, what, id) in changes {
        story.say(title, admin, method, &format!("{path}/{what}"), identifiers(what, &[id])).await;
    }
    made.id()
}

pub async fn api_keys(story: &mut Story, admin: &Client, bakery: &str) -> String {
    let attributes =
        json!({"name": "Nightly sync", "role-name": "Editor", "expires-at": "2059-01-01T00:00:00.000Z"});
    let body =
        related("api-keys", attributes, json!({"organizations": identifiers("organizations", &[bakery])}));
    let title = ("createApiKey", "made", "A key is created, and only shown this time");
    let made = story.say(title, admin, Method::POST, "/api-keys", body).await;
    let program = story.house.nobody.with_api_key(&made.text_at("/data/attributes/key"));
    let title = ("listReachedOrganizations", "of-a-key", "What an API key has access to");
    story.ask(title, &program, Method::GET, "/access/organizations").await;
    story.ask(("listApiKeys", "keys", "The keys of an account"), admin, Method::GET, "/api-keys").await;
    let path = format!("/api-keys/{}", made.id());
    story.ask(("showApiKey", "key", "A key and its last use"), admin, Method::GET, &path).await;
    made.id()
}

pub async fn connections(story: &mut Story, admin: &Client, bakery: &str) {
    let nobody = story.house.nobody.clone();
    let delegate = story.house.account("night-noc").await;
    story
        .ask(("listProviders", "providers", "The Certified Providers"), admin, Method::GET, "/providers")
        .await;
    let attributes = json!({"subdomain": "night-noc", "maximum-role-name": "Editor", "message": "Please cover the nights."});
    let body =
        related("connections", attributes, json!({"organizations": identifiers("organizations", &[bakery])}));
    let first = admin.post("/connections", &body).await.unwrap().id();
    let title = ("answerConnection", "declined", "An offer is declined while signed in");
    let declined = resource("connections", json!({"decision": "decline"}));
    story
        .say(title, &delegate.administrator, Method::POST, &format!("/connections/{first}/answer"), declined)
        .await;
    let title = ("inviteAccount", "invited", "Another account is invited");
    let id = story.say(title, admin, Method::POST, "/connections", body).await.id();
    let path = format!("/connections/{id}");
    let title = ("resendConnectionInvitation", "resent", "New links are mailed");
    story.ask(title, admin, Method::POST, &format!("{path}/invitation")).await;
    let link = story.house.link("admin@night-noc.example").await;
    let title = ("showConnectionInvitation", "offer", "What is offered");
    story.ask(title, &nobody, Method::GET, &link).await;
    let title = ("answerConnectionInvitation", "accepted", "An invitation is accepted");
    let body = resource("connection-invitations", json!({"decision": "accept"}));
    story.say(title, &delegate.administrator, Method::POST, &link, body).await;
    let title = ("showSession", "session", "Who is signed in, and which accounts are open to them");
    story.ask(title, &delegate.administrator, Method::GET, "/session").await;
    let host = admin.get("/account").await.unwrap().id();
    let body = resource("sessions", json!({"account-id": host}));
    let title = ("switchAccount", "into-a-host", "Switching into another account");
    story.say(title, &delegate.administrator, Method::PATCH, "/session", body).await;
    let title = ("listConnections", "granted", "The connections that an account grants");
    story.ask(title, admin, Method::GET, "/connections?filter[direction]=granted").await;
    story.ask(("showConnection", "active", "A connection"), admin, Method::GET, &path).await;
    let body = resource("connections", json!({"maximum-role-name": "Creator"}));
    story
        .say(
            ("updateConnection", "lowered", "The maximum role is lowered"),
            admin,
            Method::PATCH,
            &path,
            body,
        )
        .await;
    let person = format!("{path}/users/{}", delegate.administrator_id);
    let body = resource("users", json!({"maximum-role-name": "Read-only"}));
    let title = ("limitConnectionUser", "lowered", "One user gets a lower role");
    story.say(title, admin, Method::PUT, &person, body).await;
    let title = ("listConnectionUsers", "persons", "Users who are limited");
    story.ask(title, admin, Method::GET, &format!("{path}/users")).await;
    story.ask(("showConnectionUser", "person", "The limit of one user"), admin, Method::GET, &person).await;
    let title = ("unlimitConnectionUser", "unlimited", "Nothing is said of them any more");
    story.ask(title, admin, Method::DELETE, &person).await;
    let title = ("listConnectionVisitors", "visitors", "Users who have used the connection");
    story.ask(title, admin, Method::GET, &format!("{path}/visitors")).await;
    review(story, admin, bakery).await;
    story.ask(("endConnection", "ended", "A connection is ended"), admin, Method::DELETE, &path).await;
    answered_by_form(story, admin).await;
}

/// Who may reach single assets.
pub async fn restrictions(story: &mut Story, admin: &Client, bakery: &str, group: &str) {
    let all = format!("/organizations/{bakery}/restrictions");
    let folder = format!("{all}/documents/folder-7");
    let groups = json!({"groups": identifiers("groups", &[group])});
    let title = ("setRestriction", "set", "A folder is restricted to a group");
    story.say(title, admin, Method::PUT, &folder, related("restrictions", json!({}), groups.clone())).await;
    let row = |asset: &str| {
        let attributes = json!({"resource-type": "documents", "resource-id": asset});
        related("restrictions", attributes, groups.clone())["data"].clone()
    };
    let rows = json!({"data": [row("folder-7"), row("document-8")]});
    let title = ("setRestrictions", "cascade", "The folder and what is in it");
    story.say(title, admin, Method::POST, &all, rows.clone()).await;
    let title = ("setRestrictions", "again", "Sent a second time");
    story.say(title, admin, Method::POST, &all, rows).await;
    let title = ("listRestrictions", "page", "The restricted assets of an organization");
    story.ask(title, admin, Method::GET, &all).await;
    let title = ("showRestriction", "restriction", "Who has access to the folder");
    story.ask(title, admin, Method::GET, &folder).await;
    let title = ("listReachedResources", "page", "Which of them the caller has access to");
    let reached = format!("/access/resources?filter[organization-id]={bakery}");
    story.ask(title, admin, Method::GET, &reached).await;
    let title = ("removeRestriction", "removed", "The folder is no longer restricted");
    story.ask(title, admin, Method::DELETE, &folder).await;
}

/// What shows a connection beside the rest.
async fn review(story: &mut Story, admin: &Client, bakery: &str) {
    let title = ("listReachingUsers", "users", "Who has access to an organization");
    story.ask(title, admin, Method::GET, &format!("/access/users?filter[organization-id]={bakery}")).await;
    story
        .ask(("reviewAccess", "everyone", "Everyone who has access"), admin, Method::GET, "/access/review")
        .await;
    let title = ("reviewAccess", "table", "The review as a table");
    story.send(title, admin, Method::GET, "/access/review", &[("accept", "text/csv")], NOTHING).await;
}

async fn answered_by_form(story: &mut Story, admin: &Client) {
    let attributes =
        json!({"subdomain": "night-noc", "maximum-role-name": "Editor", "all-organizations": true});
    let offered = admin.post("/connections", &resource("connections", attributes)).await.unwrap();
    assert_eq!(offered.status, 201, "{}", offered.text);
    let link = story.house.link("admin@night-noc.example").await;
    let fields = [("decision", "decline"), ("email", "admin@night-noc.example"), ("password", PASSWORD)];
    let title = ("answerConnectionInvitation", "by-form", "An invitation is declined on its page");
    story.fill_in(title, &link, &fields).await;
}

pub async fn access(story: &mut Story, admin: &Client, bakery: &str, ann: &str) {
    let question = |action: &str| json!({"type": "access-checks", "attributes": {"action": action, "organization-id": bakery, "user-id": ann}});
    let body = json!({"data": [question("read"), question("update")]});
    let title = ("checkAccess", "many", "Two questions about one user");
    story.say(title, admin, Method::POST, "/access/check", body).await;
    let body =
        resource("access-checks", json!({"action": "delete", "organization-id": bakery, "record": true}));
    let title = ("checkAccess", "one", "One question about the caller, recorded in the log");
    story.say(title, admin, Method::POST, "/access/check", body).await;
    let title = ("listReachedOrganizations", "of-a-user", "What a user has access to");
    story.ask(title, admin, Method::GET, &format!("/access/organizations?filter[user-id]={ann}")).await;
    let path = "/logs?filter[resource-type]=groups&sort=created-at&page[size]=2";
    story.ask(("listLogs", "groups", "What was done to groups"), admin, Method::GET, path).await;
    let title = ("listUserMetrics", "week", "What people did in the last seven days");
    story.ask(title, admin, Method::GET, "/user_metrics?filter[resource-type]=groups").await;
    let title = ("listLogs", "table", "What was done to groups, as a table");
    story.send(title, admin, Method::GET, path, &[("accept", "text/csv")], NOTHING).await;
}

/// One refusal of each kind.
pub async fn refusals(story: &mut Story, admin: &Client, ann: &str) {
    let nobody = story.house.nobody.clone();
    let reader = story.house.sign_in("acme", "ann@bluebird.example").await;
    story
        .ask(
            ("listUsers", "unknown-parameter", "An unknown parameter"),
            admin,
            Method::GET,
            "/users?colour=red",
        )
        .await;
    story.ask(("listUsers", "no-credentials", "Without credentials"), &nobody, Method::GET, "/users").await;
    story
        .ask(("listUsers", "role-too-low", "The caller's role is too low"), &reader, Method::GET, "/users")
        .await;
    story.ask(("showUser", "not-found", "The id of no user here"), admin, Method::GET, "/users/1").await;
    let title = ("resendInvitation", "already-accepted", "The user has accepted");
    story.ask(title, admin, Method::POST, &format!("/users/{ann}/invitation")).await;
    let user = format!("/users/{ann}");
    let renamed = resource("users", json!({"first-name": "Anna"}));
    let stale = [("if-match", "\"1000000\"")];
    story
        .send(
            ("updateUser", "stale-version", "An older version"),
            admin,
            Method::PATCH,
            &user,
            &stale,
            Some(renamed.clone()),
        )
        .await;
    let plain = [("content-type", "text/plain")];
    let title = ("updateUser", "unsupported-media-type", "A body that is not JSON");
    story.send(title, admin, Method::PATCH, &user, &plain, Some(renamed)).await;
    let large = json!({"data": "x".repeat(web::request::BODY_LIMIT)});
    let title = ("updateUser", "body-too-large", "A body that is too large");
    story.say(title, admin, Method::PATCH, &user, large).await;
    let rows = json!({"data": [
        {"type": "users", "attributes": {"email": "no address", "role-name": "Lite", "colour": "red"}},
        {"type": "users", "attributes": {"email": "dan@bluebird.example", "role-name": "Owner"}},
    ]});
    let title = ("inviteUsers", "several-faults", "Every error of the request with its place");
    story.say(title, admin, Method::POST, "/users", rows).await;
}

pub async fn second_factor(story: &mut Story, admin: &Client) {
    let id = admin.get("/session").await.unwrap().text_at("/data/attributes/user-id");
    let path = format!("/users/{id}/mfa");
    let started = story
        .ask(("startMfa", "started", "A secret for an authenticator app"), admin, Method::POST, &path)
        .await;
    let secret = started.text_at("/data/attributes/secret");
    let code = |house: &House| {
        // To the start of the next step: a code counts once, and none is shown over the end of its step.
        let now = house.product.clock.now().as_millis();
        house.product.clock.advance(30_000 - now.rem_euclid(30_000));
        let totp = Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).build().unwrap();
        let seconds = u64::try_from(house.product.clock.now().as_millis() / 1000).unwrap();
        resource("mfa", json!({"otp": totp.generate(seconds).to_string()}))
    };
    let body = code(&story.house);
    let title = ("confirmMfa", "confirmed", "A first code confirms the second factor");
    let confirmed = story.say(title, admin, Method::POST, &format!("{path}/verification"), body).await;
    let admin = admin.with_token(&confirmed.text_at("/data/attributes/access-token"));
    let title = ("showMfa", "shown", "The caller's second factor");
    story.ask(title, &admin, Method::GET, &path).await;
    let body = code(&story.house);
    let title = ("renewRecoveryCodes", "renewed", "New recovery codes");
    story.say(title, &admin, Method::POST, &format!("{path}/recovery-codes"), body).await;
    let body = code(&story.house);
    let title = ("removeMfa", "own", "The caller's second factor is removed");
    story.say(title, &admin, Method::DELETE, &path, body).await;
}

/// One request too many.
pub async fn too_much(story: &mut Story) {
    let limits = Limits { requests: 1, ..Limits::default() };
    let house = std::mem::replace(&mut story.house, House::start_within(limits).await);
    let admin = story.house.account("acme").await.administrator;
    admin.get("/users").await.unwrap();
    story
        .ask(("listUsers", "too-many-requests", "One request too many"), &admin, Method::GET, "/users")
        .await;
    story.house = house;
}

/// Nothing behind the functions answers.
pub async fn no_store(story: &mut Story) {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    cable.cut();
    let answer = house.nobody.get("/health").await.unwrap();
    cable.mend();
    story.recorded.push(Recorded {
        operation: "reportHealth",
        name: "unavailable",
        summary: "The service is unavailable",
        request: None,
        status: answer.status,
        headers: answer.headers.clone(),
        answer: message(&answer),
    });
}
