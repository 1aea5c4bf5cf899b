//! The groups and users whom restrictions name.

use std::collections::BTreeSet;

use api::{Api, Failure};
use policy::{AccountId, GroupId, Restriction, UserId};
use web::{Fault, Faults, Resource};

/// Whom a resource of a request names, and where it stands in the request. One that is left out names nobody.
#[derive(Debug)]
pub struct Named {
    /// Groups and users.
    pub of: Restriction,
    pointer: String,
}

impl Named {
    /// Takes them out of a resource.
    pub fn read(resource: &mut Resource) -> Self {
        let groups: Option<BTreeSet<GroupId>> = resource.to_many("groups");
        let users: Option<BTreeSet<UserId>> = resource.to_many("users");
        let of = Restriction { groups: groups.unwrap_or_default(), users: users.unwrap_or_default() };
        Self { of, pointer: resource.pointer().to_owned() }
    }

    /// Refuses nobody, and too many. Asked once nothing else is wrong with the resource.
    pub fn fits(self) -> Result<Self, Faults> {
        let place = format!("{}/relationships", self.pointer);
        self.of.fits().map_err(|refusal| Fault::from(refusal).at(place))?;
        Ok(self)
    }
}

/// Refuses groups and users that the account does not have, each where it is named.
pub async fn are_there(api: &Api, account: AccountId, named: &[Named]) -> Result<(), Failure> {
    let groups: BTreeSet<GroupId> = named.iter().flat_map(|named| &named.of.groups).copied().collect();
    let users: BTreeSet<UserId> = named.iter().flat_map(|named| &named.of.users).copied().collect();
    let users: Vec<UserId> = users.into_iter().collect();
    let (found_groups, found_users) =
        tokio::try_join!(api.store.groups_by_id(account, &groups), api.store.users_by_id(account, &users))?;
    let known_groups: BTreeSet<GroupId> = found_groups.into_iter().map(|group| group.id).collect();
    let known_users: BTreeSet<UserId> = found_users.into_iter().map(|user| user.id).collect();
    let mut faults = Vec::new();
    for Named { of, pointer } in named {
        for group in of.groups.difference(&known_groups) {
            let fault = Fault::unknown_group(*group);
            faults.push(fault.at(format!("{pointer}/relationships/groups")));
        }
        for user in of.users.difference(&known_users) {
            let fault = Fault::unknown_user(*user);
            faults.push(fault.at(format!("{pointer}/relationships/users")));
        }
    }
    Ok(Faults::check(faults)?)
}
