//! The page behind the link of a GlueConnect mail: what is offered, and the form that accepts or declines it.

use maud::{Markup, html};
use policy::Timestamp;

use super::offered::{organizations, quoted};
use super::{document, failed, fault_of, still_open};

/// What the page says. Texts may come from users and may be hostile.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionForm<'a> {
    /// The account that lets in.
    pub host_name: &'a str,
    /// The account that is let in.
    pub delegate_name: &'a str,
    /// Who invites.
    pub inviter_name: &'a str,
    /// Who wrote the message.
    pub writer_name: &'a str,
    /// What the maximum role lets people do, as a whole sentence.
    pub role_words: &'a str,
    /// The organizations, in the order to show them; not read if it is all of them.
    pub organization_names: &'a [String],
    /// Whether it is all organizations, also those to come.
    pub all_organizations: bool,
    /// The inviter's message; empty if there is none.
    pub message: &'a str,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// The moment at which the page is shown.
    pub now: Timestamp,
    /// When the access ends by itself, if ever.
    pub ends_at: Option<Timestamp>,
    /// The address that was entered before.
    pub email: &'a str,
    /// What was wrong with the last attempt, for people.
    pub fault: Option<&'a str>,
}

/// The page. Its form posts `decision`, `email`, `password` and `otp`, form-encoded, to the page's own address, which the page
/// does not hold; opening it changes nothing.
#[must_use]
pub fn connection_form(form: &ConnectionForm<'_>) -> String {
    let content = html! {
        h1 { bdi { (form.host_name) } " lets " bdi { (form.delegate_name) } " in" }
        p class="lead" {
            bdi { (form.inviter_name) } " invites the users of " bdi { (form.delegate_name) } ". " (form.role_words)
        }
        (organizations("Your users get access", form.organization_names, form.all_organizations))
        (quoted(form.writer_name, form.message))
        @if let Some(end) = form.ends_at { p { "The access ends on " (end.for_people()) "." } }
        (fields(form))
        p class="aside" {
            "This invitation is open " (still_open(form.expires_at, form.now)) ". "
            "Either side can end the access at any time. If you did not expect it, close this page: nothing happens."
        }
    };
    document(&failed("A GlueConnect invitation", form.fault.is_some()), &content)
}

fn fields(form: &ConnectionForm<'_>) -> Markup {
    html! {
        form method="post" {
            p class="before-block" {
                "An Administrator of " bdi { (form.delegate_name) } " can answer it with their own password:"
            }
            (fault_of(form.fault))
            div class="field" {
                label for="email" { "E-mail address" }
                input id="email" name="email" type="email" value=(form.email) autocomplete="username" required
                    autofocus[form.fault.is_some() && form.email.is_empty()] aria-describedby=[form.fault.map(|_| "fault")];
            }
            div class="field" {
                label for="password" { "Password" }
                input id="password" name="password" type="password" autocomplete="current-password" required
                    autofocus[form.fault.is_some() && !form.email.is_empty()] aria-describedby=[form.fault.map(|_| "fault")];
            }
            div class="field" {
                label for="otp" { "Code " span class="optional" { "(if you use two-factor sign-in)" } }
                input id="otp" name="otp" type="text" autocomplete="one-time-code" autocapitalize="none"
                    spellcheck="false";
            }
            button type="submit" name="decision" value="accept" { "Accept" }
            button class="second" type="submit" name="decision" value="decline" { "Decline" }
        }
    }
}
