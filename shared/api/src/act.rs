//! Who acts, as the log sees them.

use store::{Account, ApiKey, AuditContext, User};
use web::Call;

/// A user acting in the own account, by this call.
#[must_use]
pub fn act_at_home(call: &Call, account: &Account, user: &User) -> AuditContext {
    AuditContext {
        account: account.id,
        at: call.now,
        user: Some((user.id, user.name())),
        api_key: None,
        home: Some((account.id, account.name.clone())),
        role: Some(user.role),
        ip_address: call.ip_address.clone(),
        user_agent: call.user_agent.clone(),
        ticket: call.noted.ticket(),
        visitor: None,
        changes: Vec::new(),
    }
}

/// A program acting with a key of the account, by this call.
#[must_use]
pub fn act_of_key(call: &Call, account: &Account, key: &ApiKey) -> AuditContext {
    AuditContext {
        account: account.id,
        at: call.now,
        user: None,
        api_key: Some((key.id, key.name.clone())),
        home: Some((account.id, account.name.clone())),
        role: Some(key.role),
        ip_address: call.ip_address.clone(),
        user_agent: call.user_agent.clone(),
        ticket: call.noted.ticket(),
        visitor: None,
        changes: Vec::new(),
    }
}
