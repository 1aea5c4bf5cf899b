//! Why a change is refused, as data. The functions map these to status codes and add nothing of their own.

use std::fmt;

use crate::delivery::Suppression;
use crate::id::{GroupId, OrganizationId, UserId};
use crate::role::Role;
use crate::time::Timestamp;
use crate::users::Actor;

/// Someone whom a refusal names. One who is about to be invited has no id yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPerson {
    /// Their id, if they have one.
    pub id: Option<UserId>,
    /// Their address.
    pub email: String,
}

/// People whom a refusal is about: by name as far as its reader may see them, the others by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Those who are named.
    pub named: Vec<NamedPerson>,
    /// How many there are besides.
    pub others: usize,
}

impl People {
    /// The same people, as this actor may learn of them.
    pub(crate) fn seen_by(self, actor: &Actor) -> Self {
        let sees = |person: &NamedPerson| match person.id {
            // Whom somebody is about to invite they have named themselves.
            None => true,
            Some(user) => actor.sees(user),
        };
        let (named, hidden): (Vec<_>, Vec<_>) = self.named.into_iter().partition(sees);
        Self { named, others: self.others + hidden.len() }
    }

    /// One more.
    pub(crate) fn push(&mut self, person: NamedPerson) {
        self.named.push(person);
    }
}

impl From<NamedPerson> for People {
    fn from(person: NamedPerson) -> Self {
        Self { named: vec![person], others: 0 }
    }
}

/// What kind of "no" it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The caller may not: 403.
    Forbidden,
    /// Nobody may have it so: 422.
    Unacceptable,
    /// It does not fit what is stored: 409.
    Conflict,
    /// Too much for now: 429.
    TooMuch,
}

/// A refusal with its reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The caller's role is below what the act needs.
    #[error("this requires the role {needed} or higher; your role is {role}")]
    RoleTooLow {
        /// The caller's.
        role: Role,
        /// The lowest that may.
        needed: Role,
    },
    /// The caller would give, or touches someone who has, a role above the caller's own.
    #[error("your role, {own}, does not let you give or change the role {asked}")]
    RoleAboveOwn {
        /// The caller's.
        own: Role,
        /// The one in question.
        asked: Role,
    },
    /// The caller would grant organizations that they do not have.
    #[error("you cannot grant organizations that you have no access to: {}", list(organizations))]
    OrganizationsNotYours {
        /// The organizations that they may not grant.
        organizations: Vec<OrganizationId>,
    },
    /// The caller would grant all organizations without having all.
    #[error("to grant all organizations, you need access to all organizations yourself")]
    AllOrganizationsNotYours,
    /// A Manager manages the groups that they belong to.
    #[error("you can only manage groups that you are a member of")]
    GroupNotYours {
        /// The other group.
        group: GroupId,
    },
    /// The caller does not have the organization in question.
    #[error("you need access to this organization")]
    OrganizationNotGranted,
    /// Only one who has all organizations, current and future, makes new ones.
    #[error("to create an organization, you need access to all organizations")]
    AllOrganizationsNeeded,
    /// No user from a delegate account changes a security permission in the host.
    #[error("users of another account cannot view or change permissions in this account")]
    SecurityPermission,
    /// A delegate's maximum role is above Lite, since Lite users have no access in a host.
    #[error("the maximum role must be Read-only or higher: Lite users have no access through GlueConnect")]
    LiteMaximum,
    /// A connection that grants nothing.
    #[error("choose all organizations, or at least one organization, or a group with organizations")]
    NoOrganizationChosen,
    /// Someone would have no organization at all.
    #[error("every user needs at least one organization; these users would have none: {}", emails(people))]
    NoOrganization {
        /// The users over the rule.
        people: People,
    },
    /// Lite users would have too many organizations.
    #[error(
        "a Lite user can have at most {limit} organizations; these users would have more: {}",
        emails(people)
    )]
    LiteLimit {
        /// The users over the rule.
        people: People,
        /// How many they may have.
        limit: usize,
    },
    /// Lite users are never given all organizations.
    #[error("Lite users cannot have access to all organizations: {}", emails(people))]
    LiteAllOrganizations {
        /// The users over the rule.
        people: People,
    },
    /// More direct grants than one user can hold.
    #[error(
        "at most {limit} organizations can be granted directly; use a group or `all-organizations` instead"
    )]
    TooManyOrganizations {
        /// How many can.
        limit: usize,
    },
    /// More groups than one user can hold.
    #[error("a user can be in at most {limit} groups")]
    TooManyGroups {
        /// The highest number allowed.
        limit: usize,
    },
    /// More organizations than one group can hold.
    #[error("a group can have at most {limit} organizations; use another group, or `all-organizations`")]
    GroupFull {
        /// The highest number allowed.
        limit: usize,
    },
    /// More groups than one organization can be in.
    #[error("an organization can be in at most {limit} groups")]
    InTooManyGroups {
        /// The highest number allowed.
        limit: usize,
    },
    /// More connections than one host can have.
    #[error(
        "an account can have at most {limit} connections that are offered or active; end some of them first"
    )]
    TooManyConnections {
        /// The highest number allowed.
        limit: usize,
    },
    /// More active Administrators than one account can have.
    #[error(
        "an account can have at most {limit} active Administrators; give some of them another role first"
    )]
    TooManyAdministrators {
        /// The highest number allowed.
        limit: usize,
    },
    /// More API keys of one user than one request can take along.
    #[error(
        "at most {limit} API keys can be removed together with their creator; remove some of the keys first"
    )]
    TooManyKeysAtOnce {
        /// The highest number allowed.
        limit: usize,
    },
    /// The account demands a second factor, and this session was made without one.
    #[error("this account requires a second factor: set yours up, or sign in with it")]
    MfaEnrolmentRequired,
    /// A key would do what only a person does.
    #[error("API keys cannot manage keys, sessions, second factors or settings; sign in as a user")]
    PersonNeeded,
    /// A key with the role Lite would have too many organizations.
    #[error("an API key with the role Lite can have at most {limit} organizations")]
    LiteKeyLimit {
        /// How many it may have.
        limit: usize,
    },
    /// A key with the role Lite would have all organizations.
    #[error("an API key with the role Lite cannot have access to all organizations")]
    LiteKeyAllOrganizations,
    /// A key that would never work.
    #[error("`expires-at` must be in the future, or null if the key never expires")]
    KeyEndsInThePast,
    /// More requests than a caller may make in the time.
    #[error("rate limit reached: {limit} requests in {minutes} minutes; try again in {seconds} seconds")]
    TooManyRequests {
        /// The highest number allowed.
        limit: u32,
        /// In how many minutes.
        minutes: u64,
        /// Until there is room again.
        seconds: u32,
    },
    /// More attempts at what only its owner knows than are looked at in the time.
    #[error("too many attempts; try again in {seconds} seconds")]
    TooManyAttempts {
        /// Until there is room again.
        seconds: u32,
    },
    /// More invitations than an account may send in the time.
    #[error(
        "an account can send at most {limit} invitations an hour and has sent {sent}; try again in {seconds} seconds"
    )]
    TooManyInvitations {
        /// The highest number allowed.
        limit: u32,
        /// How many were.
        sent: u32,
        /// Until there is room again.
        seconds: u32,
    },
    /// More mails to one address than anyone should get in the time.
    #[error("at most {limit} invitations a day can be sent to {}; try again in {seconds} seconds", email.as_deref().unwrap_or("one address"))]
    TooManyMails {
        /// Whose; none where the caller is not to hear the address.
        email: Option<String>,
        /// The highest number allowed.
        limit: u32,
        /// Until there is room again.
        seconds: u32,
    },
    /// The idempotency key belongs to another request.
    #[error("this idempotency key was already used for a different request; use a new key for each request")]
    IdempotencyKeyReused,
    /// The same request is being carried out now.
    #[error(
        "a request with this idempotency key is still in progress; send it again in a moment to get its answer"
    )]
    IdempotencyKeyInUse {
        /// Until there may be an answer.
        seconds: u32,
    },
    /// The same request changed something, and nobody has its answer.
    #[error(
        "this request was carried out, at least in part, but its answer was lost: check what exists, and send the rest with a new idempotency key"
    )]
    AlreadyDone,
    /// Mail to the address came back for good, or was unwanted there. The sentence leaves the address out: it may be that of
    /// somebody in another account.
    #[error("this account does not send mail to this address for now: {}", why(*reason))]
    AddressSuppressed {
        /// Which of the two.
        reason: Suppression,
    },
    /// The name is one by which hosts know a Certified Provider.
    #[error("this name belongs to a Certified Provider; only the operator can open its account")]
    ProvidersName,
    /// The session must be proven again before it changes credentials.
    #[error("confirm your identity first: POST /session/proof with your password")]
    ProofNeeded,
    /// Everyone changes their own password.
    #[error(
        "you can only change your own password; an Administrator can suspend a user or end their sessions"
    )]
    PasswordNotYours,
    /// The password is not the one that was until now.
    #[error("the password is wrong")]
    WrongPassword,
    /// The new password is the old one.
    #[error("this is already your password; choose a different one")]
    SamePassword,
    /// Everyone sets up their own second factor.
    #[error("you can only set up your own second factor")]
    MfaNotYours,
    /// There is a second factor already.
    #[error("you already have a second factor; remove it first")]
    MfaAlreadyOn,
    /// There is nothing yet that a code could confirm.
    #[error("there is no second factor to confirm; start setting one up first")]
    MfaNotStarted,
    /// The code does not count, for whatever reason.
    #[error("this code is wrong or was already used")]
    WrongCode,
    /// The account would have no active Administrator.
    #[error("an account needs at least one active Administrator")]
    LastAdministrator,
    /// Going between IT Glue and MyGlue replaces everything granted, so everything has to be said.
    #[error(
        "moving a user between IT Glue and MyGlue replaces their role, groups and organizations: send all three"
    )]
    TypeChangeNeedsEverything,
    /// The organization would be its own ancestor.
    #[error("an organization cannot be moved under itself or one of its sub-organizations")]
    ParentCycle,
    /// The list has this word, perhaps in another case.
    #[error("this name is already on the list")]
    LabelTaken,
    /// The list is full.
    #[error("this list can have at most {limit} entries")]
    TooManyLabels {
        /// The highest number allowed.
        limit: usize,
    },
    /// Sub-organizations nest only so deep.
    #[error("organizations can be nested at most {limit} levels deep")]
    ParentTooDeep {
        /// How deep.
        limit: usize,
    },
    /// The organization still has sub-organizations.
    #[error("delete or move the sub-organizations first{}", those(children))]
    HasSubOrganizations {
        /// The sub-organizations, as far as they may be named.
        children: Vec<OrganizationId>,
    },
    /// The restriction of an asset would name nobody.
    #[error("name at least one group or user; to open the asset to everyone, delete its restriction")]
    NobodyNamed,
    /// The restriction of an asset names too many.
    #[error("a restriction can name at most {limit} {what}")]
    TooManyInRestriction {
        /// Groups or users.
        what: &'static str,
        /// The highest number allowed.
        limit: usize,
    },
    /// Too many types of assets are kept from groups.
    #[error("at most {limit} asset types can be denied to {whose}")]
    TooManyDeniedTypes {
        /// One group, or all of them.
        whose: &'static str,
        /// The highest number allowed.
        limit: usize,
    },
    /// Whoever sets the restriction could not reach the asset any more.
    #[error("you would lose your own access to this asset; if you want that, send `confirm` as true")]
    ShutsOutYourself,
    /// The account is closing, and lets nobody new in.
    #[error(
        "this account will be closed on {}; until then it invites nobody new, unless an Administrator stops the closing",
        closes_at.for_people()
    )]
    AccountClosing {
        /// When.
        closes_at: Timestamp,
    },
    /// Whoever closes the account did not say its subdomain.
    #[error("this closes the whole account; if you want that, send its subdomain as `confirm`")]
    ClosingNotConfirmed,
    /// An offer to the same account is open.
    #[error("this account is already invited; resend the invitation instead")]
    AlreadyInvited,
    /// There is a connection with the same account.
    #[error("this account is already connected")]
    AlreadyConnected,
}

impl Refusal {
    /// Stable kebab-case name, part of the HTTP contract.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RoleTooLow { .. } => "role-too-low",
            Self::RoleAboveOwn { .. } => "role-above-own",
            Self::OrganizationsNotYours { .. } => "organizations-not-yours",
            Self::AllOrganizationsNotYours => "all-organizations-not-yours",
            Self::GroupNotYours { .. } => "group-not-yours",
            Self::OrganizationNotGranted => "organization-not-granted",
            Self::AllOrganizationsNeeded => "all-organizations-needed",
            Self::SecurityPermission => "security-permission",
            Self::LiteMaximum => "lite-maximum-role",
            Self::NoOrganizationChosen => "no-organization-chosen",
            Self::NoOrganization { .. } => "no-organization",
            Self::LiteLimit { .. } => "lite-limit",
            Self::LiteAllOrganizations { .. } => "lite-all-organizations",
            Self::TooManyOrganizations { .. } => "too-many-organizations",
            Self::TooManyGroups { .. } => "too-many-groups",
            Self::GroupFull { .. } => "group-full",
            Self::InTooManyGroups { .. } => "in-too-many-groups",
            Self::TooManyConnections { .. } => "too-many-connections",
            Self::TooManyAdministrators { .. } => "too-many-administrators",
            Self::TooManyKeysAtOnce { .. } => "too-many-keys",
            Self::MfaEnrolmentRequired => "mfa-enrolment-required",
            Self::PersonNeeded => "person-needed",
            Self::LiteKeyLimit { .. } => "lite-limit",
            Self::LiteKeyAllOrganizations => "lite-all-organizations",
            Self::KeyEndsInThePast => "invalid",
            Self::TooManyRequests { .. } => "too-many-requests",
            Self::TooManyAttempts { .. } => "too-many-attempts",
            Self::TooManyInvitations { .. } => "too-many-invitations",
            Self::TooManyMails { .. } => "too-many-mails",
            Self::IdempotencyKeyReused => "idempotency-key-reused",
            Self::IdempotencyKeyInUse { .. } => "idempotency-key-in-use",
            Self::AlreadyDone => "already-done",
            Self::AddressSuppressed { .. } => "address-suppressed",
            Self::ProvidersName => "providers-name",
            Self::ProofNeeded => "proof-needed",
            Self::PasswordNotYours => "password-not-yours",
            Self::WrongPassword => "wrong-password",
            Self::SamePassword => "same-password",
            Self::MfaNotYours => "mfa-not-yours",
            Self::MfaAlreadyOn => "mfa-already-on",
            Self::MfaNotStarted => "mfa-not-started",
            Self::WrongCode => "wrong-code",
            Self::LastAdministrator => "last-administrator",
            Self::TypeChangeNeedsEverything => "type-change-needs-everything",
            Self::LabelTaken => "name-taken",
            Self::TooManyLabels { .. } => "list-full",
            Self::ParentCycle => "parent-cycle",
            Self::ParentTooDeep { .. } => "parent-too-deep",
            Self::HasSubOrganizations { .. } => "has-sub-organizations",
            Self::NobodyNamed => "nobody-named",
            Self::TooManyInRestriction { .. } => "too-many-in-restriction",
            Self::TooManyDeniedTypes { .. } => "too-many-denied-types",
            Self::ShutsOutYourself | Self::ClosingNotConfirmed => "confirm-needed",
            Self::AccountClosing { .. } => "account-closing",
            Self::AlreadyInvited => "already-invited",
            Self::AlreadyConnected => "already-connected",
        }
    }

    /// In how many seconds it is worth trying again, if waiting helps.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooManyRequests { seconds, .. }
            | Self::TooManyAttempts { seconds }
            | Self::TooManyInvitations { seconds, .. }
            | Self::TooManyMails { seconds, .. }
            | Self::IdempotencyKeyInUse { seconds } => Some(*seconds),
            _ => None,
        }
    }

    /// What kind of "no" it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::RoleTooLow { .. }
            | Self::RoleAboveOwn { .. }
            | Self::OrganizationsNotYours { .. }
            | Self::AllOrganizationsNotYours
            | Self::GroupNotYours { .. }
            | Self::OrganizationNotGranted
            | Self::AllOrganizationsNeeded
            | Self::SecurityPermission
            | Self::MfaEnrolmentRequired
            | Self::PersonNeeded
            | Self::ProofNeeded
            | Self::PasswordNotYours
            | Self::WrongPassword
            | Self::MfaNotYours => Kind::Forbidden,
            Self::TooManyRequests { .. }
            | Self::TooManyAttempts { .. }
            | Self::TooManyInvitations { .. }
            | Self::TooManyMails { .. } => Kind::TooMuch,
            Self::LastAdministrator
            | Self::HasSubOrganizations { .. }
            | Self::LabelTaken
            | Self::ShutsOutYourself
            | Self::AccountClosing { .. }
            | Self::ClosingNotConfirmed
            | Self::AlreadyInvited
            | Self::AlreadyConnected
            | Self::IdempotencyKeyInUse { .. }
            | Self::AlreadyDone
            | Self::MfaAlreadyOn
            | Self::MfaNotStarted => Kind::Conflict,
            Self::NoOrganization { .. }
            | Self::AddressSuppressed { .. }
            | Self::LiteMaximum
            | Self::NoOrganizationChosen
            | Self::IdempotencyKeyReused
            | Self::WrongCode
            | Self::SamePassword
            | Self::ProvidersName
            | Self::LiteKeyLimit { .. }
            | Self::LiteKeyAllOrganizations
            | Self::KeyEndsInThePast
            | Self::LiteLimit { .. }
            | Self::LiteAllOrganizations { .. }
            | Self::TooManyOrganizations { .. }
            | Self::TooManyGroups { .. }
            | Self::GroupFull { .. }
            | Self::InTooManyGroups { .. }
            | Self::TooManyConnections { .. }
            | Self::TooManyAdministrators { .. }
            | Self::TooManyKeysAtOnce { .. }
            | Self::TypeChangeNeedsEverything
            | Self::TooManyLabels { .. }
            | Self::NobodyNamed
            | Self::TooManyInRestriction { .. }
            | Self::TooManyDeniedTypes { .. }
            | Self::ParentCycle
            | Self::ParentTooDeep { .. } => Kind::Unacceptable,
        }
    }
}

const fn why(reason: Suppression) -> &'static str {
    match reason {
        Suppression::Bounced => "an earlier mail could not be delivered",
        Suppression::Complained => "the recipient reported an earlier mail as spam",
    }
}

/// At most this many names stand in a sentence; the rest is counted.
const NAMED: usize = 20;

fn list<T: fmt::Display>(items: &[T]) -> String {
    sentence(items.iter().map(ToString::to_string))
}

/// Organizations that may be named; none of them may be.
fn those(organizations: &[OrganizationId]) -> String {
    if organizations.is_empty() { String::new() } else { format!(": {}", list(organizations)) }
}

fn emails(people: &People) -> String {
    let names = people.named.iter().map(|person| person.email.clone());
    match people.others {
        others if people.named.is_empty() => counted(others),
        others => sentence_with(names, others),
    }
}

/// People who are not named.
fn counted(people: usize) -> String {
    if people == 1 { "one user".to_owned() } else { format!("{people} users") }
}

fn sentence(names: impl ExactSizeIterator<Item = String>) -> String {
    sentence_with(names, 0)
}

fn sentence_with(names: impl ExactSizeIterator<Item = String>, others: usize) -> String {
    let more = names.len().saturating_sub(NAMED) + others;
    let mut named = names.take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        named.push_str(&format!(" and {more} more"));
    }
    named
}
