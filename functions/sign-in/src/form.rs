//! `POST /sessions` as the form of the sign-in page: a browser gets a cookie and goes on to the console, or sees the form again with
//! what was wrong and all that was typed but the password.

use api::{Api, Failure, browser};
use tokens::SigningKeys;
use web::page::{SignInForm, sign_in_form, sign_in_unavailable};
use web::{Answer, Call, Fault};

use crate::sign_in::{Credentials, FORM, check};

/// Where the console begins.
const CONSOLE: &str = "/console/";

pub async fn sign_in(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let fields = call.form(FORM)?;
    let credentials = Credentials {
        subdomain: fields.text("subdomain").trim(),
        email: fields.text("email").trim(),
        password: fields.text("password"),
        otp: Some(fields.text("otp")).filter(|otp| !otp.trim().is_empty()),
    };
    let to = Some(fields.text("to")).filter(|to| is_of_the_console(to)).unwrap_or(CONSOLE);
    match check(api, call, &credentials).await {
        // With a cookie that is good for setting up the second factor alone, where the account demands one.
        Ok(proven) => {
            let cookie = browser::cookie(signing, call, &proven.session)?;
            Ok(Answer::see_other(to).with_cookie(Some(cookie)))
        }
        Err(Failure::Faults(faults)) if (400..500).contains(&faults.status()) => {
            let fault = faults.all().first();
            let code = fault.map_or("", Fault::code);
            let form = SignInForm {
                subdomain: credentials.subdomain,
                email: credentials.email,
                to,
                fault: Some(words(code).unwrap_or_else(|| fault.map_or("", Fault::detail))),
                wants_code: matches!(code, "mfa-required" | "not-a-code") || credentials.otp.is_some(),
                modules: &[],
            };
            // Who was refused, and why, is in the log of attempts; a page has no code to be found by.
            Err(Failure::Answered(Box::new(Answer::page(faults.status(), sign_in_form(&form)))))
        }
        Err(Failure::Store(_) | Failure::Stale(_)) => {
            Err(Failure::Answered(Box::new(Answer::page(503, sign_in_unavailable()))))
        }
        Err(other) => Err(other),
    }
}

/// What people read where programs read of attributes.
fn words(code: &str) -> Option<&'static str> {
    match code {
        "invalid-credentials" => Some("The subdomain, e-mail address, password or code is wrong."),
        "mfa-required" => {
            Some("Enter the code from your authenticator app, or a recovery code, and your password again.")
        }
        _ => None,
    }
}

/// Whether this is an address of a page of the console, and of nothing else.
fn is_of_the_console(to: &str) -> bool {
    to.starts_with(CONSOLE) && to.bytes().all(|byte| byte.is_ascii_graphic())
}
