//! `GET /connection-invitations/{token}`: shows what is offered, as a page or as JSON, and changes nothing.

use api::document::Data;
use api::{Api, Failure};
use policy::Reach;
use store::Connection;
use web::page::{ConnectionForm, connection_form, unavailable};
use web::{Answer, Call};

use crate::link::open;
use crate::shown::ConnectionInvitation;

pub async fn show(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    let connection = open(api, call, token).await.map_err(|failure| for_people(call, failure))?;
    if call.wants_page() { form(api, &connection, None).await } else { document(api, &connection).await }
}

/// The store's silence as a page, for those who read pages.
pub fn for_people(call: &Call, failure: Failure) -> Failure {
    match failure {
        Failure::Store(_) | Failure::Stale(_) if call.wants_page() => {
            Failure::Answered(Box::new(Answer::page(503, unavailable())))
        }
        other => other,
    }
}

/// The form, 200 or, with a fault in it, 422.
pub async fn form(api: &Api, connection: &Connection, fault: Option<&str>) -> Result<Answer, Failure> {
    let names = organization_names(api, connection).await?;
    let role = connection.maximum_role;
    let form = ConnectionForm {
        host_name: &connection.host_name,
        delegate_name: &connection.delegate_name,
        inviter_name: &connection.inviter_name,
        role_words: &format!("With the {role} role at most, they can {}.", role.in_words()),
        organization_names: names.as_deref().unwrap_or_default(),
        all_organizations: names.is_none(),
        message: &connection.message,
        expires_at: connection.invitation_expires_at,
        ends_at: connection.ends_at,
        fault,
    };
    Ok(Answer::page(if fault.is_some() { 422 } else { 200 }, connection_form(&form)))
}

async fn document(api: &Api, connection: &Connection) -> Result<Answer, Failure> {
    let names = organization_names(api, connection).await?;
    Ok(Answer::ok(&Data { data: ConnectionInvitation::of(connection, names) }))
}

/// What is offered, by name; none if it is all organizations.
async fn organization_names(api: &Api, connection: &Connection) -> Result<Option<Vec<String>>, Failure> {
    let groups = api.store.group_reach(connection.host_id, &connection.group_ids).await?;
    match connection.grants().granted(&groups) {
        Reach::All => Ok(None),
        Reach::These(ids) => {
            let organizations = api.store.organizations_by_id(connection.host_id, &ids).await?;
            Ok(Some(organizations.into_iter().map(|organization| organization.name).collect()))
        }
    }
}
