//! The code that a request gives.

use api::attempts::Claimed;
use api::credentials::no_code;
use api::second_factor::{Looked, look_at};
use api::{Api, Failure};
use policy::password::MAXIMUM_CHARACTERS;
use policy::{AccountId, Refusal};
use store::mfa::Used;
use store::{Mfa, User};
use web::body::{Attribute, Kind};
use web::{Body, Call, Fault};

/// A code.
pub const BODY: Body = Body::new(
    "mfa",
    &[Attribute::required(
        "otp",
        Kind::Secret(0, MAXIMUM_CHARACTERS),
        "A code from the authenticator app. To remove the second factor, a recovery code works too.",
    )],
);

/// The code that the request gives.
pub fn code(call: &Call) -> Result<String, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    let code = resource.attributes.required("otp", |text| Ok::<_, std::convert::Infallible>(text.to_owned()));
    resource.finish()?;
    Ok(code.unwrap_or_default())
}

/// The use of the second factor, if the code is right. Wrong ones are counted as those at sign-in are, before they are looked
/// at: whoever has a session guesses no faster than whoever has the password.
pub async fn looked(
    api: &Api,
    call: &Call,
    (account, user): (AccountId, &User),
    mfa: &Mfa,
    code: &str,
) -> Result<Used, Failure> {
    let credential = api.store.credential(account, user.id).await?;
    let is_known = credential.is_some_and(|credential| credential.knows(call.ip_address.as_deref()));
    let claimed = Claimed::user(account, user);
    let named = Some((user.id, user.name()));
    let counted = api.count_attempt(call, &claimed, named, is_known).await?;
    match look_at(mfa, code, call.now) {
        Looked::Right(used) => {
            api.attempt_succeeded(call, &counted).await?;
            Ok(used)
        }
        Looked::NoCode => {
            api.attempt_was_none(&counted).await?;
            Err(no_code())
        }
        // The refusal stands in the log by itself: whoever asks is signed in.
        Looked::Wrong => Err(Fault::from(Refusal::WrongCode).at("/data/attributes/otp").into()),
    }
}
