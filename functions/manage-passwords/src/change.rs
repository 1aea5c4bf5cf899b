//! Changes the caller's own password: with the old one, and every other session ends.

use std::convert::Infallible;

use api::attempts::Claimed;
use api::{Api, Caller, Failure, SignedInUser, session};
use policy::password::{MAXIMUM_CHARACTERS, MINIMUM_CHARACTERS, Password};
use policy::{Refusal, Timestamp, UserId};
use store::credential::Credential;
use store::{User, until_current};
use tokens::{PasswordHash, SessionClaims, SigningKeys, password_hash};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault};

use crate::reset::names;

/// The old password and the new one.
pub const BODY: Body = Body::new(
    "passwords",
    &[
        Attribute::required("old-password", Kind::Secret(0, MAXIMUM_CHARACTERS), "The current password."),
        Attribute::required(
            "password",
            Kind::Secret(MINIMUM_CHARACTERS, MAXIMUM_CHARACTERS),
            "The new password. Common passwords, and passwords close to a name, are refused.",
        ),
    ],
);

/// What the request says.
struct Asked {
    old: String,
    new: Password,
}

pub async fn change(api: &Api, signing: &SigningKeys, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = owner(api, call, id).await?;
    let asked = read(call, &caller)?;
    let user = &caller.person()?.user;
    let stored = api.store.credential(caller.account.id, user.id).await?.ok_or_else(Fault::unknown)?;
    let is_known = stored.knows(call.ip_address.as_deref());
    let claimed = Claimed::user(caller.account.id, user);
    let counted = api.count_attempt(call, &claimed, Some((user.id, user.name())), is_known).await?;
    let hash = PasswordHash::from_stored(stored.password_hash.clone());
    if !password_hash::verify(&asked.old, &hash) {
        return Err(Fault::from(Refusal::WrongPassword).at("/data/attributes/old-password").into());
    }
    api.attempt_succeeded(call, &counted).await?;
    if password_hash::verify(asked.new.reveal(), &hash) {
        return Err(Fault::from(Refusal::SamePassword).at("/data/attributes/password").into());
    }
    let hash = password_hash::hash(&asked.new).map_err(|_| Fault::unavailable())?;
    let fresh = Credential { password_hash: hash.into_stored(), ..stored.clone() };
    let session = until_current!(attempt(api, call, id, &stored, &fresh))?;
    let (session, cookie) = api.handed_on(signing, call, caller.person()?, session).await?;
    // The token is not kept for whoever sends this again.
    Ok(Answer::ok(&session::document(signing, &session)?).with_cookie(cookie))
}

async fn attempt(
    api: &Api,
    call: &Call,
    id: UserId,
    stored: &Credential,
    fresh: &Credential,
) -> Result<SessionClaims, Failure> {
    let caller = owner(api, call, id).await?;
    let person = caller.person()?;
    let user = User { session_epoch: person.user.session_epoch + 1, ..person.user.clone() };
    let id = api.store.ids().next(call.now);
    let session = session::at_home(id, caller.account.id, &user, person.session.mfa, call.now);
    let session = SessionClaims { expires_at: ends_at(api, call, person).await?, ..session };
    let kept = session::stored(&session, call);
    api.store.change_password(&person.user, stored, fresh, &kept, &caller.act(call)).await?;
    Ok(session)
}

/// When the session ends: as before. What a page acts with ends sooner than its browser's session.
async fn ends_at(api: &Api, call: &Call, person: &SignedInUser) -> Result<Timestamp, Failure> {
    let browser = api.browser_session(call).await?.filter(|kept| kept.id == person.session.id);
    Ok(browser.map_or(person.session.expires_at, |kept| kept.expires_at))
}

/// The caller, at home, whose own password this must be. For anyone else's id the caller must be one who sees that there is
/// such a user.
async fn owner(api: &Api, call: &Call, id: UserId) -> Result<Caller, Failure> {
    let caller = api.caller_at_home(call).await?;
    let standing = caller.standing();
    standing.is_person()?;
    if standing.is(id) {
        return Ok(caller);
    }
    standing.may_manage_users().map_err(|_| Fault::unknown())?;
    api.store.user(caller.account.id, id).await?.ok_or_else(Fault::unknown)?;
    Err(Refusal::PasswordNotYours.into())
}

fn read(call: &Call, caller: &Caller) -> Result<Asked, Failure> {
    let user = &caller.person()?.user;
    let mut resource = call.document()?.one(&BODY)?;
    let old = resource.attributes.required("old-password", |text| Ok::<_, Infallible>(text.to_owned()));
    let new = resource.attributes.required("password", |text| {
        Password::new(text).and_then(|password| password.unlike(&names(&caller.account, user)))
    });
    resource.finish()?;
    match (old, new) {
        (Some(old), Some(new)) => Ok(Asked { old, new }),
        _ => Err(Fault::unacceptable("missing", "`password` is required.")
            .at("/data/attributes/password")
            .into()),
    }
}
