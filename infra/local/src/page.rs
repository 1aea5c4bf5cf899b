//! The mailbox as a page, for people.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use policy::Timestamp;

use crate::mailbox::Mail;

/// No script, nothing from elsewhere; a mail's own page is framed.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-src 'self'; \
     form-action 'self'; frame-ancestors 'none'";

/// A mail opens nothing by itself; a link in it that somebody clicks opens as it would from a mail program.
const SANDBOX: &str = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

/// The colours are the console's.
const STYLE: &str =
    concat!(include_str!("../../../functions/console/assets/colours.css"), include_str!("page.css"));

/// What can be told of a mail by a click.
const TELLS: [(&str, &str); 3] =
    [("delivery", "arrived"), ("bounce", "came back"), ("complaint", "was unwanted")];

/// The page of these mails, newest first.
pub(crate) fn mailbox(mails: &[Mail], to: Option<&str>) -> Response {
    let count = match mails.len() {
        1 => "1 mail".to_owned(),
        many => format!("{many} mails"),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Mailbox (" (mails.len()) ") · GlueConnect" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Mailbox" }
                    span {
                        (count)
                        @if let Some(to) = to { " for " (to) " · " a href="/" { "all" } }
                        " · " a href="/store" { "as JSON" } " · " a href="/events" { "events" } " "
                        form method="post" action="/clear-store" { button { "Empty" } }
                    }
                }
                main {
                    @if mails.is_empty() {
                        p { "Nothing here yet. Every mail that the product sends on this machine arrives here, and nowhere else." }
                    }
                    @for mail in mails.iter().rev() { (one(mail)) }
                }
            }
        }
    };
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, page.into_string()).into_response()
}

fn one(mail: &Mail) -> Markup {
    let at = Timestamp::from_millis(mail.at.saturating_mul(1000));
    html! {
        article {
            h2 { (mail.subject) }
            dl {
                dt { "From" } dd { (mail.from) }
                dt { "To" } dd { (mail.destination.to.join(", ")) }
                dt { "At" } dd { time datetime=(at) { (at.for_people()) } }
            }
            @if let Some(link) = mail.link() {
                p { a class="button" href=(link) { "Open the link" } }
            }
            @if let Some(text) = &mail.body.text {
                details open { summary { "As text" } pre { (linked(text)) } }
            }
            @if let Some(page) = &mail.body.html {
                details {
                    summary { "As a page" }
                    // A link without a target would open inside the frame.
                    iframe title=(mail.subject) sandbox=(SANDBOX) srcdoc={ "<base target=\"_top\">" (page) } {}
                }
            }
            @if mail.configuration_set.is_some() {
                details {
                    summary { "What became of it" }
                    p {
                        "SES tells that it "
                        @for (event, says) in TELLS {
                            form method="post" action={ "/mails/" (mail.message_id) "/" (event) } { button { (says) } } " "
                        }
                    }
                }
            }
        }
    }
}

/// The text with its addresses as links.
fn linked(text: &str) -> Markup {
    html! {
        @for piece in text.split_inclusive(char::is_whitespace) {
            @let word = piece.trim_end();
            @if word.starts_with("http://") || word.starts_with("https://") {
                a href=(word) { (word) } (piece.strip_prefix(word).unwrap_or_default())
            } @else { (piece) }
        }
    }
}
