//! The account's settings: every user reads them, an Administrator changes them.

use api::change::of_what_was_read;
use api::document::{WithMeta, as_read};
use api::{Api, Caller, Failure, show};
use policy::{GroupReach, InvitationLifetime, text};
use store::{Account, ChangeError, Guard, User, until_current};
use web::body::{Attribute, Kind};
use web::{Answer, Body, Call, Fault};

/// A change of the settings.
pub const BODY: Body = Body::changing(
    "accounts",
    &[
        Attribute::optional("name", Kind::NAME, "The account's name."),
        Attribute::optional(
            "subdomain",
            Kind::Subdomain,
            "The name by which the account is known in addresses.",
        ),
        Attribute::optional("enforce-mfa", Kind::Flag, "Whether every user needs a second factor."),
        Attribute::optional(
            "require-delegate-mfa",
            Kind::Flag,
            "Whether users of accounts that are let in need a second factor.",
        ),
        Attribute::optional(
            "invitation-lifetime-hours",
            Kind::Integer(1, InvitationLifetime::LONGEST_HOURS as i64),
            "How long the link of an invitation lives, in hours.",
        ),
    ],
);

use crate::shown::Licences;

pub async fn read(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    caller.at_home()?;
    let users = api.store.users(caller.account.id).await?;
    Ok(Answer::ok(&document(&caller.account, &users)))
}

pub async fn update(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, call))
}

async fn attempt(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_change_settings()?;
    let account = changed(&caller, call)?;
    match api.store.update_account(&caller.account, &account, &caller.act(call)).await {
        Err(ChangeError::Stale(guards)) if guards.contains(&Guard::Subdomain) => {
            let fault = Fault::conflict("subdomain-taken", "This subdomain is taken.");
            return Err(fault.at("/data/attributes/subdomain").into());
        }
        written => written?,
    }
    let users = api.store.users(account.id).await?;
    let account = Account { version: account.version + 1, updated_at: call.now, ..account };
    Ok(Answer::ok(&document(&account, &users)))
}

fn changed(caller: &Caller, call: &Call) -> Result<Account, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    if resource.id.as_ref().is_some_and(|id| *id != caller.account.id.to_string()) {
        return Err(Fault::conflict("wrong-id", "This is not your account's id.").at("/data/id").into());
    }
    of_what_was_read(call, &mut resource, caller.account.version)?;
    let attributes = &mut resource.attributes;
    let mut account = caller.account.clone();
    account.name = attributes.optional("name", text::name).unwrap_or(account.name);
    account.subdomain = attributes.optional("subdomain", str::parse).unwrap_or(account.subdomain);
    account.enforce_mfa = attributes.flag("enforce-mfa").unwrap_or(account.enforce_mfa);
    account.require_delegate_mfa =
        attributes.flag("require-delegate-mfa").unwrap_or(account.require_delegate_mfa);
    let lifetime = attributes.integer("invitation-lifetime-hours", InvitationLifetime::from_hours);
    account.invitation_lifetime = lifetime.unwrap_or(account.invitation_lifetime);
    resource.finish_over(&as_read(&show::account(&caller.account)))?;
    Ok(account)
}

/// The account, with how many users take a licence, are Lite, or have yet to accept.
fn document(account: &Account, users: &[User]) -> WithMeta<show::Account, Licences> {
    WithMeta { data: show::account(account), meta: Licences::of(users) }
}
