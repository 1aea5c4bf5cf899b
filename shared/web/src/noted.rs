//! What is learned of a request while it is carried out, for the activity log: who calls, and what it touches; and
//! whether it was counted; and whether it may be carried out only once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use policy::IdempotencyLock;
use policy::log::{AuditContext, Subject};

/// Filled in on the way; a request that is tried again says it again, and the last word counts.
#[derive(Debug, Default)]
pub struct RequestNotes {
    act: Mutex<Option<AuditContext>>,
    subject: Mutex<Option<Subject>>,
    is_counted: AtomicBool,
    is_read: AtomicBool,
    ticket: Mutex<Option<IdempotencyLock>>,
}

impl RequestNotes {
    /// The caller is known now, and acts as this.
    pub fn act(&self, act: AuditContext) {
        *self.act.lock().unwrap_or_else(PoisonError::into_inner) = Some(act);
    }

    /// What the request touches, more exactly than its address says.
    pub fn tell(&self, subject: Subject) {
        *self.subject.lock().unwrap_or_else(PoisonError::into_inner) = Some(subject);
    }

    /// Whether the request is still to be counted against its caller's limit. Says so once, however often it is tried again.
    pub fn count(&self) -> bool {
        !self.is_counted.swap(true, Ordering::SeqCst)
    }

    /// The request changes nothing, whatever its method says: it may be sent again as it is.
    pub fn is_a_read(&self) {
        self.is_read.store(true, Ordering::SeqCst);
    }

    /// Whether the request was said to change nothing.
    pub fn changes_nothing(&self) -> bool {
        self.is_read.load(Ordering::SeqCst)
    }

    /// The request came with an idempotency key, and is the one that is carried out.
    pub fn hold(&self, ticket: IdempotencyLock) {
        *self.ticket.lock().unwrap_or_else(PoisonError::into_inner) = Some(ticket);
    }

    /// With which right it is carried out, if it came with an idempotency key.
    #[must_use]
    pub fn ticket(&self) -> Option<IdempotencyLock> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who acts; none while nobody is known.
    #[must_use]
    pub fn who(&self) -> Option<AuditContext> {
        self.act.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was told.
    #[must_use]
    pub fn what(&self) -> Option<Subject> {
        self.subject.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
