//! Restrictions of single assets, and types of assets that are kept from groups.
//!
//! The calling application keeps the assets and gives them their names; what stands here says who may reach them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::decision::{Obstacle, Via};
use crate::id::{GroupId, OrganizationId, UserId};
use crate::refusal::Refusal;
use crate::role::Action;
use crate::users::{Actor, Who};

/// The longest name of a type of assets, and of an asset, in characters.
pub const ASSET_NAME_LIMIT: usize = 100;

/// Groups that one restriction names at most.
pub const RESTRICTION_GROUPS: usize = 50;

/// Users that one restriction names at most.
pub const RESTRICTION_USERS: usize = 100;

/// Types that are kept from one group at most.
pub const DENIED_TYPES: usize = 20;

/// Types that are kept from all groups of an account together at most: every check reads them.
pub const DENIED_TYPES_OF_ALL: usize = 200;

/// The text names no asset and no type of assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {ASSET_NAME_LIMIT} characters and no control characters")]
pub struct NotAName;

/// Cleans a name: NFC, no blanks at its ends.
fn cleaned(text: &str) -> Result<String, NotAName> {
    let clean: String = text.trim().nfc().collect();
    let fits = !clean.is_empty() && clean.chars().count() <= ASSET_NAME_LIMIT;
    if fits && !clean.chars().any(char::is_control) { Ok(clean) } else { Err(NotAName) }
}

/// A type of assets, as the calling application names it: `passwords`, say. Letter case does not matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceType(String);

impl ResourceType {
    /// The name, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceType {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        cleaned(&cleaned(text)?.to_lowercase()).map(Self)
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// One asset of a type and an organization, as the calling application names it. Letter case matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceId(String);

impl ResourceId {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceId {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        cleaned(text).map(Self)
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Those who may reach a restricted asset, besides the Administrators of the account. Empty once the last of them is gone: the
/// asset is the Administrators' alone then, and never falls open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restriction {
    /// The members of these groups.
    pub groups: BTreeSet<GroupId>,
    /// These users of the account.
    pub users: BTreeSet<UserId>,
}

impl Restriction {
    /// Whether a restriction may name these: somebody, and not too many.
    pub fn fits(&self) -> Result<(), Refusal> {
        if self.is_orphaned() {
            return Err(Refusal::NobodyNamed);
        }
        if self.groups.len() > RESTRICTION_GROUPS {
            return Err(Refusal::TooManyInRestriction { what: "groups", limit: RESTRICTION_GROUPS });
        }
        if self.users.len() > RESTRICTION_USERS {
            return Err(Refusal::TooManyInRestriction { what: "users", limit: RESTRICTION_USERS });
        }
        Ok(())
    }

    /// Whether everybody whom it named is gone.
    #[must_use]
    pub fn is_orphaned(&self) -> bool {
        self.groups.is_empty() && self.users.is_empty()
    }
}

/// Which types are kept from which groups. Only groups from which something is kept are in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeniedTypes(BTreeMap<String, BTreeSet<ResourceType>>);

impl DeniedTypes {
    /// The groups from which this type is kept.
    #[must_use]
    pub fn denying(&self, kind: &ResourceType) -> BTreeSet<GroupId> {
        let denying = self.0.iter().filter(|(_, types)| types.contains(kind));
        denying.filter_map(|(group, _)| group.parse().ok()).collect()
    }

    /// What the rules look at for an asset of this type, which is restricted so; none if it is not, or only a type is in question.
    #[must_use]
    pub fn facts_of(&self, kind: &ResourceType, restriction: Option<Restriction>) -> AssetFacts {
        AssetFacts { denying: self.denying(kind), restriction }
    }

    /// What is kept from the members of these groups.
    #[must_use]
    pub fn of(&self, groups: &BTreeSet<GroupId>) -> BTreeSet<ResourceType> {
        let theirs = groups.iter().filter_map(|group| self.0.get(&group.to_string()));
        theirs.flatten().cloned().collect()
    }

    /// The same, with these types kept from this group and no others.
    #[must_use]
    pub fn with(&self, group: GroupId, types: &BTreeSet<ResourceType>) -> Self {
        let mut changed = self.clone();
        if types.is_empty() {
            changed.0.remove(&group.to_string());
        } else {
            changed.0.insert(group.to_string(), types.clone());
        }
        changed
    }

    /// Whether nothing is kept from anyone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether these types may be kept from one group, and so many from all.
    pub fn fits(&self, types: &BTreeSet<ResourceType>) -> Result<(), Refusal> {
        let limit = DENIED_TYPES;
        if types.len() > limit {
            return Err(Refusal::TooManyDeniedTypes { whose: "one group", limit });
        }
        let limit = DENIED_TYPES_OF_ALL;
        if self.0.values().map(BTreeSet::len).sum::<usize>() > limit {
            return Err(Refusal::TooManyDeniedTypes { whose: "all groups together", limit });
        }
        Ok(())
    }
}

/// What is stored about the asset of a question, at the moment of the question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetFacts {
    /// The groups from which assets of this type are kept.
    pub denying: BTreeSet<GroupId>,
    /// Who may reach this one asset; none if everyone may who reaches its organization, or if the question names a type alone.
    pub restriction: Option<Restriction>,
}

/// Somebody, as far as assets are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'a> {
    /// The user of the account that they are; none for a visitor and a program.
    pub user: Option<UserId>,
    /// The groups of which they are members: what a restriction of an asset asks.
    pub groups: &'a BTreeSet<GroupId>,
    /// The groups that can keep a type from them. For a visitor all that the connection was granted, also where this person is
    /// narrowed to some of them: narrowing gives nobody more.
    pub kept_from: &'a BTreeSet<GroupId>,
}

/// How somebody stands to an asset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetAnswer {
    /// The groups of theirs from which the type is kept.
    pub denied_by: BTreeSet<GroupId>,
    /// By what they may reach the restricted asset.
    pub via: Vec<Via>,
    /// What stands in the way.
    pub obstacles: Vec<Obstacle>,
}

impl AssetFacts {
    /// How somebody stands to the asset. Nothing of it binds `None`, an Administrator at home.
    #[must_use]
    pub fn met_by(&self, bound: Option<Bound<'_>>) -> AssetAnswer {
        let Some(Bound { user, groups, kept_from }) = bound else { return AssetAnswer::default() };
        let mut answer = AssetAnswer {
            denied_by: kept_from.intersection(&self.denying).copied().collect(),
            ..AssetAnswer::default()
        };
        if !answer.denied_by.is_empty() {
            answer.obstacles.push(Obstacle::ResourceTypeDenied);
        }
        if let Some(restriction) = &self.restriction {
            answer.via.extend(groups.intersection(&restriction.groups).copied().map(Via::Group));
            if user.is_some_and(|user| restriction.users.contains(&user)) {
                answer.via.push(Via::User);
            }
            if answer.via.is_empty() {
                answer.obstacles.push(Obstacle::ResourceRestricted);
            }
        }
        answer
    }
}

impl Actor {
    /// Whether the actor has anything to do with restrictions at all: a Creator or above, at home. Whom a restriction names is
    /// nothing for Lite and Read-only users.
    pub fn may_see_restrictions(&self) -> Result<(), Refusal> {
        if self.who == Who::Visitor {
            return Err(Refusal::SecurityPermission);
        }
        self.may_act(Action::SetRestrictions)
    }

    /// Whether the actor may say who reaches single assets of this organization.
    pub fn may_set_restrictions(&self, organization: OrganizationId) -> Result<(), Refusal> {
        self.may_see_restrictions()?;
        self.may_touch_organization(Action::SetRestrictions, organization)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_one_in_any_case_and_an_asset_is_not() {
        let kind = |text: &str| text.parse::<ResourceType>();
        assert_eq!(kind(" Passwords "), kind("passwords"));
        assert_eq!(kind("U\u{308}bersicht"), kind("übersicht"), "whatever the normal form");
        let asset = |text: &str| text.parse::<ResourceId>();
        assert_eq!(asset(" 42 "), asset("42"));
        assert_ne!(asset("a"), asset("A"));
        for text in ["", "   ", "a\nb", &"x".repeat(101)] {
            assert_eq!(kind(text), Err(NotAName), "{text:?}");
            assert_eq!(asset(text), Err(NotAName), "{text:?}");
        }
        assert!(asset(&"x".repeat(100)).is_ok());
    }

    #[test]
    fn groups_that_keep_nothing_are_not_in_the_map() {
        let group = GroupId::new(7).unwrap();
        let passwords: ResourceType = "passwords".parse().unwrap();
        let denied = DeniedTypes::default().with(group, &[passwords.clone()].into());
        assert_eq!(denied.denying(&passwords), [group].into());
        assert_eq!(denied.of(&[group, GroupId::new(8).unwrap()].into()), [passwords].into());
        assert!(denied.with(group, &BTreeSet::new()).is_empty());
    }
}
