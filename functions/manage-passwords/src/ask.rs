//! Asking for a mail: with a link that sets a new password, or with the names of one's accounts. The answer is the same for
//! everyone, and so is what it costs: it tells nobody whether there is such an account or such a user.

use std::convert::Infallible;

use api::attempts::Claimed;
use api::{Api, Failure, act_at_home};
use policy::{AccountId, EmailAddress, Notice, Subdomain, UserId};
use store::attempts::Attempt;
use store::{AuditContext, UserStatus};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call};

const EMAIL: Attribute = Attribute::required("email", Kind::Email, "The user's e-mail address.");

/// Whose password is to come back, as JSON or by the form of the console.
pub const RESET_FIELDS: &[Attribute] =
    &[Attribute::required("subdomain", Kind::Subdomain, "The account."), EMAIL];

/// The same as JSON.
pub const RESET: Body = Body::new("password-resets", RESET_FIELDS);

/// Whose accounts are to be named, as JSON or by the form of the console.
pub const REMINDER_FIELDS: &[Attribute] = &[EMAIL];

/// The same as JSON.
pub const REMINDER: Body = Body::new("subdomain-reminders", REMINDER_FIELDS);

/// Where a form leads to once a mail was asked for.
const ASKED: &str = "/console/mail-asked-for";

pub async fn for_a_reset(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let (subdomain, email) = if call.is_form() {
        let fields = call.form(RESET_FIELDS)?;
        (fields.text("subdomain").trim().to_owned(), fields.text("email").trim().to_owned())
    } else {
        let mut resource = call.document()?.one(&RESET)?;
        let subdomain = resource.attributes.required("subdomain", plain).unwrap_or_default();
        let email = resource.attributes.required("email", plain).unwrap_or_default();
        resource.finish()?;
        (subdomain, email)
    };
    let known = subdomain.parse::<Subdomain>().unwrap_or_else(|_| Subdomain::nobodys());
    let account = api.store.account_of_subdomain(&known).await?;
    let claimed = Claimed::new(account, &subdomain, &email);
    let asked = account.unwrap_or(AccountId::NOBODY);
    let address = email.parse::<EmailAddress>().unwrap_or_else(|_| EmailAddress::nobodys());
    let user = api.store.user_id_by_email(asked, &address).await?.unwrap_or(UserId::NOBODY);
    let (membership, earlier) =
        tokio::try_join!(api.store.membership(asked, user), api.store.password_reset(asked, user))?;
    if !may_be_mailed(api, call, &claimed).await? {
        return Ok(accepted(call));
    }
    let known = membership.and_then(|found| found.user.map(|user| (found.account, user)));
    match known.filter(|(_, user)| user.status == UserStatus::Active) {
        Some((account, user)) => {
            let key_id = api.signing_key(call).await?;
            // Nobody has proven to be the user: the log says who was meant, and from where it was asked.
            let act = AuditContext { user: None, ..act_at_home(call, &account, &user) };
            api.store.ask_for_reset(&user, earlier.as_ref(), &key_id, &act).await?;
        }
        None => api.store.ask_for_nothing(claimed.target(), call.now).await?,
    }
    Ok(accepted(call))
}

pub async fn for_a_reminder(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let email = if call.is_form() {
        call.form(REMINDER_FIELDS)?.text("email").trim().to_owned()
    } else {
        let mut resource = call.document()?.one(&REMINDER)?;
        let email = resource.attributes.required("email", plain).unwrap_or_default();
        resource.finish()?;
        email
    };
    let claimed = Claimed::new(None, "", &email);
    let address = email.parse::<EmailAddress>().unwrap_or_else(|_| EmailAddress::nobodys());
    let accounts = api.readable(call, api.store.accounts_of(&address).await?);
    if !may_be_mailed(api, call, &claimed).await? {
        return Ok(accepted(call));
    }
    match accounts.first() {
        Some((account, user)) => api.store.notify(*account, *user, Notice::Accounts, call.now).await?,
        None => api.store.ask_for_nothing(claimed.target(), call.now).await?,
    }
    Ok(accepted(call))
}

/// The same for everyone: whether a mail leaves, only its owner learns.
fn accepted(call: &Call) -> Answer {
    if call.is_form() { Answer::see_other(ASKED) } else { Answer::accepted_without_content() }
}

fn plain(text: &str) -> Result<String, Infallible> {
    Ok(text.to_owned())
}

/// Whether one more such mail is sent. Beyond the limit the answer is the same, and no mail leaves: a stranger fills nobody's
/// mailbox, and the owner has the mails that left before.
async fn may_be_mailed(api: &Api, call: &Call, claimed: &Claimed) -> Result<bool, Failure> {
    let from = call.ip_address.as_deref().unwrap_or_default();
    let attempt = Attempt::at_coming_back(claimed.target(), from, call.now);
    Ok(api.store.count_attempt(&attempt).await?.is_ok())
}
