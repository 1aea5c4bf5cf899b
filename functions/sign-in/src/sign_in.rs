//! Signs a person in. Whatever is wrong, the answer is the same, in words and in time.

use api::{Api, Failure, session};
use policy::{EmailAddress, Subdomain};
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
    resource.attributes.optional("otp", text);
    resource.finish()?;
    let (subdomain, email, password) =
        (subdomain.unwrap_or_default(), email.unwrap_or_default(), password.unwrap_or_default());
    until_current!(attempt(api, signing, call, &subdomain, &email, &password))
}

async fn attempt(
    api: &Api,
    signing: &SigningKeys,
    call: &Call,
    subdomain: &str,
    email: &str,
    password: &str,
) -> Result<Answer, Failure> {
    let known = find(api, subdomain, email).await?;
    let credential = match &known {
        Some((account, user)) => api.store.credential(account.id, user.id).await?,
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
    let Some((account, user)) = known.filter(|(_, user)| is_right && user.status == UserStatus::Active)
    else {
        return Err(Fault::unauthenticated(
            "invalid-credentials",
            "These are not the credentials of a user.",
        )
        .into());
    };
    let act = Act {
        account: account.id,
        at: call.now,
        user: Some((user.id, user.name())),
        home: Some((account.id, account.name)),
        role: Some(user.role),
        ip_address: call.ip_address.clone(),
        user_agent: call.user_agent.clone(),
    };
    api.store.signed_in(&user, &act).await?;
    let session = session::at_home(account.id, &user, false, call.now);
    Ok(Answer::created(&session::document(signing, &session)?))
}

/// The user of this address in the account of this subdomain. What is no subdomain or no address is nobody's.
async fn find(api: &Api, subdomain: &str, email: &str) -> Result<Option<(Account, User)>, Failure> {
    let (Ok(subdomain), Ok(email)) = (subdomain.parse::<Subdomain>(), email.parse::<EmailAddress>()) else {
        return Ok(None);
    };
    let Some(account) = api.store.account_of_subdomain(&subdomain).await? else { return Ok(None) };
    let Some(user) = api.store.user_id_by_email(account, &email).await? else { return Ok(None) };
    let membership = api.store.membership(account, user).await?;
    Ok(membership.and_then(|membership| Some((membership.account, membership.user?))))
}
