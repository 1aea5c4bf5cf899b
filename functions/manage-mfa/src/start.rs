//! `POST /users/{id}/mfa`: a new secret for the caller's authenticator app. Nothing is asked for until a code of it was shown.

use api::document::Data;
use api::{Api, Failure};
use policy::{Refusal, UserId};
use store::{Mfa, until_current};
use tokens::TotpSecret;
use web::{Answer, Call, Fault};

use crate::owner;
use crate::shown::Started;

pub async fn start(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = owner(api, call, id).await?;
    let person = caller.person()?;
    let user = &person.user;
    if user.mfa {
        return Err(Refusal::MfaAlreadyOn.into());
    }
    api.fresh(call, person).await?;
    let secret = TotpSecret::generate().map_err(|_| Fault::unavailable())?;
    let mfa = Mfa::new(secret.to_base32(), call.now);
    api.store.start_mfa(user, &mfa, caller.security.revision, &caller.act(call)).await?;
    let otpauth_uri = secret.enrolment_uri(&caller.account.name, user.email.as_str());
    let document = Data { data: Started::of(id, mfa.secret, otpauth_uri) };
    Ok(Answer::created(&document).at(format!("/users/{id}/mfa")))
}
