//! What a link in a mail opens now.

use std::collections::BTreeSet;

use api::link::{refused, unknown};
use api::{Api, Failure};
use policy::decision::Standing;
use policy::invitation::{LinkFault, check_sponsor};
use policy::{GroupReach, Holder, Judged, Reach};
use store::account::Membership;
use store::{Invitation, User};
use web::Call;

/// An invitation that a good link opens.
pub struct Opened {
    /// The account invited to, at the revision that was read first.
    pub membership: Membership,
    /// The pending user.
    pub user: User,
    /// The invitation.
    pub invitation: Invitation,
    /// What the user's groups reach.
    pub groups: GroupReach,
    /// That whoever vouches for the invitation may let the user in now.
    pub judged: Judged,
}

impl Opened {
    /// The organizations that the invitation grants, by name; none if it is all of them.
    pub async fn organization_names(&self, api: &Api) -> Result<Option<Vec<String>>, Failure> {
        match self.user.grants().reach(self.user.role, &self.groups) {
            Reach::All => Ok(None),
            Reach::These(ids) => {
                let organizations = api.store.organizations_by_id(self.membership.account.id, &ids).await?;
                Ok(Some(organizations.into_iter().map(|organization| organization.name).collect()))
            }
        }
    }
}

/// Opens a link: 404 for what is none of ours, 410 with the reason for what is no longer good.
pub async fn open(api: &Api, call: &Call, token: &str) -> Result<Opened, Failure> {
    api.counting_dead(call, look_at(api, call, token).await).await
}

async fn look_at(api: &Api, call: &Call, token: &str) -> Result<Opened, Failure> {
    let link = api
        .keys
        .verify(call.now, |keys| keys.verify_user_invitation(token))
        .await?
        .map_err(|_| unknown(call))?;
    // Read side by side: what is written hangs on both being as they were read.
    let (membership, stored) = tokio::try_join!(
        api.store.membership(link.account, link.user),
        api.store.invitation(link.account, link.user)
    )?;
    let membership = membership.ok_or_else(|| unknown(call))?;
    let (Some(user), Some(invitation)) = (membership.user.clone(), stored) else {
        return Err(refused(call, LinkFault::Withdrawn, None));
    };
    let sponsor_name = invitation.sponsor_name.clone();
    invitation
        .life()
        .check_link(link.generation, call.now)
        .map_err(|fault| refused(call, fault, Some(&sponsor_name)))?;
    let sponsor = api.vouching(link.account, invitation.sponsor(), call.now).await?;
    let sponsors_groups = sponsor.iter().flat_map(|sponsor| sponsor.group_ids());
    let in_question: BTreeSet<_> = user.group_ids.iter().chain(sponsors_groups).copied().collect();
    let groups = api.store.group_reach(link.account, &in_question).await?;
    let sponsor = sponsor.map(|sponsor| sponsor.actor(&groups));
    let let_in = Holder { standing: Standing::Active, ..user.holder() };
    let facts = membership.account.facts_of_change(&membership.security, call.now);
    let judged = check_sponsor(sponsor.as_ref(), (user.id, &let_in), &groups, facts)
        .map_err(|fault| refused(call, fault, Some(&sponsor_name)))?;
    Ok(Opened { membership, user, invitation, groups, judged })
}
