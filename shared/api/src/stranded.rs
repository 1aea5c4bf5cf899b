//! What stands on somebody who vouches for it, and falls with them.

use policy::connection::Status;
use policy::{AccountId, Timestamp};
use store::invitation::SponsorId;
use store::{Connection, User};

use crate::{Api, Failure};

/// What nobody vouches for any more once somebody goes.
#[derive(Debug, Clone, Default)]
pub struct Stranded {
    /// The pending users.
    pub invited: Vec<User>,
    /// The pending offers to other accounts.
    pub offers: Vec<Connection>,
}

impl Api {
    /// What stands on this user or key. Reads every user of the account.
    pub async fn stands_on(
        &self,
        account: AccountId,
        sponsor: SponsorId,
        now: Timestamp,
    ) -> Result<Stranded, Failure> {
        let (invited, mut offers) = tokio::try_join!(
            self.store.vouched_for_by(account, sponsor),
            self.store.connections_granted(account),
        )?;
        offers
            .retain(|offer| offer.sponsor() == Some(sponsor) && offer.life().status(now) == Status::Pending);
        Ok(Stranded { invited, offers })
    }
}
