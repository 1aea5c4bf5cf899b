//! The pages that only tell something: how an invitation ended, and what to do now.

use maud::{Markup, html};

use super::document;

/// What a notice says at a glance; its heading says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It worked.
    Done,
    /// It was done before.
    Before,
    /// Its time is over.
    Clock,
    /// A mail: it is on its way, or there is a newer one.
    Mail,
    /// Nobody knows what is meant.
    Question,
    /// It was taken back, or turned down.
    Ended,
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
    /// Its sign.
    pub sign: Sign,
    /// Where to go next, if anywhere.
    pub onward: Option<Onward<'a>>,
}

/// What somebody who just accepted needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Welcome<'a> {
    /// The account that they joined.
    pub account_name: &'a str,
    /// What they enter as subdomain when they sign in.
    pub subdomain: &'a str,
    /// What they enter as e-mail address.
    pub email: &'a str,
}

const SIGN_IN: Onward<'_> = Onward { label: "Sign in", path: "/console/sign-in" };

/// The page for any notice.
#[must_use]
pub fn notice(notice: &Notice<'_>) -> String {
    let content = html! {
        (mark(notice.sign))
        h1 { (notice.title) }
        @for paragraph in notice.body { p { (paragraph) } }
        (onward(notice.onward))
    };
    document(notice.title, &content)
}

/// 200: the invitation is accepted and its user signed in; the way on, and how to sign in from now on.
#[must_use]
pub fn welcome(welcome: &Welcome<'_>) -> String {
    let content = html! {
        (mark(Sign::Done))
        h1 { "Welcome to " bdi { (welcome.account_name) } }
        p { "Your invitation is accepted, your access is ready, and you are signed in." }
        p { a class="button" href="/console/" { "Open " bdi { (welcome.account_name) } } }
        p class="before-block" { "Next time, sign in with the password that you just chose and:" }
        dl {
            div { dt { "Subdomain" } dd { bdi { (welcome.subdomain) } } }
            div { dt { "E-mail address" } dd { bdi { (welcome.email) } } }
        }
    };
    document("Welcome", &content)
}

/// 200: the connection was accepted, or declined.
#[must_use]
pub fn answered(host_name: &str, delegate_name: &str, is_accepted: bool) -> String {
    let content = html! {
        (mark(if is_accepted { Sign::Done } else { Sign::Ended }))
        @if is_accepted {
            h1 { bdi { (host_name) } " is open to you" }
            p {
                "The users of " bdi { (delegate_name) } " can switch into " bdi { (host_name) }
                " from their own account now. Either side can end this at any time."
            }
            (onward(Some(Onward { label: "Open the console", path: "/console/" })))
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
        body: &["It was already accepted or declined, by you or another Administrator. There is nothing left to do.".to_owned()],
        sign: Sign::Before,
        onward: Some(Onward { label: "Open the console", path: "/console/" }),
    })
}

/// 410: the link was used; an invitation is accepted once.
#[must_use]
pub fn already_used() -> String {
    notice(&Notice {
        title: "This invitation has already been accepted",
        body: &["If it was you, sign in with your e-mail address and the password that you chose. If it was not, tell the \
             person who invited you."
            .to_owned()],
        sign: Sign::Before,
        onward: Some(SIGN_IN),
    })
}

/// 410: the link is past its end. Names the inviter, if the caller knows who it was.
#[must_use]
pub fn expired(inviter_name: Option<&str>) -> String {
    let inviter = inviter_name.unwrap_or("the person who invited you");
    let content = html! {
        (mark(Sign::Clock))
        h1 { "This invitation has expired" }
        p { "Ask " bdi { (inviter) } " to send it again. The new mail will have a new link." }
    };
    document("This invitation has expired", &content)
}

/// 410: the invitation was sent again, which ended this link.
#[must_use]
pub fn superseded() -> String {
    short(
        "There is a newer link",
        "This invitation was sent again, and only the newest mail's link works. Please look for it in your inbox.",
        Sign::Mail,
    )
}

/// 410: the inviter may no longer grant what the invitation grants.
#[must_use]
pub fn no_longer_vouched_for() -> String {
    short(
        "This invitation is no longer valid",
        "The person who sent it can no longer give this access. Please ask an administrator of the account for a new \
         invitation.",
        Sign::Ended,
    )
}

/// 410: the invitation was taken back.
#[must_use]
pub fn withdrawn() -> String {
    short(
        "This invitation was withdrawn",
        "The person who sent it has withdrawn it. If you think that this is a mistake, ask them for a new one.",
        Sign::Ended,
    )
}

/// 404: no such invitation, or one that was removed.
#[must_use]
pub fn unknown() -> String {
    short(
        "We do not know this invitation",
        "The link may be incomplete, or the invitation was withdrawn. Try to open it from the mail again, or ask the \
         person who invited you.",
        Sign::Question,
    )
}

/// 404: nothing is at this address.
#[must_use]
pub fn no_such_address() -> String {
    short(
        "Page not found",
        "There is no page at this address. If you followed a link, it may be incomplete: try to open it again from where \
         you found it.",
        Sign::Question,
    )
}

/// 405: what is at this address is not for browsers.
#[must_use]
pub fn not_for_browsers() -> String {
    short(
        "This address is for programs",
        "There is no page here. The API is described in /openapi.json.",
        Sign::Question,
    )
}

/// 200: the new password is set.
#[must_use]
pub fn reset_done(account_name: &str, subdomain: &str) -> String {
    let content = html! {
        (mark(Sign::Done))
        h1 { "Your password is set" }
        p {
            "Sign in to " bdi { (account_name) } " (subdomain " bdi { (subdomain) } ") with it. "
            "Your other sessions have ended. If you have a second factor, you still need it."
        }
        (onward(Some(SIGN_IN)))
    };
    document("Your password is set", &content)
}

/// 410: the link that sets a new password is no longer good, for this reason.
#[must_use]
pub fn dead_reset(reason: &str) -> String {
    notice(&Notice {
        title: "This link no longer works",
        body: &[reason.to_owned()],
        sign: Sign::Clock,
        onward: Some(Onward { label: "Ask for a new one", path: "/console/forgotten-password" }),
    })
}

/// 404: no link of ours.
#[must_use]
pub fn unknown_reset() -> String {
    short(
        "We do not know this link",
        "The link may be incomplete. Try to open it from the mail again, or ask for a new one on the sign-in page.",
        Sign::Question,
    )
}

/// 503: the product cannot answer now; nothing was changed.
#[must_use]
pub fn unavailable() -> String {
    short(
        "Please try again in a moment",
        "We cannot open your invitation right now. It is safe, and its link keeps working.",
        Sign::Wrong,
    )
}

fn short(title: &str, paragraph: &str, sign: Sign) -> String {
    notice(&Notice { title, body: &[paragraph.to_owned()], sign, onward: None })
}

fn onward(onward: Option<Onward<'_>>) -> Markup {
    html! {
        @if let Some(Onward { label, path }) = onward { p { a class="button" href=(path) { (label) } } }
    }
}

/// A round mark that says the sign at a glance; the heading says it in words.
pub(super) fn mark(sign: Sign) -> Markup {
    let (class, path) = match sign {
        Sign::Done => ("mark good", "M7 12.5l3.5 3.5L17 9"),
        Sign::Before => ("mark calm", "M7 12.5l3.5 3.5L17 9"),
        Sign::Clock => ("mark calm", "M12 7v5.5l3.5 2"),
        Sign::Mail => ("mark calm", "M6.5 8.5h11v7.5h-11zM6.5 9l5.5 4 5.5-4"),
        Sign::Question => ("mark calm", "M9.3 9.6a2.8 2.8 0 1 1 4 2.6c-.9.4-1.3 1-1.3 1.9m0 2.6v.1"),
        Sign::Ended => ("mark calm", "M7.5 12h9"),
        Sign::Wrong => ("mark wrong", "M12 7v6m0 3.5v.1"),
    };
    html! {
        svg class=(class) viewBox="0 0 24 24" width="44" height="44" aria-hidden="true" {
            circle cx="12" cy="12" r="11" {}
            path d=(path) {}
        }
    }
}
