//! Who calls: the token or the key says who they claim to be, the store says what they are now.

use std::collections::BTreeSet;

use policy::decision::{UserFacts, VisitFacts};
use policy::judge::{Change, Facts, Judged, judge};
use policy::{Actor, GroupId, GroupReach, Refusal, Role, Timestamp, UserId, Who, mfa};
use store::account::{CallerIdentity, Membership, Visit};
use store::invitation::{Sponsor, SponsorId};
use store::keys::person_key;
use store::log::Visitor;
use store::repeat::Whose;
use store::usage::Requester;
use store::{Account, ApiKey, AuditContext, Security, StoreError, User, UserStatus};
use tokens::{ApiKeyText, Scope, SessionClaims};
use web::{Call, Fault};

use crate::act::act_of_key;
use crate::claim::identity;
use crate::claim::{invalid_api_key, invalid_token};
use crate::guests::{groups_of, visit_facts};
use crate::{Api, ClaimedCaller, Failure, act_at_home};

/// Who calls, as stored now.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account acted in.
    pub account: Account,
    /// Its security revision: what is decided from this caller's rights is committed at it, or not at all.
    pub security: Security,
    /// A person or a program. The methods of [`Caller`] say what it comes to; few have to look at it.
    pub principal: Principal,
}

/// A person or a program.
#[derive(Debug, Clone)]
pub enum Principal {
    /// Someone with a session.
    Person(Box<SignedInUser>),
    /// Something with a key of the account.
    Key(ApiKey),
}

/// Someone with a session.
#[derive(Debug, Clone)]
pub struct SignedInUser {
    /// The user, of the home account.
    pub user: User,
    /// Set, if the account is a host that the user is inside.
    pub visit: Option<Visit>,
    /// What the token says.
    pub session: SessionClaims,
}

impl Api {
    /// Who calls. 401 if nobody does, or nobody who is in; 403 for a visitor whom the host does not, or no longer, let in; 429
    /// for the one request too many.
    pub async fn caller(&self, call: &Call) -> Result<Caller, Failure> {
        self.known(call, self.claim(call).await?, Caller::admit).await
    }

    /// Who calls, as in the home account, wherever the token says they are: a visitor who was shut out can still go home.
    pub async fn caller_at_home(&self, call: &Call) -> Result<Caller, Failure> {
        self.known(call, self.claim(call).await?.at_home(), Caller::admit).await
    }

    /// Who calls to set up the own second factor, as in the home account. The only way in for a session that is good for
    /// nothing else, or that was made without the second factor that the account demands.
    pub async fn enrolling_caller(&self, call: &Call) -> Result<Caller, Failure> {
        self.known(call, self.claim(call).await?.at_home(), Caller::recognize).await
    }

    pub(crate) async fn known(
        &self,
        call: &Call,
        claim: ClaimedCaller,
        admit: fn(SessionClaims, Option<Membership>, &Call) -> Result<Caller, Failure>,
    ) -> Result<Caller, Failure> {
        let identity = claim.identity();
        let read = async { Ok(self.store.membership_at(&identity).await?.map(|found| (found, ()))) };
        Ok(self.counted(call, claim, read, admit).await?.0)
    }

    /// Refuses a key that opens nothing, before anything costly is read of its request. It counts and notes nothing else: the
    /// request itself does, later.
    pub async fn check_key(&self, call: &Call, claim: &ClaimedCaller) -> Result<(), Failure> {
        let ClaimedCaller::Key(text) = claim else { return Ok(()) };
        let found = self.store.membership_at(&claim.identity()).await?;
        self.with_key(call, text, found).await.map(drop)
    }

    /// The program with this key. A wrong one is counted.
    async fn with_key(
        &self,
        call: &Call,
        text: &ApiKeyText,
        found: Option<Membership>,
    ) -> Result<Caller, Failure> {
        let meant = found.as_ref().and_then(|found| found.api_key.clone());
        match Caller::of_key(text, found, call) {
            Ok(caller) => Ok(caller),
            Err(invalid) => {
                self.count_wrong_key(call, text.account(), meant.as_ref()).await?;
                Err(invalid)
            }
        }
    }

    /// Who calls, known from this read, with what else was read of the same moment. As [`Api::caller`].
    pub async fn caller_from<T: Default>(
        &self,
        call: &Call,
        claim: ClaimedCaller,
        read: impl Future<Output = Result<Option<(Membership, T)>, StoreError>>,
    ) -> Result<(Caller, T), Failure> {
        self.counted(call, claim, read, Caller::admit).await
    }

    /// Counts the request against the caller's limit, once. Whose session it is says its signature: the count goes along with
    /// the read. Whose key it is says only what was read: a stranger who knows its id alone uses up nobody's limit.
    async fn counted<T: Default>(
        &self,
        call: &Call,
        claim: ClaimedCaller,
        read: impl Future<Output = Result<Option<(Membership, T)>, StoreError>>,
        admit: fn(SessionClaims, Option<Membership>, &Call) -> Result<Caller, Failure>,
    ) -> Result<(Caller, T), Failure> {
        let (caller, rest, has_room) = match &claim {
            ClaimedCaller::Session(session) => {
                let (found, has_room) = tokio::join!(read, self.count(call, &claim));
                let (membership, rest) = found?.unzip();
                (admit(session.clone(), membership, call), rest, has_room)
            }
            ClaimedCaller::Key(text) => {
                let (membership, rest) = read.await?.unzip();
                let caller = self.with_key(call, text, membership).await?;
                (Ok(caller), rest, self.count(call, &claim).await)
            }
        };
        // Who is not in hears that first, then who asks too much.
        match (caller, has_room) {
            (Ok(caller), Ok(())) => {
                self.first_time(call, &claim).await?;
                Ok((caller, rest.unwrap_or_default()))
            }
            (Err(refused), _) if call.noted.who().is_none() => Err(refused),
            (_, Err(too_many)) => Err(too_many),
            (Err(refused), Ok(())) => Err(refused),
        }
    }

    /// Whoever is let in hears again the outcome of the same request with the same idempotency key.
    async fn first_time(&self, call: &Call, claim: &ClaimedCaller) -> Result<(), Failure> {
        let identity = claim.identity();
        let Some(requester) = Requester::at(&identity) else { return Ok(()) };
        match self.begin(call, Whose::Known(identity.account(), requester)).await? {
            Some(answer) => Err(Failure::Answered(Box::new(answer))),
            None => Ok(()),
        }
    }

    async fn count(&self, call: &Call, claim: &ClaimedCaller) -> Result<(), Failure> {
        let identity = claim.identity();
        let Some(requester) = Requester::at(&identity).filter(|_| call.noted.count()) else {
            return Ok(());
        };
        let account = identity.account();
        let turn = self.store.count_request(account, requester, 1, self.limits.requests, call.now).await?;
        Ok(turn?)
    }

    /// Counts what a request of this caller costs besides itself: so many requests more.
    pub async fn count_more(&self, caller: &Caller, call: &Call, more: usize) -> Result<(), Failure> {
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let identity = match &caller.principal {
            Principal::Person(person) => identity(&person.session),
            Principal::Key(key) => CallerIdentity::Key { account: caller.account.id, key: key.id },
        };
        let Some(requester) = Requester::at(&identity).filter(|_| more > 0) else { return Ok(()) };
        let limit = self.limits.requests;
        let turn = self.store.count_request(caller.account.id, requester, more, limit, call.now).await?;
        Ok(turn?)
    }
}

impl SignedInUser {
    /// What an access decision needs to know of a visitor to this account; none at home.
    #[must_use]
    pub fn visit_facts(&self, account: &Account) -> Option<VisitFacts> {
        let visit = self.visit.as_ref()?;
        let SessionClaims { home_account, mfa, .. } = self.session;
        let (connection, person) = (visit.connection.as_ref(), visit.person.as_ref());
        Some(visit_facts(account, home_account, connection, person, (mfa, self.user.mfa_since)))
    }
}

impl Caller {
    /// Admits the user whom the token names, if they are still in, the session is of the present epoch, and it was made with
    /// the second factor that the home account may demand. A visitor must be let in by the connection as it is now.
    /// From here on the call has someone who acts, also if they are not let in.
    pub fn admit(
        session: SessionClaims,
        membership: Option<Membership>,
        call: &Call,
    ) -> Result<Self, Failure> {
        let caller = Self::recognize(session, membership, call)?;
        caller.admitted()?;
        let user = &caller.person()?.user;
        if let Some(facts) = caller.visit_facts()
            && let Some(obstacle) = facts.obstacles(user.role, call.now).first()
        {
            let detail = "You cannot enter this account at the moment. Switch back to your own.";
            return Err(Fault::forbidden(obstacle.code(), detail).into());
        }
        Ok(caller)
    }

    /// Refuses a session that is good for setting up a second factor alone, or that was made without the one that the home account
    /// demands.
    pub fn admitted(&self) -> Result<(), Refusal> {
        let SignedInUser { user, visit, session } = self.person()?;
        let home = visit.as_ref().map_or(&self.account, |visit| &visit.home);
        if session.scope != Scope::Full {
            return Err(Refusal::MfaEnrolmentRequired);
        }
        mfa::admits(home.enforce_mfa, user.mfa, session.mfa)
    }

    /// The user whom the token names, if they are still in and the session is of the present epoch. What the session is good
    /// for is not looked at.
    pub fn recognize(
        session: SessionClaims,
        membership: Option<Membership>,
        call: &Call,
    ) -> Result<Self, Failure> {
        let Some(Membership { account, security, user: Some(user), visit, .. }) = membership else {
            return Err(invalid_token());
        };
        let is_current = user.status == UserStatus::Active
            && user.session_epoch == session.epoch
            && user.has_session(session.id);
        // What a host says about a person was read by the key that the token names.
        let is_theirs = visit.is_none() || session.person == person_key(&user.email);
        let is_whole = is_theirs && (visit.is_some() || session.account == session.home_account);
        if !is_current || !is_whole {
            return Err(invalid_token());
        }
        let person = SignedInUser { user, visit, session };
        let caller = Self { account, security, principal: Principal::Person(Box::new(person)) };
        call.noted.act(caller.act(call));
        Ok(caller)
    }

    /// The program with this key, if it is one, the right one, and not past its end. No second factor is asked of a program,
    /// whatever the account demands of people.
    fn of_key(text: &ApiKeyText, membership: Option<Membership>, call: &Call) -> Result<Self, Failure> {
        let (standing, key) = match membership {
            Some(Membership { account, security, api_key, .. }) => (Some((account, security)), api_key),
            None => (None, None),
        };
        let is_right = text.matches(key.as_ref().map(|key| key.hash.as_str()));
        match (standing, key) {
            (Some((account, security)), Some(key)) if is_right && !key.is_over(call.now) => {
                let caller = Self { account, security, principal: Principal::Key(key) };
                call.noted.act(caller.act(call));
                Ok(caller)
            }
            _ => Err(invalid_api_key().into()),
        }
    }

    /// The person who calls. Refuses a program: what is a person's own, no key has.
    pub fn person(&self) -> Result<&SignedInUser, Refusal> {
        match &self.principal {
            Principal::Person(person) => Ok(person),
            Principal::Key(_) => Err(Refusal::PersonNeeded),
        }
    }

    fn visit(&self) -> Option<&Visit> {
        self.person().ok()?.visit.as_ref()
    }

    /// What an access decision needs to know of a visitor; none at home, and of a program.
    #[must_use]
    pub fn visit_facts(&self) -> Option<VisitFacts> {
        self.person().ok()?.visit_facts(&self.account)
    }

    /// What people call them.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.principal {
            Principal::Person(person) => person.user.name(),
            Principal::Key(key) => key.name.clone(),
        }
    }

    /// The role that they were given, in the home account.
    #[must_use]
    pub fn role(&self) -> Role {
        match &self.principal {
            Principal::Person(person) => person.user.role,
            Principal::Key(key) => key.role,
        }
    }

    /// The role that counts: the own one at home, at most the maximum role in a host.
    #[must_use]
    pub fn effective_role(&self) -> Role {
        self.visit_facts().map_or(self.role(), |facts| facts.effective_role(self.role()))
    }

    /// The groups through which the caller has organizations here: their reach has to be read for [`Caller::actor`].
    #[must_use]
    pub fn group_ids(&self) -> BTreeSet<GroupId> {
        match (&self.principal, self.visit_facts()) {
            (Principal::Key(_), _) => BTreeSet::new(),
            (Principal::Person(person), None) => person.user.group_ids.clone(),
            (Principal::Person(_), Some(facts)) => groups_of(&facts),
        }
    }

    /// The caller's own user in the account acted in. Neither a visitor nor a program has one.
    #[must_use]
    pub fn own_user(&self) -> Option<&User> {
        match &self.principal {
            Principal::Person(person) => Some(&person.user).filter(|_| person.visit.is_none()),
            Principal::Key(_) => None,
        }
    }

    /// Whether this is the caller's own user in the account acted in.
    #[must_use]
    pub fn is(&self, user: UserId) -> bool {
        self.own_user().is_some_and(|own| own.id == user)
    }

    /// Whether this is the user who calls, at home or inside a host.
    #[must_use]
    pub fn is_user(&self, user: UserId) -> bool {
        self.person().is_ok_and(|person| person.user.id == user)
    }

    /// What an access decision needs to know of the caller: of the user, or of the key in place of one.
    #[must_use]
    pub fn facts(&self) -> UserFacts {
        match &self.principal {
            Principal::Person(person) => person.user.facts(),
            Principal::Key(key) => key.facts(),
        }
    }

    /// Whether the caller is a member of the group. A visitor and a program are members of none.
    #[must_use]
    pub fn belongs_to(&self, group: GroupId) -> bool {
        self.own_user().is_some_and(|own| own.group_ids.contains(&group))
    }

    /// Refuses a visitor: what only the account's own do.
    pub fn at_home(&self) -> Result<(), Refusal> {
        if self.visit().is_some() { Err(Refusal::SecurityPermission) } else { Ok(()) }
    }

    /// The caller as the one who vouches for an invitation.
    #[must_use]
    pub fn sponsor(&self) -> Sponsor {
        match &self.principal {
            Principal::Person(person) => Sponsor { id: SponsorId::User(person.user.id), name: self.name() },
            // People outside know no program by its name.
            Principal::Key(key) => Sponsor { id: SponsorId::Key(key.id), name: self.account.name.clone() },
        }
    }

    /// The caller as the rules see them, for what hangs on role and groups alone. What they reach is not known here.
    #[must_use]
    pub fn standing(&self) -> Actor {
        self.actor(&GroupReach::new())
    }

    /// The caller as the rules see them. `groups` must hold what [`Caller::group_ids`] reach.
    #[must_use]
    pub fn actor(&self, groups: &GroupReach) -> Actor {
        match (&self.principal, self.visit_facts()) {
            (Principal::Key(key), _) => key.actor(),
            (Principal::Person(person), None) => {
                let user = &person.user;
                Actor {
                    role: user.role,
                    reach: user.permissions().reach(groups),
                    who: Who::User,
                    user: Some(user.id),
                    groups: user.group_ids.clone(),
                }
            }
            (Principal::Person(_), Some(facts)) => Actor {
                role: self.effective_role(),
                reach: facts.reach(groups),
                who: Who::Visitor,
                user: None,
                groups: BTreeSet::new(),
            },
        }
    }

    /// What the judgement of the caller's change depends on besides the change.
    #[must_use]
    pub fn facts_of_change(&self, now: Timestamp) -> Facts {
        self.account.facts_of_change(&self.security, now)
    }

    /// Whether the caller may make this change, by what was read with them. `groups` must hold what [`Caller::group_ids`]
    /// reach.
    pub fn judge(
        &self,
        groups: &GroupReach,
        change: &Change,
        now: Timestamp,
    ) -> Result<Judged, Vec<Refusal>> {
        judge(&self.actor(groups), change, self.facts_of_change(now))
    }

    /// The caller as the log of the account acted in sees them.
    #[must_use]
    pub fn act(&self, call: &Call) -> AuditContext {
        match &self.principal {
            Principal::Key(key) => act_of_key(call, &self.account, key),
            Principal::Person(person) => {
                let home = person.visit.as_ref().map_or(&self.account, |visit| &visit.home);
                let visitor = person.visit.as_ref().map(|visit| Visitor {
                    home: visit.home.id,
                    user: person.user.id,
                    version: person.user.version,
                });
                AuditContext {
                    account: self.account.id,
                    role: Some(self.effective_role()),
                    visitor,
                    ..act_at_home(call, home, &person.user)
                }
            }
        }
    }
}
