//! Attempts at what only its owner knows: counted before anything costly is computed, told in the account's log, and given back
//! when they succeed.

use environment::metrics::{self, Unit};
use policy::log::{AuditContext, Subject};
use policy::{AccountId, EmailAddress, Refusal, Subdomain, UserId};
use store::attempts::{Attempt, AttemptOutcome, Target};
use store::{ApiKey, User};
use web::Call;

use crate::claim::invalid_api_key;
use crate::{Api, Failure};

/// Whom somebody says they are, cleaned: every way of writing it counts as one.
#[derive(Debug, Clone)]
pub struct Claimed {
    account: Option<AccountId>,
    subdomain: String,
    email: String,
}

impl Claimed {
    /// Somebody of an account, known or not.
    #[must_use]
    pub fn new(account: Option<AccountId>, subdomain: &str, email: &str) -> Self {
        let plain = |text: &str| text.trim().to_lowercase();
        let subdomain = match subdomain.parse::<Subdomain>() {
            Ok(known) => known.to_string(),
            Err(_) => plain(subdomain),
        };
        let email = email.parse::<EmailAddress>().map_or_else(|_| plain(email), |known| known.to_string());
        Self { account, subdomain, email }
    }

    /// A user who is known.
    #[must_use]
    pub fn user(account: AccountId, user: &User) -> Self {
        Self { account: Some(account), subdomain: String::new(), email: user.email.to_string() }
    }

    /// The account, if there is one.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// As the store counts it.
    #[must_use]
    pub fn target(&self) -> Target<'_> {
        Target { account: self.account, subdomain: &self.subdomain, email: &self.email }
    }
}

/// One attempt that was counted.
#[derive(Debug)]
pub struct Counted {
    attempt: Attempt,
    account: Option<AccountId>,
    subject: Subject,
}

impl Counted {
    /// Whether it was at somebody or something that there is.
    fn is_known(&self) -> bool {
        !self.subject.resource_id.is_empty()
    }
}

/// Where a request comes from, as the counts know it.
fn address(call: &Call) -> &str {
    call.ip_address.as_deref().unwrap_or_default()
}

impl Api {
    /// Counts an attempt to be somebody; 429 if none more is looked at now. `user` is who it would be, if there is such a user;
    /// `is_known` says that they signed in from the request's address before.
    pub async fn count_attempt(
        &self,
        call: &Call,
        claimed: &Claimed,
        user: Option<(UserId, String)>,
        is_known: bool,
    ) -> Result<Counted, Failure> {
        let attempt = Attempt::at_user(claimed.target(), address(call), is_known, call.now);
        let subject = match user {
            Some((id, name)) => Subject::new("sessions", id, name),
            None => Subject::new("sessions", "", ""),
        };
        self.count_or_tell(call, Counted { attempt, account: claimed.account, subject }).await
    }

    async fn count_or_tell(&self, call: &Call, counted: Counted) -> Result<Counted, Failure> {
        match self.store.count_attempt(&counted.attempt).await? {
            Ok(()) => Ok(counted),
            Err(refusal) => {
                self.tell(call, &counted, AttemptOutcome::Limit, refusal.code()).await?;
                Err(refusal.into())
            }
        }
    }

    /// That the attempt failed. The account learns of the first one of a series.
    pub async fn attempt_failed(&self, call: &Call, counted: &Counted, code: &str) -> Result<(), Failure> {
        self.tell(call, counted, AttemptOutcome::Failure, code).await
    }

    /// That the password was right and no code came with it, which is no guess.
    pub async fn attempt_without_code(&self, call: &Call, counted: &Counted) -> Result<(), Failure> {
        self.attempt_was_none(counted).await?;
        self.tell(call, counted, AttemptOutcome::WithoutCode, "mfa-required").await
    }

    /// That the password was right and the code was not: somebody has the password. The account learns of the first one of a series,
    /// whatever failed before it.
    pub async fn attempt_with_wrong_code(
        &self,
        call: &Call,
        counted: &Counted,
        code: &str,
    ) -> Result<(), Failure> {
        self.tell(call, counted, AttemptOutcome::WrongCode, code).await
    }

    /// That it was no attempt: a slip that gives nothing away.
    pub async fn attempt_was_none(&self, counted: &Counted) -> Result<(), Failure> {
        Ok(self.store.uncount_attempt(&counted.attempt).await?)
    }

    /// That the attempt succeeded: it counts for nothing. If others of the series failed, the account hears that this one did not.
    pub async fn attempt_succeeded(&self, call: &Call, counted: &Counted) -> Result<(), Failure> {
        if self.store.give_attempt_back(&counted.attempt).await? {
            self.write(call, counted, "allowed-after-failures").await?;
        }
        Ok(())
    }

    async fn tell(
        &self,
        call: &Call,
        counted: &Counted,
        told: AttemptOutcome,
        code: &str,
    ) -> Result<(), Failure> {
        metrics::measure(call.now, Some(("Reason", told.name())), "FailedAttempts", Unit::Count, 1.0);
        // Counted where there is no account, too: the table is asked the same.
        if !self.store.tell_once(&counted.attempt, told).await? {
            return Ok(());
        }
        let Some(account) = counted.account else { return Ok(()) };
        // Asked for users too, so that the answer takes as long as for an address that is nobody's.
        let of_strangers = Attempt::at_the_log(account, call.now);
        let has_room = self.store.count_attempt(&of_strangers).await?.is_ok();
        if has_room || counted.is_known() {
            return self.write(call, counted, code).await;
        }
        // The rest of the window is one entry.
        if self.store.tell_once(&of_strangers, AttemptOutcome::Limit).await? {
            self.write(call, counted, "too-many-attempts").await?;
        }
        Ok(())
    }

    async fn write(&self, call: &Call, counted: &Counted, outcome: &str) -> Result<(), Failure> {
        let Some(account) = counted.account else { return Ok(()) };
        let action = if counted.subject.resource_type == "api-keys" { "read" } else { "create" };
        let act = AuditContext {
            ip_address: call.ip_address.clone(),
            user_agent: call.user_agent.clone(),
            ..AuditContext::of_the_product(account, call.now)
        };
        self.store.record(&act, action, outcome, &counted.subject).await?;
        Ok(())
    }

    /// Counts a link that opens nothing; 429 if the address has sent too many.
    pub async fn count_dead_link(&self, call: &Call) -> Result<(), Failure> {
        self.count_silently(call, &Attempt::at_link(address(call), call.now)).await
    }

    /// Counts a wrong API key; 429 if the address has sent too many of this account's. `key` is the one that was meant, if there is
    /// one of its id: the account learns of the first wrong secret of a series, and that no more are looked at.
    pub(crate) async fn count_wrong_key(
        &self,
        call: &Call,
        account: AccountId,
        key: Option<&ApiKey>,
    ) -> Result<(), Failure> {
        let attempt = Attempt::at_key(account, address(call), call.now);
        let Some(key) = key else { return self.count_silently(call, &attempt).await };
        let subject = Subject::new("api-keys", key.id, key.name.as_str());
        let counted = self.count_or_tell(call, Counted { attempt, account: Some(account), subject }).await?;
        self.attempt_failed(call, &counted, invalid_api_key().code()).await
    }

    async fn count_silently(&self, call: &Call, attempt: &Attempt) -> Result<(), Failure> {
        self.store.count_attempt(attempt).await?.map_err(|refusal: Refusal| {
            let reason = Some(("Reason", AttemptOutcome::Limit.name()));
            metrics::measure(call.now, reason, "FailedAttempts", Unit::Count, 1.0);
            refusal.into()
        })
    }
}
