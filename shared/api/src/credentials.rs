//! Proving who one is: subdomain, address, password, and the second factor where there is one. Whatever is wrong, the answer is
//! the same, in words and in time; that a second factor is wanted is said only to those who have the password.

use policy::attempts::{network, remembered};
use policy::mfa::{Needed, needed};
use policy::{AccountId, EmailAddress, UserId};
use store::account::Membership;
use store::credential::Credential;
use store::mfa::Used;
use store::user::SignedIn;
use store::{AuditContext, User, UserStatus, until_current};
use tokens::{PasswordHash, SessionClaims, password_hash};
use web::{Call, Fault};

use crate::attempts::Claimed;
use crate::second_factor::{Looked, look_at};
use crate::{Api, Failure, act_at_home, session};

const INVALID_CREDENTIALS: &str = "invalid-credentials";

const MFA_REQUIRED: &str = "mfa-required";

const NOT_A_CODE: &str = "not-a-code";

/// Stands in the log alone: to whoever tries it is no other answer than to a wrong password.
const WRONG_CODE: &str = "wrong-code";

/// Someone who proved who they are.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The user with their account, as stored now.
    pub membership: Membership,
    /// The user.
    pub user: User,
    /// Whether a second factor was given.
    pub mfa: bool,
    /// Whether the account demands a second factor that the user does not have yet.
    pub must_enrol: bool,
    /// The session that begins.
    pub session: SessionClaims,
}

/// Whether a session begins with the proof, or only one request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A session begins, which is kept among the user's.
    Session,
    /// One request.
    Once,
}

/// The answer to whatever is wrong with credentials.
#[must_use]
pub fn invalid_credentials() -> Failure {
    Fault::unauthenticated(INVALID_CREDENTIALS, "Wrong account, e-mail address, password or code.").into()
}

/// Whoever has this address and password in the account, and the code if one is needed. The sign-in is noted, and the code used
/// up.
///
/// Unknown accounts and addresses cost the same reads, the same writes and the same hash as known ones, in the same order: the
/// attempt is counted before the hash is computed.
pub async fn prove(
    api: &Api,
    call: &Call,
    claimed: &Claimed,
    email: &str,
    password: &str,
    (otp, purpose): (Option<&str>, Purpose),
) -> Result<Proven, Failure> {
    let account = claimed.account();
    let asked = account.unwrap_or(AccountId::NOBODY);
    let email = email.parse::<EmailAddress>().unwrap_or_else(|_| EmailAddress::nobodys());
    let user = api.store.user_id_by_email(asked, &email).await?;
    let (credential, membership) = tokio::try_join!(
        api.store.credential(asked, user.unwrap_or(UserId::NOBODY)),
        api.store.membership(asked, user.unwrap_or(UserId::NOBODY)),
    )?;
    let found = membership.and_then(|found| found.user);
    // Who is suspended is asked nothing more, as if the password were wrong: no read tells that it is right.
    let is_active = found.as_ref().is_some_and(|user| user.status == UserStatus::Active);
    let named = found.map(|user| (user.id, user.name()));
    let is_known = credential.as_ref().is_some_and(|known| known.knows(call.ip_address.as_deref()));
    let counted = api.count_attempt(call, claimed, named, is_known).await?;
    let is_right = match &credential {
        Some(credential) => {
            password_hash::verify(password, &PasswordHash::from_stored(credential.password_hash.clone()))
        }
        None => {
            password_hash::verify_against_nobody(password);
            false
        }
    };
    let proven = match (account, user, credential) {
        (Some(account), Some(user), Some(credential)) if is_right && is_active => {
            until_current!(attempt(api, call, (account, user), &credential, (otp, purpose)))
        }
        _ => Err(invalid_credentials()),
    };
    match &proven {
        Ok(_) => api.attempt_succeeded(call, &counted).await?,
        Err(Failure::Faults(faults)) => match faults.all().first().map(Fault::code) {
            Some(MFA_REQUIRED) => api.attempt_without_code(call, &counted).await?,
            Some(NOT_A_CODE) => api.attempt_was_none(&counted).await?,
            Some(WRONG_CODE) => {
                api.attempt_with_wrong_code(call, &counted, WRONG_CODE).await?;
                return Err(invalid_credentials());
            }
            _ => api.attempt_failed(call, &counted, INVALID_CREDENTIALS).await?,
        },
        Err(_) => {}
    }
    proven
}

/// Goes on with the one whose password was right.
async fn attempt(
    api: &Api,
    call: &Call,
    (account, user): (AccountId, UserId),
    credential: &Credential,
    (otp, purpose): (Option<&str>, Purpose),
) -> Result<Proven, Failure> {
    let membership = api.store.membership(account, user).await?.ok_or_else(invalid_credentials)?;
    let user = membership.user.clone().filter(|user| user.status == UserStatus::Active);
    let user = user.ok_or_else(invalid_credentials)?;
    // Having signed in is not yet what the request is for.
    let act = AuditContext { ticket: None, ..act_at_home(call, &membership.account, &user) };
    let used = match needed(membership.account.enforce_mfa, user.mfa) {
        Needed::Nothing => None,
        Needed::Code => Some(second_factor(api, call, &user, otp, &act).await?),
        Needed::Enrolment => {
            let session = session::for_enrolling(account, &user, call.now);
            return Ok(Proven { membership, user, mfa: false, must_enrol: true, session });
        }
    };
    let network = network(call.ip_address.as_deref().unwrap_or_default());
    let is_new = !credential.known_addresses.is_empty() && !credential.known_addresses.contains(&network);
    let known = remembered(&credential.known_addresses, &network);
    let session = session::at_home(api.store.ids().next(call.now), account, &user, used.is_some(), call.now);
    let stored = session::stored(&session, call);
    let begins = Some(&stored).filter(|_| purpose == Purpose::Session);
    let signed_in = SignedIn { known_addresses: &known, is_new, session: begins, factor: used.as_ref() };
    api.store.signed_in(&user, &signed_in, &act).await?;
    Ok(Proven { membership, user, mfa: used.is_some(), must_enrol: false, session })
}

/// The use of the second factor, if what was given is right. A wrong one is told apart from a wrong password for the log, and answered
/// like one; what cannot be a code at all is said to be none.
async fn second_factor(
    api: &Api,
    call: &Call,
    user: &User,
    otp: Option<&str>,
    act: &AuditContext,
) -> Result<Used, Failure> {
    let Some(otp) = otp else {
        let detail =
            "A code is required: send one from your authenticator app, or a recovery code, in `otp`.";
        return Err(Fault::unauthenticated(MFA_REQUIRED, detail).into());
    };
    let mfa = api.store.mfa(act.account, user.id).await?.ok_or_else(invalid_credentials)?;
    match look_at(&mfa, otp, call.now) {
        Looked::Right(used) => Ok(used),
        Looked::Wrong => Err(Fault::unauthenticated(WRONG_CODE, "The code is wrong.").into()),
        Looked::NoCode => Err(no_code()),
    }
}

/// That what was given as a code cannot be one, which counts for nothing.
#[must_use]
pub fn no_code() -> Failure {
    let detail = "`otp` must be a code of six digits, or a recovery code: groups of four letters and digits.";
    Fault::unacceptable(NOT_A_CODE, detail).at("/data/attributes/otp").into()
}
