//! What is measured on the way: lines that CloudWatch reads, and that name nobody.

use environment::metrics;
use journeys::{Grants, House, created, expect};
use serde_json::Value;

/// CloudWatch's embedded metric format, as far as we use it: one metric, at most one dimension, each named where it must be.
fn checked(line: &str) -> (String, Option<String>, f64) {
    let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let told = &line["_aws"];
    assert!(told["Timestamp"].as_i64().unwrap() > 1_700_000_000_000, "{line}");
    let [directive] = told["CloudWatchMetrics"].as_array().unwrap().as_slice() else { panic!("{line}") };
    assert_eq!(directive["Namespace"], "glueconnect");
    let [names] = directive["Dimensions"].as_array().unwrap().as_slice() else { panic!("{line}") };
    let [metric] = directive["Metrics"].as_array().unwrap().as_slice() else { panic!("{line}") };
    assert!(["Count", "Seconds"].contains(&metric["Unit"].as_str().unwrap()), "{line}");
    let name = metric["Name"].as_str().unwrap();
    let names = names.as_array().unwrap();
    let dimension = names.first().map(|name| line[name.as_str().unwrap()].as_str().unwrap().to_owned());
    assert_eq!(line.as_object().unwrap().len(), 2 + names.len(), "nothing else: {line}");
    (name.to_owned(), dimension, line[name].as_f64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_counted_and_nobody_named() {
    metrics::keep();
    let house = House::start().await;
    let account = house.account("acme").await;
    let bakery = account.organization("Bakery").await;
    let spare = account.organization("Spare").await;
    let (_, id) = account.invite("ben", "Lite", Grants::organizations(&[&bakery])).await;
    let (ann, _) = account.user(&house, "ann", "Lite", Grants::organizations(&[&bakery])).await;
    // A hundred are told together, whatever this process had counted before.
    for organization in [&bakery, &spare] {
        let question = serde_json::json!({"type": "access-checks", "attributes": {"action": "read", "organization-id": organization}});
        let body = serde_json::json!({"data": vec![question; 100]});
        expect(ann.post("/access/check", &body).await.unwrap(), 200);
    }
    for _ in 0..9 {
        let path = format!("/users/{id}/invitation");
        expect(account.administrator.post(&path, &serde_json::json!({})).await.unwrap(), 202);
    }
    let path = format!("/users/{id}/invitation");
    expect(account.administrator.post(&path, &serde_json::json!({})).await.unwrap(), 429);
    house.product.drain().await.unwrap();
    house.product.ses.set(local::Mode::Down);
    account.invite("late", "Lite", Grants::organizations(&[&bakery])).await;
    house.product.drain().await.unwrap();
    house.product.clock.advance(20 * 60_000);
    house.run_schedule().await;
    house.advance_hours(80);
    house.run_schedule().await;
    let again = account.administrator_again(&house).await;
    let body = journeys::invitation("new@acme.example", "Lite", Grants::organizations(&[&bakery]));
    created(again.post("/users", &body).await.unwrap());

    let lines = metrics::kept();
    assert!(!lines.concat().contains('@'), "an address, or a token's claim");
    let told: Vec<_> = lines.iter().map(|line| checked(line)).collect();
    let has = |name: &str, dimension: Option<&str>, least: f64| {
        told.iter().any(|(n, d, value)| n == name && d.as_deref() == dimension && *value >= least)
    };
    for (name, dimension, least) in [
        ("InvitationsSent", None, 1.0),
        ("InvitationsAccepted", None, 1.0),
        ("InvitationsExpired", None, 1.0),
        ("MailDelay", None, 0.0),
        ("ChecksAllowed", Some("allowed"), 1.0),
        ("ChecksDenied", Some("organization-not-granted"), 1.0),
        ("RequestsRefusedByLimit", Some("too-many-mails"), 1.0),
        // Who is not tried again before another pause still waits.
        ("OldestUnsentMail", None, 1_200.0),
    ] {
        assert!(has(name, dimension, least), "{name} {dimension:?}: {told:#?}");
    }
}
