//! Many at once: one row for each address, one mail for each person, and all or nothing where the request is at fault.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use journeys::{
    Account, Grants, House, created, expect, faults, identifiers, invitation, invitations, refused, resource,
};
use serde_json::{Value, json};

const ACTIVE: &str = "already.active@acme.example";
const PENDING: &str = "already.pending@acme.example";

/// Five hundred addresses: 400 people of whom eighty stand twice, some in other letters, and two who are known already.
fn five_hundred() -> Vec<String> {
    let mut emails: Vec<String> = (0..400).map(|number| format!("person.{number}@bulk.example")).collect();
    emails.extend((0..50).map(|number| format!("person.{}@bulk.example", number * 8)));
    emails.extend((0..46).map(|number| format!("Person.{}@BULK.Example", number * 5 + 1)));
    emails.extend([
        ACTIVE.to_owned(),
        PENDING.to_uppercase(),
        ACTIVE.to_uppercase(),
        " person.7@bulk.example ".into(),
    ]);
    // Repeats come before and after what they repeat: a fixed shuffle, 7 and 500 having no common divisor.
    (0..500).map(|place| emails[place * 7 % 500].clone()).collect()
}

/// What each address must come to, by the rules alone.
fn expected(emails: &[String]) -> Vec<(String, &'static str)> {
    let mut seen = BTreeSet::new();
    let outcome = |email: &String| {
        let email = email.trim().to_lowercase();
        let outcome = match email.as_str() {
            _ if !seen.insert(email.clone()) => "duplicate",
            ACTIVE => "already-active",
            PENDING => "already-invited",
            _ => "invited",
        };
        (email, outcome)
    };
    emails.iter().map(outcome).collect()
}

fn results(answer: &Value) -> Vec<(String, String, Value)> {
    let rows = answer.pointer("/meta/results").and_then(Value::as_array).unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "email"), text(row, "outcome"), row["user-id"].clone())).collect()
}

/// What a request must not change if it writes nothing.
async fn written(house: &House, account: &Account) -> (usize, usize, usize) {
    house.product.drain().await.unwrap();
    let users = house.partition(&format!("A#{}#USERS", account.id)).await.len();
    (users, house.changes(&account.id).await.len(), house.product.mailbox.mails().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_addresses_are_one_row_and_at_most_one_mail_each() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let desk = account.group("Desk", &[&bakery]).await;
    account.user(&house, "already.active", "Editor", Grants::ALL).await;
    account.invite("already.pending", "Lite", Grants::organizations(&[&bakery])).await;
    let before = written(&house, &account).await;

    let emails = five_hundred();
    let expected = expected(&emails);
    let body = invitations(emails.iter().map(String::as_str), "Lite", Grants::groups(&[&desk]));
    let foreseen =
        expect(account.administrator.post("/users?preview=true", &body).await.unwrap(), 200).json();
    let outcomes = |answer: &Value| -> Vec<(String, String)> {
        results(answer).into_iter().map(|(email, outcome, _)| (email, outcome)).collect()
    };
    let wanted: Vec<_> = expected.iter().map(|(email, what)| (email.clone(), (*what).to_owned())).collect();
    assert_eq!(outcomes(&foreseen), wanted);
    assert_eq!(foreseen["data"].as_array().unwrap().len(), 400);
    assert_eq!(written(&house, &account).await, before, "a preview writes nothing");

    let answer = created(account.administrator.post("/users", &body).await.unwrap()).json();
    assert_eq!(outcomes(&answer), wanted);
    assert_eq!(answer["data"].as_array().unwrap().len(), 400);
    let mut ids: HashMap<String, BTreeSet<String>> = HashMap::new();
    for (email, _, id) in results(&answer) {
        ids.entry(email).or_default().insert(id.as_str().unwrap_or("none").to_owned());
    }
    assert!(ids.values().all(|ids| ids.len() == 1 && !ids.contains("none")), "one user an address: {ids:#?}");

    house.product.drain().await.unwrap();
    let mut mails: HashMap<String, usize> = HashMap::new();
    for mail in house.product.mailbox.mails() {
        *mails.entry(mail.destination.to.join(",")).or_default() += 1;
    }
    let wrong: Vec<_> = ids.keys().filter(|email| mails.get(*email) != Some(&1)).collect();
    assert!(wrong.is_empty(), "not one mail each: {wrong:?}");
    assert_eq!(mails.len(), 402, "the two who were known before got theirs before");
    let (users, ..) = written(&house, &account).await;
    assert_eq!(users, before.0 + 400);

    let again = created(account.administrator.post("/users", &body).await.unwrap()).json();
    assert!(results(&again).iter().all(|(_, outcome, _)| outcome != "invited"), "{again}");
    assert_eq!(written(&house, &account).await.2, 402, "and nobody gets a second mail");
}

/// Counted on the wire: what is read is asked for all at once, and a transaction takes twenty-four people.
#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_people_are_invited_in_few_round_trips_and_few_units() {
    const FUNCTION: &str = "create-users";
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    house.product.schedules_wait_to_be_told();
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    account.invite("first", "Lite", Grants::organizations(&[&bakery])).await;
    let emails: Vec<String> = (0..500).map(|number| format!("person.{number}@bulk.example")).collect();
    let body = invitations(emails.iter().map(String::as_str), "Lite", Grants::organizations(&[&bakery]));
    // From here on the function knows the account's revision.
    expect(account.administrator.post("/users?preview=true", &body).await.unwrap(), 200);
    cable.forget();
    // All other reads of the facts come while the one of the hour's count has no answer. Beside them there is the caller's.
    cable.hold_answer_to("HOUR#");
    let facts = async {
        cable.holds_one().await;
        cable.hears(FUNCTION, "BatchGetItem", 1 + 15 + 1).await;
        cable.let_go();
    };
    let facts = tokio::time::timeout(Duration::from_secs(60), facts);
    let (answer, asked) = futures::future::join(account.administrator.post("/users", &body), facts).await;
    asked.expect("one read waits for the answer to another");
    created(answer.unwrap());
    // The request itself is counted beside the first read.
    let mut requests = cable.operations_of(FUNCTION);
    requests.retain(|operation| operation != "UpdateItem");
    let transactions = requests.iter().filter(|operation| *operation == "TransactWriteItems").count();
    let side_by_side = 15 + 1 + 1;
    let one_after_the_other = requests.len() - side_by_side + 1;
    assert_eq!(transactions, 21, "{requests:?}");
    assert!(one_after_the_other <= 25, "{one_after_the_other}: {requests:?}");
    let written = cable.costs()[FUNCTION].write / 500.0;
    assert!(written <= 9.2, "{written} units a person");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_malformed_address_among_five_hundred_stops_them_all() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let before = written(&house, &account).await;
    let mut emails: Vec<String> = (0..500).map(|number| format!("person.{number}@bulk.example")).collect();
    let grants = Grants { organizations: &[&bakery], ..Grants::default() };
    for malformed in
        ["no-at-sign", "two@@signs.example", "müller@bulk.example", "a b@bulk.example", "x@localhost", ""]
    {
        emails[321] = malformed.to_owned();
        let body = invitations(emails.iter().map(String::as_str), "Lite", grants);
        for path in ["/users", "/users?preview=true"] {
            let answer = refused(account.administrator.post(path, &body).await.unwrap(), 422, "invalid");
            let place = "/data/321/attributes/email".to_owned();
            assert_eq!(faults(&answer), [("invalid".to_owned(), place)], "{malformed:?}");
        }
    }
    emails[321] = "person.321@bulk.example".to_owned();
    emails.push("one.too@many.example".to_owned());
    let body = invitations(emails.iter().map(String::as_str), "Lite", grants);
    refused(account.administrator.post("/users", &body).await.unwrap(), 422, "too-many");
    refused(account.administrator.post("/users", &json!({"data": []})).await.unwrap(), 422, "empty");
    assert_eq!(written(&house, &account).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_every_row_is_said_at_once_with_its_place() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let other = house.account("night-noc").await;
    let bakery = account.organization("Bakery").await;
    let theirs = other.organization("Theirs").await;
    let their_group = other.group("Theirs", &[&theirs]).await;
    let before = written(&house, &account).await;
    let row = |attributes: Value, organizations: &[&str], groups: &[&str]| {
        json!({"type": "users", "attributes": attributes, "relationships": {
            "organizations": identifiers("organizations", organizations),
            "groups": identifiers("groups", groups)}})
    };
    let good = |email: &str| json!({"email": email, "role-name": "Lite"});

    let mut with_id = row(good("id@x.example"), &[&bakery], &[]);
    with_id["id"] = json!("7");
    let body = json!({"data": [
        row(json!({"email": "nonsense", "role-name": "King"}), &[&bakery], &[]),
        row(good("fine@x.example"), &[&bakery], &[]),
        row(json!({"email": "x@x.example", "role-name": "Lite", "colour": "red", "my-glue": "yes"}), &[&bakery], &[]),
        row(json!({"first-name": "a\u{202e}b"}), &["0x1"], &[]),
        with_id,
        row(good("none@x.example"), &[], &[]),
        row(good("theirs@x.example"), &[&theirs, &bakery], &[&their_group]),
        row(good("unknown@x.example"), &["4711"], &[]),
    ]});
    let answer = expect(account.administrator.post("/users", &body).await.unwrap(), 422);
    let mut found = faults(&answer);
    found.sort_by(|one, other| one.1.cmp(&other.1));
    let wanted = [
        ("invalid", "/data/0/attributes/email"),
        ("invalid", "/data/0/attributes/role-name"),
        ("unknown-attribute", "/data/2/attributes/colour"),
        ("wrong-type", "/data/2/attributes/my-glue"),
        ("missing", "/data/3/attributes/email"),
        ("invalid", "/data/3/attributes/first-name"),
        ("missing", "/data/3/attributes/role-name"),
        ("malformed-id", "/data/3/relationships/organizations/data/0/id"),
        ("id-not-yours", "/data/4/id"),
        ("no-organization", "/data/5"),
        ("unknown-group", "/data/6/relationships/groups"),
        ("unknown-organization", "/data/6/relationships/organizations"),
        ("unknown-organization", "/data/7/relationships/organizations"),
    ];
    let wanted = wanted.map(|(code, place)| (code.to_owned(), place.to_owned()));
    assert_eq!(found, wanted, "{}", answer.text);
    assert_eq!(written(&house, &account).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_grants_more_than_they_have() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let (bakery, cellar) = (account.organization("Bakery").await, account.organization("Cellar").await);
    let cellars = account.group("Cellar", &[&cellar]).await;
    let (baker, cellarer, in_cellar) = (bakery.as_str(), cellar.as_str(), cellars.as_str());
    let (manager, _) = account.user(&house, "mara", "Manager", Grants::organizations(&[&bakery])).await;
    let before = written(&house, &account).await;
    let refusals = [
        ("Administrator", &[baker] as &[&str], &[] as &[&str], "role-above-own"),
        ("Lite", &[baker, cellarer], &[], "organizations-not-yours"),
        ("Lite", &[], &[in_cellar], "organizations-not-yours"),
        ("Lite", &[baker], &[in_cellar], "organizations-not-yours"),
        ("Editor", &[], &[], "all-organizations-not-yours"),
    ];
    for (role, organizations, groups, code) in refusals {
        let grants = Grants { all: role == "Editor", organizations, groups };
        let emails = ["one@x.example", "two@x.example"];
        let mut body = invitations(emails, "Lite", Grants::organizations(&[&bakery]));
        body["data"][1] = invitation(emails[1], role, grants)["data"].take();
        let answer = refused(manager.post("/users", &body).await.unwrap(), 403, code);
        let faults = faults(&answer);
        assert_eq!(faults.first(), Some(&(code.to_owned(), "/data/1".to_owned())), "{faults:?}");
        assert!(faults.iter().all(|(_, place)| place == "/data/1"), "{faults:?}");
    }
    assert_eq!(written(&house, &account).await, before);
    let body = invitation("peer@x.example", "Manager", Grants::organizations(&[&bakery]));
    created(manager.post("/users", &body).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_in_it_glue_or_in_my_glue_never_in_both() {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let grants = Grants { organizations: &[&bakery], ..Grants::default() };
    let mut mine = invitations(["my@x.example", "it@x.example"], "Lite", grants);
    mine["data"][0]["attributes"]["my-glue"] = json!(true);
    let answer = created(account.administrator.post("/users", &mine).await.unwrap());
    let mail = house.mails("my@x.example").await.remove(0);
    assert!(mail.subject.ends_with(" on MyGlue"), "{}", mail.subject);
    let outcomes = |answer: &Value| -> Vec<String> {
        results(answer).into_iter().map(|(_, outcome, _)| outcome).collect()
    };
    assert_eq!(outcomes(&answer.json()), ["invited", "invited"]);
    mine["data"][0]["attributes"]["my-glue"] = json!(false);
    mine["data"][1]["attributes"]["my-glue"] = json!(true);
    let answer = created(account.administrator.post("/users", &mine).await.unwrap());
    assert_eq!(outcomes(&answer.json()), ["in-my-glue", "in-it-glue"]);

    // An address is one identity whatever its case and its script, also alone and for an account's first user.
    let known = json!({"email": "ADMIN@acme.EXAMPLE", "role-name": "Lite"});
    let body =
        journeys::related("users", known, json!({"organizations": identifiers("organizations", &[&bakery])}));
    let answer = created(account.administrator.post("/users", &body).await.unwrap());
    assert_eq!(outcomes(&answer.json()), ["already-active"]);
    let domains = invitations(["x@bücher.example", "X@xn--bcher-kva.example"], "Lite", grants);
    let answer = created(account.administrator.post("/users", &domains).await.unwrap());
    assert_eq!(outcomes(&answer.json()), ["invited", "duplicate"]);
    refused(
        account.administrator.post("/users", &resource("groups", json!({}))).await.unwrap(),
        422,
        "wrong-resource-type",
    );
}
