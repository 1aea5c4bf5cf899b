//! The pages that only tell something: how an invitation ended, and what to do now.

use maud::{Markup, html};

use super::document;

/// How a notice looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// Nothing is wrong, but there is nothing to do here.
    Calm,
    /// Something failed.
    Wrong,
}

/// Where to go from a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onward<'a> {
    /// What the link says.
    pub label: &'a str,
    /// A path of this product.
    pub path: &'a str,
}

/// A page that tells something in a heading and a few paragraphs.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The heading, and the page's title.
    pub title: &'a str,
    /// The paragraphs, plain text.
    pub body: &'a [String],
    /// How it looks.
    pub tone: Tone,
    /// Where to go next, if anywhere.
    pub onward: Option<Onward<'a>>,
}

/// What somebody who just accepted needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Accepted<'a> {
    /// The account that they joined.
    pub account_name: &'a str,
    /// What they enter as subdomain when they sign in.
    pub subdomain: &'a str,
    /// What they enter as e-mail address.
    pub email: &'a str,
    /// The path of the sign-in page, if there is one.
    pub sign_in_path: Option<&'a str>,
}

/// The page for any notice.
#[must_use]
pub fn notice(notice: &Notice<'_>) -> String {
    let content = html! {
        (mark(notice.tone))
        h1 { (notice.title) }
        @for paragraph in notice.body { p { (paragraph) } }
        (onward(notice.onward))
    };
    document(notice.title, &content)
}

/// 201: the invitation is accepted; how to sign in from now on.
#[must_use]
pub fn accepted(accepted: &Accepted<'_>) -> String {
    let content = html! {
        (mark(Tone::Good))
        h1 { "Welcome to " bdi { (accepted.account_name) } }
        p { "Your invitation is accepted and your access is ready. Sign in with the password that you just chose and:" }
        dl {
            div { dt { "Subdomain" } dd { bdi { (accepted.subdomain) } } }
            div { dt { "E-mail address" } dd { bdi { (accepted.email) } } }
        }
        (onward(accepted.sign_in_path.map(|path| Onward { label: "Sign in", path })))
    };
    document("Invitation accepted", &content)
}

/// 200: the connection was accepted, or declined.
#[must_use]
pub fn answered(host_name: &str, delegate_name: &str, is_accepted: bool) -> String {
    let content = html! {
        (mark(if is_accepted { Tone::Good } else { Tone::Calm }))
        @if is_accepted {
            h1 { bdi { (host_name) } " is open to you" }
            p {
                "The users of " bdi { (delegate_name) } " can switch into " bdi { (host_name) }
                " from their own account, as of now. Either side can end this at any time."
            }
        } @else {
            h1 { "Declined" }
            p { "Nobody gets access. " bdi { (host_name) } " sees that the invitation was declined." }
        }
    };
    document(if is_accepted { "Accepted" } else { "Declined" }, &content)
}

/// 410: this link's connection was accepted or declined before.
#[must_use]
pub fn already_answered() -> String {
    notice(&Notice {
        title: "This invitation was answered",
        body: &["It was accepted or declined before, by you or by another Administrator. Nothing more is to be done here.".to_owned()],
        tone: Tone::Calm,
        onward: None,
    })
}

/// 410: the link was used; an invitation is accepted once.
#[must_use]
pub fn already_used() -> String {
    short(
        "This invitation has already been accepted",
        "If it was you, sign in with your e-mail address and the password that you chose. If it was not, tell the \
         person who invited you.",
        Tone::Calm,
    )
}

/// 410: the link is past its end. Names the inviter, if the caller knows who it was.
#[must_use]
pub fn expired(inviter_name: Option<&str>) -> String {
    let inviter = inviter_name.unwrap_or("the person who invited you");
    let content = html! {
        (mark(Tone::Calm))
        h1 { "This invitation has expired" }
        p { "Ask " bdi { (inviter) } " to send it again. The new mail brings a new link." }
    };
    document("This invitation has expired", &content)
}

/// 410: the invitation was sent again, which ended this link.
#[must_use]
pub fn superseded() -> String {
    short(
        "There is a newer link",
        "This invitation was sent again, and only the newest mail's link works. Please look for it in your inbox.",
        Tone::Calm,
    )
}

/// 410: the inviter may no longer grant what the invitation grants.
#[must_use]
pub fn withdrawn() -> String {
    short(
        "This invitation no longer holds",
        "The person who sent it can no longer give this access. Please ask an administrator of the account for a new \
         invitation.",
        Tone::Calm,
    )
}

/// 404: no such invitation, or one that was removed.
#[must_use]
pub fn unknown() -> String {
    short(
        "We do not know this invitation",
        "The link may be incomplete, or the invitation was taken back. Try to open it from the mail again, or ask the \
         person who invited you.",
        Tone::Calm,
    )
}

/// 503: the product cannot answer now; nothing was changed.
#[must_use]
pub fn unavailable() -> String {
    short(
        "Please try again in a moment",
        "We cannot open your invitation right now. It is safe, and its link keeps working.",
        Tone::Wrong,
    )
}

fn short(title: &str, paragraph: &str, tone: Tone) -> String {
    notice(&Notice { title, body: &[paragraph.to_owned()], tone, onward: None })
}

fn onward(onward: Option<Onward<'_>>) -> Markup {
    html! {
        @if let Some(Onward { label, path }) = onward { p { a class="button" href=(path) { (label) } } }
    }
}

/// A round mark that says the tone at a glance; the heading says it in words.
fn mark(tone: Tone) -> Markup {
    let (class, path) = match tone {
        Tone::Good => ("mark good", "M7 12.5l3.5 3.5L17 9"),
        Tone::Calm => ("mark calm", "M12 7v5.5l3.5 2"),
        Tone::Wrong => ("mark wrong", "M12 7v6m0 3.5v.1"),
    };
    html! {
        svg class=(class) viewBox="0 0 24 24" width="44" height="44" aria-hidden="true" {
            circle cx="12" cy="12" r="11" {}
            path d=(path) {}
        }
    }
}
