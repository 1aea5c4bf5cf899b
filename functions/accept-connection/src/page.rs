//! `GET /connection-invitations/{token}`: shows what is offered, as a page or as JSON, and changes nothing.

use api::document::Data;
use api::{Api, Failure};
use policy::Reach;
use policy::connection::State;
use store::Connection;
use web::body::{Attribute, Form, Kind};
use web::page::{self, ConnectionForm, connection_form, unavailable};
use web::{Answer, Call};

use crate::link::open;
use crate::shown::ConnectionInvitation;

/// Set where the page's form leads to once it was answered.
pub const ANSWERED: Attribute = Attribute::optional("answered", Kind::Flag, "Shows the answer, as a page.");

pub async fn show(api: &Api, call: &Call, token: &str) -> Result<Answer, Failure> {
    // Mail programs add parameters of their own to links: of those none is a fault.
    if call.flag(ANSWERED.name)?
        && call.wants_page()
        && let Some(page) = answered(api, call, token).await.map_err(|failure| for_people(call, failure))?
    {
        return Ok(page);
    }
    let connection = open(api, call, token).await.map_err(|failure| for_people(call, failure))?;
    if call.wants_page() {
        form(api, call, &connection, Filled::default()).await
    } else {
        document(api, &connection).await
    }
}

/// What happened to the offer, if it was accepted or declined and nothing happened since.
async fn answered(api: &Api, call: &Call, token: &str) -> Result<Option<Answer>, Failure> {
    let link = api.keys.verify(call.now, |keys| keys.verify_connection_invitation(token)).await?;
    let Ok(link) = link else { return Ok(None) };
    let connection = api.store.connection(link.host, link.connection).await?;
    let Some(connection) = connection.filter(|found| found.delegate_id == link.delegate) else {
        return Ok(None);
    };
    let is_accepted = match connection.state {
        State::Active => true,
        State::Declined => false,
        _ => return Ok(None),
    };
    let html = page::answered(&connection.host_name, &connection.delegate_name, is_accepted);
    Ok(Some(Answer::page(200, html)))
}

/// What was filled into the form before, so that a fault loses nothing but the password.
#[derive(Default, Clone, Copy)]
pub struct Filled<'a> {
    email: &'a str,
    fault: Option<&'a str>,
}

impl<'a> Filled<'a> {
    /// The form as it was filled in, with what is wrong with it.
    pub fn with(fields: &'a Form, fault: &'a str) -> Self {
        Self { email: fields.text("email"), fault: Some(fault) }
    }
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
pub async fn form(
    api: &Api,
    call: &Call,
    connection: &Connection,
    filled: Filled<'_>,
) -> Result<Answer, Failure> {
    let names = organization_names(api, connection).await?;
    let role = connection.maximum_role;
    let form = ConnectionForm {
        host_name: &connection.host_name,
        delegate_name: &connection.delegate_name,
        inviter_name: &connection.inviter_name,
        writer_name: connection.writer(),
        role_words: &format!("With the {role} role at most, they can {}.", role.in_words()),
        organization_names: names.as_deref().unwrap_or_default(),
        all_organizations: names.is_none(),
        message: &connection.message,
        expires_at: connection.life().open_until(),
        now: call.now,
        ends_at: connection.ends_at,
        email: filled.email,
        fault: filled.fault,
    };
    Ok(Answer::page(if filled.fault.is_some() { 422 } else { 200 }, connection_form(&form)))
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
