//! What is learned of a request while it is carried out, for the activity log: who calls, and what it touches.

use std::sync::{Mutex, PoisonError};

use policy::log::{Act, Subject};

/// Filled in on the way; a request that is tried again says it again, and the last word counts.
#[derive(Debug, Default)]
pub struct Noted {
    act: Mutex<Option<Act>>,
    subject: Mutex<Option<Subject>>,
}

impl Noted {
    /// The caller is known now, and acts as this.
    pub fn act(&self, act: Act) {
        *self.act.lock().unwrap_or_else(PoisonError::into_inner) = Some(act);
    }

    /// What the request touches, more exactly than its address says.
    pub fn tell(&self, subject: Subject) {
        *self.subject.lock().unwrap_or_else(PoisonError::into_inner) = Some(subject);
    }

    /// Who acts; none while nobody is known.
    #[must_use]
    pub fn who(&self) -> Option<Act> {
        self.act.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was told.
    #[must_use]
    pub fn what(&self) -> Option<Subject> {
        self.subject.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
