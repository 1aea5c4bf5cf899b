//! The account's settings: every user reads them, an Administrator changes them.

use api::change::of_what_was_read;
use api::document::{WithMeta, as_read};
use api::{Api, Caller, Failure, show};
use policy::account::may_be_called;
use policy::connection::Status;
use policy::decision::Obstacle;
use policy::log::LogRetention;
use policy::{Change, GroupReach, InvitationLifetime, Timestamp, Touch, text};
use store::{Account, ChangeError, Guard, User, UserStatus, until_current};
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
            "The subdomain, a short unique name of the account.",
        ),
        Attribute::optional("enforce-mfa", Kind::Flag, "Whether every user needs a second factor."),
        Attribute::optional(
            "require-delegate-mfa",
            Kind::Flag,
            "Whether users of delegates need a second factor.",
        ),
        Attribute::optional(
            "invitation-lifetime-hours",
            Kind::Integer(1, InvitationLifetime::LONGEST_HOURS as i64),
            "How long the link of an invitation works, in hours.",
        ),
        Attribute::nullable(
            "log-retention-months",
            Kind::Integer(LogRetention::SHORTEST as i64, LogRetention::LONGEST as i64),
            "For how many months the activity log is kept. Older months are removed for good. If null: forever.",
        ),
    ],
);

use crate::shown::{Licences, ShutOut};

pub async fn read(api: &Api, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    caller.at_home()?;
    let users = api.store.users(caller.account.id).await?;
    Ok(Answer::ok(&document(&caller, &caller.account, &users)))
}

pub async fn update(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, call, preview))
}

async fn attempt(api: &Api, call: &Call, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_change_settings()?;
    let account = changed(&caller, call)?;
    let (before, person) = (&caller.account, caller.person()?);
    if (&account.name, &account.subdomain) != (&before.name, &before.subdomain) {
        may_be_called(&account.name, account.subdomain.as_str())?;
    }
    let demands =
        |account: &Account| (account.enforce_mfa, account.require_delegate_mfa, account.log_retention);
    if demands(&account) != demands(before) && !preview {
        api.fresh(call, person).await?;
    }
    let change = Change { touches: vec![Touch::Settings], ..Change::default() };
    let judged = caller.judge(&GroupReach::new(), &change, call.now)?;
    if preview {
        let users = api.store.users(account.id).await?;
        let WithMeta { data, meta } = document(&caller, &account, &users);
        let shut_out = shut_out(api, &caller, &account, &users, call.now).await?;
        return Ok(Answer::ok(&WithMeta { data, meta: meta.foreseeing(shut_out) }));
    }
    if account == caller.account {
        let users = api.store.users(account.id).await?;
        return Ok(Answer::ok(&document(&caller, &account, &users)));
    }
    let changes = api.changed(account.id, &show::account(&caller.account), &show::account(&account)).await?;
    let act = caller.act(call).changing(changes);
    match api.store.update_account(&caller.account, &account, &judged, &act).await {
        Err(ChangeError::Stale(guards)) if guards.contains(&Guard::Subdomain) => {
            let fault = Fault::conflict("subdomain-taken", "This subdomain is already taken.");
            return Err(fault.at("/data/attributes/subdomain").into());
        }
        written => written?,
    }
    let users = api.store.users(account.id).await?;
    let account = Account { version: account.version + 1, updated_at: call.now, ..account };
    Ok(Answer::ok(&document(&caller, &account, &users)))
}

/// Who comes in no more, until they set up a second factor: users, if every user needs one from now on, and persons of delegates
/// who came in at some time, if those do.
async fn shut_out(
    api: &Api,
    caller: &Caller,
    after: &Account,
    users: &[User],
    now: Timestamp,
) -> Result<Vec<ShutOut>, Failure> {
    let before = &caller.account;
    let mut shut_out = Vec::new();
    if after.enforce_mfa && !before.enforce_mfa {
        let without = users.iter().filter(|user| user.status == UserStatus::Active && !user.mfa);
        shut_out.extend(without.map(|user| ShutOut::of(user.id, &user.email)));
    }
    if after.require_delegate_mfa && !before.require_delegate_mfa {
        let (granted, known) =
            tokio::try_join!(api.store.connections_granted(before.id), api.store.all_visitors(before.id))?;
        for connection in granted.iter().filter(|one| one.life().status(now) == Status::Active) {
            let guests = api.guests(after, connection, &known, now).await?;
            let without = guests.iter().filter(|one| one.obstacles == [Obstacle::DelegateMfaRequired]);
            shut_out.extend(without.map(|one| ShutOut::of(one.known.user_id, &one.known.email)));
        }
    }
    Ok(shut_out)
}

fn changed(caller: &Caller, call: &Call) -> Result<Account, Failure> {
    let mut resource = call.document()?.one(&BODY)?;
    if resource.id.as_ref().is_some_and(|id| *id != caller.account.id.to_string()) {
        return Err(Fault::conflict("wrong-id", "`id` is not the id of your account.").at("/data/id").into());
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
    let kept_for = attributes.nullable_integer("log-retention-months", LogRetention::from_months);
    account.log_retention = kept_for.unwrap_or(account.log_retention);
    resource.finish_over(&as_read(&show::account(&caller.account)))?;
    Ok(account)
}

/// The account, with how many users take a licence, are Lite, or have yet to accept.
pub(crate) fn document(
    caller: &Caller,
    account: &Account,
    users: &[User],
) -> WithMeta<show::Account, Licences> {
    WithMeta { data: show::account(account), meta: Licences::of(caller, users) }
}
