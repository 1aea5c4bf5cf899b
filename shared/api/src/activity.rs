//! Reads and refusals in the activity log: written once here, for every function. A change writes its own entry, in the
//! transaction that carries it out.

use policy::log::AuditAction;
use store::{AuditContext, ChangeError};
use web::{Answer, Call};

use crate::{Api, Failure};

impl Api {
    /// Writes the entry of the outcome of a call, if the log keeps it. What cannot be written down is not to be answered.
    pub(crate) async fn keep(
        &self,
        call: &Call,
        outcome: &Result<Answer, Failure>,
    ) -> Result<(), ChangeError> {
        let Some(act) = call.noted.who() else { return Ok(()) };
        let Some((status, word)) = ending(outcome) else { return Ok(()) };
        let (method, segments) = call.route();
        let Some(deed) = AuditAction::of(method, &segments)
            .map(|deed| if call.noted.changes_nothing() { deed.looked_at() } else { deed })
            .filter(|deed| deed.is_kept(status))
        else {
            return Ok(());
        };
        let subject = call.noted.what().unwrap_or(deed.subject);
        // The outcome of a request changes nothing.
        let act = AuditContext { ticket: None, ..act };
        self.store.record(&act, deed.action.name(), word, &subject).await
    }
}

/// The status, and what the log calls it; none if the store had no answer.
pub(crate) fn ending(outcome: &Result<Answer, Failure>) -> Option<(u16, &'static str)> {
    match outcome {
        Ok(answer) => Some(page_ending(answer)),
        Err(Failure::Answered(answer)) => Some(page_ending(answer)),
        Err(Failure::Faults(faults)) => {
            let status = faults.status();
            let chief = faults.all().iter().find(|fault| fault.status() == status);
            Some((status, chief.map_or("refused", web::Fault::code)))
        }
        Err(Failure::Stale(_) | Failure::Store(_)) => None,
    }
}

/// A page for people has a status and no code.
fn page_ending(answer: &Answer) -> (u16, &'static str) {
    let status = answer.status();
    (status.as_u16(), if status.as_u16() < 400 { "allowed" } else { "refused" })
}
