//! The page on which people sign in to the console.

use maud::html;

use super::{Sign, document, failed, fault_of, mark};

/// What the page says and asks. Texts may come from users and may be hostile.
#[derive(Debug, Clone, Copy)]
pub struct SignInForm<'a> {
    /// What was entered as subdomain before, or is known of it.
    pub subdomain: &'a str,
    /// The address that was entered before.
    pub email: &'a str,
    /// The page of the console to go on with.
    pub to: &'a str,
    /// What was wrong with the last attempt, for people.
    pub fault: Option<&'a str>,
    /// Whether to ask for the code of a second factor.
    pub wants_code: bool,
    /// The addresses of the modules that come next, for the browser to load meanwhile.
    pub modules: &'a [String],
}

/// The page. Its form posts `subdomain`, `email`, `password`, `otp` and `to`, form-encoded, to `/sessions`.
#[must_use]
pub fn sign_in_form(form: &SignInForm<'_>) -> String {
    let has_failed = form.fault.is_some();
    let focus = match (form.wants_code, form.subdomain, form.email) {
        (true, ..) => "otp",
        (false, "", _) => "subdomain",
        (false, _, "") => "email",
        _ => "password",
    };
    let described = form.fault.map(|_| "fault");
    let content = html! {
        @for module in form.modules { link rel="modulepreload" href=(module); }
        h1 { "Sign in" }
        form class="first" method="post" action="/sessions" {
            (fault_of(form.fault))
            div class="field" {
                label for="subdomain" { "Subdomain" }
                input id="subdomain" name="subdomain" type="text" value=(form.subdomain) autocomplete="organization"
                    autocapitalize="none" spellcheck="false" required autofocus[focus == "subdomain"]
                    aria-describedby="subdomain-hint";
                p class="hint" id="subdomain-hint" {
                    "The short name of your account. "
                    a href="/console/forgotten-subdomain" { "Forgot it?" }
                }
            }
            div class="field" {
                label for="email" { "E-mail address" }
                input id="email" name="email" type="email" value=(form.email) autocomplete="username" required
                    autofocus[focus == "email"];
            }
            @if form.wants_code {
                div class="field" {
                    label for="otp" { "Code" }
                    input id="otp" name="otp" type="text" autocomplete="one-time-code" autocapitalize="none"
                        spellcheck="false" required autofocus[focus == "otp"] aria-describedby=[described];
                }
            }
            div class="field" {
                label for="password" { "Password" }
                input id="password" name="password" type="password" autocomplete="current-password" required
                    autofocus[focus == "password"] aria-describedby=[described] aria-invalid=[form.fault.map(|_| "true")];
                p class="hint" { a href="/console/forgotten-password" { "Forgot your password?" } }
            }
            input type="hidden" name="to" value=(form.to);
            button type="submit" { "Sign in" }
        }
    };
    document(&failed("Sign in", has_failed), &content)
}

/// 503: nobody can sign in now.
#[must_use]
pub fn sign_in_unavailable() -> String {
    let content = html! {
        (mark(Sign::Wrong))
        h1 { "Please try again in a moment" }
        p { "We cannot sign you in right now. Nothing is wrong with what you entered." }
        p { a class="button" href="/console/sign-in" { "Back to sign-in" } }
    };
    document("Please try again in a moment", &content)
}
