//! Invites another account: pending until one of its Administrators accepts.

use std::collections::BTreeMap;

use api::document::Data;
use api::{Api, Caller, Failure, show};
use policy::connection::{State, Status};
use policy::{AccountId, EmailAddress, GroupReach, Refusal, UserId};
use store::account::{Membership, Standpoint};
use store::connection::Revisions;
use store::invitation::NewLink;
use store::{Connection, Invitation, User, until_current};
use web::{Answer, Call, Fault};

use crate::offer::{Offer, read};
use crate::providers::Providers;

/// At most this many Administrators of the delegate get the mail, so that the invitation is one transaction: each is a mail and
/// a count of mails to the address.
const MAILS: usize = 46;

pub async fn invite(api: &Api, providers: &Providers, call: &Call) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    until_current!(attempt(api, providers, call))
}

async fn attempt(api: &Api, providers: &Providers, call: &Call) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&GroupReach::new()).may_administer()?;
    let offer = read(call, providers)?;
    let delegate = delegate(api, &caller, &offer, call).await?;
    let (groups, organizations) = (&offer.grants.groups, &offer.grants.organizations);
    let groups = api.named(caller.account.id, groups, groups, organizations).await?;
    let connection = connection(api, call, &caller, &offer, &delegate);
    connection.life().check(caller.effective_role(), &groups)?;
    let mails = Mails::write(api, call, &caller, &connection, &delegate).await?;
    let revisions = Revisions { host: caller.security.revision, delegate: delegate.security.revision };
    let act = caller.act(call);
    api.store.invite_account(&connection, &mails.addressed(), &api.limits, revisions, &act).await?;
    let shown = show::connection(&connection, caller.account.id, &mails.invitations(), call.now);
    Ok(Answer::created(&Data { data: shown }).at(format!("/connections/{}", connection.id)))
}

/// The account that is to be let in, if it can be.
async fn delegate(api: &Api, caller: &Caller, offer: &Offer, call: &Call) -> Result<Membership, Failure> {
    let at = |fault: Fault| Failure::from(fault.at("/data/attributes/subdomain"));
    let unknown = || {
        let detail = format!("There is no account with the subdomain {}.", offer.subdomain);
        at(Fault::unacceptable("unknown-subdomain", detail))
    };
    let id = api.store.account_of_subdomain(&offer.subdomain).await?.ok_or_else(unknown)?;
    if id == caller.account.id {
        return Err(at(Fault::unacceptable("own-account", "This is your own account.")));
    }
    for connection in api.store.connections_granted(caller.account.id).await? {
        if connection.delegate_id == id && connection.life().is_in_the_way(call.now) {
            return Err(at(match connection.life().status(call.now) {
                Status::Pending => Fault::conflict(
                    "already-invited",
                    "This account is invited already; resend the invitation.",
                ),
                _ => Fault::conflict("already-connected", "This account is connected already."),
            }));
        }
    }
    let delegate = api.store.membership_at(&Standpoint::Nobody { account: id }).await?.ok_or_else(unknown)?;
    if delegate.security.administrator_ids.is_empty() {
        return Err(at(Fault::unacceptable(
            "no-administrator",
            "This account has no Administrator who could accept.",
        )));
    }
    Ok(delegate)
}

fn connection(api: &Api, call: &Call, caller: &Caller, offer: &Offer, delegate: &Membership) -> Connection {
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
        inviter_name: caller.name(),
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
    let standpoint = Standpoint::Nobody { account: delegate };
    Ok(api.store.membership_at(&standpoint).await?.ok_or_else(Fault::unknown)?)
}
