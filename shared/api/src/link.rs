//! What a mailed link opens, and how it is said that it opens nothing: alike for every kind of link.

use policy::invitation::LinkFault;
use web::{Answer, Call, Fault, page};

use crate::{Api, Failure};

/// The same for a link that is none, for one of another kind, and for one that is not meant for the caller's account.
#[must_use]
pub fn unknown(call: &Call) -> Failure {
    page_or(call, 404, page::unknown, Fault::unknown)
}

/// 410: what the link opened once is no longer good, for this reason. Names the inviter to people, if there was one.
#[must_use]
pub fn refused(call: &Call, fault: LinkFault, inviter: Option<&str>) -> Failure {
    let html = || match fault {
        LinkFault::Used => page::already_used(),
        LinkFault::Answered => page::already_answered(),
        LinkFault::Expired => page::expired(inviter),
        LinkFault::Superseded => page::superseded(),
        LinkFault::Withdrawn => page::withdrawn(),
        LinkFault::SponsorNotAllowed => page::no_longer_vouched_for(),
    };
    page_or(call, 410, html, || Fault::gone(fault.code(), web::fault::sentence(&fault.to_string())))
}

/// A refusal as a page for those who read pages, and as JSON for all others.
pub fn page_or(
    call: &Call,
    status: u16,
    html: impl FnOnce() -> String,
    fault: impl FnOnce() -> Fault,
) -> Failure {
    if call.wants_page() { Failure::Answered(Box::new(Answer::page(status, html()))) } else { fault().into() }
}

impl Api {
    /// What a link opened. What opens nothing is counted by where it comes from, and too much of it is not looked at any more.
    pub async fn counting_dead<Opened>(
        &self,
        call: &Call,
        opened: Result<Opened, Failure>,
    ) -> Result<Opened, Failure> {
        if let Err(Failure::Faults(_) | Failure::Answered(_)) = &opened {
            self.count_dead_link(call).await?;
        }
        opened
    }
}
