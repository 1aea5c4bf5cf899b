//! What accounts share, and what one of them therefore cannot do to another.

use journeys::{Account, Grants, House, PASSWORD, created, expect, ids, invitation, refused, resource};
use serde_json::{Value, json};

use crate::glueconnect::{connect, enter, offer_all};
use crate::guessing::{from, try_password};

/// An item that cannot be read is counted and named, and whatever is due besides is done all the same.
#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_cannot_be_read_stops_nobody_elses() {
    let house = House::start().await;
    house.product.schedules_wait_to_be_told();
    let (ours, theirs) = (house.account("acme").await, house.account("other").await);
    let mut invited = Vec::new();
    for account in [&ours, &theirs] {
        let bakery = account.organization("Bakery").await;
        let body = invitation("ann@x.example", "Lite", Grants::organizations(&[&bakery]));
        invited.push(created(account.administrator.post("/users", &body).await.unwrap()).id());
    }
    house.product.drain().await.unwrap();
    let key = json!({"pk": {"S": format!("A#{}#USER#{}", ours.id, invited[0])}, "sk": {"S": "INVITATION"}});
    let spoilt = json!({"Key": key, "UpdateExpression": "SET expires_at = :text",
        "ExpressionAttributeValues": {":text": {"S": "soon"}}});
    house.dynamodb("UpdateItem", spoilt).await;
    house.product.clock.advance(8 * 24 * 60 * 60_000);
    let report = house.run_schedule().await;
    assert_eq!((&report["unreadable"], &report["expired"]), (&json!(1), &json!(1)), "{report}");
    let ada = theirs.administrator_again(&house).await;
    let shown = expect(ada.get(&format!("/users/{}", invited[1])).await.unwrap(), 200);
    assert_eq!(shown.at("/data/attributes/status"), json!("expired"), "{}", shown.text);
}

/// An operator who opens the accounts opens each of them, and whoever is let into one still comes in.
#[tokio::test(flavor = "multi_thread")]
async fn where_sign_up_is_closed_no_stranger_opens_an_account() {
    let house = House::start_with_closed_sign_up().await;
    let account = json!({"name": "Mallory", "subdomain": "mallory", "email": "m@mallory.example",
        "first-name": "M", "last-name": "M", "password": "correct horse battery"});
    let answer = house.nobody.post("/accounts", &resource("accounts", account)).await.unwrap();
    refused(answer, 403, "sign-up-closed");
    assert!(house.product.mailbox.mails().is_empty());
}

/// What this account's log says of invitations that ended, as the numbers of the entries, which rise with time.
async fn expiries(house: &House, account: &Account) -> Vec<u64> {
    let ada = account.administrator_again(house).await;
    let mut numbers = Vec::new();
    let mut next =
        Some("/logs?filter[resource_type]=invitations&filter[action]=update&page[size]=100".to_owned());
    while let Some(path) = next {
        let page = expect(ada.get(&path).await.unwrap(), 200);
        numbers.extend(ids(&page).iter().map(|id| id.parse::<u64>().unwrap()));
        next = page.at("/links/next").as_str().map(str::to_owned);
    }
    numbers.sort_unstable();
    numbers
}

/// Two accounts, of which the first has a hundred and fifty invitations that end before the one of the second.
async fn many_and_one(house: &House) -> (Account, Account) {
    house.product.schedules_wait_to_be_told();
    let (many, one) = (house.account("many").await, house.account("one").await);
    let addresses: Vec<String> = (0..150).map(|number| format!("person{number}@many.example")).collect();
    let rows: Vec<Value> =
        addresses.iter().map(|email| invitation(email, "Editor", Grants::ALL)["data"].clone()).collect();
    created(many.administrator.post("/users", &json!({ "data": rows })).await.unwrap());
    house.product.drain().await.unwrap();
    house.product.clock.advance(60_000);
    one.invite("ann", "Editor", Grants::ALL).await;
    house.product.drain().await.unwrap();
    house.product.clock.advance(8 * 24 * 60 * 60_000);
    (many, one)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_many_invitations_of_one_account_keep_nobody_elses_waiting() {
    let house = House::start().await;
    let (many, one) = many_and_one(&house).await;
    house.run_schedule().await;
    let (many, one) = (expiries(&house, &many).await, expiries(&house, &one).await);
    assert_eq!((many.len(), one.len()), (150, 1));
    let after = many.iter().filter(|entry| **entry > one[0]).count();
    assert!(after >= 100, "the one of the other account came behind {} of them", 150 - after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_took_long_enough_leaves_the_rest_to_the_next() {
    let (house, cable) = House::start_on_a_cable_to_dynamodb().await;
    let (many, one) = many_and_one(&house).await;
    // The first hundred are read, and that takes as long as a slow table does.
    cable.hold_answer_to("DynamoDB_20120810.BatchGetItem");
    let runs = async { house.product.run_schedule("expire-invitations").await.unwrap() };
    let time_passes = async {
        cable.holds_one().await;
        house.product.clock.advance(41_000);
        cable.let_go();
    };
    let (report, ()) = tokio::join!(runs, time_passes);
    assert_eq!((&report["expired"], &report["left"]), (&json!(100), &json!(51)), "{report}");
    assert_eq!(expiries(&house, &one).await.len(), 1);
    let report = house.run_schedule().await;
    assert_eq!((&report["expired"], &report["left"]), (&json!(51), &json!(0)), "{report}");
    assert_eq!(expiries(&house, &many).await.len(), 150);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_cannot_be_read_stops_nobody_elses() {
    let house = House::start().await;
    let (ours, theirs) = (house.account("acme").await, house.account("other").await);
    let (_, ann) = ours.invite("ann", "Editor", Grants::ALL).await;
    house.product.drain().await.unwrap();
    // As a newer version may have left it: it is on the list of what is to be sent, and says a word that this one does not know.
    let key = json!({"pk": {"S": format!("A#{}#USER#{ann}", ours.id)}, "sk": {"S": "INVITATION"}});
    let spoilt = json!({"Key": key, "UpdateExpression": "SET delivery = :queued, #state = :word",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":queued": {"S": "queued"}, ":word": {"S": "pondered"}}});
    house.dynamodb("UpdateItem", spoilt).await;
    for name in ["bob", "cy"] {
        theirs.invite(name, "Editor", Grants::ALL).await;
        assert_eq!(house.mails(&format!("{name}@other.example")).await.len(), 1);
    }
    assert_eq!(house.mails("ann@acme.example").await.len(), 1, "the one of before");
}

/// What one host's items say, or a newer version wrote there, keeps a delegate's people out of that host and of no other.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_cannot_be_read_closes_its_own_host_alone() {
    let house = House::start_with_much_mail().await;
    let noc = house.account("noc").await;
    let (tom, _) = noc.user(&house, "tom", "Editor", Grants::ALL).await;
    let (mut hosts, mut connections) = (Vec::new(), Vec::new());
    for subdomain in ["acme", "bakers", "cellar"] {
        let host = house.account(subdomain).await;
        connections.push(connect(&house, &host, &noc, &offer_all("noc", "Editor")).await);
        hosts.push(host);
    }
    let spoil = async |pk: String, sk: String, name: &str| {
        let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        let spoilt = json!({"Key": key, "UpdateExpression": "SET #name = :word",
            "ExpressionAttributeNames": {"#name": name},
            "ExpressionAttributeValues": {":word": {"S": "pondered"}}});
        house.dynamodb("UpdateItem", spoilt).await;
    };
    let sort_key = async |pk: &str, id: &str| {
        let rows = house.partition(pk).await;
        let found = rows.iter().find(|row| row["sk"].as_str().is_some_and(|sk| sk.ends_with(id)));
        found.unwrap_or_else(|| panic!("{id} is not in {rows:?}"))["sk"].as_str().unwrap().to_owned()
    };
    let of_host = format!("A#{}#CONNECTIONS", hosts[0].id);
    let sk = sort_key(&of_host, &connections[0]).await;
    spoil(of_host, sk, "state").await;
    let received = format!("A#{}#RECEIVED", noc.id);
    let sk = sort_key(&received, &connections[0]).await;
    spoil(received.clone(), sk, "state").await;

    let menu = async || expect(tom.get("/session").await.unwrap(), 200);
    let names = |menu: &journeys::Answer| texts_of(menu, "/meta/accounts", "account-id");
    assert_eq!(names(&menu().await), [hosts[1].id.clone(), hosts[2].id.clone()]);
    let listed = expect(noc.administrator.get("/connections?sort=id").await.unwrap(), 200);
    assert_eq!(journeys::ids(&listed), connections[1..]);
    enter(&tom, &hosts[1].id).await;
    let to_host = |id: &str| resource("sessions", json!({"account-id": id}));
    let closed = tom.patch("/session", &to_host(&hosts[0].id)).await.unwrap();
    assert!([404, 503].contains(&closed.status), "{}", closed.text);

    // The pointer itself, and what a host says of the person.
    let sk = sort_key(&received, &connections[1]).await;
    spoil(received, sk, "host_id").await;
    assert_eq!(names(&menu().await), [hosts[2].id.clone()]);
    let limit = resource("users", json!({"maximum-role-name": "Read-only"})).to_string();
    let path = format!("/connections/{}/users/tom@noc.example", connections[2]);
    let put = hosts[2].administrator.send(reqwest::Method::PUT, &path, &[], Some(limit)).await.unwrap();
    expect(put, 200);
    let persons = format!("A#{}#DELEGATE#{}#USERS", hosts[2].id, noc.id);
    let sk = house.partition(&persons).await[0]["sk"].as_str().unwrap().to_owned();
    spoil(persons, sk, "maximum_role").await;
    assert_eq!(names(&menu().await), [""; 0], "whoever may be limited is not let in");
    let closed = tom.patch("/session", &to_host(&hosts[2].id)).await.unwrap();
    assert_eq!(closed.status, 503, "{}", closed.text);
}

/// The values of an attribute in a list that stands in an answer.
fn texts_of(answer: &journeys::Answer, list: &str, name: &str) -> Vec<String> {
    let rows = answer.at(list);
    let rows = rows.as_array().cloned().unwrap_or_default();
    rows.iter().filter_map(|row| row[name].as_str()).map(str::to_owned).collect()
}

/// Whoever asks which accounts they have hears of all others, if one of them cannot be read.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_be_read_keeps_no_other_from_being_named() {
    let house = House::start_with_much_mail().await;
    let (ours, theirs) = (house.account("acme").await, house.account("other").await);
    for account in [&ours, &theirs] {
        let invited = journeys::invitation("ann@both.example", "Editor", Grants::ALL);
        created(account.administrator.post("/users", &invited).await.unwrap());
        created(house.accept("ann@both.example").await);
    }
    // The mail is written to the user of the first account; the second cannot be read.
    let pk = format!("A#{}#USERS", theirs.id);
    let ann = house.partition(&pk).await.into_iter().find(|row| row["email"] == "ann@both.example").unwrap();
    let spoilt = json!({"Key": {"pk": {"S": pk}, "sk": {"S": ann["sk"]}}, "UpdateExpression": "SET #status = :word",
        "ExpressionAttributeNames": {"#status": "status"}, "ExpressionAttributeValues": {":word": {"S": "pondered"}}});
    house.dynamodb("UpdateItem", spoilt).await;
    let reminder = resource("subdomain-reminders", json!({"email": "ann@both.example"}));
    expect(house.nobody.post("/subdomain-reminders", &reminder).await.unwrap(), 202);
    house.product.drain().await.unwrap();
    let mails = house.mails("ann@both.example").await;
    let mail = mails.last().unwrap();
    assert_eq!(mail.subject, "Your accounts");
    let text = mail.body.text.clone().unwrap_or_default();
    assert!(text.contains("subdomain: acme") && !text.contains("subdomain: other"), "{text}");
}

/// Two who are not signed in and choose the same key are in each other's way, and hear nothing of each other.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_of_two_strangers_tells_neither_of_the_other() {
    let house = House::start().await;
    let mut links = Vec::new();
    for subdomain in ["acme", "other"] {
        let account = house.account(subdomain).await;
        account.invite("ann", "Editor", Grants::ALL).await;
        links.push(house.link(&format!("ann@{subdomain}.example")).await);
    }
    let accept = async |link: &str, key: &str| {
        let body = resource("invitations", json!({ "password": PASSWORD })).to_string();
        house
            .nobody
            .send("POST".parse().unwrap(), link, &[("idempotency-key", key)], Some(body))
            .await
            .unwrap()
    };
    let first = created(accept(&links[0], "1").await);
    let second = refused(accept(&links[1], "1").await, 422, "idempotency-key-reused");
    let token = first.text_at("/data/attributes/access-token");
    assert!(!second.text.contains("acme") && !second.text.contains(&token), "{}", second.text);
    created(accept(&links[1], "a random one").await);
}

/// A stranger who uses up what one place has is in nobody's way elsewhere, in whatever account.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_from_one_place_is_counted_there_alone() {
    let house = House::start().await;
    let (acme, other) = (house.account("acme").await, house.account("other").await);
    let key = |account: &Account| {
        let key =
            resource("api-keys", json!({"name": "Sync", "role-name": "Editor", "all-organizations": true}));
        let admin = account.administrator.clone();
        async move { created(admin.post("/api-keys", &key).await.unwrap()).text_at("/data/attributes/key") }
    };
    let (ours, theirs) = (key(&acme).await, key(&other).await);
    other.invite("ann", "Editor", Grants::ALL).await;
    let link = house.link("ann@other.example").await;
    house.begin_a_window();
    let guesser = from(&house, 2);
    for number in 0..100 {
        try_password(&guesser, "acme", &format!("person{number}@acme.example"), "Summer 2026 again").await;
        guesser.get(&format!("/invitations/guess{number}")).await.unwrap();
    }
    let wrong = |key: &str| format!("{}{}", &key[..key.len() - 43], "A".repeat(43));
    for _ in 0..31 {
        guesser.with_api_key(&wrong(&ours)).get("/organizations").await.unwrap();
    }
    // There it is used up, for every account whose passwords are asked for there.
    refused(try_password(&guesser, "other", "admin@other.example", PASSWORD).await, 429, "too-many-attempts");
    refused(
        guesser.with_api_key(&wrong(&ours)).get("/organizations").await.unwrap(),
        429,
        "too-many-attempts",
    );
    // Keys that are right, links that are good, and another account's keys go on there; elsewhere so does everything.
    expect(guesser.with_api_key(&ours).get("/organizations").await.unwrap(), 200);
    refused(
        guesser.with_api_key(&wrong(&theirs)).get("/organizations").await.unwrap(),
        401,
        "invalid-api-key",
    );
    expect(guesser.get(&link).await.unwrap(), 200);
    for subdomain in ["acme", "other"] {
        created(
            try_password(&from(&house, 3), subdomain, &format!("admin@{subdomain}.example"), PASSWORD).await,
        );
    }
}

/// Whoever takes a subdomain that was guessed at begins with its own counts.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_guessed_at_a_subdomain_is_not_its_next_owners() {
    let house = House::start().await;
    house.begin_a_window();
    let guesser = from(&house, 2);
    let guess = async |password: &str| try_password(&guesser, "fresh", "admin@fresh.example", password).await;
    for number in 0..10 {
        refused(guess(&format!("guess {number}")).await, 401, "invalid-credentials");
    }
    refused(guess(PASSWORD).await, 429, "too-many-attempts");
    house.account("fresh").await;
    created(guess(PASSWORD).await);
}

/// Mails with which people come back are counted for one address of one account, and where they are asked for.
#[tokio::test(flavor = "multi_thread")]
async fn mails_that_are_asked_for_in_one_account_are_not_the_others() {
    let house = House::start().await;
    let (acme, other) = (house.account("acme").await, house.account("other").await);
    // One person with a user in both.
    for account in [&acme, &other] {
        let body = invitation("cy@clients.example", "Editor", Grants::ALL);
        created(account.administrator.post("/users", &body).await.unwrap());
        created(house.accept("cy@clients.example").await);
    }
    house.product.clock.advance(3_600_000 - house.product.clock.now().as_millis().rem_euclid(3_600_000) + 1);
    let before = house.mails("cy@clients.example").await.len();
    let ask = |last: u8, subdomain: &str, email: &str| {
        let caller = from(&house, last);
        let body = resource("password-resets", json!({"subdomain": subdomain, "email": email}));
        let product = &house.product;
        async move {
            expect(caller.post("/password-resets", &body).await.unwrap(), 202);
            // One that is overtaken before it left does not leave any more.
            product.drain().await.unwrap();
        }
    };
    for _ in 0..5 {
        ask(2, "acme", "cy@clients.example").await;
    }
    ask(2, "other", "cy@clients.example").await;
    assert_eq!(
        house.mails("cy@clients.example").await.len() - before,
        4,
        "three of one account, one of the other"
    );
    // Thirty from one place, for whomever; elsewhere it goes on.
    for number in 0..30 {
        ask(2, "other", &format!("nobody{number}@other.example")).await;
    }
    let mails = house.mails("admin@other.example").await.len();
    ask(2, "other", "admin@other.example").await;
    assert_eq!(house.mails("admin@other.example").await.len(), mails, "that place has asked enough");
    ask(3, "other", "admin@other.example").await;
    assert_eq!(house.mails("admin@other.example").await.len(), mails + 1);
}

/// A stranger who opens an account in somebody's name is in that person's own mail, and in nobody's way.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_a_stranger_opens_in_ones_name_hides_none_of_ones_own() {
    let house = House::start().await;
    house.account("acme").await;
    let account = json!({"name": "Mallory", "subdomain": "mallory", "email": "admin@acme.example",
        "first-name": "M", "last-name": "M", "password": "a stranger's own phrase"});
    created(house.nobody.post("/accounts", &resource("accounts", account)).await.unwrap());
    let body = resource("subdomain-reminders", json!({"email": "admin@acme.example"}));
    expect(house.nobody.post("/subdomain-reminders", &body).await.unwrap(), 202);
    let mails = house.mails("admin@acme.example").await;
    let text = mails.last().unwrap().body.text.clone().unwrap_or_default();
    assert!(text.contains("subdomain: acme") && text.contains("subdomain: mallory"), "{text}");
    // The password there opens nothing here.
    let credentials =
        json!({"subdomain": "acme", "email": "admin@acme.example", "password": "a stranger's own phrase"});
    refused(
        house.nobody.post("/sessions", &resource("sessions", credentials)).await.unwrap(),
        401,
        "invalid-credentials",
    );
}

/// No account takes the name by which hosts know a provider, neither when it is opened nor later.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_a_providers_name() {
    let house = House::start().await;
    let account = house.account("acme").await;
    for name in ["Inbay", "  INBAY ", "gms", "\u{FF27}MS", "Global  Mentoring Solutions"] {
        let opened = json!({"name": name, "subdomain": "fresh", "email": "a@fresh.example", "first-name": "A",
            "last-name": "B", "password": PASSWORD});
        let answer = house.nobody.post("/accounts", &resource("accounts", opened)).await.unwrap();
        refused(answer, 422, "providers-name");
        let renamed = resource("accounts", json!({ "name": name }));
        refused(account.administrator.patch("/account", &renamed).await.unwrap(), 422, "providers-name");
    }
}
