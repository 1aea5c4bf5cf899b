//! Looking at what was given as a second factor: the secrets tell what it is, the rules whether it counts.

use policy::Timestamp;
use policy::mfa::{Given, Verdict};
use store::Mfa;
use store::mfa::Used;
use tokens::{RecoveryCode, TotpSecret};

/// What came of it. Neither of the first two has happened until the store has written it down.
#[derive(Debug, Clone)]
pub enum Looked {
    /// It counts.
    Right(Used),
    /// It does not, and that is to be counted.
    Wrong(Used),
    /// Too many were wrong: it was not looked at.
    Locked,
}

/// Looks at a code of the authenticator app or a recovery code.
#[must_use]
pub fn look_at(mfa: Mfa, code: &str, now: Timestamp) -> Looked {
    let (given, recovery_hashes) = recognize(&mfa, code, now);
    let used = |uses| Used { before: mfa.clone(), uses, recovery_hashes };
    match mfa.uses().judge(given, now) {
        Verdict::Right(uses) => Looked::Right(used(uses)),
        Verdict::Wrong(uses) => Looked::Wrong(used(uses)),
        Verdict::Locked => Looked::Locked,
    }
}

/// What it is, and the recovery codes that are left if it counts.
fn recognize(mfa: &Mfa, code: &str, now: Timestamp) -> (Given, Vec<String>) {
    let code = code.trim();
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
