//! The rights of the account as Cedar policies and entities.
//!
//! What is granted is said by the hierarchy: a user is in a role, in groups and in organizations, a group in its organizations, and
//! a role in the next lower one. Cedar works out all ancestors when the entities are made, so that `in` is one look into a set.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use policy::Role;
use policy::decision::{Standing, UserFacts};

use crate::world::{Asked, World};

/// What each role may do where it has the organization. An organization that does not exist is in no account.
const POLICIES: &str = r#"
permit(principal in Role::"Lite", action == Action::"read", resource in Account::"home")
when { principal.isActive && (principal.hasAll || principal in resource) };

permit(
    principal in Role::"Creator",
    action in [Action::"create", Action::"update", Action::"set-restrictions"],
    resource in Account::"home"
)
when { principal.isActive && (principal.hasAll || principal in resource) };

permit(principal in Role::"Editor", action == Action::"delete", resource in Account::"home")
when { principal.isActive && (principal.hasAll || principal in resource) };
"#;

/// Cedar with the account's policies and entities.
#[derive(Debug)]
pub struct ByCedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
}

/// A question as Cedar takes it.
pub type CedarQuestion = Request;

impl ByCedar {
    /// The rights of this account.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let account = uid("Account", "home");
        let mut entities = vec![Entity::new_no_attrs(account.clone(), HashSet::new())];
        for (index, role) in Role::ALL.into_iter().enumerate() {
            let lower = index.checked_sub(1).map(|lower| uid("Role", Role::ALL[lower].name()));
            entities.push(Entity::new_no_attrs(uid("Role", role.name()), lower.into_iter().collect()));
        }
        for (organization, _) in &world.organizations {
            entities.push(Entity::new_no_attrs(uid("Organization", organization), [account.clone()].into()));
        }
        for group in &world.groups {
            let theirs = world.organizations.iter().filter(|(_, groups)| groups.contains(group));
            let theirs = theirs.map(|(organization, _)| uid("Organization", organization));
            entities.push(Entity::new_no_attrs(uid("Group", group), theirs.collect()));
        }
        entities.extend(world.users.iter().map(user));
        Self {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_str(POLICIES).expect("Cedar reads the policies"),
            entities: Entities::from_entities(entities, None).expect("no entity is there twice"),
        }
    }

    /// The question in Cedar's words.
    #[must_use]
    pub fn question(&self, asked: &Asked) -> CedarQuestion {
        Request::new(
            uid("User", asked.user),
            uid("Action", asked.question.action),
            uid("Organization", asked.question.organization),
            Context::empty(),
            None,
        )
        .expect("no schema refuses it")
    }

    /// Cedar's answer.
    #[must_use]
    pub fn allows(&self, question: &CedarQuestion) -> bool {
        self.authorizer.is_authorized(question, &self.policies, &self.entities).decision() == Decision::Allow
    }
}

/// A user, in everything that they have.
fn user(user: &UserFacts) -> Entity {
    let is_active = user.standing == Standing::Active;
    let attributes = [("isActive", is_active), ("hasAll", user.grants.reach_all(user.role))];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), RestrictedExpression::new_bool(value)));
    let organizations = user.grants.organizations.iter().map(|id| uid("Organization", id));
    let groups = user.grants.groups.iter().map(|id| uid("Group", id));
    let parents = organizations.chain(groups).chain([uid("Role", user.role.name())]);
    let id = user.id.expect("users have ids");
    Entity::new(uid("User", id), HashMap::from(attributes), parents.collect()).expect("they are plain values")
}

/// The name of an entity.
fn uid(kind: &str, id: impl ToString) -> EntityUid {
    let kind = EntityTypeName::from_str(kind).expect("a word");
    EntityUid::from_type_name_and_id(kind, EntityId::new(id.to_string()))
}
