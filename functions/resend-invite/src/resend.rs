//! Makes a new link for a pending user, which kills the older ones and brings an expired invitation back to life.

use std::collections::BTreeSet;

use api::document::Data;
use api::{Api, Failure, show};
use policy::{GroupId, UserId};
use store::invitation::NewLink;
use store::{Subject, UserStatus, until_current};
use web::request::id_in_path;
use web::{Answer, Call, Fault};

pub async fn resend(api: &Api, call: &Call, id: &str) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let id: UserId = id_in_path(id)?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.actor(&policy::GroupReach::new()).may_manage_users()?;
    let account = caller.account.id;
    let user = api.store.user(account, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(Subject::new("invitations", user.id, user.name()));
    let in_question: BTreeSet<GroupId> = user.group_ids.union(&caller.group_ids()).copied().collect();
    let (groups, invitation) =
        tokio::try_join!(api.store.group_reach(account, &in_question), api.store.invitation(account, id))?;
    // Whoever resends vouches for the invitation from now on, so they must be able to.
    caller.actor(&groups).may_grant(&user.permissions(), &groups)?;
    let Some(invitation) = invitation.filter(|_| user.status == UserStatus::Invited) else {
        return Err(Fault::conflict(
            "already-accepted",
            "This user has accepted; there is nothing to resend.",
        )
        .into());
    };
    api.within_limits(&caller, call, &[&user.email]).await?;
    let link = NewLink {
        expires_at: call.now.after(caller.account.invitation_lifetime.duration()),
        sponsor: caller.sponsor(),
        key_id: api.signing_key(call).await?,
    };
    let renewed = invitation.renewed(link, call.now);
    let revision = caller.security.revision;
    api.store.renew_invitation(&user, &renewed, &api.limits, revision, &caller.act(call)).await?;
    Ok(Answer::accepted(&Data { data: show::user(&user, Some(&renewed), &groups, call.now) }))
}
