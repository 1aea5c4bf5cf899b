//! Second factors: set up, confirmed, used, taken away. Kept beside the password, apart from the user, who only says whether
//! there is one.
//!
//! Every use is a change on the condition that nothing else happened to the second factor since it was read. So of two
//! requests with the same code one wins.

use policy::{AccountId, Notice, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::session::StoredSession;
use crate::transaction::{ChangeError, Changes, Guard, Transaction};
use crate::{Store, User, keys};

/// A user's second factor.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mfa {
    /// What the authenticator app shares with us, in base 32. Codes are computed from it, so it cannot be a hash.
    pub secret: String,
    /// Whether its owner has shown a code of it. Before that nothing is asked for.
    pub confirmed: bool,
    /// The step of the last code that was taken.
    pub last_used_step: Option<u64>,
    /// SHA-256 of each recovery code that was not used yet. The codes have 120 random bits, so that hashes without salt or
    /// slowness give nothing away (OWASP ASVS 5.0, 6.5.2, asks for 112).
    #[serde(default)]
    pub recovery_hashes: Vec<String>,
    /// When it was set up.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

impl std::fmt::Debug for Mfa {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Mfa(…)")
    }
}

impl Mfa {
    /// A new one, not confirmed yet.
    #[must_use]
    pub const fn new(secret: String, now: Timestamp) -> Self {
        Self {
            secret,
            confirmed: false,
            last_used_step: None,
            recovery_hashes: Vec::new(),
            created_at: now,
            version: 1,
        }
    }
}

/// A use of a second factor.
#[derive(Debug, Clone)]
pub struct Used {
    /// The second factor as it was read.
    pub before: Mfa,
    /// The step of the last code that was taken, from then on.
    pub last_step: Option<u64>,
    /// The recovery codes that are left.
    pub recovery_hashes: Vec<String>,
}

impl Used {
    /// That nothing happened to it since. The secret too: one that was set up again counts its versions from the start.
    fn unchanged(&self) -> Result<Changes, StoreError> {
        Changes::default().only_if("version", self.before.version)?.only_if("secret", &self.before.secret)
    }

    fn changes(&self) -> Result<Changes, StoreError> {
        self.unchanged()?
            .set("last_used_step", self.last_step)?
            .remove("failed")
            .remove("locked_until")
            .set("recovery_hashes", &self.recovery_hashes)
            .map(|changes| changes.increase("version"))
    }
}

impl Transaction<'_> {
    /// Writes down a use of a second factor that is as it was read.
    pub(crate) fn use_factor(
        &mut self,
        account: AccountId,
        user: UserId,
        used: &Used,
    ) -> Result<(), StoreError> {
        self.update(&keys::mfa(account, user), &used.changes()?, Guard::Mfa);
        Ok(())
    }

    /// Says on the user whether they have a second factor, if no session of theirs was ended since.
    fn set_mfa(
        &mut self,
        user: &User,
        mfa: bool,
        ends_sessions: bool,
        session: Option<&StoredSession>,
        act: &AuditContext,
    ) -> Result<(), StoreError> {
        let changes = Changes::default()
            .only_if("session_epoch", user.session_epoch)?
            .set("mfa", mfa)?
            .set("updated_at", act.at)?
            .increase("version");
        let changes = match mfa {
            true => changes.set("mfa_since", act.at)?,
            false => changes.remove("mfa_since"),
        };
        let changes = if ends_sessions { changes.end_all_but(session) } else { changes };
        self.put_session(act.account, session)?;
        self.update(&keys::user(act.account, user.id), &changes, Guard::Version);
        Ok(())
    }
}

fn subject(user: &User) -> Subject {
    Subject::new("mfa", user.id, user.name())
}

/// What the log says of a factor that goes.
const fn state(user: &User) -> &'static str {
    if user.mfa { "true" } else { "not confirmed" }
}

impl Store {
    /// A user's second factor, confirmed or not.
    pub async fn mfa(&self, account: AccountId, user: UserId) -> Result<Option<Mfa>, StoreError> {
        self.get(&keys::mfa(account, user)).await
    }

    /// Puts a second factor in place that is not confirmed, decided at this revision. One that never was is replaced.
    pub async fn start_mfa(
        &self,
        user: &User,
        mfa: &Mfa,
        revision: u64,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.at_revision(act.account, revision)?;
        transaction.put(&keys::mfa(act.account, user.id), mfa, Guard::Mfa)?;
        self.log(&mut transaction, &act.telling("confirmed", None, Some("false")), "create", &subject(user))?;
        self.commit(transaction).await
    }

    /// Confirms a second factor by the use of its first code, decided at this revision. Ends every session of the user, none
    /// of which was made with it.
    pub async fn confirm_mfa(
        &self,
        user: &User,
        used: &Used,
        session: &StoredSession,
        revision: u64,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.at_revision(act.account, revision)?;
        let changes = used.changes()?.set("confirmed", true)?;
        transaction.update(&keys::mfa(act.account, user.id), &changes, Guard::Mfa);
        transaction.set_mfa(user, true, true, Some(session), act)?;
        transaction.notify(self, (act.account, user.id), Notice::FactorAdded, act.at)?;
        self.log(
            &mut transaction,
            &act.telling("mfa", Some("false"), Some("true")),
            "update",
            &subject(user),
        )?;
        self.commit(transaction).await
    }

    /// Takes away the second factor of its owner, who gave a code of it, decided at this revision.
    pub async fn remove_mfa(
        &self,
        user: &User,
        used: &Used,
        revision: u64,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let key = keys::mfa(act.account, user.id);
        let mut transaction = self.transaction();
        transaction.at_revision(act.account, revision)?;
        transaction.delete_if(&key, &used.unchanged()?, Guard::Mfa);
        transaction.set_mfa(user, false, false, None, act)?;
        transaction.notify(self, (act.account, user.id), Notice::FactorRemoved, act.at)?;
        self.log(
            &mut transaction,
            &act.telling("mfa", Some(state(user)), Some("false")),
            "delete",
            &subject(user),
        )?;
        self.commit(transaction).await
    }

    /// Takes away another's second factor, whatever it is, and ends every session of theirs, decided at this revision.
    pub async fn reset_mfa(&self, user: &User, revision: u64, act: &AuditContext) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.at_revision(act.account, revision)?;
        transaction.delete(&keys::mfa(act.account, user.id), Guard::Mfa);
        transaction.set_mfa(user, false, true, None, act)?;
        transaction.notify(self, (act.account, user.id), Notice::FactorRemoved, act.at)?;
        self.log(
            &mut transaction,
            &act.telling("mfa", Some(state(user)), Some("false")),
            "delete",
            &subject(user),
        )?;
        self.commit(transaction).await
    }

    /// Puts new recovery codes in place of the old ones, by the use of a code, decided at this revision.
    pub async fn renew_recovery_codes(
        &self,
        user: &User,
        used: &Used,
        revision: u64,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.at_revision(act.account, revision)?;
        transaction.use_factor(act.account, user.id, used)?;
        transaction.notify(self, (act.account, user.id), Notice::RecoveryCodesMade, act.at)?;
        self.log(
            &mut transaction,
            &act.telling("recovery-codes", None, Some("renewed")),
            "update",
            &subject(user),
        )?;
        self.commit(transaction).await
    }
}
