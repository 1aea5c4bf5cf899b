//! Users: items, questions, and the changes that do not concern their invitation.

use std::collections::{BTreeSet, HashMap};

use policy::decision::{Standing, UserFacts};
use policy::log::Changed;
use policy::{
    AccountId, EmailAddress, Grants, GroupId, Holder, Judged, NamedPerson, Notice, OrganizationId,
    Permissions, Role, SessionId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::account::AccountCounts;
use crate::error::StoreError;
use crate::invitation::Sponsor;
use crate::log::{AuditContext, Subject};
use crate::mfa::Used;
use crate::restriction::{Leaver, RestrictionLeft};
use crate::session::StoredSession;
use crate::transaction::{ChangeError, Changes, Guard, LIMIT, Transaction};
use crate::{ApiKey, Store, keys};

/// Where a user stands in what is stored. That an invitation is past its end is not stored: the clock says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserStatus {
    /// Invited, not accepted.
    Invited,
    /// In.
    Active,
    /// Shut out for now.
    Suspended,
}

/// A person in one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their one address.
    pub email: EmailAddress,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// Their role.
    pub role: Role,
    /// Where they stand.
    pub status: UserStatus,
    /// In MyGlue rather than in IT Glue.
    pub my_glue: bool,
    /// All organizations, current and future.
    pub all_organizations: bool,
    /// Granted directly.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub organization_ids: BTreeSet<OrganizationId>,
    /// The groups they belong to.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub group_ids: BTreeSet<GroupId>,
    /// Sessions of an earlier epoch no longer work.
    pub session_epoch: u64,
    /// Their sessions that were not ended one by one.
    #[serde(with = "serde_dynamo::number_set", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub session_ids: BTreeSet<SessionId>,
    /// Whether they have a second factor that they must sign in with.
    #[serde(default)]
    pub mfa: bool,
    /// Since when they have it.
    #[serde(default)]
    pub mfa_since: Option<Timestamp>,
    /// When the invitation was accepted.
    pub accepted_at: Option<Timestamp>,
    /// The last sign-in.
    pub current_sign_in_at: Option<Timestamp>,
    /// Where it came from.
    pub current_sign_in_ip: Option<String>,
    /// The sign-in before that.
    pub last_sign_in_at: Option<Timestamp>,
    /// Where that came from.
    pub last_sign_in_ip: Option<String>,
    /// When they were invited, or opened the account.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
    /// Counts their changes.
    pub version: u64,
}

impl User {
    /// First and last name, or the address if there is neither.
    #[must_use]
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        if name.trim().is_empty() { self.email.to_string() } else { name.trim().to_owned() }
    }

    /// What is granted to them.
    #[must_use]
    pub fn grants(&self) -> Grants {
        Grants {
            all_organizations: self.all_organizations,
            organizations: self.organization_ids.clone(),
            groups: self.group_ids.clone(),
        }
    }

    /// Role and grants.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        Permissions { role: self.role, grants: self.grants() }
    }

    /// The same user with other role and grants.
    #[must_use]
    pub fn with(mut self, permissions: Permissions) -> Self {
        self.role = permissions.role;
        self.all_organizations = permissions.grants.all_organizations;
        self.organization_ids = permissions.grants.organizations;
        self.group_ids = permissions.grants.groups;
        self
    }

    /// As a refusal names them.
    #[must_use]
    pub fn person(&self) -> NamedPerson {
        NamedPerson { id: Some(self.id), email: self.email.to_string() }
    }

    /// Where they stand, as the rules see it.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        match self.status {
            UserStatus::Invited => Standing::Pending,
            UserStatus::Active => Standing::Active,
            UserStatus::Suspended => Standing::Suspended,
        }
    }

    /// What an access decision needs to know.
    #[must_use]
    pub fn facts(&self) -> UserFacts {
        UserFacts { id: Some(self.id), standing: self.standing(), role: self.role, grants: self.grants() }
    }

    /// What the judgement of a change needs to know.
    #[must_use]
    pub fn holder(&self) -> Holder {
        Holder { person: self.person(), permissions: self.permissions(), standing: self.standing() }
    }

    /// Whether they are one of the account's active Administrators.
    #[must_use]
    pub fn is_active_administrator(&self) -> bool {
        self.role == Role::Administrator && self.status == UserStatus::Active
    }

    /// When they were invited first; none if they opened the account, and so never were.
    #[must_use]
    pub fn invited_at(&self) -> Option<Timestamp> {
        Some(self.created_at).filter(|created_at| self.accepted_at != Some(*created_at))
    }

    /// The user, for the log.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::new("users", self.id, self.name())
    }
}

/// A sign-in, as it is noted.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn<'a> {
    /// The addresses of the net that are the user's from now on.
    pub known_addresses: &'a [String],
    /// Whether this one is new among them.
    pub is_new: bool,
    /// The session that begins with it; none for one request alone.
    pub session: Option<&'a StoredSession>,
    /// The second factor that it was made with, if it was.
    pub factor: Option<&'a Used>,
}

impl SignedIn<'_> {
    /// What the owner is told of it by mail.
    fn tells(&self, act: &AuditContext) -> Vec<Notice> {
        let new =
            Notice::NewSignIn { ip_address: act.ip_address.clone(), user_agent: act.user_agent.clone() };
        let left = self.factor.map(|used| (used.before.recovery_hashes.len(), used.recovery_hashes.len()));
        let code =
            left.filter(|(before, left)| left < before).map(|(_, left)| Notice::RecoveryCodeUsed { left });
        code.into_iter().chain(Some(new).filter(|_| self.is_new)).collect()
    }
}

/// Keeps an address to one user, and answers whose it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EmailGuard {
    pub(crate) user_id: UserId,
    /// When the user's first invitation was mailed: what counts that one mail to the address.
    #[serde(default)]
    pub(crate) invited_at: Option<Timestamp>,
}

impl EmailGuard {
    pub(crate) fn of(user: &User) -> Self {
        Self { user_id: user.id, invited_at: user.invited_at() }
    }
}

/// Says in a group's partition that a user belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) user_id: UserId,
}

/// A change of one user.
#[derive(Debug, Clone)]
pub struct UserChange {
    /// The user as they were read.
    pub before: User,
    /// The user as they are to be.
    pub after: User,
    /// Who vouches for a pending user's invitation from now on, if that changes.
    pub sponsor: Option<Sponsor>,
    /// What the log tells of it.
    pub told: Vec<Changed>,
}

/// How many keys can be removed with a user, in one transaction: each is three items. The user is twelve, with the revision and what is noted,
/// and one for each group.
#[must_use]
pub fn room_for_keys(user: &User) -> usize {
    LIMIT.saturating_sub(12 + user.group_ids.len()) / 3
}

impl UserChange {
    /// Items that changes can have in one transaction: beside them go the revision, and for a visitor what they are at home.
    pub const ROOM: usize = LIMIT - 2;

    /// How many items these changes have at most.
    #[must_use]
    pub fn items(changes: &[Self]) -> usize {
        let groups =
            |change: &Self| change.before.group_ids.symmetric_difference(&change.after.group_ids).count();
        // The user, a link to a new password, the invitation, and an entry in one log or two.
        changes.iter().map(|change| groups(change) + 5).sum()
    }
}

impl Transaction<'_> {
    fn change_user(
        &mut self,
        account: AccountId,
        UserChange { before, after, sponsor, .. }: &UserChange,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let numbers = |ids: &BTreeSet<OrganizationId>| ids.iter().map(|id| id.number()).collect::<Vec<_>>();
        let mut changes = Changes::default()
            .only_if_there()
            .set("first_name", &after.first_name)?
            .set("last_name", &after.last_name)?
            .set("role", after.role)?
            .set("status", after.status)?
            .set("my_glue", after.my_glue)?
            .set("all_organizations", after.all_organizations)?
            .set_numbers("organization_ids", numbers(&after.organization_ids).into_iter())
            .set_numbers("group_ids", after.group_ids.iter().map(|id| id.number()))
            .set("updated_at", now)?
            .increase("version");
        if before.status != after.status {
            changes = changes.end_all_but(None);
            self.delete(&keys::password_reset(account, after.id), Guard::Free);
        }
        self.update(&keys::user(account, after.id), &changes, Guard::Version);
        self.memberships(account, after.id, &before.group_ids, &after.group_ids)?;
        if let Some(sponsor) = sponsor {
            let (user, key) = sponsor.id.stored();
            let vouched = Changes::default()
                .only_if_there()
                .set("sponsor_id", user)?
                .set("sponsor_key_id", key)?
                .set("sponsor_name", &sponsor.name)?;
            self.update(&keys::invitation(account, after.id), &vouched, Guard::Invitation);
        }
        Ok(())
    }

    /// Writes which groups a user joins and leaves into those groups' partitions.
    pub(crate) fn memberships(
        &mut self,
        account: AccountId,
        user: UserId,
        before: &BTreeSet<GroupId>,
        after: &BTreeSet<GroupId>,
    ) -> Result<(), StoreError> {
        for group in after.difference(before) {
            self.put(&keys::member(account, *group, user), &Member { user_id: user }, Guard::Free)?;
        }
        for group in before.difference(after) {
            self.delete(&keys::member(account, *group, user), Guard::Free);
        }
        Ok(())
    }
}

impl Store {
    /// One user.
    pub async fn user(&self, account: AccountId, user: UserId) -> Result<Option<User>, StoreError> {
        self.get(&keys::user(account, user)).await
    }

    /// Those of these users that are there.
    pub async fn users_by_id(&self, account: AccountId, users: &[UserId]) -> Result<Vec<User>, StoreError> {
        let wanted: Vec<_> = users.iter().map(|user| keys::user(account, *user)).collect();
        self.get_many(&wanted).await
    }

    /// Every user of the account, oldest first.
    pub async fn users(&self, account: AccountId) -> Result<Vec<User>, StoreError> {
        self.partition(&keys::users(account)).await
    }

    /// Whose address this is.
    pub async fn user_id_by_email(
        &self,
        account: AccountId,
        email: &EmailAddress,
    ) -> Result<Option<UserId>, StoreError> {
        let guard: Option<EmailGuard> = self.get(&keys::email(account, email)).await?;
        Ok(guard.map(|guard| guard.user_id))
    }

    /// The users who have these addresses already.
    pub async fn users_by_email(
        &self,
        account: AccountId,
        emails: &[&EmailAddress],
    ) -> Result<HashMap<EmailAddress, User>, StoreError> {
        // DynamoDB refuses to read the same key twice at once.
        let different: BTreeSet<_> = emails.iter().collect();
        let wanted: Vec<_> = different.into_iter().map(|email| keys::email(account, email)).collect();
        let guards: Vec<EmailGuard> = self.get_many(&wanted).await?;
        let ids: Vec<_> = guards.iter().map(|guard| guard.user_id).collect();
        let users = self.users_by_id(account, &ids).await?;
        Ok(users.into_iter().map(|user| (user.email.clone(), user)).collect())
    }

    /// Changes these users' names, roles, grants, types or statuses, all of them or none, as judged. A new status ends every session
    /// of its user.
    pub async fn update_users(
        &self,
        changes: &[UserChange],
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        for change in changes {
            transaction.change_user(act.account, change, act.at)?;
            let act = act.clone().changing(change.told.clone());
            self.log(&mut transaction, &act, "update", &change.after.subject())?;
        }
        self.commit(transaction).await
    }

    /// Removes a user with everything that is theirs, and these keys that they made, as judged. The log keeps the names. The
    /// restrictions that name the user lose the name first.
    pub async fn remove_user(
        &self,
        user: &User,
        keys_too: &[ApiKey],
        left: &[RestrictionLeft],
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let account = act.account;
        let step = self.leave_restrictions(Leaver::User(user.id), left, judged, act).await?;
        let mut transaction = self.transaction();
        transaction.judged_counting(act, judged, step, AccountCounts::users(-1))?;
        transaction.delete(&keys::user(account, user.id), Guard::Version);
        transaction.delete(&keys::email(account, &user.email), Guard::Version);
        transaction.delete(&keys::credential(account, user.id), Guard::Version);
        transaction.delete(&keys::mfa(account, user.id), Guard::Version);
        transaction.delete(&keys::invitation(account, user.id), Guard::Version);
        transaction.delete(&keys::password_reset(account, user.id), Guard::Version);
        transaction.forget_account(account, user);
        transaction.delete(&keys::use_of_user(account, user.id), Guard::Version);
        transaction.memberships(account, user.id, &user.group_ids, &BTreeSet::new())?;
        transaction.keep_count(account, user, act.at)?;
        for key in keys_too {
            self.without_key(&mut transaction, key, act)?;
        }
        self.log(&mut transaction, act, "delete", &user.subject())?;
        self.commit(transaction).await
    }

    /// Notes a sign-in on the user, and in the log; and on the second factor that it was made with, if it was. The address that
    /// it came from is one of the user's own from now on.
    pub async fn signed_in(
        &self,
        user: &User,
        signed_in: &SignedIn<'_>,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let SignedIn { known_addresses, session, factor, .. } = *signed_in;
        let changes = Changes::default().only_if("session_epoch", user.session_epoch)?;
        let changes = match session {
            Some(session) => changes.begin_session(user, session.id, act.at)?,
            None => changes,
        };
        let changes = changes
            .set("last_sign_in_at", user.current_sign_in_at)?
            .set("last_sign_in_ip", &user.current_sign_in_ip)?
            .set("current_sign_in_at", act.at)?
            .set("current_sign_in_ip", &act.ip_address)?;
        let mut transaction = self.transaction();
        transaction.update(&keys::user(act.account, user.id), &changes, Guard::Version);
        transaction.put_session(act.account, session)?;
        for what in signed_in.tells(act) {
            transaction.notify(self, (act.account, user.id), what, act.at)?;
        }
        transaction.name_account(act.account, user)?;
        let remembered = Changes::default().only_if_there().set("known_addresses", known_addresses)?;
        transaction.update(&keys::credential(act.account, user.id), &remembered, Guard::Version);
        if let Some(used) = factor {
            transaction.use_factor(act.account, user.id, used)?;
        }
        self.log(&mut transaction, act, "create", &Subject::new("sessions", user.id, user.name()))?;
        self.commit(transaction).await
    }

    /// Ends every session of the user.
    pub async fn end_sessions(&self, user: &User, act: &AuditContext) -> Result<(), ChangeError> {
        let changes = Changes::default().only_if_there().end_all_but(None);
        let mut transaction = self.transaction();
        transaction.update(&keys::user(act.account, user.id), &changes, Guard::Version);
        let act = act.telling("sessions", Some("all"), None);
        self.log(&mut transaction, &act, "delete", &Subject::new("sessions", user.id, user.name()))?;
        self.commit(transaction).await
    }
}
