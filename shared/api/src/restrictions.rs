//! Restrictions of assets where somebody whom they name goes.

use std::collections::{BTreeMap, BTreeSet};

use policy::AccountId;
use store::StoredRestriction;
use store::restriction::{Leaver, RestrictionLeft};

use crate::document::as_read;
use crate::{Api, Failure, show};

impl Api {
    /// The restrictions that a group or user who goes leaves, each with what the log tells of it.
    pub async fn leaving(&self, account: AccountId, leaver: Leaver) -> Result<Vec<RestrictionLeft>, Failure> {
        let named = self.store.restrictions_naming(account, leaver).await?;
        let organizations: BTreeSet<_> =
            named.iter().map(|restriction| restriction.organization_id).collect();
        let organizations = self.store.organizations_by_id(account, &organizations).await?;
        let names: BTreeMap<_, _> =
            organizations.into_iter().map(|organization| (organization.id, organization.name)).collect();
        let shown = |restriction: &StoredRestriction| as_read(&show::restriction(restriction));
        let things: Vec<_> = named
            .iter()
            .map(|restriction| (shown(restriction), shown(&without(restriction, leaver))))
            .collect();
        let told = self.each_changed(account, &things).await?;
        let left = named.into_iter().zip(told).map(|(restriction, told)| {
            let organization_name = names.get(&restriction.organization_id).cloned().unwrap_or_default();
            RestrictionLeft { restriction, told, organization_name }
        });
        Ok(left.collect())
    }
}

fn without(restriction: &StoredRestriction, leaver: Leaver) -> StoredRestriction {
    let mut after = restriction.clone();
    match leaver {
        Leaver::Group(group) => drop(after.group_ids.remove(&group)),
        Leaver::User(user) => drop(after.user_ids.remove(&user)),
    }
    after
}
