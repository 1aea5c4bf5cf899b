//! Invitations of users: made with the user, resent, accepted, and their mail's way out. The item is its own outbox.

use std::collections::BTreeSet;

use policy::delivery::{self, CLAIM, Failure, OVERDUE};
use policy::invitation::{InvitationFacts as Life, State, default_message};
use policy::{AccountId, ApiKeyId, ConnectionId, Delivery, Judged, Limits, Notice, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::account::AccountCounts;
use crate::credential::Credential;
use crate::error::StoreError;
use crate::log::{AuditContext, Changed, Subject};
use crate::session::StoredSession;
use crate::transaction::{ChangeError, Changes, Guard, LIMIT, Updated};
use crate::user::EmailGuard;
use crate::{Connection, Key, Store, User, UserStatus, keys};

/// Which connection a mail tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionMail {
    /// The connection.
    pub id: ConnectionId,
    /// The account of the Administrator who gets the mail.
    pub delegate_id: AccountId,
}

/// What a mail to a user tells about their own access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeMail {
    /// Its number.
    pub id: u64,
    /// What it tells.
    pub what: Notice,
}

/// The invitation of a user, the mail that tells one Administrator of a connection, or a mail about somebody's own access. Nothing in it opens anything: the link is signed over its id, generation and end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The account invited to.
    pub account_id: AccountId,
    /// The user invited; for a connection the Administrator of the delegate who gets the mail.
    pub user_id: UserId,
    /// Set, if this is the mail of a connection.
    pub connection: Option<ConnectionMail>,
    /// Set, if this is a mail to a user about their own access, and invites nobody.
    #[serde(default)]
    pub notice: Option<NoticeMail>,
    /// Where it stands.
    pub state: State,
    /// Counts the links made for it, from 1.
    pub generation: u32,
    /// When the newest link was made.
    pub invited_at: Timestamp,
    /// From this moment on that link no longer works.
    pub expires_at: Timestamp,
    /// What an inviter wrote; none for the text that is made for whoever vouches when it is shown.
    pub message: Option<String>,
    /// Who wrote it, by name; none for the one who vouches.
    #[serde(default)]
    pub written_by: Option<String>,
    /// The user who vouches for what it grants, if it is one.
    pub sponsor_id: Option<UserId>,
    /// The key that does, if it is one.
    #[serde(default)]
    pub sponsor_key_id: Option<ApiKeyId>,
    /// The sponsor's name, for the mail.
    pub sponsor_name: String,
    /// Which key signs the link, so that a retry after a rotation mails the same one.
    pub key_id: String,
    /// How far the mail has come.
    pub delivery: Delivery,
    /// Tries made to send this generation's mail.
    pub attempts: u32,
    /// It is not tried again before.
    pub next_attempt_at: Timestamp,
    /// Someone is sending it until then.
    pub claimed_until: Option<Timestamp>,
    /// When SES took the newest mail.
    pub sent_at: Option<Timestamp>,
    /// SES's name for it.
    pub message_id: Option<String>,
    /// When the schedule noted that it is past its end. The clock alone says whether it is.
    pub expiry_noted_at: Option<Timestamp>,
    /// Partition of the index of due invitations; none if the schedule has nothing left to do.
    pub due_shard: Option<String>,
    /// When the schedule has to look at it.
    pub due_at: Option<Timestamp>,
    /// When DynamoDB may throw it away; none for what is kept.
    #[serde(default)]
    pub ttl: Option<i64>,
}

/// Who vouches for what an invitation grants, and must still be allowed to when it is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sponsor {
    /// The id of the user or API key.
    pub id: SponsorId,
    /// Their name, for the mail.
    pub name: String,
}

/// A user or a key that vouches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SponsorId {
    /// A person.
    User(UserId),
    /// A program.
    Key(ApiKeyId),
}

impl SponsorId {
    /// As it is stored: one of two attributes.
    #[must_use]
    pub const fn stored(self) -> (Option<UserId>, Option<ApiKeyId>) {
        match self {
            Self::User(user) => (Some(user), None),
            Self::Key(key) => (None, Some(key)),
        }
    }

    /// From what is stored.
    pub(crate) fn from_stored(user: Option<UserId>, key: Option<ApiKeyId>) -> Option<Self> {
        user.map(Self::User).or_else(|| key.map(Self::Key))
    }
}

/// What a new link is made with.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Its end.
    pub expires_at: Timestamp,
    /// Who vouches.
    pub sponsor: Sponsor,
    /// Which key signs it.
    pub key_id: String,
}

impl Invitation {
    /// The first invitation of a user.
    #[must_use]
    pub fn new(
        account: AccountId,
        user: UserId,
        message: Option<String>,
        link: NewLink,
        now: Timestamp,
    ) -> Self {
        let (sponsor_id, sponsor_key_id) = link.sponsor.id.stored();
        Self {
            account_id: account,
            user_id: user,
            connection: None,
            notice: None,
            state: State::Open,
            generation: 1,
            invited_at: now,
            expires_at: link.expires_at,
            written_by: message.is_some().then(|| link.sponsor.name.clone()),
            message,
            sponsor_id,
            sponsor_key_id,
            sponsor_name: link.sponsor.name,
            key_id: link.key_id,
            delivery: Delivery::Queued,
            attempts: 0,
            next_attempt_at: now,
            claimed_until: None,
            sent_at: None,
            message_id: None,
            expiry_noted_at: None,
            due_shard: Some(keys::due_shard(user)),
            due_at: Some(now.after(OVERDUE).min(link.expires_at)),
            ttl: None,
        }
    }

    /// The mail of a connection's newest invitation to one Administrator of the delegate.
    #[must_use]
    pub fn of_connection(
        connection: &Connection,
        administrator: UserId,
        link: NewLink,
        now: Timestamp,
    ) -> Self {
        let mail = ConnectionMail { id: connection.id, delegate_id: connection.delegate_id };
        let message = Some(connection.message.clone());
        let fresh = Self::new(connection.host_id, administrator, message, link, now);
        Self { connection: Some(mail), generation: connection.generation, ..fresh }
    }

    /// Who vouches for it.
    #[must_use]
    pub fn sponsor(&self) -> Option<SponsorId> {
        SponsorId::from_stored(self.sponsor_id, self.sponsor_key_id)
    }

    /// Where it is stored.
    pub(crate) fn key(&self) -> Key {
        match (&self.notice, self.connection) {
            (Some(NoticeMail { what: Notice::PasswordReset, .. }), _) => {
                keys::password_reset(self.account_id, self.user_id)
            }
            (Some(notice), _) => keys::notice(self.account_id, self.user_id, notice.id),
            (None, None) => keys::invitation(self.account_id, self.user_id),
            (None, Some(connection)) => {
                keys::connection_invitation(self.account_id, connection.id, self.user_id)
            }
        }
    }

    /// The same invitation with a new link, which kills the older ones, and a mail of its own. Without a new message the older
    /// one stays, and stays whose it is.
    #[must_use]
    pub fn renewed(&self, link: NewLink, message: Option<String>, now: Timestamp) -> Self {
        let kept = (self.message.clone(), self.written_by.clone());
        let is_new = message.is_some();
        let fresh = Self::new(self.account_id, self.user_id, message, link, now);
        let (message, written_by) = if is_new { (fresh.message, fresh.written_by) } else { kept };
        let generation = self.generation.saturating_add(1);
        Self { generation, sent_at: self.sent_at, message, written_by, ..fresh }
    }

    /// The words that come with it, and the name of whose they are. `account` is the account's name.
    #[must_use]
    pub fn words(&self, account: &str) -> (String, &str) {
        match &self.message {
            Some(message) => (message.clone(), self.written_by.as_deref().unwrap_or(&self.sponsor_name)),
            None => (default_message(&self.sponsor_name, account), &self.sponsor_name),
        }
    }

    /// What the rules look at.
    #[must_use]
    pub const fn life(&self) -> Life {
        Life { state: self.state, generation: self.generation, expires_at: self.expires_at }
    }
}

/// Somebody who is invited.
#[derive(Debug, Clone)]
pub struct Invitee {
    /// Who.
    pub user: User,
    /// By what.
    pub invitation: Invitation,
    /// What they are given, for the log.
    pub changes: Vec<Changed>,
}

/// How many of these, from the first on and at least one, fit one transaction beside the revision, the account's count and the
/// request's mark: each is a user, an address, an invitation, a log entry, and its memberships.
fn fitting(invited: &[Invitee]) -> usize {
    let mut items = 3;
    let fits = invited.iter().take_while(|new| {
        items += 4 + new.user.group_ids.len();
        items <= LIMIT
    });
    fits.count().max(1)
}

impl Store {
    /// A user's invitation.
    pub async fn invitation(
        &self,
        account: AccountId,
        user: UserId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.get(&keys::invitation(account, user)).await
    }

    /// The invitations of those of these users who have one.
    pub async fn invitations(
        &self,
        account: AccountId,
        users: &[UserId],
    ) -> Result<Vec<Invitation>, StoreError> {
        let wanted: Vec<_> = users.iter().map(|user| keys::invitation(account, *user)).collect();
        self.get_many(&wanted).await
    }

    /// The pending users whose invitations stand on this user or key. Reads every user of the account: for a rare act.
    pub async fn vouched_for_by(
        &self,
        account: AccountId,
        sponsor: SponsorId,
    ) -> Result<Vec<User>, StoreError> {
        let mut pending = self.users(account).await?;
        pending.retain(|user| user.status == UserStatus::Invited);
        let ids: Vec<UserId> = pending.iter().map(|user| user.id).collect();
        let mut invitations = self.invitations(account, &ids).await?;
        invitations.retain(|invitation| invitation.sponsor() == Some(sponsor));
        let theirs: BTreeSet<UserId> = invitations.iter().map(|invitation| invitation.user_id).collect();
        pending.retain(|user| theirs.contains(&user.id));
        Ok(pending)
    }

    /// Adds users with their invitations, as judged, as many in a transaction as fit, and counts them within
    /// these limits; stale with [`Guard::Limit`] if others used up the room. Answers how many of them, from the first on, are committed, and what kept the others back.
    pub async fn invite(
        &self,
        invited: &[Invitee],
        limits: &Limits,
        judged: &Judged,
        act: &AuditContext,
    ) -> (usize, Result<(), ChangeError>) {
        let mut committed = 0;
        let mut step = 0;
        let mut left = invited;
        while !left.is_empty() {
            let (some, rest) = left.split_at(fitting(left));
            if let Err(error) = self.invite_at_once(some, limits, (judged, step), act).await {
                return (committed, Err(error));
            }
            committed += some.len();
            step += 1;
            left = rest;
        }
        (committed, Ok(()))
    }

    async fn invite_at_once(
        &self,
        invited: &[Invitee],
        limits: &Limits,
        (judged, step): (&Judged, u64),
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let account = act.account;
        let mut transaction = self.transaction();
        let more = AccountCounts::users(i64::try_from(invited.len()).unwrap_or_default());
        transaction.judged_counting(act, judged, step, more)?;
        transaction.count_first_invitations(act, invited.len(), limits)?;
        for Invitee { user, invitation, changes } in invited {
            transaction.put_new(&keys::user(account, user.id), user, Guard::Free)?;
            transaction.put_new(&keys::email(account, &user.email), &EmailGuard::of(user), Guard::Free)?;
            transaction.put_new(&keys::invitation(account, user.id), invitation, Guard::Free)?;
            transaction.memberships(account, user.id, &BTreeSet::new(), &user.group_ids)?;
            let act = act.clone().changing(changes.clone());
            self.log(&mut transaction, &act, "create", &user.subject())?;
        }
        self.commit(transaction).await
    }

    /// Replaces a user's invitation by a renewed one, as judged, and counts it within these limits.
    pub async fn renew_invitation(
        &self,
        user: &User,
        renewed: &Invitation,
        limits: &Limits,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        transaction.count_invitations(act, &[&user.email], limits)?;
        transaction.put(&keys::invitation(act.account, user.id), renewed, Guard::Invitation)?;
        self.log(&mut transaction, act, "update", &Subject::new("invitations", user.id, user.name()))?;
        self.commit(transaction).await
    }

    /// Makes a pending user an active one with this credential, as judged, by the link of this generation. Happens once:
    /// the revision that it raises is the one that any second acceptance read. The act says what of the user changes.
    pub async fn accept_invitation(
        &self,
        accepted: &User,
        generation: u32,
        credential: &Credential,
        session: &StoredSession,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let account = act.account;
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        let user = Changes::default()
            .only_if("status", UserStatus::Invited)?
            .set("status", accepted.status)?
            .set("first_name", &accepted.first_name)?
            .set("last_name", &accepted.last_name)?
            .begin_session(accepted, session.id, act.at)?
            .set("accepted_at", act.at)?
            .set("current_sign_in_at", act.at)?
            .set("current_sign_in_ip", &act.ip_address)?
            .set("updated_at", act.at)?
            .increase("version");
        transaction.update(&keys::user(account, accepted.id), &user, Guard::Version);
        let invitation = Changes::default()
            .only_if("state", State::Open)?
            // It was read beside the revision: a resending may have come between the two reads.
            .only_if("generation", generation)?
            .set("state", State::Accepted)?
            .set("message", "")?
            .remove("due_shard")
            .remove("due_at");
        transaction.update(&keys::invitation(account, accepted.id), &invitation, Guard::Invitation);
        transaction.put_new(&keys::credential(account, accepted.id), credential, Guard::Free)?;
        transaction.put_session(account, Some(session))?;
        transaction.name_account(account, accepted)?;
        self.log(
            &mut transaction,
            act,
            "update",
            &Subject::new("invitations", accepted.id, accepted.name()),
        )?;
        self.commit(transaction).await
    }

    /// Takes the mail of this generation to send it, for [`CLAIM`]. False if there is nothing to send, it is not time yet,
    /// or someone else has it.
    pub async fn claim_mail(&self, invitation: &Invitation, now: Timestamp) -> Result<bool, StoreError> {
        let changes = Changes::default()
            .only_if("generation", invitation.generation)?
            .only_if("state", State::Open)?
            .only_if("delivery", invitation.delivery)?
            .only_if("attempts", invitation.attempts)?
            .only_if_past("claimed_until", now)?
            .set("claimed_until", now.after(CLAIM))?
            .increase("attempts");
        self.change_invitation(invitation, changes).await
    }

    /// Notes that SES took the mail of this generation, unless SES itself told of it meanwhile.
    pub async fn mail_sent(
        &self,
        invitation: &Invitation,
        message_id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changes = Changes::default()
            .only_if("generation", invitation.generation)?
            .only_if("delivery", invitation.delivery)?
            .set("delivery", Delivery::Sent)?
            .set("sent_at", now)?
            .set("message_id", message_id)?
            .remove("claimed_until");
        let changes = match invitation.due_shard {
            Some(_) => changes.set("due_at", invitation.expires_at)?,
            None => changes,
        };
        self.change_invitation(invitation, changes).await
    }

    /// Notes that SES did not take the mail of this generation, and when to try again; unless SES tells of it all the same, as
    /// of one whose answer was lost.
    pub async fn mail_failed(
        &self,
        invitation: &Invitation,
        failure: Failure,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (delivery, next) = delivery::after_failure(failure, invitation.attempts.saturating_add(1), now);
        let changes = Changes::default()
            .only_if("generation", invitation.generation)?
            .only_if("delivery", invitation.delivery)?
            .set("delivery", delivery)?
            .set("next_attempt_at", next)?
            .set("due_at", next.min(invitation.expires_at))?
            .remove("claimed_until");
        self.change_invitation(invitation, changes).await
    }

    /// Gives up a mail for which there is nobody to write to, or nothing to say any more.
    pub async fn abandon_mail(&self, invitation: &Invitation) -> Result<bool, StoreError> {
        let changes = Changes::default()
            .only_if("generation", invitation.generation)?
            .set("state", State::Accepted)?
            .remove("claimed_until")
            .remove("due_shard")
            .remove("due_at");
        self.change_invitation(invitation, changes).await
    }

    /// One item, on conditions; false if they do not hold.
    pub(crate) async fn change_invitation(
        &self,
        invitation: &Invitation,
        changes: Changes,
    ) -> Result<bool, StoreError> {
        Ok(matches!(self.update_one(&invitation.key(), &changes).await?, Updated::Done(_)))
    }
}
