//! Mails leave through the real SDK, against an endpoint on this machine that answers as SES does.
#![cfg(test)]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_types::SdkConfig;
use mail::{Mailer, Message, SendError, Sender};

/// What the endpoint does with every request.
#[derive(Clone, Copy)]
enum Answer {
    Taken,
    Refused(u16, &'static str),
    Silence,
    HangUp,
}

struct Endpoint {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    fn that(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read_request(&mut stream);
                seen.lock().unwrap().push(request);
                match answer {
                    Answer::Taken => reply(&mut stream, 200, "", r#"{"MessageId":"0100-abc"}"#),
                    Answer::Refused(status, error) => {
                        reply(&mut stream, status, error, r#"{"message":"eve@example.com is not verified"}"#);
                    }
                    Answer::Silence => silent.push(stream),
                    Answer::HangUp => drop(stream),
                }
            }
        });
        Self { address, requests }
    }

    fn mailer(&self) -> Mailer {
        mailer(self.address)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn mailer(address: SocketAddr) -> Mailer {
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "id", "key", None, None, "test",
        )))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_millis(500)).build())
        .endpoint_url(format!("http://{address}"))
        .build();
    let sender = Sender { address: "glue@example.com".to_owned(), name: "IT Glue".to_owned() };
    Mailer::new(&config, &sender, Some("invitations".to_owned()))
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return text,
            Ok(read) => request.extend_from_slice(&chunk[..read]),
        }
    }
}

fn reply(stream: &mut TcpStream, status: u16, error: &str, body: &str) {
    let error = if error.is_empty() { String::new() } else { format!("x-amzn-errortype: {error}\r\n") };
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\n{error}content-type: application/json\r\n");
    write!(stream, "{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
}

fn message() -> Message {
    Message {
        subject: "Grüße".to_owned(),
        reply_to: Some("ada@example.com".to_owned()),
        text: "Hällo {{x}}".to_owned(),
        html: "<p>Hällo</p>".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_leaves_as_utf8_with_its_tags_and_its_configuration_set() {
    let endpoint = Endpoint::that(Answer::Taken);
    let sent = endpoint.mailer().send("bob@example.com", &message(), &[("invitation", "42")]).await.unwrap();
    assert_eq!(sent.as_str(), "0100-abc");
    let requests = endpoint.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert!(request.starts_with("POST /v2/email/outbound-emails HTTP/1.1"), "{request}");
    for part in [
        r#""ToAddresses":["bob@example.com"]"#,
        r#""FromEmailAddress":"\"IT Glue\" <glue@example.com>""#,
        r#""ReplyToAddresses":["ada@example.com"]"#,
        r#""Headers":[{"Name":"Auto-Submitted","Value":"auto-generated"}]"#,
        r#""Subject":{"Data":"Grüße","Charset":"UTF-8"}"#,
        r#""Text":{"Data":"Hällo {{x}}","Charset":"UTF-8"}"#,
        r#""Html":{"Data":"<p>Hällo</p>","Charset":"UTF-8"}"#,
        r#""EmailTags":[{"Name":"invitation","Value":"42"}]"#,
        r#""ConfigurationSetName":"invitations""#,
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn each_answer_of_ses_has_one_meaning_and_is_asked_for_once() {
    use SendError::{Paused, Rejected, Throttled, Unavailable};
    let cases = [
        (Answer::Refused(429, "TooManyRequestsException"), Throttled),
        (Answer::Refused(400, "LimitExceededException"), Throttled),
        (Answer::Refused(400, "ThrottlingException"), Throttled),
        (Answer::Refused(429, ""), Throttled),
        (Answer::Refused(400, "SendingPausedException"), Paused),
        (Answer::Refused(400, "AccountSuspendedException"), Paused),
        (Answer::Refused(400, "MailFromDomainNotVerifiedException"), Paused),
        (Answer::Refused(400, "MessageRejected"), Rejected),
        (Answer::Refused(400, "BadRequestException"), Rejected),
        (Answer::Refused(404, "NotFoundException"), Unavailable),
        (Answer::Refused(403, "AccessDeniedException"), Unavailable),
        (Answer::Refused(500, "InternalFailure"), Unavailable),
        (Answer::Refused(503, ""), Unavailable),
        (Answer::Silence, Unavailable),
        (Answer::HangUp, Unavailable),
    ];
    for (place, (answer, meaning)) in cases.into_iter().enumerate() {
        let endpoint = Endpoint::that(answer);
        let refused = endpoint.mailer().send("bob@example.com", &message(), &[]).await.unwrap_err();
        assert_eq!(refused, meaning, "case {place}");
        assert!(!refused.to_string().contains('@'), "{refused}");
        assert_eq!(
            endpoint.requests().len(),
            1,
            "case {place}: a send that may have gone out is not repeated"
        );
    }
}

#[tokio::test]
async fn nobody_at_the_endpoint_is_unavailable() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(mailer(address).send("bob@example.com", &message(), &[]).await, Err(SendError::Unavailable));
}

#[test]
fn the_reasons_have_stable_names() {
    let reasons = [SendError::Throttled, SendError::Paused, SendError::Rejected, SendError::Unavailable];
    assert_eq!(reasons.map(SendError::code), ["throttled", "paused", "rejected", "unavailable"]);
}
