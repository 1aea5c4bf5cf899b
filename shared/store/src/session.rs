//! Sessions: when and from where each began, and when its owner last proved who they are. Whether one is alive stands on the
//! user, whom every request reads anyway.

use std::collections::BTreeSet;

use policy::session::with_new;
use policy::{AccountId, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::{Store, User, keys};

/// What is stored of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The user's epoch when it began: a raised one has ended it.
    pub epoch: u64,
    /// Whether a second factor was given.
    pub mfa: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// From this moment on it is over.
    pub expires_at: Timestamp,
    /// When its owner last proved who they are.
    pub proven_at: Timestamp,
    /// From where.
    pub ip_address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// When DynamoDB may throw it away.
    pub ttl: i64,
}

impl User {
    /// Whether this session of theirs is alive. One of before there were ids is, as long as its epoch is.
    #[must_use]
    pub fn has_session(&self, session: SessionId) -> bool {
        session == SessionId::NOBODY || self.session_ids.contains(&session)
    }
}

impl Changes {
    /// Only if a set of ids is this one.
    fn only_if_sessions(self, sessions: &BTreeSet<SessionId>) -> Result<Self, StoreError> {
        if sessions.is_empty() {
            return Ok(self.only_if_without("session_ids"));
        }
        Ok(self.only_if_numbers("session_ids", sessions.iter().map(|id| id.number())))
    }

    /// Adds a new session to those of a user, who has those that were read; and says when the user last signed in.
    pub(crate) fn begin_session(
        self,
        user: &User,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let all = with_new(&user.session_ids, session, now);
        let numbers = all.iter().map(|id| id.number());
        Ok(self.only_if_sessions(&user.session_ids)?.set_numbers("session_ids", numbers))
    }

    /// Ends all sessions of a user but this new one.
    pub(crate) fn end_all_but(self, session: Option<&StoredSession>) -> Self {
        self.increase("session_epoch")
            .set_numbers("session_ids", session.iter().map(|session| session.id.number()))
    }
}

impl Transaction<'_> {
    /// Writes down a new session.
    pub(crate) fn put_session(
        &mut self,
        account: AccountId,
        session: Option<&StoredSession>,
    ) -> Result<(), StoreError> {
        match session {
            Some(session) => self.put(&keys::session(account, session.id), session, Guard::Free),
            None => Ok(()),
        }
    }
}

impl Store {
    /// One session, alive or not.
    pub async fn session(
        &self,
        account: AccountId,
        session: SessionId,
    ) -> Result<Option<StoredSession>, StoreError> {
        self.get(&keys::session(account, session)).await
    }

    /// The sessions of a user that are alive now, the latest first.
    pub async fn sessions(
        &self,
        account: AccountId,
        user: &User,
        now: Timestamp,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let wanted: Vec<_> = user.session_ids.iter().map(|id| keys::session(account, *id)).collect();
        let mut found: Vec<StoredSession> = self.get_many(&wanted).await?;
        found.retain(|session| session.epoch == user.session_epoch && now < session.expires_at);
        found.sort_by_key(|session| std::cmp::Reverse(session.id));
        Ok(found)
    }

    /// Ends one session of a user.
    pub async fn end_session(
        &self,
        user: &User,
        session: SessionId,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes =
            Changes::default().only_if_there().take_out("session_ids", std::iter::once(session.number()));
        let mut transaction = self.transaction();
        transaction.update(&keys::user(act.account, user.id), &changes, Guard::Version);
        transaction.delete(&keys::session(act.account, session), Guard::Free);
        let act = act.telling("session-id", Some(&session.to_string()), None);
        self.log(&mut transaction, &act, "delete", &Subject::new("sessions", user.id, user.name()))?;
        self.commit(transaction).await
    }

    /// Notes that the owner of a session proved who they are.
    pub async fn prove_session(
        &self,
        user: &User,
        session: SessionId,
        factor: Option<&crate::mfa::Used>,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let proven = Changes::default().only_if_there().set("proven_at", act.at)?;
        let mut transaction = self.transaction();
        transaction.update(&keys::session(act.account, session), &proven, Guard::Version);
        if let Some(used) = factor {
            transaction.use_factor(act.account, user.id, used)?;
        }
        let act = act.telling("proven-at", None, Some(&act.at.to_string()));
        self.log(&mut transaction, &act, "update", &Subject::new("sessions", user.id, user.name()))?;
        self.commit(transaction).await
    }
}
