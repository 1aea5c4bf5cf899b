//! What this function answers, for the OpenAPI document.

use api::document::Page;
use web::operation::{Answered, Operation, Tag};

use crate::list::SHAPE;
use crate::metrics;
use crate::shown::{Entry, Meta, Metric};

/// What this function answers.
pub const OPERATIONS: &[Operation] = &[
Operation::get(
    "/logs",
    "listLogs",
    Tag::Logs,
    "Lists the entries of the activity log that the caller may read, newest first.",
)
.list(&SHAPE)
.answers(&[Answered::with::<Page<Entry, Meta>>(200, "A page of entries.")]),
    Operation::get(
        "/user_metrics",
        "listUserMetrics",
        Tag::Logs,
        "Counts what each user created, read, changed and deleted per day, as far as the caller may read the log.",
    )
    .list(&metrics::SHAPE)
    .answers(&[Answered::with::<Page<Metric>>(200, "A page of counts.")]),
];
