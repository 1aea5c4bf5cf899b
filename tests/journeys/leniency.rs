//! Parameters that cannot change the answer are left aside, on every route alike; those that could are refused, and filters say
//! something or are refused.

use journeys::{Account, Client, Grants, House, created, expect, faults, ids, resource};
use policy::Role;
use serde_json::{Value, json};
use web::body::Kind;
use web::list::{Filter, Shape};
use web::operation::Operation;

use crate::glueconnect::{connect, offer_all};

/// Every operation, each with the name of its function.
fn operations(house: &House) -> Vec<Operation> {
    let functions = local::functions::all(&house.product.surroundings).unwrap();
    functions.iter().flat_map(|function| function.operations).copied().collect()
}

/// The status, and the code and place of each error.
async fn answered(client: &Client, operation: &Operation, query: &str) -> (u16, Vec<(String, String)>) {
    // Nothing is so called, so nothing is changed.
    let path = operation.route.path.replace("{token}", "no-such-link");
    let path: Vec<&str> =
        path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
    let path = format!("{}?{query}", path.join("/"));
    let body = operation.body.is_some().then(|| "{".to_owned());
    let answer = client.send(operation.route.method.parse().unwrap(), &path, &[], body).await.unwrap();
    (answer.status, faults(&answer))
}

/// Pages behind links in mails, to which mail programs add their own parameters; and what says nothing of any account.
fn takes_anything(operation: &Operation) -> bool {
    let route = operation.route;
    let is_link = route.path.ends_with("{token}") && matches!(route.method, "GET" | "HEAD");
    is_link || route.path == "/health"
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_change_the_answer_is_left_aside_on_every_route() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let mut admin = account.administrator.clone();
    for operation in operations(&house) {
        let route = operation.route;
        let required = |shape: &&Shape| shape.filters.iter().any(|filter| filter.is_required);
        let always =
            if operation.list.filter(required).is_some() { "filter[organization_id]=1&" } else { "" };
        let plain = answered(&admin, &operation, always).await;
        if (route.method, route.path) == ("DELETE", "/session") {
            admin = account.administrator_again(&house).await;
        }
        let harmless = match operation.list {
            Some(_) => {
                "_=1&_=2&sort=&include=&page[size]=&page[number]=&page[after]=&page[size]=3&page%5Bsize%5D=3"
            }
            None if operation.includes.is_empty() => {
                "_=1&_=2&sort=-name&include=pets&page[size]=0&page[number]=x&page[after]=y&page[whatever]=z&sort=a&sort=b"
            }
            None => "_=1&sort=-name&include=&page[size]=0&page[number]=x&page[after]=y&page[whatever]=z",
        };
        let lenient = answered(&admin, &operation, &format!("{always}{harmless}")).await;
        assert_eq!(lenient, plain, "{} {} with {harmless}", route.method, route.path);
        if (route.method, route.path) == ("DELETE", "/session") {
            admin = account.administrator_again(&house).await;
        }
        for (wrong, sent) in [
            ("colour_of=red", "colour_of"),
            ("filter[colour_of]=red", "filter[colour_of]"),
            ("page_size=2", "page_size"),
            ("Preview=true", "Preview"),
        ] {
            let (status, faults) = answered(&admin, &operation, &format!("{always}{wrong}")).await;
            let what = format!("{} {} with {wrong}", route.method, route.path);
            if takes_anything(&operation) {
                assert_eq!((status, faults), plain, "{what}");
            } else {
                assert_eq!(status, 400, "{what}: {faults:?}");
                if route.method != "HEAD" {
                    assert_eq!(faults, [("unknown-parameter".to_owned(), sent.to_owned())], "{what}");
                }
            }
        }
        for flag in operation.flags {
            let name = flag.name;
            for wrong in ["", "maybe", "1"] {
                let (status, faults) = answered(&admin, &operation, &format!("{name}={wrong}")).await;
                assert_eq!(
                    (status, faults),
                    (400, vec![("bad-parameter".to_owned(), name.to_owned())]),
                    "{name}={wrong}"
                );
            }
            let (status, _) = answered(&admin, &operation, &format!("{name}=true&{name}=false")).await;
            assert_eq!(status, 400, "{name} twice");
        }
    }
}

/// A value that no such filter knows; none where any text will do.
fn nonsense(filter: &Filter) -> Option<&'static str> {
    match filter.kind {
        Kind::Id => Some("x"),
        Kind::Email => Some("no address"),
        Kind::Role | Kind::Choice(_) | Kind::Words(_) | Kind::Flag | Kind::Span => Some("nonsense"),
        _ if filter.name == "outcome" => Some("nonsense"),
        _ => None,
    }
}

/// Two values that are good ones.
fn good(filter: &Filter) -> [String; 2] {
    let words = |words: &[&str]| [words[0].to_owned(), words[words.len() - 1].to_owned()];
    match filter.kind {
        Kind::Id => ["17".to_owned(), "18".to_owned()],
        Kind::Email => ["admin@acme.example".to_owned(), "x@acme.example".to_owned()],
        Kind::Role => words(&[Role::Administrator.name(), Role::Lite.name()]),
        Kind::Choice(known) => words(known),
        Kind::Words(known) => words(&known()),
        Kind::Flag => words(&["true", "false"]),
        Kind::Span => words(&["2026-01-01,*", "*,2027-01-01"]),
        _ if filter.name == "outcome" => words(&["allowed", "refused"]),
        _ => words(&["acme", "Client 1"]),
    }
}

async fn list(admin: &Client, path: &str, query: &str) -> journeys::Answer {
    admin.get(&format!("{path}?{query}")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_says_something_that_is_known_or_is_refused_by_name() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let noc = house.account("noc").await;
    let connection = connect(&house, &account, &noc, &offer_all("noc", "Editor")).await;
    let bakery = account.organization("Client 1").await;
    account.group("Client 1", &[&bakery]).await;
    account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let admin = &account.administrator;
    let mut seen = 0;
    for operation in operations(&house) {
        let Some(shape) = operation.list else { continue };
        let path = operation.route.path.replace("{id}", &connection);
        for filter in shape.filters {
            seen += 1;
            let others: String = shape
                .filters
                .iter()
                .filter(|other| other.is_required && other.name != filter.name)
                .map(|other| format!("&filter[{}]={bakery}", other.name))
                .collect();
            // However the name is written, it is said again so.
            for name in [filter.name.to_owned(), filter.name.replace('-', "_")] {
                let sent = format!("filter[{name}]");
                for empty in ["", "%20", ",", "%20,%20"] {
                    let answer = list(admin, &path, &format!("{sent}={empty}{others}")).await;
                    let fault = [("bad-parameter".to_owned(), sent.clone())];
                    assert_eq!(
                        (answer.status, faults(&answer)),
                        (400, fault.to_vec()),
                        "{path} {sent}={empty}"
                    );
                    let answer =
                        list(admin, &path, &format!("{sent}={}&{sent}={empty}{others}", good(filter)[0]))
                            .await;
                    assert_eq!(answer.status, 400, "{path} {sent} once with something and once without");
                }
                if let Kind::Text(_, limit) = filter.kind {
                    let long = "x".repeat(limit + 1);
                    let answer = list(admin, &path, &format!("{sent}={long}{others}")).await;
                    let fault = [("bad-parameter".to_owned(), sent.clone())];
                    assert_eq!(
                        (answer.status, faults(&answer)),
                        (400, fault.to_vec()),
                        "{path} {sent} too long"
                    );
                }
                if let Some(nonsense) = nonsense(filter) {
                    let answer = list(admin, &path, &format!("{sent}={nonsense}{others}")).await;
                    let fault = [("bad-parameter".to_owned(), sent.clone())];
                    assert_eq!(
                        (answer.status, faults(&answer)),
                        (400, fault.to_vec()),
                        "{path} {sent}={nonsense}"
                    );
                    assert!(answer.text_at("/errors/0/detail").contains(nonsense), "{}", answer.text);
                }
            }
            let [one, other] = good(filter);
            let sent = format!("filter[{}]", filter.name);
            let once = list(admin, &path, &format!("{sent}={one}{others}")).await;
            let twice = list(admin, &path, &format!("{sent}={one}&{sent}={one}{others}")).await;
            assert_eq!(rows(&once), rows(&twice), "{path} {sent}={one}, said twice");
            let keys = list(admin, &path, &format!("{sent}={one}&{sent}={other}{others}")).await;
            if !filter.is_many {
                assert_eq!(keys.status, 400, "{path} {sent}={one} and {other}");
                continue;
            }
            let commas = list(admin, &path, &format!("{sent}={one},{other}{others}")).await;
            assert_eq!(rows(&keys), rows(&commas), "{path} {sent}: {one} and {other}");
            for index in ["[]", "[0]"] {
                let listed = format!("{sent}{index}={one}&{sent}{index}={other}{others}");
                assert_eq!(rows(&list(admin, &path, &listed).await), rows(&commas), "{path} {listed}");
            }
        }
    }
    assert!(seen > 30, "{seen} filters");
}

/// Status and ids. The log is longer each time by a read of itself alone, which is left out.
fn rows(answer: &journeys::Answer) -> (u16, Vec<String>) {
    (answer.status, if answer.status == 200 { ids(answer) } else { Vec::new() })
}

#[tokio::test(flavor = "multi_thread")]
async fn several_sorts_stand_behind_one_another() {
    let house = House::start().await;
    let account: Account = house.account("acme").await;
    let admin = &account.administrator;
    for (name, short) in [("Bakery", "b"), ("Apple", "a"), ("Bakery", "a"), ("apple", "z")] {
        let body = json!({"name": name, "short-name": short});
        created(admin.post("/organizations", &resource("organizations", body)).await.unwrap());
    }
    let order = async |query: &str| -> Vec<String> {
        let page = expect(admin.get(&format!("/organizations?{query}")).await.unwrap(), 200);
        let rows = page.at("/data");
        let text = |row: &Value, name: &str| row["attributes"][name].as_str().unwrap().to_owned();
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| text(row, "name") + " " + &text(row, "short-name"))
            .collect()
    };
    let expected = ["apple z", "Apple a", "Bakery a", "Bakery b"];
    for query in [
        "sort=name,short_name",
        "sort=name&sort=short-name",
        "sort[]=name&sort[]=short_name",
        "sort=name,short-name,name",
    ] {
        assert_eq!(order(query).await, expected, "{query}");
    }
    assert_eq!(order("sort=-name,short-name").await, ["Bakery a", "Bakery b", "Apple a", "apple z"]);
    assert_eq!(order("sort=name,-id").await, ["apple z", "Apple a", "Bakery a", "Bakery b"]);
    // By cursor as well.
    let (mut met, mut next) = (Vec::new(), "/organizations?page[size]=1&sort=-name,short_name".to_owned());
    while !next.is_empty() {
        let page = expect(admin.get(&next).await.unwrap(), 200);
        met.push(
            page.text_at("/data/0/attributes/name") + " " + &page.text_at("/data/0/attributes/short-name"),
        );
        next = page.text_at("/links/next");
    }
    assert_eq!(met, ["Bakery a", "Bakery b", "Apple a", "apple z"]);
    let wrong = admin.get("/organizations?sort=name,favourite_colour").await.unwrap();
    assert_eq!(faults(&wrong), [("bad-parameter".to_owned(), "sort".to_owned())]);
    assert!(wrong.text_at("/errors/0/detail").contains("`favourite_colour`"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_the_same_in_whatever_letters() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let (_, emil) = account.user(&house, "emil", "Editor", Grants::ALL).await;
    for operation in operations(&house) {
        let Some(shape) = operation.list else { continue };
        for filter in shape.filters {
            let known = match filter.kind {
                Kind::Choice(known) => known.to_vec(),
                Kind::Words(known) => known(),
                Kind::Role => Role::ALL.map(Role::name).to_vec(),
                _ => continue,
            };
            let path = operation.route.path.replace("{id}", "1");
            for word in known {
                let said = |word: &str| format!("filter[{}]={word}", filter.name);
                let plain = list(admin, &path, &said(word)).await;
                for other in [word.to_uppercase(), word.replace('-', "_")] {
                    let answer = list(admin, &path, &said(&other)).await;
                    assert_eq!(answer.status, plain.status, "{path} {}: {}", said(&other), answer.text);
                    // Lists of what was done are longer by each read.
                    if !matches!(path.as_str(), "/logs" | "/user_metrics") {
                        assert_eq!(rows(&answer), rows(&plain), "{path} {}", said(&other));
                    }
                }
            }
        }
    }
    let question = json!({"action": "Set_Restrictions", "organization-id": bakery});
    let answer =
        expect(admin.post("/access/check", &resource("access-checks", question)).await.unwrap(), 200);
    assert_eq!(answer.text_at("/data/attributes/action"), "set-restrictions");
    let suspended = resource("users", json!({"status": "Suspended"}));
    let answer = expect(admin.patch(&format!("/users/{emil}"), &suspended).await.unwrap(), 200);
    assert_eq!(answer.text_at("/data/attributes/status"), "suspended");
    let nonsense = resource("users", json!({"status": "away"}));
    journeys::refused(admin.patch(&format!("/users/{emil}"), &nonsense).await.unwrap(), 422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_taken_as_a_text_or_a_number_wherever_one_is_named() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let number = |id: &str| id.parse::<u64>().unwrap();
    let question = json!({"action": "read", "organization-id": number(&bakery),
        "user_id": number(&account.administrator_id), "resource-type": "Password", "resource-id": 4711});
    let answer =
        expect(admin.post("/access/check", &resource("access-checks", question)).await.unwrap(), 200);
    assert_eq!(answer.text_at("/data/attributes/organization-id"), bakery);
    assert_eq!(answer.text_at("/data/attributes/resource-id"), "4711");
    for wrong in [json!(1.5), json!(true), json!([1]), json!(-1)] {
        let question = json!({"action": "read", "organization-id": wrong});
        let answer = admin.post("/access/check", &resource("access-checks", question)).await.unwrap();
        assert_eq!(answer.status, 422, "{wrong}: {}", answer.text);
    }
    let switch = resource("sessions", json!({"account-id": number(&account.id)}));
    expect(admin.patch("/session", &switch).await.unwrap(), 200);
    // Said twice, it is the same one or a fault.
    let path = format!("/organizations/{bakery}");
    let twice = |among: &str| {
        json!({"data": {"type": "organizations", "id": bakery,
            "attributes": {"id": number(among), "short-name": "B"}}})
    };
    expect(admin.patch(&path, &twice(&bakery)).await.unwrap(), 200);
    journeys::refused(admin.patch(&path, &twice("7")).await.unwrap(), 422, "unknown-attribute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plus_that_was_not_encoded_is_one_in_an_address() {
    let house = House::start().await;
    let account = house.account("acme").await;
    account.invite("ann+desk", "Editor", Grants::ALL).await;
    let admin = &account.administrator;
    for said in [
        "ann+desk@acme.example",
        "ann%2Bdesk@acme.example",
        "ANN+DESK@acme.example",
        "x@acme.example,+ann+desk@acme.example",
    ] {
        let found = expect(list(admin, "/users", &format!("filter[email]={said}")).await, 200);
        assert_eq!(found.at("/meta/total-count"), json!(1), "{said}");
        assert_eq!(found.text_at("/data/0/attributes/email"), "ann+desk@acme.example", "{said}");
    }
}

/// Clients put their filters together anew for each page.
#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_good_for_its_list_however_the_filters_are_arranged() {
    let house = House::start().await;
    let account = house.account("acme").await;
    for name in ["ann", "ben", "cy"] {
        account.invite(name, "Editor", Grants::ALL).await;
    }
    let admin = &account.administrator;
    let filters = "filter[status]=invited,active&filter[role_name]=Editor&sort=-name";
    let first = expect(list(admin, "/users", &format!("{filters}&page[size]=1")).await, 200);
    let next = first.text_at("/links/next");
    let (_, cursor) = next.split_once("page%5Bafter%5D=").unwrap();
    let cursor = cursor.split('&').next().unwrap();
    let second = ids(&expect(admin.get(&next).await.unwrap(), 200));
    for same in [
        "filter[role-name]=editor&filter[status]=active,%20invited&sort=-name",
        "sort=-name&filter[status]=active&filter[status]=invited&filter[role_name]=EDITOR,Editor",
        "filter[status][]=INVITED&filter[status][]=active&sort=-name&filter[role_name]=Editor",
    ] {
        let path = format!("{same}&page[after]={cursor}");
        let page = expect(list(admin, "/users", &format!("{path}&page[size]=1")).await, 200);
        assert_eq!(ids(&page), second, "{same}");
        // The size may change on the way.
        assert_eq!(ids(&expect(list(admin, "/users", &path).await, 200)).len(), 2, "{same}");
    }
    for other in [
        "filter[role_name]=Editor&filter[status]=invited&sort=-name",
        "filter[role_name]=Editor&filter[status]=invited,active&sort=name",
        "filter[role_name]=Editor&filter[status]=invited,active&filter[my_glue]=false&sort=-name",
        "sort=-name",
    ] {
        let answer = list(admin, "/users", &format!("{other}&page[size]=1&page[after]={cursor}")).await;
        journeys::refused(answer, 400, "invalid-cursor");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_taken_as_people_and_scripts_write_it() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let all = expect(admin.get("/logs?page[size]=1000").await.unwrap(), 200);
    let all = journeys::ids(&all).len();
    for (said, found) in [
        ("2020-11-20 03:12:11,*", all),
        ("2020-11-20%2003:12:11", all),
        ("2020-11-20", all),
        ("2020-11-20T03:12:11,2020-11-21", 0),
        ("2020-11-20T03:12:11 01:00,*", all),
        ("2020-11-20 03:12:11 UTC,*", all),
        ("2020-11-20 03:12:11 %2B0100, *", all),
        ("*,2020-11-20 03:12:11", 0),
        ("2099-01-01", 0),
    ] {
        let page =
            list(admin, "/logs", &format!("page[size]=1000&filter[created_at]={}", said.replace(' ', "%20")))
                .await;
        assert_eq!(
            (page.status, page.at("/data").as_array().map(Vec::len)),
            (200, Some(found)),
            "{said}: {}",
            page.text
        );
    }
    for wrong in ["2026-11-21,2026-11-20", "2026-11-20,", ",2026-11-20", "*", "2026-11-20,*,*", "25:00"] {
        let answer = list(admin, "/logs", &format!("filter[created_at]={wrong}")).await;
        assert_eq!(
            faults(&answer),
            [("bad-parameter".to_owned(), "filter[created_at]".to_owned())],
            "{wrong}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_filtered_by_what_came_of_it_and_by_what_it_was_done_to() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let admin = &account.administrator;
    let bakery = account.organization("Bakery").await;
    let (emil, _) = account.user(&house, "emil", "Editor", Grants::ALL).await;
    journeys::refused(emil.get("/users").await.unwrap(), 403, "role-too-low");
    let found = async |query: &str| {
        let page = expect(admin.get(&format!("/logs?page[size]=1000&{query}")).await.unwrap(), 200);
        let rows = page.at("/data");
        let outcome = |row: &Value| row["attributes"]["outcome"].as_str().unwrap().to_owned();
        rows.as_array().unwrap().iter().map(outcome).collect::<Vec<_>>()
    };
    assert_eq!(found("filter[outcome]=refused").await, ["role-too-low"]);
    assert_eq!(found("filter[outcome]=role_too_low").await, ["role-too-low"]);
    assert!(found("filter[outcome]=allowed").await.iter().all(|outcome| outcome == "allowed"));
    assert_eq!(found(&format!("filter[resource_id]={bakery}")).await, ["allowed"]);
    assert_eq!(
        found(&format!("filter[resource-type]=Organization&filter[resource_id]={bakery}")).await,
        ["allowed"]
    );
    assert_eq!(found("filter[host_id]=17").await, [""; 0]);
    // Who read the log is asked for by name.
    let reads = found("filter[action]=read&filter[outcome]=allowed").await;
    assert_eq!(reads, [""; 0], "the log alone was read, several times by now");
    assert!(found("filter[resource_type]=Log").await.len() > 5);
}
