//! The rule [`policy::decide`] beside Cedar and Casbin: one account, its rights said in three ways, and the same questions to each.
//!
//! In it is what an access check at home depends on: six roles, five actions, three states of a user, and four ways to have an
//! organization. Not in it: delegates inside a host, and restrictions of single assets.

mod agreement;
mod by_casbin;
mod by_cedar;
mod world;

pub use agreement::{Agreed, agree};
pub use by_casbin::{ByCasbin, CasbinQuestion};
pub use by_cedar::{ByCedar, CedarQuestion};
pub use world::{Asked, World};
