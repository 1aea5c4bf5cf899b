//! Invites another account: pending until one of its Administrators accepts.

use std::collections::BTreeMap;

use api::connections::offered;
use api::document::{Changed, Data};
use api::foreseen::Foreseen;
use api::{Api, Caller, Failure, Vouch, show};
use policy::connection::State;
use policy::{AccountId, EmailAddress, Refusal, UserId};
use store::account::Membership;
use store::invitation::{NewLink, Sponsor};
use store::{Connection, Invitation, User, until_current};
use web::{Answer, Call, Fault, Faults};

use crate::offer::{Named, Offer, read};
use crate::providers::Providers;

/// At most this many Administrators of the delegate get the mail, so that the invitation is one transaction: each is a mail and
/// a count of mails to the address.
const MAILS: usize = 46;

pub async fn invite(api: &Api, providers: &Providers, call: &Call) -> Result<Answer, Failure> {
    let preview = call.preview(&[])?;
    until_current!(attempt(api, providers, call, preview))
}

async fn attempt(api: &Api, providers: &Providers, call: &Call, preview: bool) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let offer = read(call, providers)?;
    let delegate = delegate(api, &caller, &offer).await?;
    let (groups, organizations) = (&offer.grants.groups, &offer.grants.organizations);
    let groups = api.named(caller.account.id, groups, groups, organizations).await?;
    let connection = connection(api, call, &caller, &offer, &delegate);
    let judged = offered(api, &caller, (None, &connection), &groups, call.now)
        .await
        .map_err(|failure| at(&offer, failure))?;
    let mails = Mails::write(api, call, &caller, &connection, &delegate).await?;
    let effects = api.foresee(&caller.account, &judged, Some(&connection), call.now).await?;
    let shown =
        show::connection(&connection, caller.account.id, &mails.invitations(), &Vouch::JUST_NOW, call.now);
    if preview {
        return Ok(Answer::ok(&Changed { data: shown, meta: Some(Foreseen::of(effects, &judged)) }));
    }
    let mut changes = api.changed(caller.account.id, &(), &shown).await?;
    changes.extend(effects.changes());
    let (act, revision) = (caller.act(call).changing(changes), delegate.security.revision);
    let mailed = mails.addressed();
    api.store.invite_account(&connection, &mailed, &api.limits, &judged, revision, &act).await?;
    Ok(Answer::created(&Data { data: shown }).at(format!("/connections/{}", connection.id)))
}

/// What is wrong with inviting this account, where the request names it.
fn at(offer: &Offer, failure: Failure) -> Failure {
    match failure {
        Failure::Faults(faults) if faults.status() == 409 => {
            let at = |fault: &Fault| fault.clone().at(offer.delegate.pointer());
            let faults = faults.all().iter().map(at).collect();
            Faults::check(faults).err().map_or_else(|| Fault::unavailable().into(), Failure::from)
        }
        other => other,
    }
}

/// The account that is to be let in, if it can be.
async fn delegate(api: &Api, caller: &Caller, offer: &Offer) -> Result<Membership, Failure> {
    let at = |fault: Fault| Failure::from(fault.at(offer.delegate.pointer()));
    let unknown = || {
        let detail = match &offer.delegate {
            Named::Subdomain(subdomain) => format!("No account has the subdomain {subdomain}."),
            Named::Provider(_) => "This Certified Provider no longer has an account.".to_owned(),
        };
        at(Fault::unacceptable("unknown-subdomain", detail))
    };
    let id = match &offer.delegate {
        Named::Subdomain(subdomain) => {
            api.store.account_of_subdomain(subdomain).await?.ok_or_else(unknown)?
        }
        Named::Provider(account) => *account,
    };
    if id == caller.account.id {
        return Err(at(Fault::unacceptable("own-account", "This is your own account.")));
    }
    let delegate = api.store.open_account_of(id).await?.ok_or_else(unknown)?;
    if delegate.security.administrator_ids.is_empty() {
        return Err(at(Fault::unacceptable(
            "no-administrator",
            "This account has no active Administrator who could accept the invitation.",
        )));
    }
    Ok(delegate)
}

fn connection(api: &Api, call: &Call, caller: &Caller, offer: &Offer, delegate: &Membership) -> Connection {
    let Sponsor { id: sponsor, name: inviter_name } = caller.sponsor();
    let (sponsor_id, sponsor_key_id) = sponsor.stored();
    Connection {
        id: api.store.ids().next(call.now),
        host_id: caller.account.id,
        host_name: caller.account.name.clone(),
        delegate_id: delegate.account.id,
        delegate_name: delegate.account.name.clone(),
        delegate_subdomain: delegate.account.subdomain.to_string(),
        state: State::Pending,
        maximum_role: offer.maximum_role,
        all_organizations: offer.grants.all_organizations,
        organization_ids: offer.grants.organizations.clone(),
        group_ids: offer.grants.groups.clone(),
        message: offer.message.clone(),
        written_by: Some(inviter_name.clone()),
        inviter_name,
        sponsor_id,
        sponsor_key_id,
        generation: 1,
        invitation_expires_at: call.now.after(caller.account.invitation_lifetime.duration()),
        ends_at: offer.ends_at,
        accepted_at: None,
        accepted_by: None,
        created_at: call.now,
        updated_at: call.now,
        version: 1,
    }
}

/// The mails of a connection's newest invitation, each with the Administrator who gets it.
pub struct Mails(Vec<(Invitation, User)>);

impl Mails {
    /// One to every current Administrator of the delegate whose address gets mail, as far as the limits allow them all.
    pub async fn write(
        api: &Api,
        call: &Call,
        caller: &Caller,
        connection: &Connection,
        delegate: &Membership,
    ) -> Result<Self, Failure> {
        let ids: Vec<UserId> = delegate.security.administrator_ids.iter().copied().take(MAILS).collect();
        let administrators = api.store.users_by_id(delegate.account.id, &ids).await?;
        let administrators = with_mail(api, call, caller, administrators).await?;
        let link = NewLink {
            expires_at: connection.invitation_expires_at,
            sponsor: caller.sponsor(),
            key_id: api.signing_key(call).await?,
        };
        let mail = |user: &User| Invitation::of_connection(connection, user.id, link.clone(), call.now);
        Ok(Self(administrators.into_iter().map(|user| (mail(&user), user)).collect()))
    }

    /// As the store takes them.
    pub fn addressed(&self) -> Vec<(Invitation, &EmailAddress)> {
        self.0.iter().map(|(mail, user)| (mail.clone(), &user.email)).collect()
    }

    /// The mails alone.
    pub fn invitations(&self) -> Vec<Invitation> {
        self.0.iter().map(|(mail, _)| mail.clone()).collect()
    }
}

/// Those who can be written to: refused if there is none of them, or for any other reason.
async fn with_mail(
    api: &Api,
    call: &Call,
    caller: &Caller,
    administrators: Vec<User>,
) -> Result<Vec<User>, Failure> {
    let recipients: Vec<&EmailAddress> = administrators.iter().map(|user| &user.email).collect();
    let mut without = BTreeMap::new();
    for (place, refusal) in api.over_limit(caller, call, &recipients).await? {
        match (place, refusal) {
            (Some(place), refusal @ Refusal::AddressSuppressed { .. }) => {
                drop(without.insert(place, refusal))
            }
            // Whose address it is, only their own account knows.
            (_, Refusal::TooManyMails { limit, seconds, .. }) => {
                return Err(Refusal::TooManyMails { email: None, limit, seconds }.into());
            }
            (_, refusal) => return Err(refusal.into()),
        }
    }
    if let Some(refusal) = without.values().next().filter(|_| without.len() == administrators.len()) {
        return Err(refusal.clone().into());
    }
    let places = administrators.into_iter().enumerate();
    Ok(places.filter(|(place, _)| !without.contains_key(place)).map(|(_, user)| user).collect())
}

/// The delegate of a connection, as it is now.
pub async fn delegate_now(api: &Api, delegate: AccountId) -> Result<Membership, Failure> {
    Ok(api.store.open_account_of(delegate).await?.ok_or_else(Fault::unknown)?)
}
