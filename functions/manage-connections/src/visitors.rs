//! `GET /connections/{id}/visitors`: the persons of a delegate who came in at some time, and what each would have inside now.

use api::{Api, Failure, show};
use lists::Pages;
use policy::ConnectionId;
use web::list::Shape;
use web::{Answer, Call};

use crate::update::granted;

pub const SHAPE: Shape = Shape {
    filters: &[],
    sorts: &["id", "name", "email", "last-visit-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

/// Whoever came in by this connection or by an earlier one of the same two accounts.
pub async fn list(api: &Api, call: &Call, id: ConnectionId) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    caller.standing().may_administer()?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let connection = granted(api, call, &caller, id).await?;
    let mut known = api.store.visitors(connection.host_id, connection.delegate_id).await?;
    known.retain(|known| known.last_visit_at.is_some());
    let page = pages.page_of(known);
    let guests = api.guests(&caller.account, &connection, &page.rows, call.now).await?;
    let data: Vec<_> = guests.iter().map(show::visitor).collect();
    pages.answer(data, &page.paging, None)
}
