//! What the link that sets a new password opens now.

use api::{Api, Failure};
use policy::invitation::LinkFault;
use store::{Account, Invitation, User, UserStatus};
use web::{Answer, Call, Fault, page};

/// A link that is good.
pub struct Opened {
    /// The account.
    pub account: Account,
    /// Whose password it sets.
    pub user: User,
    /// The mail that it came with.
    pub mail: Invitation,
}

/// Opens a link: 404 for what is none of ours, 410 with the reason for what is no longer good.
pub async fn open(api: &Api, call: &Call, token: &str) -> Result<Opened, Failure> {
    api.counting_dead(call, look_at(api, call, token).await).await
}

async fn look_at(api: &Api, call: &Call, token: &str) -> Result<Opened, Failure> {
    let link = api
        .keys
        .verify(call.now, |keys| keys.verify_password_reset(token))
        .await?
        .map_err(|_| unknown(call))?;
    let membership = api.store.membership(link.account, link.user).await?.ok_or_else(|| unknown(call))?;
    let mail = api.store.password_reset(link.account, link.user).await?;
    let user = membership.user.filter(|user| user.status == UserStatus::Active);
    let (Some(user), Some(mail)) = (user, mail) else {
        return Err(refused(call, LinkFault::Withdrawn));
    };
    mail.life().check_link(link.generation, call.now).map_err(|fault| refused(call, fault))?;
    Ok(Opened { account: membership.account, user, mail })
}

/// The account of a link whose password was set with it.
pub async fn used(api: &Api, call: &Call, token: &str) -> Result<Option<Account>, Failure> {
    let link = api.keys.verify(call.now, |keys| keys.verify_password_reset(token)).await?;
    let Ok(link) = link else { return Ok(None) };
    let mail = api.store.password_reset(link.account, link.user).await?;
    let checked = mail.map(|mail| mail.life().check_link(link.generation, call.now));
    if checked != Some(Err(LinkFault::Used)) {
        return Ok(None);
    }
    Ok(api.store.membership(link.account, link.user).await?.map(|found| found.account))
}

fn unknown(call: &Call) -> Failure {
    if call.wants_page() {
        Failure::Answered(Box::new(Answer::page(404, page::unknown_reset())))
    } else {
        Fault::unknown().into()
    }
}

/// The code, and what a program reads.
fn words(fault: LinkFault) -> (&'static str, &'static str) {
    match fault {
        LinkFault::Superseded => ("reset-superseded", "A newer link was sent; this one no longer works."),
        LinkFault::Used | LinkFault::Answered => {
            ("reset-used", "This link has already been used. Ask for a new one.")
        }
        LinkFault::Expired => ("reset-expired", "This link has expired. Ask for a new one."),
        LinkFault::Withdrawn | LinkFault::SponsorNotAllowed => {
            ("reset-withdrawn", "This link no longer works. Ask for a new one.")
        }
    }
}

fn refused(call: &Call, fault: LinkFault) -> Failure {
    let (code, detail) = words(fault);
    if call.wants_page() {
        Failure::Answered(Box::new(Answer::page(410, page::dead_reset(detail))))
    } else {
        Fault::gone(code, detail).into()
    }
}
