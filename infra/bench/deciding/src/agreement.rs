//! Whether the three answer alike. Otherwise it would mean nothing to compare what an answer costs.

use policy::{Action, Timestamp, decide};

use crate::by_casbin::ByCasbin;
use crate::by_cedar::ByCedar;
use crate::world::World;

/// What was asked of all three.
#[derive(Debug, Clone, Copy)]
pub struct Agreed {
    /// Questions.
    pub questions: usize,
    /// Those that all three answered with yes.
    pub allowed: usize,
}

/// Asks for every user, every action and up to 24 organizations, and for a user and an organization that do not exist.
///
/// # Panics
///
/// At the first answer that is not the same from all three.
#[must_use]
pub fn agree(world: &World, cedar: &ByCedar, casbin: &ByCasbin) -> Agreed {
    let places = world.places(24).into_iter().chain([world.organizations.len()]);
    let mut agreed = Agreed { questions: 0, allowed: 0 };
    for place in places {
        for user in 0..=world.users.len() {
            for action in Action::ALL {
                let asked = world.ask(user, action, place);
                let decided = decide(&asked.question, &asked.facts, Timestamp::from_millis(0));
                let answers = [
                    decided.allowed(),
                    cedar.allows(&cedar.question(&asked)),
                    casbin.allows(casbin.question(&asked)),
                ];
                assert!(
                    answers == [decided.allowed(); 3],
                    "decide, Cedar and Casbin answer {answers:?} to {asked:?}: {decided:?}"
                );
                agreed.questions += 1;
                agreed.allowed += usize::from(decided.allowed());
            }
        }
    }
    agreed
}
