//! The requests that the events under `events/` are made of: one for each function, and named variants.

/// How a body is sent. API Gateway hands on `application/json` as text, and all others as base64.
pub enum Body {
    None,
    Json(&'static str),
    JsonApi(&'static str),
    /// As the PowerShell modules send it: JSON:API with a charset behind it.
    JsonApiUtf8(&'static str),
    Form(&'static str),
}

use Body::{Form, Json, JsonApi, JsonApiUtf8, None as Empty};

/// Who sends a request.
#[derive(PartialEq, Eq)]
pub enum Caller {
    Nobody,
    Person,
    Program,
    /// The PowerShell modules `itglue/powershellwrapper` and `Celerium.ITGlue`, with an API key.
    Module,
}

/// One request that becomes an event: its file, what is sent by whom, and the status that it must be answered with.
pub struct Example {
    pub file: &'static str,
    pub method: &'static str,
    pub path: &'static str,
    pub caller: Caller,
    pub accept: &'static str,
    pub body: Body,
    pub status: u16,
}

pub const JSON: &str = "application/vnd.api+json";
const PAGE: &str = "text/html,application/xhtml+xml";
const ANYTHING: &str = "*/*";
pub const POWERSHELL: &str =
    "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.26100; en-US) PowerShell/7.4.6";

const fn sent(
    (caller, accept): (Caller, &'static str),
    file: &'static str,
    (method, path): (&'static str, &'static str),
    body: Body,
    status: u16,
) -> Example {
    Example { file, method, path, caller, accept, body, status }
}

const fn example(
    file: &'static str,
    route: (&'static str, &'static str),
    body: Body,
    status: u16,
) -> Example {
    sent((Caller::Person, JSON), file, route, body, status)
}

const fn nobody(
    file: &'static str,
    route: (&'static str, &'static str),
    accept: &'static str,
    body: Body,
    status: u16,
) -> Example {
    sent((Caller::Nobody, accept), file, route, body, status)
}

const fn program(
    file: &'static str,
    route: (&'static str, &'static str),
    body: Body,
    status: u16,
) -> Example {
    sent((Caller::Program, JSON), file, route, body, status)
}

const fn module(file: &'static str, route: (&'static str, &'static str), body: Body, status: u16) -> Example {
    sent((Caller::Module, ANYTHING), file, route, body, status)
}

const CREDENTIALS: &str = r#"{"data":{"type":"sessions","attributes":{"subdomain":"<subdomain>","email":"admin@<subdomain>.example","password":"correct horse battery"}}}"#;
const WRONG_CREDENTIALS: &str = r#"{"data":{"type":"sessions","attributes":{"subdomain":"<subdomain>","email":"admin@<subdomain>.example","password":"incorrect horse battery"}}}"#;
const ACCOUNT: &str = r#"{"data":{"type":"accounts","attributes":{"name":"Another MSP","subdomain":"<subdomain>-too","email":"ada@<subdomain>-too.example","first-name":"Ada","last-name":"Admin","password":"correct horse battery"}}}"#;
const ONE_CLIENT: &str = r#"{"data":{"type":"users","attributes":{"email":"ann@bakery.example","role-name":"Lite"},"relationships":{"organizations":{"data":[{"type":"organizations","id":"<organization-id>"}]}}}}"#;
const THREE_CLIENTS: &str = r#"{"data":[{"type":"users","attributes":{"email":"ann@bakery.example","role-name":"Lite"},"relationships":{"organizations":{"data":[{"type":"organizations","id":"<organization-id>"}]}}},{"type":"users","attributes":{"email":"ben@bakery.example","first-name":"Ben","role-name":"Read-only","message":"Hello Ben."},"relationships":{"groups":{"data":[{"type":"groups","id":"<group-id>"}]}}},{"type":"users","attributes":{"email":"ANN@bakery.example","role-name":"Lite"},"relationships":{"organizations":{"data":[{"type":"organizations","id":"<organization-id>"}]}}}]}"#;
const EVERYWHERE: &str = r#"{"data":{"type":"users","attributes":{"email":"eve@bakery.example","role-name":"Editor","all-organizations":true}}}"#;
const MALFORMED: &str = r#"{"data":[{"type":"users","attributes":{"email":"ann@bakery.example","role-name":"Lite","all-organizations":true}},{"type":"users","attributes":{"email":"no address","role-name":"Lite","all-organizations":true}}]}"#;
const ACCEPTANCE: &str =
    r#"{"data":{"type":"invitations","attributes":{"password":"correct horse battery","first-name":"Pat"}}}"#;
const RENAMED_USER: &str =
    r#"{"data":{"type":"users","id":"<user-id>","attributes":{"first-name":"Pat","role-name":"Read-only"}}}"#;
const ORGANIZATION: &str = r#"{"data":{"type":"organizations","attributes":{"name":"Bakery North","parent-id":"<organization-id>"}}}"#;
const RENAMED_ORGANIZATION: &str =
    r#"{"data":{"type":"organizations","attributes":{"name":"Bakery and Café","short-name":"BC"}}}"#;
const RENAMED_ORGANIZATIONS: &str =
    r#"{"data":[{"type":"organizations","attributes":{"id":"<organization-id>","short_name":"BC"}}]}"#;
const SPARE_ORGANIZATIONS: &str = r#"{"data":[{"type":"organizations","attributes":{"id":"<spare-id>"}}]}"#;
const RENAMED_USERS: &str =
    r#"{"data":[{"type":"users","attributes":{"id":"<user-id>","first_name":"Pat","last_name":"Baker"}}]}"#;
const KIND: &str = r#"{"data":{"type":"organization-types","attributes":{"name":"Customer"}}}"#;
const STATE: &str = r#"{"data":{"type":"organization-statuses","attributes":{"name":"Active"}}}"#;
const OTHER_KIND: &str = r#"{"data":{"type":"organization-types","attributes":{"name":"Vendor"}}}"#;
const OTHER_STATE: &str = r#"{"data":{"type":"organization-statuses","attributes":{"name":"Asleep"}}}"#;
const GROUP: &str = r#"{"data":{"type":"groups","attributes":{"name":"Service desk"},"relationships":{"organizations":{"data":[{"type":"organizations","id":"<organization-id>"}]}}}}"#;
const RENAMED_GROUP: &str =
    r#"{"data":{"type":"groups","attributes":{"description":"People at the bakery"}}}"#;
const RENAMED_GROUPS: &str = r#"{"data":[{"type":"groups","attributes":{"id":"<group-id>","name":"Service desk","description":"People at the bakery"}}]}"#;
const RESTRICTION: &str = r#"{"data":{"type":"restrictions","relationships":{"groups":{"data":[{"type":"groups","id":"<group-id>"}]}}}}"#;
const CASCADE: &str = r#"{"data":[{"type":"restrictions","attributes":{"resource-type":"documents","resource-id":"8"},"relationships":{"groups":{"data":[{"type":"groups","id":"<group-id>"}]}}}]}"#;
const MEMBERS: &str = r#"{"data":[{"type":"users","id":"<user-id>"}]}"#;
const REACHED: &str = r#"{"data":[]}"#;
const SETTINGS: &str = r#"{"data":{"type":"accounts","attributes":{"invitation-lifetime-hours":24}}}"#;
const CLOSING: &str = r#"{"data":{"type":"account-closings","attributes":{"confirm":"<subdomain>"}}}"#;
const HOME: &str = r#"{"data":{"type":"sessions","attributes":{"account-id":"<account-id>"}}}"#;
const QUESTION: &str = r#"{"data":{"type":"access-checks","attributes":{"action":"read","organization-id":"<organization-id>"}}}"#;
const QUESTIONS: &str = r#"{"data":[{"type":"access-checks","attributes":{"action":"read","organization-id":"<organization-id>","user-id":"<user-id>"}},{"type":"access-checks","attributes":{"action":"delete","organization-id":"1","resource-type":"documents","resource-id":"7","record":true}}]}"#;

// What the examples of the PowerShell modules say. They send names with underscores, and ids as numbers among the attributes
// where they change many.
const SNAKE_USER: &str = r#"{"data":{"type":"users","attributes":{"first_name":"Pat","last_name":"Baker"}}}"#;
const SNAKE_USER_ALONE: &str = r#"{"type":"users","attributes":{"first_name":"Pat","last_name":"Baker"}}"#;
const SNAKE_ORGANIZATION: &str = r#"{"data":{"type":"organizations","attributes":{"name":"Bakery South","short_name":"BS","description":"The third shop"}}}"#;
const SNAKE_RENAMED_ORGANIZATION: &str =
    r#"{"data":{"type":"organizations","attributes":{"name":"Bakery and Café","short_name":"BC"}}}"#;
const SNAKE_GROUP: &str =
    r#"{"data":{"type":"groups","attributes":{"name":"Service desk","description":"Who answers"}}}"#;
const SNAKE_GROUPS: &str =
    r#"{"data":[{"type":"groups","attributes":{"id":<group-id>,"name":"Service desk"}}]}"#;

pub const OFFER: &str = r#"{"data":{"type":"connections","attributes":{"subdomain":"<subdomain>-new","maximum-role-name":"Editor","message":"Please cover the nights."},"relationships":{"organizations":{"data":[{"type":"organizations","id":"<organization-id>"}]}}}}"#;
const LOWERED: &str = r#"{"data":{"type":"connections","attributes":{"maximum-role-name":"Read-only"}}}"#;
const ACCEPTED: &str = r#"{"data":{"type":"connection-invitations","attributes":{"decision":"accept"}}}"#;
const ACCEPTED_INSIDE: &str = r#"{"data":{"type":"connections","attributes":{"decision":"accept"}}}"#;
const PERSON: &str = r#"{"data":{"type":"users","attributes":{"maximum-role-name":"Read-only"}}}"#;

const NEW_PASSWORD: &str = r#"{"data":{"type":"passwords","attributes":{"old-password":"correct horse battery","password":"three shops, one oven"}}}"#;
const FORGOTTEN: &str = r#"{"data":{"type":"password-resets","attributes":{"subdomain":"no-such-account","email":"ann@bakery.example"}}}"#;
const REMINDED: &str =
    r#"{"data":{"type":"subdomain-reminders","attributes":{"email":"ann@bakery.example"}}}"#;

const RESET: &str =
    r#"{"data":{"type":"password-resets","attributes":{"password":"three shops, one oven"}}}"#;
const PROOF: &str = r#"{"data":{"type":"sessions","attributes":{"password":"correct horse battery"}}}"#;
const CODE: &str = r#"{"data":{"type":"mfa","attributes":{"otp":"000000"}}}"#;

const KEY: &str = r#"{"data":{"type":"api-keys","attributes":{"name":"Nightly sync","role-name":"Editor","expires-at":"2059-01-01T00:00:00Z"},"relationships":{"organizations":{"data":[{"type":"organizations","id":"<organization-id>"}]}}}}"#;
const ERASURE: &str = r#"{"data":{"type":"erasures","attributes":{"email":"gone@bakery.example","confirm":"gone@bakery.example"}}}"#;
const KEY_PATH: &str = "/api-keys/<api-key-id>";

const RESET_LINK: &str = "/password-resets/<reset-token>";
const LINK: &str = "/invitations/<link-token>";
const USER: &str = "/users/<user-id>";
const ORGANIZATION_PATH: &str = "/organizations/<organization-id>";
const ASSET_PATH: &str = "/organizations/<organization-id>/restrictions/documents/7";
const GROUP_PATH: &str = "/groups/<group-id>";
const MEMBERS_PATH: &str = "/groups/<group-id>/relationships/users";
const REACHED_PATH: &str = "/groups/<group-id>/relationships/organizations";

const CONNECTION: &str = "/connections/<connection-id>";
const CONNECTION_LINK: &str = "/connection-invitations/<connection-link-token>";

pub const EXAMPLES: &[Example] = &[
    // The Administrator of the invited account answers.
    example("accept-connection", ("POST", CONNECTION_LINK), Json(ACCEPTED), 200),
    example(
        "accept-connection.inside",
        ("POST", "/connections/<connection-id>/answer"),
        Json(ACCEPTED_INSIDE),
        200,
    ),
    nobody("accept-connection.get", ("GET", CONNECTION_LINK), PAGE, Empty, 200),
    nobody("accept-connection.nobody", ("POST", CONNECTION_LINK), JSON, Json(ACCEPTED), 401),
    nobody("accept-invite", ("POST", LINK), JSON, Json(ACCEPTANCE), 201),
    nobody("accept-invite.get", ("GET", LINK), PAGE, Empty, 200),
    nobody("accept-invite.head", ("HEAD", LINK), PAGE, Empty, 200),
    nobody("accept-invite.json", ("GET", LINK), JSON, Empty, 200),
    nobody(
        "accept-invite.form",
        ("POST", LINK),
        PAGE,
        Form("first-name=Pat&password=correct+horse+battery"),
        303,
    ),
    nobody("accept-invite.short-password", ("POST", LINK), PAGE, Form("first-name=Pat&password=short"), 422),
    nobody("accept-invite.unknown", ("GET", "/invitations/no-such-link"), PAGE, Empty, 404),
    example("check-access", ("POST", "/access/check"), Json(QUESTION), 200),
    example("check-access.many", ("POST", "/access/check"), Json(QUESTIONS), 200),
    example(
        "review-access.organizations",
        ("GET", "/access/organizations?filter[user_id]=<user-id>"),
        Empty,
        200,
    ),
    example(
        "review-access.users",
        ("GET", "/access/users?filter[organization_id]=<organization-id>"),
        Empty,
        200,
    ),
    nobody("console", ("GET", "/console/acme/users?role=Lite"), PAGE, Empty, 200),
    nobody("console.root", ("GET", "/"), PAGE, Empty, 303),
    nobody("console.old-version", ("GET", "/console/assets/0123456789abcdef/main.js"), ANYTHING, Empty, 404),
    example("create-users", ("POST", "/users"), Json(ONE_CLIENT), 201),
    example("create-users.bulk", ("POST", "/users"), Json(THREE_CLIENTS), 201),
    example("create-users.preview", ("POST", "/users?preview=true"), Json(THREE_CLIENTS), 200),
    example("create-users.base64", ("POST", "/users"), JsonApi(EVERYWHERE), 201),
    program("create-users.with-a-key", ("POST", "/users"), Json(ONE_CLIENT), 201),
    example("create-users.malformed", ("POST", "/users"), Json(MALFORMED), 422),
    nobody("create-users.nobody", ("POST", "/users"), JSON, Json(ONE_CLIENT), 401),
    nobody("describe-api", ("GET", "/openapi.json"), ANYTHING, Empty, 200),
    nobody("describe-api.no-route", ("GET", "/nowhere"), JSON, Empty, 404),
    nobody("describe-api.other-method", ("PUT", "/users/1"), JSON, Empty, 405),
    example("erase-person", ("POST", "/erasures"), Json(ERASURE), 200),
    example("invite-account", ("POST", "/connections"), Json(OFFER), 201),
    example("invite-account.resend", ("POST", "/connections/<connection-id>/invitation"), Empty, 202),
    example("invite-account.providers", ("GET", "/providers"), Empty, 200),
    example("review-access", ("GET", "/access/review?filter[kind]=user&sort=name"), Empty, 200),
    example("list-logs", ("GET", "/logs?filter[action]=update,delete&sort=created_at"), Empty, 200),
    module(
        "list-logs.powershell-list",
        ("GET", "/logs?sort=-created_at&page[number]=1&page[size]=1000"),
        Empty,
        200,
    ),
    module(
        "list-logs.powershell-since",
        ("GET", "/logs?filter[created_at]=2020-01-01T00%3A00%3A00Z%2C+*&sort=created_at&page[number]=1"),
        Empty,
        200,
    ),
    example("list-logs.metrics", ("GET", "/user_metrics?sort=-viewed"), Empty, 200),
    example("manage-account", ("GET", "/account"), Empty, 200),
    example("manage-account.close", ("POST", "/account/closing"), Json(CLOSING), 200),
    example("manage-account.keep", ("DELETE", "/account/closing"), Empty, 204),
    example("manage-account.update", ("PATCH", "/account"), Json(SETTINGS), 200),
    example("manage-api-keys", ("POST", "/api-keys"), Json(KEY), 201),
    example("manage-api-keys.list", ("GET", "/api-keys?sort=-created_at"), Empty, 200),
    example("manage-api-keys.show", ("GET", KEY_PATH), Empty, 200),
    example("manage-api-keys.remove", ("DELETE", KEY_PATH), Empty, 204),
    program("manage-api-keys.with-a-key", ("GET", "/api-keys"), Empty, 403),
    example("manage-connections", ("GET", CONNECTION), Empty, 200),
    example("manage-connections.list", ("GET", "/connections?filter[direction]=granted"), Empty, 200),
    example("manage-connections.update", ("PATCH", CONNECTION), Json(LOWERED), 200),
    example("manage-connections.visitors", ("GET", "/connections/<connection-id>/visitors"), Empty, 200),
    example(
        "manage-connections.person-by-address",
        ("PUT", "/connections/<connection-id>/users/nora@night-noc.example"),
        Json(PERSON),
        200,
    ),
    example("manage-connections.end", ("DELETE", CONNECTION), Empty, 204),
    example(
        "manage-connections.person",
        ("PUT", "/connections/<connection-id>/users/<delegate-user-id>"),
        Json(PERSON),
        200,
    ),
    example("manage-groups", ("POST", "/groups"), Json(GROUP), 201),
    example("manage-groups.list", ("GET", "/groups?include=users,organizations"), Empty, 200),
    example("manage-groups.show", ("GET", GROUP_PATH), Empty, 200),
    example("manage-groups.update", ("PATCH", GROUP_PATH), Json(RENAMED_GROUP), 200),
    example("manage-groups.update-many", ("PATCH", "/groups/"), Json(RENAMED_GROUPS), 200),
    example("manage-groups.remove", ("DELETE", GROUP_PATH), Empty, 204),
    example("manage-groups.join", ("POST", MEMBERS_PATH), Json(MEMBERS), 204),
    example("manage-groups.leave", ("DELETE", MEMBERS_PATH), Json(MEMBERS), 204),
    example("manage-groups.reach", ("PATCH", REACHED_PATH), Json(REACHED), 204),
    module(
        "manage-groups.powershell-list",
        ("GET", "/groups/?filter[name]=Bakery+clients&sort=-updated_at&page[number]=1&page[size]=50"),
        Empty,
        200,
    ),
    module("manage-groups.powershell-show", ("GET", "/groups/<group-id>?include=users"), Empty, 200),
    module("manage-groups.powershell-create", ("POST", "/groups"), JsonApiUtf8(SNAKE_GROUP), 201),
    module("manage-groups.powershell-update", ("PATCH", GROUP_PATH), JsonApiUtf8(SNAKE_GROUP), 200),
    module("manage-groups.powershell-update-many", ("PATCH", "/groups"), JsonApiUtf8(SNAKE_GROUPS), 200),
    module("manage-groups.powershell-remove", ("DELETE", GROUP_PATH), Empty, 204),
    example("manage-mfa", ("POST", "/users/<administrator-id>/mfa"), Empty, 201),
    example(
        "manage-mfa.not-started",
        ("POST", "/users/<administrator-id>/mfa/verification"),
        Json(CODE),
        409,
    ),
    example("manage-mfa.show", ("GET", "/users/<administrator-id>/mfa"), Empty, 200),
    example("manage-mfa.no-codes", ("POST", "/users/<administrator-id>/mfa/recovery-codes"), Json(CODE), 404),
    example("manage-mfa.nothing-to-remove", ("DELETE", "/users/<user-id>/mfa"), Empty, 404),
    example("manage-organizations", ("POST", "/organizations"), Json(ORGANIZATION), 201),
    example("manage-organizations.list", ("GET", "/organizations?sort=-name&page[size]=2"), Empty, 200),
    example("manage-organizations.show", ("GET", ORGANIZATION_PATH), Empty, 200),
    example("manage-organizations.update", ("PATCH", ORGANIZATION_PATH), Json(RENAMED_ORGANIZATION), 200),
    example("manage-organizations.remove", ("DELETE", "/organizations/<spare-id>"), Empty, 204),
    example(
        "manage-organizations.update-many",
        ("PATCH", "/organizations"),
        Json(RENAMED_ORGANIZATIONS),
        200,
    ),
    module(
        "manage-organizations.powershell-remove-many",
        ("DELETE", "/organizations/"),
        JsonApiUtf8(SPARE_ORGANIZATIONS),
        200,
    ),
    example("manage-organizations.types", ("GET", "/organization_types?sort=name"), Empty, 200),
    example("manage-organizations.add-type", ("POST", "/organization_types"), Json(KIND), 201),
    example(
        "manage-organizations.rename-type",
        ("PATCH", "/organization_types/<type-id>"),
        Json(OTHER_KIND),
        200,
    ),
    example("manage-organizations.add-status", ("POST", "/organization_statuses"), Json(STATE), 201),
    example(
        "manage-organizations.rename-status",
        ("PATCH", "/organization_statuses/<status-id>"),
        Json(OTHER_STATE),
        200,
    ),
    example("manage-restrictions", ("PUT", ASSET_PATH), Json(RESTRICTION), 200),
    example(
        "manage-restrictions.list",
        ("GET", "/organizations/<organization-id>/restrictions?filter[orphaned]=false"),
        Empty,
        200,
    ),
    example(
        "manage-restrictions.cascade",
        ("POST", "/organizations/<organization-id>/restrictions"),
        Json(CASCADE),
        201,
    ),
    example("manage-restrictions.show", ("GET", ASSET_PATH), Empty, 404),
    example("manage-restrictions.remove", ("DELETE", ASSET_PATH), Empty, 404),
    example(
        "review-access.resources",
        ("GET", "/access/resources?filter[organization_id]=<organization-id>"),
        Empty,
        200,
    ),
    nobody("manage-passwords", ("POST", "/password-resets"), JSON, Json(FORGOTTEN), 202),
    example(
        "manage-passwords.change",
        ("POST", "/users/<administrator-id>/password"),
        Json(NEW_PASSWORD),
        200,
    ),
    nobody("manage-passwords.unknown", ("GET", "/password-resets/no-such-link"), PAGE, Empty, 404),
    nobody("manage-passwords.get", ("GET", RESET_LINK), PAGE, Empty, 200),
    nobody("manage-passwords.reset", ("POST", RESET_LINK), JSON, Json(RESET), 204),
    nobody(
        "manage-passwords.form",
        ("POST", RESET_LINK),
        PAGE,
        Form("password=three+shops%2C+one+oven"),
        303,
    ),
    nobody("manage-passwords.remind", ("POST", "/subdomain-reminders"), JSON, Json(REMINDED), 202),
    // Older releases hand the parameters to PowerShell, which encodes their names too.
    module(
        "manage-organizations.powershell-list",
        (
            "GET",
            "/organizations/?filter%5Bname%5D=Bakery&sort=-updated_at&page%5Bnumber%5D=1&page%5Bsize%5D=50",
        ),
        Empty,
        200,
    ),
    module("manage-organizations.powershell-show", ("GET", ORGANIZATION_PATH), Empty, 200),
    module(
        "manage-organizations.powershell-create",
        ("POST", "/organizations/"),
        JsonApiUtf8(SNAKE_ORGANIZATION),
        201,
    ),
    module(
        "manage-organizations.powershell-update",
        ("PATCH", ORGANIZATION_PATH),
        JsonApiUtf8(SNAKE_RENAMED_ORGANIZATION),
        200,
    ),
    example("manage-users", ("GET", USER), Empty, 200),
    example("manage-users.list", ("GET", "/users?filter[status]=invited&include=organizations"), Empty, 200),
    example("manage-users.update", ("PATCH", USER), Json(RENAMED_USER), 200),
    example("manage-users.update-many", ("PATCH", "/users"), Json(RENAMED_USERS), 200),
    example("manage-users.remove", ("DELETE", USER), Empty, 204),
    example("manage-users.unknown", ("GET", "/users/1"), Empty, 404),
    module(
        "manage-users.powershell-list",
        ("GET", "/users/?filter[role_name]=Lite&sort=-created_at&page[number]=1&page[size]=1000"),
        Empty,
        200,
    ),
    // With `-AllResults`, one of the modules asks for the page behind the last one too.
    module(
        "manage-users.powershell-past-the-end",
        ("GET", "/users/?page[number]=2&page[size]=1000"),
        Empty,
        200,
    ),
    module("manage-users.powershell-show", ("GET", USER), Empty, 200),
    module("manage-users.powershell-update", ("PATCH", USER), JsonApiUtf8(SNAKE_USER), 200),
    // Older releases put nothing around what they are given.
    module("manage-users.powershell-update-alone", ("PATCH", USER), JsonApi(SNAKE_USER_ALONE), 200),
    nobody("open-account", ("POST", "/accounts"), JSON, Json(ACCOUNT), 201),
    nobody("report-health", ("GET", "/health"), JSON, Empty, 200),
    example("resend-invite", ("POST", "/users/<user-id>/invitation"), Empty, 202),
    example("resend-invite.other-address", ("POST", "/users/<user-id>/resend_invitation"), Empty, 202),
    example("sign-in.list", ("GET", "/sessions"), Empty, 200),
    example("sign-in.prove", ("POST", "/session/proof"), Json(PROOF), 200),
    example("sign-in.end-none", ("DELETE", "/sessions/1"), Empty, 404),
    nobody("sign-in", ("POST", "/sessions"), JSON, Json(CREDENTIALS), 201),
    nobody(
        "sign-in.form",
        ("POST", "/sessions"),
        PAGE,
        Form(
            "subdomain=<subdomain>&email=admin%40<subdomain>.example&password=correct+horse+battery&to=%2Fconsole%2F",
        ),
        303,
    ),
    nobody("sign-in.renew-without-a-cookie", ("POST", "/session/renewals"), JSON, Empty, 403),
    nobody("sign-in.wrong-password", ("POST", "/sessions"), JSON, Json(WRONG_CREDENTIALS), 401),
    example("sign-in.show", ("GET", "/session"), Empty, 200),
    example("sign-in.switch", ("PATCH", "/session"), Json(HOME), 200),
    example("sign-in.sign-out", ("DELETE", "/session"), Empty, 204),
];
