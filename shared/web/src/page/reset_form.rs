//! The page behind the link that sets a new password.

use maud::html;
use policy::Timestamp;

use super::{document, failed, fault_of, still_open};

/// What the page says and asks. Texts may come from users and may be hostile.
#[derive(Debug, Clone, Copy)]
pub struct ResetForm<'a> {
    /// The account.
    pub account_name: &'a str,
    /// The user's address.
    pub email: &'a str,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// The moment at which the page is shown.
    pub now: Timestamp,
    /// What was wrong with the password in the last attempt, for people.
    pub fault: Option<&'a str>,
    /// How many characters a password has at least.
    pub minimum_length: usize,
}

/// The page. Its form posts `password`, form-encoded; opening it changes nothing.
#[must_use]
pub fn reset_form(form: &ResetForm<'_>) -> String {
    let described_by = if form.fault.is_some() { "fault password-hint" } else { "password-hint" };
    let content = html! {
        h1 { "Set a new password" }
        p class="lead" { "For your user in " bdi { (form.account_name) } "." }
        form method="post" {
            (fault_of(form.fault))
            div class="field" {
                label for="email" { "E-mail address" }
                input id="email" type="email" value=(form.email) autocomplete="username" readonly;
            }
            div class="field" {
                label for="password" { "New password" }
                input id="password" name="password" type="password" autocomplete="new-password" required
                    minlength=(form.minimum_length) aria-describedby=(described_by)
                    aria-invalid=[form.fault.map(|_| "true")]
                    autofocus[form.fault.is_some()];
                p class="hint" id="password-hint" {
                    "At least " (form.minimum_length) " characters. A few unrelated words work well; spaces are fine."
                }
            }
            button type="submit" { "Set the password" }
        }
        p class="aside" {
            "This link works " (still_open(form.expires_at, form.now)) ". All your sessions end; a second factor stays as it is. "
            "If you did not ask for it, close this page: nothing happens."
        }
    };
    document(&failed("Set a new password", form.fault.is_some()), &content)
}
