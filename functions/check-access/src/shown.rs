//! Decisions, and who reaches what, as they are answered.

mod check;
mod organization;
mod resource;
mod user;

pub use check::AccessCheck;
pub use organization::ReachedOrganization;
pub use resource::{KeptTypes, ReachedResource};
pub use user::{Others, ReachingDelegate, ReachingGuest, ReachingKey, ReachingUser};
