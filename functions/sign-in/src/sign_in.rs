//! Signs a person in: a program by JSON, a browser by the form of the sign-in page, or by JSON that asks for a cookie.

use std::convert::Infallible;

use api::attempts::Claimed;
use api::credentials::{Proven, Purpose, prove};
use api::{Api, Failure, browser, session};
use policy::password::MAXIMUM_CHARACTERS;
use policy::{Refusal, Subdomain};
use tokens::SigningKeys;
use web::body::{Attribute, Kind};
use web::fault::{Enrolment, FaultMeta};
use web::{Answer, Body, Call, Fault, Time};

const SUBDOMAIN: Attribute = Attribute::required("subdomain", Kind::Subdomain, "The account.");
const EMAIL: Attribute = Attribute::required("email", Kind::Email, "The user's e-mail address.");
const PASSWORD: Attribute =
    Attribute::required("password", Kind::Secret(0, MAXIMUM_CHARACTERS), "The user's password.");
const OTP: Attribute = Attribute::optional(
    "otp",
    Kind::Secret(0, MAXIMUM_CHARACTERS),
    "A code from the authenticator app, or a recovery code. Required if a second factor is set up.",
);

/// Credentials.
pub const BODY: Body = Body::new(
    "sessions",
    &[
        SUBDOMAIN,
        EMAIL,
        PASSWORD,
        OTP,
        Attribute::optional(
            "browser",
            Kind::Flag,
            "Whether a browser signs in: the session is then also set as a cookie, and the token lives for some minutes.",
        ),
    ],
);

/// The same, as the form of the sign-in page says it.
pub const FORM: &[Attribute] = &[
    SUBDOMAIN,
    EMAIL,
    PASSWORD,
    OTP,
    Attribute::optional("to", Kind::Text(0, 2_000), "The page of the console to open next."),
];

/// What somebody says to sign in.
pub struct Credentials<'a> {
    pub subdomain: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    pub otp: Option<&'a str>,
}

pub async fn sign_in(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    // Every sign-in is its own: an idempotency key is looked at, and nothing is kept under it.
    api.earlier(call).await?;
    let mut resource = call.document()?.one(&BODY)?;
    let text = |text: &str| Ok::<_, Infallible>(text.to_owned());
    let subdomain = resource.attributes.required("subdomain", text);
    let email = resource.attributes.required("email", text);
    let password = resource.attributes.required("password", text);
    let otp = resource.attributes.optional("otp", text).filter(|otp| !otp.trim().is_empty());
    let is_browser = resource.attributes.flag("browser").unwrap_or_default();
    resource.finish()?;
    if is_browser {
        call.refuse_other_sites()?;
    }
    let credentials = Credentials {
        subdomain: subdomain.as_deref().unwrap_or_default(),
        email: email.as_deref().unwrap_or_default(),
        password: password.as_deref().unwrap_or_default(),
        otp: otp.as_deref(),
    };
    let proven = check(api, call, &credentials).await?;
    if proven.must_enrol {
        return Err(enrolment_required(signing, &proven)?);
    }
    if !is_browser {
        return Ok(
            Answer::created(&session::document(signing, &proven.session)?).at(session::ADDRESS.to_owned())
        );
    }
    let cookie = browser::cookie(signing, call, &proven.session)?;
    let of_a_page = browser::of_a_page(proven.session, call.now);
    Ok(Answer::created(&session::document(signing, &of_a_page)?)
        .at(session::ADDRESS.to_owned())
        .with_cookie(Some(cookie)))
}

/// Whoever has these credentials. What is no subdomain takes as long as one that is nobody's.
pub async fn check(api: &Api, call: &Call, credentials: &Credentials<'_>) -> Result<Proven, Failure> {
    let Credentials { subdomain, email, password, otp } = *credentials;
    let known = subdomain.parse::<Subdomain>().unwrap_or_else(|_| Subdomain::nobodys());
    let account = api.store.account_of_subdomain(&known).await?;
    let claimed = Claimed::new(account, subdomain, email);
    prove(api, call, &claimed, email, password, (otp, Purpose::Session)).await
}

/// The account demands a second factor that the user does not have yet: a token with which they can set one up, and nothing
/// else.
fn enrolment_required(signing: &SigningKeys, proven: &Proven) -> Result<Failure, Failure> {
    let enrolment = Enrolment {
        access_token: signing.sign_session(&proven.session)?,
        expires_at: Time(proven.session.expires_at),
        user_id: proven.user.id.into(),
    };
    Ok(Fault::from(Refusal::MfaEnrolmentRequired).with_meta(FaultMeta::Enrolment(enrolment)).into())
}
