//! The pages for those who cannot sign in: a password that is forgotten, a subdomain that is. What they answer tells nobody whether
//! there is such a user.

use maud::{Markup, html};

use super::{Sign, document, mark};

/// The page that asks for a link with which a new password can be set. Its form posts `subdomain` and `email`, form-encoded, to
/// `/password-resets`.
#[must_use]
pub fn forgotten_password() -> String {
    let content = html! {
        h1 { "Forgot your password?" }
        p class="lead" { "We will mail you a link to set a new one." }
        form method="post" action="/password-resets" {
            div class="field" {
                label for="subdomain" { "Subdomain" }
                input id="subdomain" name="subdomain" type="text" autocomplete="organization" autocapitalize="none"
                    spellcheck="false" required autofocus aria-describedby="subdomain-hint";
                p class="hint" id="subdomain-hint" {
                    "The short name of your account. "
                    a href="/console/forgotten-subdomain" { "Forgot it?" }
                }
            }
            (email())
            button type="submit" { "Send the mail" }
        }
        (back())
    };
    document("Forgot your password?", &content)
}

/// The page that asks for a mail with the names of one's accounts. Its form posts `email`, form-encoded, to
/// `/subdomain-reminders`.
#[must_use]
pub fn forgotten_subdomain() -> String {
    let content = html! {
        h1 { "Which account is yours?" }
        p class="lead" { "We will mail you the subdomains of the accounts that have a user with your address." }
        form method="post" action="/subdomain-reminders" {
            (email())
            button type="submit" { "Send the mail" }
        }
        (back())
    };
    document("Which account is yours?", &content)
}

/// That a mail was asked for; whether one left, only its owner learns.
#[must_use]
pub fn mail_asked_for() -> String {
    let content = html! {
        (mark(Sign::Mail))
        h1 { "Check your inbox" }
        p {
            "If there is such a user, we have sent a mail. It can take a minute. If nothing arrives, check your spam folder "
            "and that the address is right."
        }
        (back())
    };
    document("Check your inbox", &content)
}

fn email() -> Markup {
    html! {
        div class="field" {
            label for="email" { "E-mail address" }
            input id="email" name="email" type="email" autocomplete="username" required;
        }
    }
}

fn back() -> Markup {
    html! { p class="aside" { a href="/console/sign-in" { "Back to sign-in" } } }
}
