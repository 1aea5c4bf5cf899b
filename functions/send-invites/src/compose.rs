//! Writes an invitation's mail from what is stored now: an edit made since the invitation shows in a mail sent late.

use environment::metrics;
use mail::{ConnectionMail, InvitationMail, Message, NoticeMail};
use policy::connection::State;
use policy::{AccountId, EmailAddress, Notice, Reach};
use store::invitation::{ConnectionMail as ConnectionMailOf, SponsorId};
use store::notice::Recipient;
use store::{Invitation, StoreError, User, UserStatus};
use tokens::{
    ConnectionInvitationLink, KeyId, PasswordResetLink, SigningError, SigningKeys, UserInvitationLink,
};

use crate::Sending;
use crate::send::NotSent;

/// Whom to, and what; none if there is nobody to write to, or nothing to say any more.
pub async fn compose(
    sending: &Sending,
    invitation: &Invitation,
) -> Result<Option<(EmailAddress, Message)>, NotSent> {
    match (&invitation.notice, invitation.connection) {
        (Some(notice), _) => about_oneself(sending, invitation, &notice.what).await,
        (None, None) => to_user(sending, invitation).await,
        (None, Some(connection)) => to_administrator(sending, invitation, connection).await,
    }
}

/// To a user, about their own access. Nobody who was removed meanwhile is told of it.
async fn about_oneself(
    sending: &Sending,
    mail: &Invitation,
    what: &Notice,
) -> Result<Option<(EmailAddress, Message)>, NotSent> {
    let recipient = sending.store.recipient(mail.account_id, mail.user_id, None).await?;
    let Some(Recipient { account, user, .. }) = recipient else { return Ok(None) };
    let link = match what {
        Notice::PasswordReset => Some(reset_link(sending, mail).await?),
        _ => None,
    };
    let accounts = match what {
        Notice::Accounts => accounts_of(sending, &user.email).await?,
        _ => Vec::new(),
    };
    let notice = NoticeMail {
        what,
        account_name: &account.name,
        subdomain: account.subdomain.as_str(),
        at: mail.invited_at,
        expires_at: mail.expires_at,
        link: link.as_deref(),
        accounts: &accounts,
    };
    Ok(Some((user.email, notice.message())))
}

async fn reset_link(sending: &Sending, mail: &Invitation) -> Result<String, NotSent> {
    let link = PasswordResetLink {
        account: mail.account_id,
        user: mail.user_id,
        generation: mail.generation,
        expires_at: mail.expires_at,
    };
    let token = sign(sending, mail, |keys, kid| keys.sign_password_reset(&link, kid)).await?;
    Ok(format!("{}/password-resets/{token}", sending.public_url))
}

/// The accounts in which somebody with this address is, by name and subdomain. One whose user is gone meanwhile is left out.
async fn accounts_of(sending: &Sending, email: &EmailAddress) -> Result<Vec<(String, String)>, NotSent> {
    let mut accounts = Vec::new();
    let named = sending.store.accounts_of(email).await?;
    let mut unreadable = named.unreadable;
    for (account, user) in named.items {
        let there = match sending.store.recipient(account, user, None).await {
            // What one account wrote keeps none of the others from being named.
            Err(StoreError::Unreadable(_)) => {
                unreadable.push(format!("user {user} of account {account}"));
                continue;
            }
            read => read?,
        };
        accounts.extend(there.map(|there| (there.account.name, there.account.subdomain.to_string())));
    }
    metrics::measure_unreadable(sending.clock.now(), &unreadable);
    Ok(accounts)
}

async fn to_user(
    sending: &Sending,
    invitation: &Invitation,
) -> Result<Option<(EmailAddress, Message)>, NotSent> {
    let account_id = invitation.account_id;
    let recipient = sending.store.recipient(account_id, invitation.user_id, invitation.sponsor_id).await?;
    let Some(Recipient { account, user, sponsor }) = recipient else { return Ok(None) };
    let groups = sending.store.group_reach(account_id, &user.group_ids).await?;
    let reach = user.grants().reach(user.role, &groups);
    let link = UserInvitationLink {
        account: account_id,
        user: user.id,
        generation: invitation.generation,
        expires_at: invitation.expires_at,
    };
    let token = sign(sending, invitation, |keys, kid| keys.sign_user_invitation(&link, kid)).await?;
    let (message, writer_name) = invitation.words(&account.name);
    let mail = InvitationMail {
        inviter_name: &invitation.sponsor_name,
        writer_name,
        account_name: &account.name,
        my_glue: user.my_glue,
        role: user.role,
        organization_names: &organization_names(sending, account_id, &reach).await?,
        all_organizations: reach == Reach::All,
        message: &message,
        expires_at: invitation.expires_at,
        link: &format!("{}/invitations/{token}", sending.public_url),
    };
    Ok(Some((user.email, mail.message().answered_to(address_of(sponsor)))))
}

/// Where answers go: to whoever invites, if that is somebody who is still in.
fn address_of(sponsor: Option<User>) -> Option<String> {
    sponsor.filter(|user| user.status == UserStatus::Active).map(|user| user.email.to_string())
}

/// To one Administrator of the delegate, as long as the connection waits for an answer and they still are one.
async fn to_administrator(
    sending: &Sending,
    invitation: &Invitation,
    connection: ConnectionMailOf,
) -> Result<Option<(EmailAddress, Message)>, NotSent> {
    let host = invitation.account_id;
    let Some(stored) = sending.store.connection(host, connection.id).await? else { return Ok(None) };
    let user = sending.store.user(connection.delegate_id, invitation.user_id).await?;
    let Some(user) = user.filter(User::is_active_administrator) else { return Ok(None) };
    if stored.state != State::Pending || stored.generation != invitation.generation {
        return Ok(None);
    }
    let groups = sending.store.group_reach(host, &stored.group_ids).await?;
    let reach = stored.grants().granted(&groups);
    let link = ConnectionInvitationLink {
        host,
        connection: connection.id,
        delegate: connection.delegate_id,
        administrator: user.id,
        generation: invitation.generation,
        expires_at: invitation.expires_at,
    };
    let token = sign(sending, invitation, |keys, kid| keys.sign_connection_invitation(&link, kid)).await?;
    let mail = ConnectionMail {
        inviter_name: &stored.inviter_name,
        writer_name: stored.writer(),
        host_name: &stored.host_name,
        delegate_name: &stored.delegate_name,
        maximum_role: stored.maximum_role,
        organization_names: &organization_names(sending, host, &reach).await?,
        all_organizations: reach == Reach::All,
        message: &stored.message,
        expires_at: stored.life().open_until(),
        ends_at: stored.ends_at,
        link: &format!("{}/connection-invitations/{token}", sending.public_url),
    };
    let sponsor = match stored.sponsor() {
        Some(SponsorId::User(sponsor)) => sending.store.user(host, sponsor).await?,
        _ => None,
    };
    Ok(Some((user.email, mail.message().answered_to(address_of(sponsor)))))
}

/// Signs under the key that the invitation names; if that one is not at hand, a rotation may have just brought it.
async fn sign(
    sending: &Sending,
    invitation: &Invitation,
    sign: impl Fn(&SigningKeys, &KeyId) -> Result<String, SigningError>,
) -> Result<String, NotSent> {
    let (kid, now) = (KeyId::from(invitation.key_id.clone()), sending.clock.now());
    match sign(&sending.signer.keys(now).await?, &kid) {
        Err(SigningError::UnknownKey(_)) => Ok(sign(&sending.signer.keys_anew(now).await?, &kid)?),
        signed => Ok(signed?),
    }
}

async fn organization_names(
    sending: &Sending,
    account: AccountId,
    reach: &Reach,
) -> Result<Vec<String>, NotSent> {
    match reach {
        Reach::All => Ok(Vec::new()),
        Reach::These(ids) => {
            let organizations = sending.store.organizations_by_id(account, ids).await?;
            Ok(organizations.into_iter().map(|organization| organization.name).collect())
        }
    }
}
