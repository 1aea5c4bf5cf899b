//! One answered question.

use std::borrow::Cow;

use api::show::{Via, ways};
use api::types::AccessChecks;
use policy::decision::{ALLOWED, Obstacle};
use policy::{Action, Decision, Role, UserId};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use web::{Id, Word};

use crate::check::Asked;

/// The answer to one question.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessCheck {
    r#type: AccessChecks,
    /// The position of the question in the request, from 1.
    id: Id,
    attributes: AccessCheckAttributes,
}

/// A question and its answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct AccessCheckAttributes {
    action: Word<Action>,
    organization_id: Id,
    /// The user; `null` if an API key asks about itself.
    user_id: Option<Id>,
    /// The same as in the question.
    resource_type: Option<String>,
    /// The same as in the question.
    resource_id: Option<String>,
    allowed: bool,
    reason: Reason,
    /// The role in the user's own account; `null` for an unknown user.
    role_name: Option<Word<Role>>,
    /// The maximum role that the host set; `null` in the user's own account.
    maximum_role_name: Option<Word<Role>>,
    /// The effective role.
    effective_role_name: Option<Word<Role>>,
    /// Each way in which the user has access to the organization, and for a restricted asset, to the asset.
    via: Vec<Via>,
    /// All reasons why it is not allowed; empty if it is.
    obstacles: Vec<Word<Obstacle>>,
    /// The user's groups that have no access to assets of this type.
    denied_by_group_ids: Vec<Id>,
}

/// The chief reason: `allowed`, or the first obstacle.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Reason(&'static str);

impl JsonSchema for Reason {
    fn schema_name() -> Cow<'static, str> {
        "AccessReason".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let obstacles = Obstacle::ALL.into_iter().map(Obstacle::code);
        web::words::schema(
            "`allowed`, or the most important reason why not.",
            std::iter::once(ALLOWED).chain(obstacles),
        )
    }
}

impl AccessCheck {
    /// The answer to the question at this place, asked by this caller.
    pub(crate) fn of(place: usize, asked: &Asked, caller: Option<UserId>, decision: &Decision) -> Self {
        Self {
            r#type: AccessChecks,
            id: Id::from(u64::try_from(place).unwrap_or(u64::MAX).saturating_add(1)),
            attributes: AccessCheckAttributes {
                action: Word(asked.question.action),
                organization_id: asked.question.organization.into(),
                user_id: asked.user.or(caller).map(Id::from),
                resource_type: asked.resource_type.clone(),
                resource_id: asked.resource_id.clone(),
                allowed: decision.allowed(),
                reason: Reason(decision.reason()),
                role_name: decision.role.map(Word),
                maximum_role_name: decision.maximum_role.map(Word),
                effective_role_name: decision.effective_role.map(Word),
                via: ways(&decision.via),
                obstacles: decision.obstacles.iter().copied().map(Word).collect(),
                denied_by_group_ids: decision.denied_by.iter().copied().map(Id::from).collect(),
            },
        }
    }
}
