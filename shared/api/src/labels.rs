//! What organizations' types and statuses are called.

use std::collections::{BTreeMap, BTreeSet};

use policy::{AccountId, LabelId, LabelKind};
use store::{Organization, StoreError};
use web::Fault;

use crate::{Api, Failure};

/// The words that some organizations have out of the account's lists.
#[derive(Debug, Clone, Default)]
pub struct Labels(BTreeMap<LabelId, String>);

impl Labels {
    /// The word with this id.
    #[must_use]
    pub fn name(&self, id: Option<LabelId>) -> Option<&str> {
        id.and_then(|id| self.0.get(&id)).map(String::as_str)
    }
}

impl Api {
    /// The words that these organizations have. Where none has any, nothing is read.
    pub async fn labels<'a>(
        &self,
        account: AccountId,
        organizations: impl IntoIterator<Item = &'a Organization>,
    ) -> Result<Labels, StoreError> {
        let wanted: BTreeSet<_> = organizations.into_iter().flat_map(Organization::label_ids).collect();
        let found = self.store.labels_by_id(account, &wanted).await?;
        Ok(Labels(found.into_iter().map(|label| (label.id, label.name)).collect()))
    }

    /// The same, of an organization that a request describes at this place: words that are on no list are faults.
    pub async fn labels_of(
        &self,
        account: AccountId,
        organization: &Organization,
        pointer: &str,
    ) -> Result<Labels, Failure> {
        let labels = self.labels(account, [organization]).await?;
        for (kind, id) in organization.label_ids() {
            if labels.name(Some(id)).is_none() {
                let (code, name) = match kind {
                    LabelKind::Type => ("unknown-organization-type", "organization-type-id"),
                    LabelKind::Status => ("unknown-organization-status", "organization-status-id"),
                };
                let fault = Fault::unacceptable(
                    code,
                    format!("`{name}` {id} was not found in the list /{}.", kind.path()),
                );
                return Err(fault.at(format!("{pointer}/attributes/{name}")).into());
            }
        }
        Ok(labels)
    }
}
