//! `GET /invitations/{token}`: shows the invitation, as a page or as JSON, and changes nothing: mail scanners open links.

use api::document::Data;
use api::{Api, Failure};
use policy::password::MINIMUM_CHARACTERS;
use store::StoreError;
use web::page::{InvitationForm, invitation_form, unavailable};
use web::{Answer, Call};

use crate::link::{Opened, open};
use crate::shown::Invitation;

pub async fn show(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    let opened = open(api, call, token).await.map_err(|failure| for_people(call, failure))?;
    if call.wants_page() {
        form(api, &opened, &Filled::default()).await
    } else {
        document(api, &opened).await
    }
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
pub async fn form(api: &Api, opened: &Opened, filled: &Filled<'_>) -> Result<Answer, Failure> {
    let organization_names = opened.organization_names(api).await?;
    let user = &opened.user;
    let role = user.role;
    let form = InvitationForm {
        account_name: &opened.membership.account.name,
        inviter_name: &opened.invitation.sponsor_name,
        email: user.email.as_str(),
        role_words: &format!("With the {role} role you can {}.", role.in_words()),
        organization_names: organization_names.as_deref().unwrap_or_default(),
        all_organizations: organization_names.is_none(),
        message: &opened.invitation.message,
        expires_at: opened.invitation.expires_at,
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
    Ok(Answer::ok(&Data { data: Invitation::of(opened, organization_names) }))
}
