//! `GET /invitations/{token}`: shows the invitation, as a page or as JSON, and changes nothing: mail scanners open links.

use api::document::Data;
use api::{Api, Caller, Failure};
use policy::password::MINIMUM_CHARACTERS;
use store::StoreError;
use tokens::UserInvitationLink;
use web::page::{self, InvitationForm, Welcome, invitation_form, unavailable};
use web::{Answer, Call};

use crate::link::{Opened, open};
use crate::shown::OpenInvitation;

pub async fn show(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    if call.wants_page()
        && let Some(page) = welcomed(api, call, token).await?
    {
        return Ok(page);
    }
    let opened = open(api, call, token).await.map_err(|failure| for_people(call, failure))?;
    if call.wants_page() {
        form(api, call, &opened, &Filled::default()).await
    } else {
        document(api, &opened).await
    }
}

/// The page for the user whom this link invited, where their own browser is signed in as them: the form that accepted leads here.
async fn welcomed(api: &Api, call: &Call, token: &str) -> Result<Option<Answer>, Failure> {
    let Some(session) = api.browser_session(call).await? else { return Ok(None) };
    let link = api.keys.verify(call.now, |keys| keys.verify_user_invitation(token)).await?;
    let is_own =
        |link: &UserInvitationLink| link.user == session.user && link.account == session.home_account;
    let Some(link) = link.ok().filter(is_own) else { return Ok(None) };
    let membership = api.store.membership(link.account, link.user).await?;
    // Whose session has ended reads what everyone does.
    let Ok(caller) = Caller::recognize(session, membership, call) else { return Ok(None) };
    let welcome = Welcome {
        account_name: &caller.account.name,
        subdomain: caller.account.subdomain.as_str(),
        email: caller.person()?.user.email.as_str(),
    };
    Ok(Some(Answer::page(200, page::welcome(&welcome))))
}

/// The store's silence as a page, for those who read pages.
pub fn for_people(call: &Call, failure: Failure) -> Failure {
    match failure {
        Failure::Store(StoreError::Busy | StoreError::Unavailable(_) | StoreError::Unreadable(_))
        | Failure::Stale(_)
            if call.wants_page() =>
        {
            Failure::Answered(Box::new(Answer::page(503, unavailable())))
        }
        other => other,
    }
}

/// What was filled into the form before, so that a fault loses nothing but the password.
#[derive(Default)]
pub struct Filled<'a> {
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
    pub fault: Option<&'a str>,
}

/// The form, 200 or, with a fault in it, 422.
pub async fn form(api: &Api, call: &Call, opened: &Opened, filled: &Filled<'_>) -> Result<Answer, Failure> {
    let organization_names = opened.organization_names(api).await?;
    let user = &opened.user;
    let role = user.role;
    let (message, writer_name) = opened.invitation.words(&opened.membership.account.name);
    let form = InvitationForm {
        writer_name,
        account_name: &opened.membership.account.name,
        inviter_name: &opened.invitation.sponsor_name,
        email: user.email.as_str(),
        role_words: &format!("With the {role} role you can {}.", role.in_words()),
        organization_names: organization_names.as_deref().unwrap_or_default(),
        all_organizations: organization_names.is_none(),
        message: &message,
        expires_at: opened.invitation.expires_at,
        now: call.now,
        fault: filled.fault,
        first_name: filled.first_name.unwrap_or(&user.first_name),
        last_name: filled.last_name.unwrap_or(&user.last_name),
        minimum_length: MINIMUM_CHARACTERS,
    };
    let status = if filled.fault.is_some() { 422 } else { 200 };
    Ok(Answer::page(status, invitation_form(&form)))
}

async fn document(api: &Api, opened: &Opened) -> Result<Answer, Failure> {
    let organization_names = opened.organization_names(api).await?;
    Ok(Answer::ok(&Data { data: OpenInvitation::of(opened, organization_names) }))
}
