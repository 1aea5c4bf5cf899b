//! SES and the mailbox.

use std::io::Write;

use local::{Mode, Options, Product, Storage};
use serde_json::{Value, json};

use crate::http::{Answer, get, post, send};
use crate::stub::{Folder, options, product};

fn mail(to: &str) -> Value {
    json!({
        "FromEmailAddress": "GlueConnect <no-reply@example.com>",
        "Destination": {"ToAddresses": [to]},
        "Content": {"Simple": {
            "Subject": {"Data": "Hello", "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": "Open http://127.0.0.1:9000/invitations/x now"},
                "Html": {"Data": "<p>\"Hello\"</p>"},
            },
        }},
    })
}

async fn mail_to(product: &Product, to: &str) -> Answer {
    post(&product.control_url, "/v2/email/outbound-emails", &mail(to).to_string()).await
}

#[tokio::test]
async fn what_ses_accepts_is_in_the_mailbox() {
    let product = product(Vec::new()).await;
    let answer = mail_to(&product, "ann@example.com").await;
    assert_eq!(answer.status, 200);
    mail_to(&product, "bob@example.com").await;

    let store = get(&product.control_url, "/store").await.json();
    let mut first = store["emails"][0].clone();
    assert_eq!(first["messageId"], answer.json()["MessageId"]);
    assert!(first["at"].as_i64().unwrap() >= 1_700_000_000);
    first["messageId"] = json!("ID");
    first["at"] = json!(0);
    assert_eq!(
        first,
        json!({
            "messageId": "ID",
            "from": "GlueConnect <no-reply@example.com>",
            "replyTo": [],
            "destination": {"to": ["ann@example.com"], "cc": [], "bcc": []},
            "subject": "Hello",
            "body": {
                "text": "Open http://127.0.0.1:9000/invitations/x now",
                "html": "<p>\"Hello\"</p>",
            },
            "at": 0,
        })
    );
    let bobs = get(&product.control_url, "/store?to=BOB%40example.com").await.json();
    assert_eq!(bobs["emails"].as_array().unwrap().len(), 1);
    assert_eq!(product.mailbox.mails_for("bob@example.com").len(), 1);

    let page = get(&product.control_url, "/?to=ann@example.com").await;
    assert!(page.text().contains(r#"<a href="http://127.0.0.1:9000/invitations/x">"#));
    assert!(page.text().contains("&lt;p&gt;&quot;Hello&quot;&lt;/p&gt;"), "framed, not part of the page");
    assert!(!page.text().contains("bob@example.com"));
    assert!(page.header("content-security-policy")[0].starts_with("default-src 'none'"));

    assert_eq!(post(&product.control_url, "/clear-store", "").await.status, 303);
    assert!(get(&product.control_url, "/").await.text().contains("Nothing here yet"));
}

#[tokio::test]
async fn ses_fails_on_demand_with_the_errors_that_the_sdk_knows() {
    let product = product(Vec::new()).await;
    for (mode, status, kind) in [
        ("throttle", 429, "TooManyRequestsException"),
        ("reject", 400, "MessageRejected"),
        ("down", 503, "ServiceUnavailable"),
    ] {
        let body = json!({ "mode": mode }).to_string();
        assert_eq!(post(&product.control_url, "/ses", &body).await.json(), json!({ "mode": mode }));
        let answer = mail_to(&product, "ann@example.com").await;
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (status, vec![kind]));
    }
    product.ses.set(Mode::Ok);
    assert_eq!(get(&product.control_url, "/ses").await.json(), json!({ "mode": "ok" }));
    assert!(product.mailbox.mails().is_empty());
}

#[tokio::test]
async fn ses_takes_nothing_that_it_cannot_deliver() {
    let product = product(Vec::new()).await;
    let mut nobody = mail("x");
    nobody["Destination"] = json!({});
    let mut empty = mail("ann@example.com");
    empty["Content"]["Simple"]["Body"] = json!({});
    let raw = json!({"Content": {"Raw": {"Data": "aGVsbG8="}}, "Destination": {"ToAddresses": ["a@b.c"]}});
    for body in [nobody, empty, raw, json!("no request")] {
        let answer = post(&product.control_url, "/v2/email/outbound-emails", &body.to_string()).await;
        assert_eq!(
            (answer.status, answer.header("x-amzn-errortype")),
            (400, vec!["BadRequestException"]),
            "{body}"
        );
    }
    assert!(product.mailbox.mails().is_empty());
}

#[tokio::test]
async fn mails_outlive_the_process_even_one_that_was_killed_while_writing() {
    let folder = Folder::new("mails");
    let start = async || {
        let storage = Storage::Dir(folder.0.clone());
        Product::start(Options { storage, ..options(|_| Vec::new()) }).await.unwrap()
    };
    let product = start().await;
    mail_to(&product, "ann@example.com").await;
    product.stop().await;

    let file = folder.0.with_file_name("data-mailbox").join("mails.jsonl");
    let mut torn = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
    torn.write_all(br#"{"messageId":"torn","fr"#).unwrap();

    let product = start().await;
    mail_to(&product, "bob@example.com").await;
    product.stop().await;
    let product = start().await;
    let to: Vec<String> = product.mailbox.mails().into_iter().flat_map(|mail| mail.destination.to).collect();
    assert_eq!(to, ["ann@example.com", "bob@example.com"]);
    let cleared = send(&product.control_url, "DELETE /store", &[], b"").await;
    assert_eq!((cleared.status, std::fs::read(&file).unwrap().len()), (303, 0));
    mail_to(&product, "cid@example.com").await;
    product.stop().await;
    assert_eq!(start().await.mailbox.mails().len(), 1);
}
