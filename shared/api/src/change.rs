//! What every change of a thing begins with: that it is the one which the client means, and still the one which it read.

use web::{Call, Fault, Faults, Resource};

/// Refuses a change of a thing that has changed since the client read it, if `If-Match` says what it read; or of one that is there
/// where `If-None-Match` wants none.
pub fn of_version(call: &Call, version: u64) -> Result<(), Faults> {
    if call.expected().is(version) { Ok(()) } else { Err(Fault::stale().into()) }
}

/// The same, also by the version among the attributes, which clients that send back what they read have there.
pub fn of_what_was_read(call: &Call, resource: &mut Resource, version: u64) -> Result<(), Faults> {
    of_version(call, version)?;
    match resource.version() {
        Some(expected) if expected != version => Err(Fault::stale().into()),
        _ => Ok(()),
    }
}

/// Refuses one version for many things (`groups`): each says its own.
pub fn of_each_version(call: &Call, things: &str) -> Result<(), Faults> {
    if !call.expected().is_of_one() {
        return Ok(());
    }
    let detail = format!(
        "When you change several {things} at once, send the version of each in its attributes instead of `If-Match`."
    );
    Err(Fault::malformed("if-match-on-many", detail).into())
}

/// Refuses a body that is about another thing than the address.
pub fn of_address(resource: &Resource, id: impl ToString) -> Result<(), Faults> {
    match &resource.id {
        Some(named) if *named != id.to_string() => {
            let detail = "`id` does not match the id in the URL.";
            Err(Fault::conflict("wrong-id", detail).at("/data/id").into())
        }
        _ => Ok(()),
    }
}
