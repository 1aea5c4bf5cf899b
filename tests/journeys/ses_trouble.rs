//! SES throttles, rejects, or is down: mail waits, the API says so, and nothing is lost or sent twice.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use journeys::{Account, Client, Grants, House, expect, texts};
use local::Mode;
use serde_json::{Value, json};

async fn delivery(caller: &Client, id: &str) -> String {
    let answer = expect(caller.get(&format!("/users/{id}")).await.unwrap(), 200);
    answer.text_at("/data/attributes/invitation-delivery")
}

async fn house_with_a_bakery() -> (House, Account, String) {
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    (house, account, bakery)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ses_does_not_take_is_shown_and_sent_later() {
    let (house, account, bakery) = house_with_a_bakery().await;
    for (mode, shown, waiting, refused) in
        [(Mode::Throttle, "queued", 1, 0), (Mode::Reject, "failed", 0, 1), (Mode::Down, "queued", 1, 0)]
    {
        house.product.ses.set(mode);
        let name = format!("{mode:?}").to_lowercase();
        let (email, id) = account.invite(&name, "Lite", Grants::organizations(&[&bakery])).await;
        assert!(house.mails(&email).await.is_empty());
        assert_eq!(delivery(&account.administrator, &id).await, shown, "{mode:?}");
        // What waits by itself and what somebody has to look at are counted apart: the one alarms, the other does not.
        let report = house.run_schedule().await;
        assert_eq!((&report["waiting"], &report["refused"]), (&json!(waiting), &json!(refused)), "{mode:?}");
        assert!(house.mails(&email).await.is_empty(), "{mode:?}: not before its time");

        house.product.ses.set(Mode::Ok);
        house.product.clock.advance(6 * 60_000);
        house.run_schedule().await;
        let link = house.only_link(&email).await;
        assert_eq!(delivery(&account.administrator, &id).await, "sent", "{mode:?}");
        assert_eq!(house.opens(&link).await.0, 200);
        journeys::created(house.accept(&email).await);
    }
}

/// The schedule runs each minute while SES is down, and after: each mail arrives once, with the link that every try before
/// had carried.
#[tokio::test(flavor = "multi_thread")]
async fn after_an_hour_without_ses_every_invitation_arrives_once_with_the_link_first_signed() {
    let (house, cable) = House::start_on_a_cable_to_ses().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    house.product.ses.set(Mode::Down);
    let mut people = Vec::new();
    for number in 1..=6 {
        let name = format!("person{number}");
        people.push(account.invite(&name, "Lite", Grants::organizations(&[&bakery])).await);
    }
    house.product.drain().await.unwrap();
    let first_signed = links(&cable.heard());
    assert_eq!(first_signed.len(), people.len(), "each was tried at once: {first_signed:?}");

    for _ in 0..60 {
        house.product.clock.advance(60_000);
        house.run_schedule().await;
    }
    let queued = expect(account.administrator.get("/users?filter[status]=invited").await.unwrap(), 200);
    assert!(texts(&queued, "/attributes/invitation-delivery").iter().all(|shown| shown == "queued"));
    let tries = cable.heard().matches("POST /v2/email/outbound-emails").count();
    assert!(
        (5 * people.len()..=10 * people.len()).contains(&tries),
        "an hour of growing pauses: {tries} tries"
    );
    assert!(house.product.mailbox.mails().is_empty());

    house.product.ses.set(Mode::Ok);
    // No pause between two tries is longer than half an hour, and five minutes on the schedule looks.
    for _ in 0..36 {
        house.product.clock.advance(60_000);
        house.run_schedule().await;
    }
    assert_eq!(links(&cable.heard()), first_signed, "a retry signed another link");
    let mut arrived = BTreeSet::new();
    for (email, id) in &people {
        arrived.insert(house.only_link(email).await);
        assert_eq!(delivery(&account.administrator, id).await, "sent");
        assert_eq!(house.stored_invitation(&account.id, id).await["generation"], "1");
        journeys::created(house.accept(email).await);
    }
    assert_eq!(arrived, first_signed);
}

/// The links in what was said on the way to SES, from the text part of each mail.
fn links(heard: &str) -> BTreeSet<String> {
    let starts = heard.match_indices("http://").map(|(start, _)| &heard[start..]);
    let is_token = |character: char| character.is_ascii_alphanumeric() || "/:._-".contains(character);
    starts
        .map(|text| text.split(|character| !is_token(character)).next().unwrap_or_default())
        .filter(|link| link.contains("/invitations/"))
        .map(str::to_owned)
        .collect()
}

/// Whoever claims a mail and dies leaves it claimed; the claim ends, and the schedule brings the mail back.
#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_dies_between_claim_and_mail_loses_nothing() {
    let (house, account, bakery) = house_with_a_bakery().await;
    house.product.ses.set(Mode::Down);
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    house.product.drain().await.unwrap();
    let claimed_until = house.product.clock.now().as_millis() + 60_000;
    let key = json!({"pk": {"S": format!("A#{}#USER#{id}", account.id)}, "sk": {"S": "INVITATION"}});
    let claim = json!({"Key": key, "UpdateExpression": "SET claimed_until = :until",
        "ExpressionAttributeValues": {":until": {"N": claimed_until.to_string()}}});
    house.dynamodb("UpdateItem", claim).await;
    house.product.ses.set(Mode::Ok);
    assert!(house.mails(&email).await.is_empty(), "it is claimed");

    house.product.clock.advance(10 * 60_000);
    house.run_schedule().await;
    house.only_link(&email).await;
    assert_eq!(delivery(&account.administrator, &id).await, "sent");
    house.product.clock.advance(10 * 60_000);
    house.run_schedule().await;
    house.only_link(&email).await;
}

/// The stream promises each record at least once; two deliveries at the same time are one mail.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_the_stream_brings_again_sends_no_second_mail() {
    let (house, account, bakery) = house_with_a_bakery().await;
    house.product.ses.set(Mode::Down);
    let (email, id) = account.invite("ann", "Lite", Grants::organizations(&[&bakery])).await;
    house.product.drain().await.unwrap();
    house.product.ses.set(Mode::Ok);
    house.product.clock.advance(2 * 60_000);
    let event = json!({"Records": vec![record_of(&account.id, &id); 3]});
    let one = || house.product.invoke("send-invites", event.clone());
    let answers = tokio::join!(one(), one(), one(), one());
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.unwrap()["batchItemFailures"], json!([]));
    }
    house.only_link(&email).await;
}

/// On AWS several senders are at work side by side, and SES counts them as one.
#[tokio::test(flavor = "multi_thread")]
async fn senders_side_by_side_are_together_no_faster_than_ses_allows() {
    const PER_SECOND: u32 = 20;
    let house = House::start_with_paced_mail(NonZeroU32::new(PER_SECOND).unwrap()).await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    house.product.ses.set(Mode::Down);
    let mut people = Vec::new();
    for number in 0..40 {
        people.push(
            account.invite(&format!("person{number}"), "Lite", Grants::organizations(&[&bakery])).await,
        );
    }
    house.product.drain().await.unwrap();
    house.product.clock.advance(2 * 60_000);

    house.product.ses.set(Mode::Ok);
    // However long each is held up after its turn: one mail of each sender may then fall into a second with those of the turns.
    house.product.ses.take_at_most_each_second(usize::try_from(PER_SECOND).unwrap() + 1 + 4);
    let sender = |number: usize| {
        let batch = people.iter().skip(number).step_by(4);
        let records: Vec<Value> = batch.map(|(_, id)| record_of(&account.id, id)).collect();
        house.product.invoke("send-invites", json!({ "Records": records }))
    };
    let answers = tokio::join!(sender(0), sender(1), sender(2), sender(3));
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.unwrap()["batchItemFailures"], json!([]));
    }
    assert_eq!(house.product.ses.refused_for_rate(), 0);
    for (email, id) in &people {
        house.only_link(email).await;
        assert_eq!(delivery(&account.administrator, id).await, "sent");
    }

    // A SES that allows less than it was said to is not asked again at once, and loses nothing.
    house.product.ses.take_at_most_each_second(0);
    let (email, id) = account.invite("late", "Lite", Grants::organizations(&[&bakery])).await;
    assert!(house.mails(&email).await.is_empty());
    assert_eq!(house.product.ses.refused_for_rate(), 1);
    assert_eq!(delivery(&account.administrator, &id).await, "queued");
}

/// What the stream says of an invitation whose mail waits.
fn record_of(account: &str, user: &str) -> Value {
    let image = json!({"pk": {"S": format!("A#{account}#USER#{user}")}, "sk": {"S": "INVITATION"},
        "delivery": {"S": "queued"}});
    json!({"eventID": "1", "eventName": "MODIFY", "eventSource": "aws:dynamodb", "eventVersion": "1.1",
        "awsRegion": "eu-central-1", "dynamodb": {"ApproximateCreationDateTime": 1_795_000_000, "Keys": {},
        "NewImage": image, "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
}

/// Ten days nobody looked: then two runs of the schedule at once note each expiry once.
#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_was_away_and_overlaps_itself_notes_each_expiry_once() {
    let (house, account, bakery) = house_with_a_bakery().await;
    let mut ids = BTreeSet::new();
    for number in 1..=12 {
        // Some of them never reached SES: they end all the same, and their mail is not sent afterwards.
        house.product.ses.set(if number % 3 == 0 { Mode::Down } else { Mode::Ok });
        let name = format!("person{number}");
        ids.insert(account.invite(&name, "Lite", Grants::organizations(&[&bakery])).await.1);
        house.product.drain().await.unwrap();
    }
    house.product.ses.set(Mode::Ok);
    let (email, alive) = account.invite("accepts", "Lite", Grants::organizations(&[&bakery])).await;
    journeys::created(house.accept(&email).await);
    let mails = house.product.mailbox.mails().len();

    house.advance_hours(240);
    let run = || house.product.invoke("expire-invitations", json!({}));
    let runs = tokio::join!(run(), run(), run(), house.run_schedule());
    let reported: Vec<Value> = vec![runs.0.unwrap(), runs.1.unwrap(), runs.2.unwrap(), runs.3];
    house.run_schedule().await;
    house.product.drain().await.unwrap();

    let entries = house.log(&account.id).await;
    let mut noted: Vec<String> = entries
        .iter()
        .filter(|entry| entry["resource_type"] == "invitations" && entry.get("user_id").is_none())
        .map(|entry| entry["resource_id"].as_str().unwrap_or_default().to_owned())
        .collect();
    noted.sort();
    assert_eq!(noted, Vec::from_iter(ids.clone()), "reported: {reported:?}");
    assert!(!noted.contains(&alive));
    assert_eq!(house.product.mailbox.mails().len(), mails, "what has expired is not mailed");
    let administrator = account.administrator_again(&house).await;
    let expired = expect(administrator.get("/users?filter[status]=expired").await.unwrap(), 200);
    assert_eq!(BTreeSet::from_iter(journeys::ids(&expired)), ids);
}
