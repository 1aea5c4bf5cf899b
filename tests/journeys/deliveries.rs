//! What SES tells of a mail: shown on its invitation, whatever the order and however often; and an address that gave a bounce
//! or a complaint gets no more mail of that account for a while.

use journeys::{
    Account, Client, Grants, House, Mail, created, expect, faults, invitation, invitations, refused, texts,
};
use local::{MailEvent, NotTold};
use serde_json::{Value, json};

use crate::glueconnect::offer;

async fn delivery(caller: &Client, id: &str) -> String {
    let shown = expect(caller.get(&format!("/users/{id}")).await.unwrap(), 200);
    let one = shown.text_at("/data/attributes/invitation-delivery");
    let listed = expect(caller.get(&format!("/users?filter[id]={id}")).await.unwrap(), 200);
    assert_eq!(texts(&listed, "/attributes/invitation-delivery"), [one.as_str()], "the list says otherwise");
    one
}

async fn house_with_a_bakery() -> (House, Account, String) {
    let house = House::start_with_much_mail().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    (house, account, bakery)
}

async fn newest(house: &House, email: &str) -> Mail {
    house.mails(email).await.pop().unwrap_or_else(|| panic!("no mail reached {email}"))
}

async fn tell(house: &House, mail: &Mail, events: &[MailEvent]) {
    for event in events {
        house.product.tell_of_mail(&mail.message_id, *event).await.unwrap();
    }
}

/// What stands in the table about closed addresses, as DynamoDB has it.
async fn suppressed(house: &House) -> Vec<Value> {
    let every = json!({"FilterExpression": "begins_with(sk, :sk)",
        "ExpressionAttributeValues": {":sk": {"S": "SUPPRESSED#"}}});
    house.dynamodb("Scan", every).await["Items"].as_array().unwrap().clone()
}

/// How often the account's log says that an invitation was changed by nobody.
async fn notes(account: &Account) -> usize {
    let log =
        account.administrator.get("/logs?filter[resource_type]=invitations&page[size]=1000").await.unwrap();
    let by = expect(log, 200);
    let entries = by.at("/data");
    entries.as_array().unwrap().iter().filter(|entry| entry["attributes"]["user-id"].is_null()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_order_and_however_often_the_end_is_the_same() {
    use MailEvent::{
        Bounce, Complaint, Delay, Delivery, NotSpam, Reject, Send, Suppressed, TransientBounce,
        UndeterminedBounce,
    };
    let (house, account, bakery) = house_with_a_bakery().await;
    let stories: [(&[MailEvent], &str, bool); 9] = [
        (&[Send, Delivery], "delivered", false),
        (&[Send, Delay, Delivery, Delivery], "delivered", false),
        (&[TransientBounce, Delivery], "delivered", false),
        (&[Delay, TransientBounce], "bounced", false),
        (&[UndeterminedBounce], "bounced", false),
        (&[Delivery, Bounce, Bounce], "bounced", true),
        (&[Delivery, Complaint, NotSpam], "complained", true),
        (&[Reject, Send], "failed", false),
        (&[Suppressed], "suppressed", true),
    ];
    for (number, (events, end, suppresses)) in stories.into_iter().enumerate() {
        for is_backwards in [false, true] {
            let name = format!("reader{number}{is_backwards}");
            let (email, id) = account.invite(&name, "Lite", Grants::organizations(&[&bakery])).await;
            let mail = newest(&house, &email).await;
            assert_eq!(delivery(&account.administrator, &id).await, "sent");
            let mut events = events.to_vec();
            if is_backwards {
                events.reverse();
            }
            tell(&house, &mail, &events).await;
            assert_eq!(delivery(&account.administrator, &id).await, end, "{events:?}");
            tell(&house, &mail, &events).await;
            assert_eq!(delivery(&account.administrator, &id).await, end, "{events:?} once more");
            let path = format!("/users/{id}/invitation");
            let resent = account.administrator.post(&path, &json!({})).await.unwrap();
            if suppresses {
                refused(resent, 422, "address-suppressed");
            } else {
                expect(resent, 202);
            }
            // Nothing of it brings a mail up again.
            house.run_schedule().await;
            let mails = house.mails(&email).await.len();
            assert_eq!(mails, if suppresses { 1 } else { 2 }, "{events:?}");
        }
    }
}

/// What happened to one account's mail says nothing to another, and closes nothing for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_bounced_or_complained_gets_no_more_mail_from_that_account_for_a_while() {
    const DAY: i64 = 24 * 60 * 60_000;
    for (event, reason, days) in
        [(MailEvent::Bounce, "bounced", 3), (MailEvent::Complaint, "complained", 180)]
    {
        let (house, account, bakery) = house_with_a_bakery().await;
        let other = house.account("other").await;
        let shop = other.organization("Shop").await;
        let (email, id) = account.invite(reason, "Lite", Grants::organizations(&[&bakery])).await;
        // Another account has invited the same person before it came back, and SES was away then.
        house.product.drain().await.unwrap();
        house.product.ses.set(local::Mode::Down);
        let early = invitation(&email, "Lite", Grants::organizations(&[&shop]));
        let waiting = created(other.administrator.post("/users", &early).await.unwrap()).id();
        house.product.drain().await.unwrap();
        house.product.ses.set(local::Mode::Ok);
        let before = notes(&account).await;
        let mail = newest(&house, &email).await;
        tell(&house, &mail, &[event, event]).await;
        assert_eq!(delivery(&account.administrator, &id).await, reason);
        assert_eq!(notes(&account).await, before + 1, "once in the log");

        let path = format!("/users/{id}/invitation");
        let resent = account.administrator.post(&path, &json!({})).await.unwrap();
        assert_eq!(resent.text_at("/errors/0/meta/reason"), reason, "{}", resent.text);
        assert!(!resent.text.contains('@'), "{}", resent.text);
        refused(resent, 422, "address-suppressed");
        // What the other account has waiting goes out, and a third account invites the person as if nothing had been.
        house.product.clock.advance(6 * 60_000);
        house.run_schedule().await;
        assert_eq!(delivery(&other.administrator, &waiting).await, "sent");
        let third = house.account("third").await;
        let kiosk = third.organization("Kiosk").await;
        let body = invitation(&email, "Lite", Grants::organizations(&[&kiosk]));
        created(third.administrator.post("/users", &body).await.unwrap());
        assert_eq!(house.mails(&email).await.len(), 3);

        // The link that is out still works: whoever has it can read.
        assert_eq!(house.opens(&mail.link().unwrap()).await.0, 200);
        let items = suppressed(&house).await;
        assert_eq!(items.len(), 1, "of the account whose mail it was");
        assert!(!Value::Array(items.clone()).to_string().contains('@'), "no address in it");

        // A mailbox that was full is emptied, and whoever complained once may ask again in half a year.
        house.product.clock.advance(days * DAY - 10 * 60_000);
        let ada = account.administrator_again(&house).await;
        refused(ada.post(&path, &json!({})).await.unwrap(), 422, "address-suppressed");
        house.product.clock.advance(10 * 60_000);
        expect(ada.post(&path, &json!({})).await.unwrap(), 202);
        let mail = newest(&house, &email).await;
        assert_eq!(delivery(&ada, &id).await, "sent");

        // And the operator lifts it before its time.
        tell(&house, &mail, &[event]).await;
        refused(ada.post(&path, &json!({})).await.unwrap(), 422, "address-suppressed");
        let items = suppressed(&house).await;
        let key = json!({"pk": items[0]["pk"], "sk": items[0]["sk"]});
        house.dynamodb("DeleteItem", json!({ "Key": key })).await;
        expect(ada.post(&path, &json!({})).await.unwrap(), 202);

        // Whoever is invited anew, however the address is spelled, is invited by the same account.
        let mail = newest(&house, &email).await;
        tell(&house, &mail, &[event]).await;
        expect(ada.delete(&format!("/users/{id}"), None).await.unwrap(), 204);
        let spelled = email.to_uppercase();
        let body = invitations(["new@kiosk.example", &spelled], "Lite", Grants::organizations(&[&bakery]));
        for path in ["/users?preview=true", "/users"] {
            let answer = refused(ada.post(path, &body).await.unwrap(), 422, "address-suppressed");
            let named = [("address-suppressed".to_owned(), "/data/1/attributes/email".to_owned())];
            assert_eq!(faults(&answer), named);
        }
        assert!(house.mails("new@kiosk.example").await.is_empty(), "one fault, and nothing is written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_mail_says_nothing_of_the_newest_and_still_closes_the_address() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let older = newest(&house, &email).await;
    let path = format!("/users/{id}/invitation");
    expect(account.administrator.post(&path, &json!({})).await.unwrap(), 202);
    let mail = newest(&house, &email).await;
    assert_ne!(older.message_id, mail.message_id);
    tell(&house, &older, &[MailEvent::Delivery, MailEvent::TransientBounce]).await;
    assert_eq!(delivery(&account.administrator, &id).await, "sent");
    tell(&house, &mail, &[MailEvent::Delivery]).await;
    tell(&house, &older, &[MailEvent::Complaint]).await;
    assert_eq!(delivery(&account.administrator, &id).await, "delivered");
    let resent = account.administrator.post(&path, &json!({})).await.unwrap();
    assert_eq!(refused(resent, 422, "address-suppressed").text_at("/errors/0/meta/reason"), "complained");
}

/// A sender that died after SES's yes: what SES tells is proof enough that the mail left, and it does not go out twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_ses_tells_of_has_left_whatever_its_sender_noted() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let mail = newest(&house, &email).await;
    let key = json!({"pk": {"S": format!("A#{}#USER#{id}", account.id)}, "sk": {"S": "INVITATION"}});
    let due = house.product.clock.now().as_millis() + 1;
    let forgotten = json!({"Key": key, "UpdateExpression":
        "SET delivery = :queued, claimed_until = :until, due_at = :until REMOVE message_id, sent_at",
        "ExpressionAttributeValues": {":queued": {"S": "queued"}, ":until": {"N": due.to_string()}}});
    house.dynamodb("UpdateItem", forgotten).await;
    tell(&house, &mail, &[MailEvent::Delivery]).await;
    assert_eq!(delivery(&account.administrator, &id).await, "delivered");
    house.product.clock.advance(10 * 60_000);
    house.run_schedule().await;
    assert_eq!(house.mails(&email).await.len(), 1);
    assert_eq!(house.stored_invitation(&account.id, &id).await["message_id"], mail.message_id);
    journeys::created(house.accept(&email).await);
    tell(&house, &mail, &[MailEvent::Delivery, MailEvent::Complaint]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connections_mails_are_told_of_each_by_itself() {
    let (house, host, bakery) = house_with_a_bakery().await;
    let noc = house.account("noc").await;
    let (_second, _) = noc.user(&house, "second", "Administrator", Grants::ALL).await;
    let offered = offer("noc", "Editor", &[&bakery]);
    let connection = created(host.administrator.post("/connections", &offered).await.unwrap()).id();
    let shown = async || {
        let answer = host.administrator.get(&format!("/connections/{connection}")).await.unwrap();
        expect(answer, 200).text_at("/data/attributes/invitation-delivery")
    };
    let [first, second] = ["admin@noc.example", "second@noc.example"];
    let (to_first, to_second) = (newest(&house, first).await, newest(&house, second).await);
    assert_eq!(shown().await, "sent");
    tell(&house, &to_first, &[MailEvent::Delivery]).await;
    assert_eq!(shown().await, "sent", "the other one is on its way");
    tell(&house, &to_second, &[MailEvent::Delivery]).await;
    assert_eq!(shown().await, "delivered");
    tell(&house, &to_second, &[MailEvent::Bounce]).await;
    assert_eq!(shown().await, "bounced", "the trouble shows");

    // The one who can be written to gets the next one alone.
    let path = format!("/connections/{connection}/invitation");
    expect(host.administrator.post(&path, &json!({})).await.unwrap(), 202);
    assert_eq!(house.mails(second).await.len(), 2, "one of them their own invitation");
    assert_eq!(house.mails(first).await.len(), 2);
    assert_eq!(shown().await, "sent");
    let newest_to_first = newest(&house, first).await;
    tell(&house, &newest_to_first, &[MailEvent::Complaint]).await;
    let none = refused(host.administrator.post(&path, &json!({})).await.unwrap(), 422, "address-suppressed");
    assert!(!none.text.contains("noc.example"), "the host does not learn whose address: {}", none.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_of_an_invitation_is_left_alone() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    let mail = newest(&house, &email).await;
    assert_eq!(mail.tags["account"], account.id);
    assert!(!format!("{:?}", mail.tags).contains('@'), "ids alone: {:?}", mail.tags);
    let unknown = house.product.tell_of_mail("nothing", MailEvent::Bounce).await;
    assert_eq!(unknown, Err(NotTold::Unknown("nothing".to_owned())));
    let removed = account.administrator.delete(&format!("/users/{id}"), None).await.unwrap();
    assert!(removed.status < 300, "{}", removed.text);
    tell(&house, &mail, &[MailEvent::Delivery, MailEvent::Bounce]).await;
    // Whoever was removed leaves their address closed all the same.
    let again = invitation(&email, "Lite", Grants::organizations(&[&bakery]));
    refused(account.administrator.post("/users", &again).await.unwrap(), 422, "address-suppressed");
}
