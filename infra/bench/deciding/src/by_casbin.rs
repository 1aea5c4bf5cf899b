//! The rights of the account as a Casbin model and policy.
//!
//! Users have roles, and each role the next lower one. An organization leads to the groups that have it, to the users who have it
//! directly, and to all who have every organization. Casbin follows such links at each question. In this direction there are few:
//! from a user to the organizations there would be hundreds.

use casbin::rhai::ImmutableString;
use casbin::{CoreApi as _, DefaultModel, Enforcer, StringAdapter};
use policy::decision::Standing;
use policy::{Action, Role};

use crate::world::{Asked, World};

/// The cheapest condition is first: of the five lines of the policy, four end there.
const MODEL: &str = "
[request_definition]
r = user, action, organization

[policy_definition]
p = role, action

[role_definition]
g = _, _
g2 = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.action == p.action && g(r.user, p.role) && g2(r.organization, r.user)
";

/// Casbin with the account's model and policy.
pub struct ByCasbin {
    enforcer: Enforcer,
}

/// A question as Casbin takes it: user, action, organization.
pub type CasbinQuestion = Vec<ImmutableString>;

impl ByCasbin {
    /// The rights of this account.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let lines = lines(world);
        let enforcer = runtime.block_on(async {
            let model = DefaultModel::from_str(MODEL).await.expect("Casbin reads the model");
            Enforcer::new(model, StringAdapter::new(lines)).await.expect("Casbin reads the policy")
        });
        Self { enforcer }
    }

    /// The question in Casbin's words.
    #[must_use]
    pub fn question(&self, asked: &Asked) -> CasbinQuestion {
        vec![
            format!("user:{}", asked.user).into(),
            asked.question.action.name().into(),
            format!("organization:{}", asked.question.organization).into(),
        ]
    }

    /// Casbin's answer.
    #[must_use]
    pub fn allows(&self, question: CasbinQuestion) -> bool {
        self.enforcer.enforce(question).expect("the question fits the model")
    }
}

/// The policy as Casbin reads it, one line for each permission and link.
fn lines(world: &World) -> String {
    let mut lines: Vec<String> = Vec::new();
    for action in Action::ALL {
        lines.push(format!("p, {}, {action}", action.lowest_role()));
    }
    for pair in Role::ALL.windows(2) {
        lines.push(format!("g, {}, {}", pair[1], pair[0]));
    }
    for (organization, groups) in &world.organizations {
        lines.push(format!("g2, organization:{organization}, all"));
        for group in groups {
            lines.push(format!("g2, organization:{organization}, group:{group}"));
        }
    }
    for user in &world.users {
        let id = user.id.expect("users have ids");
        // Who is not active has no role, so that the matcher need not ask.
        if user.standing == Standing::Active {
            lines.push(format!("g, user:{id}, {}", user.role));
        }
        if user.grants.reach_all(user.role) {
            lines.push(format!("g2, all, user:{id}"));
        }
        lines.extend(
            user.grants.organizations.iter().map(|granted| format!("g2, organization:{granted}, user:{id}")),
        );
        lines.extend(user.grants.groups.iter().map(|group| format!("g2, group:{group}, user:{id}")));
    }
    lines.join("\n")
}
