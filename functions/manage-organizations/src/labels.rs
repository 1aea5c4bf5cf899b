//! `/organization_types` and `/organization_statuses`: the lists of the account's own, out of which organizations have their type and
//! status. A word stays on its list once it is there, since organizations have it; it can be called otherwise.

pub mod create;
pub mod list;
pub mod update;

use api::document::Data;
use api::show;
use api::types::{OrganizationStatuses, OrganizationTypes};
use policy::LabelKind;
use store::Label;
use web::Answer;
use web::body::{Attribute, Kind};

/// What a word says.
const NAME: Attribute =
    Attribute::required("name", Kind::NAME, "The name, which can be in the list only once.");

/// What a word looks like, as the answer that this makes of a document.
fn answered(kind: LabelKind, label: &Label, answer: impl FnOnce(Shown) -> Answer) -> Answer {
    answer(match kind {
        LabelKind::Type => Shown::Type(Data { data: show::label(OrganizationTypes, label) }),
        LabelKind::Status => Shown::Status(Data { data: show::label(OrganizationStatuses, label) }),
    })
}

/// A word of either list.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum Shown {
    Type(Data<show::Label<OrganizationTypes>>),
    Status(Data<show::Label<OrganizationStatuses>>),
}
