//! Signs a person in. Whatever is wrong, the answer is the same, in words and in time. That a second factor is wanted is said
//! only to those who have the password.

use api::second_factor::{Looked, look_at};
use api::{Api, Failure, session};
use policy::mfa::{Needed, needed};
use policy::{AccountId, EmailAddress, Refusal, Subdomain, UserId};
use serde_json::json;
use store::account::Membership;
use store::mfa::Used;
use store::{Account, Act, User, UserStatus, until_current};
use tokens::{PasswordHash, SigningKeys, password_hash};
use web::{Answer, Call, Fault};

pub async fn sign_in(api: &Api, signing: &SigningKeys, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let mut resource = call.document()?.one("sessions")?;
    let text = |text: &str| Ok::<_, std::convert::Infallible>(text.to_owned());
    let subdomain = resource.attributes.required("subdomain", text);
    let email = resource.attributes.required("email", text);
    let password = resource.attributes.required("password", text);
    let otp = resource.attributes.optional("otp", text).filter(|otp| !otp.trim().is_empty());
    resource.finish()?;
    let (subdomain, email, password) =
        (subdomain.unwrap_or_default(), email.unwrap_or_default(), password.unwrap_or_default());

    let known = find(api, &subdomain, &email).await?;
    let credential = match known {
        Some((account, user)) => api.store.credential(account, user).await?,
        None => None,
    };
    let is_right = match credential {
        Some(credential) => {
            password_hash::verify(&password, &PasswordHash::from_stored(credential.password_hash))
        }
        None => {
            password_hash::verify_against_nobody(&password);
            false
        }
    };
    let (account, user) = known.filter(|_| is_right).ok_or_else(invalid_credentials)?;
    until_current!(attempt(api, signing, call, (account, user), otp.as_deref()))
}

/// The user of this address in the account of this subdomain. What is no subdomain or no address is nobody's.
async fn find(api: &Api, subdomain: &str, email: &str) -> Result<Option<(AccountId, UserId)>, Failure> {
    let (Ok(subdomain), Ok(email)) = (subdomain.parse::<Subdomain>(), email.parse::<EmailAddress>()) else {
        return Ok(None);
    };
    let Some(account) = api.store.account_of_subdomain(&subdomain).await? else { return Ok(None) };
    Ok(api.store.user_id_by_email(account, &email).await?.map(|user| (account, user)))
}

/// Signs in the one whose password was right.
async fn attempt(
    api: &Api,
    signing: &SigningKeys,
    call: &Call,
    (account, user): (AccountId, UserId),
    otp: Option<&str>,
) -> Result<Answer, Failure> {
    let membership = api.store.membership(account, user).await?;
    let Some(Membership { account, user: Some(user), .. }) = membership else {
        return Err(invalid_credentials());
    };
    if user.status != UserStatus::Active {
        return Err(invalid_credentials());
    }
    let act = act(call, &account, &user);
    let used = match needed(account.enforce_mfa, user.mfa) {
        Needed::Nothing => None,
        Needed::Code => Some(second_factor(api, call, &user, otp, &act).await?),
        Needed::Enrolment => return Err(enrolment_required(signing, call, &account, &user)?),
    };
    api.store.signed_in(&user, used.as_ref(), &act).await?;
    let session = session::at_home(account.id, &user, used.is_some(), call.now);
    Ok(Answer::created(&session::document(signing, &session)?))
}

/// The use of the second factor, if what was given is right. A wrong one is counted first, and answered like a wrong password.
async fn second_factor(
    api: &Api,
    call: &Call,
    user: &User,
    otp: Option<&str>,
    act: &Act,
) -> Result<Used, Failure> {
    let Some(otp) = otp else {
        let detail = "Send a code of your authenticator app, or a recovery code, as otp.";
        return Err(Fault::unauthenticated("mfa-required", detail).into());
    };
    let mfa = api.store.mfa(act.account, user.id).await?.ok_or_else(invalid_credentials)?;
    match look_at(mfa, otp, call.now) {
        Looked::Right(used) => Ok(used),
        Looked::Wrong(used) => {
            api.store.wrong_code(user, &used, "create", INVALID_CREDENTIALS, act).await?;
            Err(invalid_credentials())
        }
        Looked::Locked => Err(invalid_credentials()),
    }
}

const INVALID_CREDENTIALS: &str = "invalid-credentials";

fn invalid_credentials() -> Failure {
    Fault::unauthenticated(INVALID_CREDENTIALS, "These are not the credentials of a user.").into()
}

/// The account demands a second factor that the user does not have yet: a token with which they can set one up, and nothing
/// else.
fn enrolment_required(
    signing: &SigningKeys,
    call: &Call,
    account: &Account,
    user: &User,
) -> Result<Failure, Failure> {
    let session = session::for_enrolling(account.id, user, call.now);
    let meta = json!({
        "access-token": signing.sign_session(&session)?,
        "expires-at": session.expires_at.to_string(),
        "user-id": user.id.to_string(),
    });
    Ok(Fault::from(Refusal::MfaEnrolmentRequired).with_meta(meta).into())
}

fn act(call: &Call, account: &Account, user: &User) -> Act {
    Act {
        account: account.id,
        at: call.now,
        user: Some((user.id, user.name())),
        home: Some((account.id, account.name.clone())),
        role: Some(user.role),
        ip_address: call.ip_address.clone(),
        user_agent: call.user_agent.clone(),
    }
}
