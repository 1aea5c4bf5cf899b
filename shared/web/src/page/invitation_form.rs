//! The page behind an invitation's link: what is offered, and the form that accepts it.

use maud::{Markup, html};
use policy::Timestamp;

use super::offered::{organizations, quoted};
use super::{document, failed, fault_of, still_open};

/// What the page says and asks. Texts may come from users and may be hostile.
#[derive(Debug, Clone, Copy)]
pub struct InvitationForm<'a> {
    /// The account that the person is invited to.
    pub account_name: &'a str,
    /// Who invites.
    pub inviter_name: &'a str,
    /// Who wrote the message.
    pub writer_name: &'a str,
    /// The address that was invited.
    pub email: &'a str,
    /// What the role lets one do, as a whole sentence: `With the Lite role you can see documentation, but not change it.`
    pub role_words: &'a str,
    /// The organizations that the person will see, in the order to show them; not read if it is all of them.
    pub organization_names: &'a [String],
    /// Whether it is all organizations, also those to come.
    pub all_organizations: bool,
    /// The inviter's message; empty if there is none.
    pub message: &'a str,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// The moment at which the page is shown.
    pub now: Timestamp,
    /// What was wrong with the password in the last attempt, for people.
    pub fault: Option<&'a str>,
    /// The first name to begin with.
    pub first_name: &'a str,
    /// The last name to begin with.
    pub last_name: &'a str,
    /// How many characters a password has at least.
    pub minimum_length: usize,
}

/// The page. Its form posts `first-name`, `last-name` and `password`, form-encoded; opening it changes nothing.
#[must_use]
pub fn invitation_form(form: &InvitationForm<'_>) -> String {
    let content = html! {
        h1 { "Join " bdi { (form.account_name) } }
        p class="lead" { bdi { (form.inviter_name) } " invites you. " bdi { (form.role_words) } }
        (organizations("You get access", form.organization_names, form.all_organizations))
        (quoted(form.writer_name, form.message))
        (fields(form))
        p class="aside" {
            "This invitation is open " (still_open(form.expires_at, form.now)) ". "
            "If you did not expect it, close this page: nothing happens unless you accept."
        }
    };
    document(&failed("Accept your invitation", form.fault.is_some()), &content)
}

fn fields(form: &InvitationForm<'_>) -> Markup {
    let described_by = if form.fault.is_some() { "fault password-hint" } else { "password-hint" };
    html! {
        // It posts to the page's own address: the link stands in no page that is kept or passed on.
        form method="post" {
            (fault_of(form.fault))
            // Without a name it is not posted; it tells a password manager whose password this is.
            div class="field" {
                label for="email" { "E-mail address" }
                input id="email" type="email" value=(form.email) autocomplete="username" readonly;
            }
            div class="names" {
                div class="field" {
                    label for="first-name" { "First name" }
                    input id="first-name" name="first-name" type="text" value=(form.first_name)
                        autocomplete="given-name" dir="auto" required;
                }
                div class="field" {
                    label for="last-name" { "Last name " span class="optional" { "(optional)" } }
                    input id="last-name" name="last-name" type="text" value=(form.last_name)
                        autocomplete="family-name" dir="auto";
                }
            }
            div class="field" {
                label for="password" { "Choose a password" }
                input id="password" name="password" type="password" autocomplete="new-password" required
                    minlength=(form.minimum_length) aria-describedby=(described_by)
                    aria-invalid=[form.fault.map(|_| "true")]
                    autofocus[form.fault.is_some()];
                p class="hint" id="password-hint" {
                    "At least " (form.minimum_length) " characters. A few unrelated words work well; spaces are fine."
                }
            }
            button type="submit" { "Accept the invitation" }
        }
    }
}
