//! Looking at what was given as a second factor: the secrets tell what it is, the rules whether it counts.

use policy::Timestamp;
use policy::mfa::{self, Given};
use store::Mfa;
use store::mfa::Used;
use tokens::{RecoveryCode, TotpSecret};

/// The outcome of it.
#[derive(Debug, Clone)]
pub enum Looked {
    /// It counts, once the store has written it down.
    Right(Used),
    /// It does not.
    Wrong,
    /// It cannot be a code at all: a slip, and no guess.
    NoCode,
}

/// Looks at a code of the authenticator app or a recovery code, however it was typed.
#[must_use]
pub fn look_at(mfa: &Mfa, text: &str, now: Timestamp) -> Looked {
    let Some(code) = mfa::typed(text) else { return Looked::NoCode };
    let (given, recovery_hashes) = recognize(mfa, &code, now);
    match mfa::judge(mfa.last_used_step, given, now) {
        Some(last_step) => Looked::Right(Used { before: mfa.clone(), last_step, recovery_hashes }),
        None => Looked::Wrong,
    }
}

/// What it is, and the recovery codes that are left if it counts.
fn recognize(mfa: &Mfa, code: &str, now: Timestamp) -> (Given, Vec<String>) {
    let step = TotpSecret::from_base32(&mfa.secret).and_then(|secret| secret.step_of(code, now));
    if let Some(step) = step {
        return (Given::CodeOf(step), mfa.recovery_hashes.clone());
    }
    let recovery_code = RecoveryCode::typed(code);
    match recovery_code.as_ref().and_then(|code| code.find(&mfa.recovery_hashes)) {
        Some(used) => {
            let left = mfa.recovery_hashes.iter().filter(|hash| *hash != used).cloned().collect();
            (Given::RecoveryCode, left)
        }
        None => (Given::Wrong, mfa.recovery_hashes.clone()),
    }
}
