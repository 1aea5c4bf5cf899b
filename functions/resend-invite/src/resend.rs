//! Makes a new link for a pending user, which kills the older ones and brings an expired invitation back to life.

use std::collections::BTreeSet;

use api::document::Data;
use api::resend::Resending;
use api::{Api, Failure, Vouch, show};
use policy::judge::may_invite;
use policy::{GroupId, UserId};
use store::invitation::NewLink;
use store::{Invitation, Subject, UserStatus, until_current};
use web::request::id_in_path;
use web::{Answer, Call, Fault};

pub async fn resend(api: &Api, call: &Call, id: &str) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let id: UserId = id_in_path(id)?;
    until_current!(attempt(api, call, id))
}

async fn attempt(api: &Api, call: &Call, id: UserId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_manage_users()?;
    let resending = Resending::read(call)?;
    let account = caller.account.id;
    let user = api.store.user(account, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(Subject::new("invitations", user.id, user.name()));
    let in_question: BTreeSet<GroupId> = user.group_ids.union(&caller.group_ids()).copied().collect();
    let (groups, invitation) =
        tokio::try_join!(api.store.group_reach(account, &in_question), api.store.invitation(account, id))?;
    // Whoever resends vouches for the invitation from now on, so they must be able to.
    let (actor, facts) = (caller.actor(&groups), caller.facts_of_change(call.now));
    let judged = may_invite(&actor, user.id, user.holder(), &groups, facts)?;
    let Some(invitation) = invitation.filter(|_| user.status == UserStatus::Invited) else {
        return Err(
            Fault::conflict("already-accepted", "This user has already accepted the invitation.").into()
        );
    };
    api.within_limits(&caller, call, &[&user.email]).await?;
    let usual = call.now.after(caller.account.invitation_lifetime.duration());
    let link = NewLink {
        expires_at: resending.end(usual, invitation.expires_at),
        sponsor: caller.sponsor(),
        key_id: api.signing_key(call).await?,
    };
    let renewed = invitation.renewed(link, resending.message.clone(), call.now);
    let shown =
        |invitation: &Invitation| show::user(&user, Some(invitation), &Vouch::JUST_NOW, &groups, call.now);
    let act = caller.act(call).changing(api.changed(account, &shown(&invitation), &shown(&renewed)).await?);
    api.store.renew_invitation(&user, &renewed, &api.limits, &judged, &act).await?;
    Ok(Answer::accepted(&Data { data: shown(&renewed) }))
}
