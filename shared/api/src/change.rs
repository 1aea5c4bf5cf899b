//! What every change of a thing begins with: that it is still the one which the client read.

use web::{Call, Fault, Faults, Resource};

/// Refuses a change of a thing that has changed since the client read it: by `If-Match`, or by the version among the
/// attributes, which clients that send back what they read have there.
pub fn of_what_was_read(call: &Call, resource: &mut Resource, version: u64) -> Result<(), Faults> {
    let expected = [call.expected_version()?, resource.version()];
    if expected.into_iter().flatten().any(|expected| expected != version) {
        return Err(Fault::stale().into());
    }
    Ok(())
}
