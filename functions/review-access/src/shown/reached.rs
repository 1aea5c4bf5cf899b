//! Who has access to what, and how, as it is answered.

mod organization;
mod resource;
mod user;

pub use organization::ReachedOrganization;
pub use resource::{KeptTypes, ReachedResource};
pub use user::{Others, ReachingDelegate, ReachingGuest, ReachingKey, ReachingUser};
