//! Writes an invitation's mail from what is stored now: an edit made since the invitation shows in a mail sent late.

use mail::{InvitationMail, Message};
use policy::{EmailAddress, Reach};
use store::Invitation;
use tokens::{KeyId, UserInvitationLink};

use crate::Sending;
use crate::send::NotSent;

/// Whom to, and what; none if the user was removed.
pub async fn compose(
    sending: &Sending,
    invitation: &Invitation,
) -> Result<Option<(EmailAddress, Message)>, NotSent> {
    let account_id = invitation.account_id;
    let Some(membership) = sending.store.membership(account_id, invitation.user_id).await? else {
        return Ok(None);
    };
    let Some(user) = membership.user else { return Ok(None) };
    let groups = sending.store.group_reach(account_id, &user.group_ids).await?;
    let reach = user.grants().reach(user.role, &groups);
    let organization_names: Vec<String> = match &reach {
        Reach::All => Vec::new(),
        Reach::These(ids) => {
            let organizations = sending.store.organizations_by_id(account_id, ids).await?;
            organizations.into_iter().map(|organization| organization.name).collect()
        }
    };
    let link = UserInvitationLink {
        account: account_id,
        user: user.id,
        generation: invitation.generation,
        expires_at: invitation.expires_at,
    };
    let token = sending.signing.sign_user_invitation(&link, &KeyId::from(invitation.key_id.clone()))?;
    let mail = InvitationMail {
        inviter_name: &invitation.sponsor_name,
        account_name: &membership.account.name,
        my_glue: user.my_glue,
        role: user.role,
        organization_names: &organization_names,
        all_organizations: reach == Reach::All,
        message: &invitation.message,
        expires_at: invitation.expires_at,
        link: &format!("{}/invitations/{token}", sending.public_url),
    };
    Ok(Some((user.email, mail.message())))
}
