//! Proving again who one is, before credentials change: the password, and the second factor where there is one.

use std::convert::Infallible;

use api::attempts::Claimed;
use api::credentials::no_code;
use api::second_factor::{Looked, look_at};
use api::{Api, Caller, Failure, session};
use policy::Refusal;
use policy::password::MAXIMUM_CHARACTERS;
use store::mfa::Used;
use store::until_current;
use tokens::{PasswordHash, SigningKeys, password_hash};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault};

/// The proof.
pub const BODY: Body = Body::new(
    "sessions",
    &[
        Attribute::required("password", Kind::Secret(0, MAXIMUM_CHARACTERS), "The caller's password."),
        Attribute::optional(
            "otp",
            Kind::Secret(0, MAXIMUM_CHARACTERS),
            "A code from the authenticator app, or a recovery code. Required if a second factor is set up.",
        ),
    ],
);

pub async fn prove(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, signing, call))
}

async fn attempt(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller_at_home(call).await?;
    let person = caller.person()?;
    let mut resource = call.document()?.one(&BODY)?;
    let plain = |text: &str| Ok::<_, Infallible>(text.to_owned());
    let password = resource.attributes.required("password", plain).unwrap_or_default();
    let otp = resource.attributes.optional("otp", plain).filter(|otp| !otp.trim().is_empty());
    resource.finish()?;
    let (account, user) = (caller.account.id, &person.user);
    // A session of before there were ids cannot be proven: whoever has one signs in again.
    api.store.session(account, person.session.id).await?.ok_or(Refusal::ProofNeeded)?;
    let used = looked(api, call, &caller, (&password, otp.as_deref())).await?;
    let act = caller.act(call);
    api.store.prove_session(user, person.session.id, used.as_ref(), &act).await?;
    Ok(Answer::ok(&session::document(signing, &person.session)?))
}

/// The use of the second factor, if there is one and everything that was given is right. Attempts are counted with those at
/// sign-in.
async fn looked(
    api: &Api,
    call: &Call,
    caller: &Caller,
    (password, otp): (&str, Option<&str>),
) -> Result<Option<Used>, Failure> {
    let (account, user) = (caller.account.id, &caller.person()?.user);
    let credential = api.store.credential(account, user.id).await?.ok_or_else(Fault::unknown)?;
    let is_known = credential.knows(call.ip_address.as_deref());
    let named = Some((user.id, user.name()));
    let counted = api.count_attempt(call, &Claimed::user(account, user), named, is_known).await?;
    if !password_hash::verify(password, &PasswordHash::from_stored(credential.password_hash)) {
        return Err(Fault::from(Refusal::WrongPassword).at("/data/attributes/password").into());
    }
    let used = match (user.mfa, otp) {
        (false, _) => None,
        (true, None) => {
            api.attempt_was_none(&counted).await?;
            let detail =
                "A code is required: send one from your authenticator app, or a recovery code, in `otp`.";
            return Err(Fault::forbidden("mfa-required", detail).at("/data/attributes/otp").into());
        }
        (true, Some(otp)) => {
            let mfa = api.store.mfa(account, user.id).await?.ok_or_else(Fault::unknown)?;
            match look_at(&mfa, otp, call.now) {
                Looked::Right(used) => Some(used),
                Looked::Wrong => {
                    return Err(Fault::from(Refusal::WrongCode).at("/data/attributes/otp").into());
                }
                Looked::NoCode => {
                    api.attempt_was_none(&counted).await?;
                    return Err(no_code());
                }
            }
        }
    };
    api.attempt_succeeded(call, &counted).await?;
    Ok(used)
}
