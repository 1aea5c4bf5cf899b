//! Appends one account's entries to its chain of seals.

use policy::AccountId;
use seals::SealedEntry;
use store::ChangeError;
use store::seal::ENTRIES_IN_A_SEAL;

use crate::Sealing;

pub async fn append(
    sealing: &Sealing,
    account: AccountId,
    entries: &[SealedEntry],
) -> Result<(), ChangeError> {
    for some in entries.chunks(ENTRIES_IN_A_SEAL) {
        if let Some(head) = sealing.store.seal(account, some, sealing.clock.now()).await? {
            // Kept with the function's own log, out of reach of whoever can write to the table: `cargo verify-log --known`
            // takes it.
            tracing::info!(%account, sequence = head.sequence, hash = %head.hash, entries = some.len(), "sealed");
        }
    }
    Ok(())
}
