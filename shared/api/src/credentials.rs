//! Proving who one is: subdomain, address, password, and the second factor where there is one. Whatever is wrong, the answer is
//! the same, in words and in time; that a second factor is wanted is said only to those who have the password.

use policy::mfa::{Needed, needed};
use policy::{AccountId, EmailAddress, UserId};
use store::account::Membership;
use store::mfa::Used;
use store::{Act, User, UserStatus, until_current};
use tokens::{PasswordHash, password_hash};
use web::{Call, Fault};

use crate::second_factor::{Looked, look_at};
use crate::{Api, Failure, act_at_home};

const INVALID_CREDENTIALS: &str = "invalid-credentials";

/// Someone who proved who they are.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The user with their account, as stored at this moment.
    pub membership: Membership,
    /// The user.
    pub user: User,
    /// Whether a second factor was given.
    pub mfa: bool,
    /// Whether the account demands a second factor that the user does not have yet.
    pub must_enrol: bool,
}

/// The answer to whatever is wrong with credentials.
#[must_use]
pub fn invalid_credentials() -> Failure {
    Fault::unauthenticated(INVALID_CREDENTIALS, "These are not the credentials of a user.").into()
}

/// Whoever has this address and password in the account, and the code if one is needed; none is the account of a subdomain
/// that there is not. The sign-in is noted, and the code used up.
pub async fn prove(
    api: &Api,
    call: &Call,
    account: Option<AccountId>,
    email: &str,
    password: &str,
    otp: Option<&str>,
) -> Result<Proven, Failure> {
    let known = match (account, email.parse::<EmailAddress>()) {
        (Some(account), Ok(email)) => {
            api.store.user_id_by_email(account, &email).await?.map(|user| (account, user))
        }
        _ => None,
    };
    let credential = match known {
        Some((account, user)) => api.store.credential(account, user).await?,
        None => None,
    };
    let is_right = match credential {
        Some(credential) => {
            password_hash::verify(password, &PasswordHash::from_stored(credential.password_hash))
        }
        None => {
            password_hash::verify_against_nobody(password);
            false
        }
    };
    let known = known.filter(|_| is_right).ok_or_else(invalid_credentials)?;
    until_current!(attempt(api, call, known, otp))
}

/// Goes on with the one whose password was right.
async fn attempt(
    api: &Api,
    call: &Call,
    (account, user): (AccountId, UserId),
    otp: Option<&str>,
) -> Result<Proven, Failure> {
    let membership = api.store.membership(account, user).await?.ok_or_else(invalid_credentials)?;
    let user = membership.user.clone().filter(|user| user.status == UserStatus::Active);
    let user = user.ok_or_else(invalid_credentials)?;
    // Having signed in is not yet what the request is for.
    let act = Act { ticket: None, ..act_at_home(call, &membership.account, &user) };
    let used = match needed(membership.account.enforce_mfa, user.mfa) {
        Needed::Nothing => None,
        Needed::Code => Some(second_factor(api, call, &user, otp, &act).await?),
        Needed::Enrolment => return Ok(Proven { membership, user, mfa: false, must_enrol: true }),
    };
    api.store.signed_in(&user, used.as_ref(), &act).await?;
    Ok(Proven { membership, user, mfa: used.is_some(), must_enrol: false })
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
            api.store.wrong_code(user, &used, Some(INVALID_CREDENTIALS), act).await?;
            Err(invalid_credentials())
        }
        Looked::Locked => Err(invalid_credentials()),
    }
}
