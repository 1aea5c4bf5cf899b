//! The words on a list, and one of them.

use api::types::{OrganizationStatuses, OrganizationTypes};
use api::{Api, Failure, show as shown};
use lists::Pages;
use policy::{LabelId, LabelKind, text};
use store::Label;
use web::body::Kind;
use web::list::{Filter, Shape};
use web::{Answer, Call, Fault, Faults};

use super::answered;

/// What a list can be asked.
pub const SHAPE: Shape = Shape {
    filters: &[
        Filter::any("id", Kind::Id, "These."),
        Filter::any("name", Kind::NAME, "Entries with exactly these names. Case and accents are ignored."),
    ],
    sorts: &["name", "id", "created-at", "updated-at"],
    includes: &[],
    newest_first: false,
    exports: false,
};

pub async fn list(api: &Api, call: &Call, kind: LabelKind) -> Result<Answer, Failure> {
    let caller = api.caller(call).await?;
    let pages = Pages::asked(&caller, call, &SHAPE)?;
    let mut faults = Vec::new();
    let ids: Option<Vec<LabelId>> = pages.listing.any_of("id", &mut faults);
    let names = pages.listing.names("name", &mut faults);
    Faults::check(faults)?;
    let mut labels = api.store.labels(caller.account.id, kind).await?;
    let is_called = |label: &Label, name: &str| text::folded(&label.name) == name;
    let names = names.map(|names| names.meant(|name| labels.iter().any(|label| is_called(label, name))));
    labels.retain(|label| {
        ids.as_ref().is_none_or(|ids| ids.contains(&label.id))
            && names.as_ref().is_none_or(|names| names.iter().any(|name| is_called(label, name)))
    });
    let page = pages.page_of(labels);
    let rows = page.rows.iter();
    match kind {
        LabelKind::Type => {
            let data = rows.map(|label| shown::label(OrganizationTypes, label)).collect();
            pages.answer(data, &page.paging, None)
        }
        LabelKind::Status => {
            let data = rows.map(|label| shown::label(OrganizationStatuses, label)).collect();
            pages.answer(data, &page.paging, None)
        }
    }
}

pub async fn show(api: &Api, call: &Call, kind: LabelKind, id: LabelId) -> Result<Answer, Failure> {
    call.allow_parameters(&[])?;
    let caller = api.caller(call).await?;
    let label = api.store.label(caller.account.id, kind, id).await?.ok_or_else(Fault::unknown)?;
    call.noted.tell(label.subject(kind));
    Ok(answered(kind, &label, |shown| Answer::ok(&shown)))
}
