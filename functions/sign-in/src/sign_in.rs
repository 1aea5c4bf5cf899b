//! Signs a person in.

use api::credentials::{Proven, prove};
use api::{Api, Failure, session};
use policy::password::MAXIMUM_CHARACTERS;
use policy::{Refusal, Subdomain};
use tokens::SigningKeys;
use web::body::{Attribute, Kind};
use web::fault::{Enrolment, FaultMeta};
use web::{Answer, Body, Call, Fault, Time};

/// Credentials.
pub const BODY: Body = Body::new(
    "sessions",
    &[
        Attribute::required("subdomain", Kind::Subdomain, "The account."),
        Attribute::required("email", Kind::Email, "The user's address."),
        Attribute::required("password", Kind::Secret(0, MAXIMUM_CHARACTERS), "The user's password."),
        Attribute::optional(
            "otp",
            Kind::Secret(0, MAXIMUM_CHARACTERS),
            "A code of the authenticator app or a recovery code, where a second factor is set up.",
        ),
    ],
);

pub async fn sign_in(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    // Every sign-in is its own: an idempotency key is looked at, and nothing is kept under it.
    api.earlier(call).await?;
    let mut resource = call.document()?.one(&BODY)?;
    let text = |text: &str| Ok::<_, std::convert::Infallible>(text.to_owned());
    let subdomain = resource.attributes.required("subdomain", text);
    let email = resource.attributes.required("email", text);
    let password = resource.attributes.required("password", text);
    let otp = resource.attributes.optional("otp", text).filter(|otp| !otp.trim().is_empty());
    resource.finish()?;
    let (subdomain, email, password) =
        (subdomain.unwrap_or_default(), email.unwrap_or_default(), password.unwrap_or_default());
    let account = match subdomain.parse::<Subdomain>() {
        Ok(subdomain) => api.store.account_of_subdomain(&subdomain).await?,
        Err(_) => None,
    };
    let proven = prove(api, call, account, &email, &password, otp.as_deref()).await?;
    if proven.must_enrol {
        return Err(enrolment_required(signing, call, &proven)?);
    }
    let session = session::at_home(proven.membership.account.id, &proven.user, proven.mfa, call.now);
    Ok(Answer::created(&session::document(signing, &session)?))
}

/// The account demands a second factor that the user does not have yet: a token with which they can set one up, and nothing
/// else.
fn enrolment_required(signing: &SigningKeys, call: &Call, proven: &Proven) -> Result<Failure, Failure> {
    let session = session::for_enrolling(proven.membership.account.id, &proven.user, call.now);
    let enrolment = Enrolment {
        access_token: signing.sign_session(&session)?,
        expires_at: Time(session.expires_at),
        user_id: proven.user.id.into(),
    };
    Ok(Fault::from(Refusal::MfaEnrolmentRequired).with_meta(FaultMeta::Enrolment(enrolment)).into())
}
