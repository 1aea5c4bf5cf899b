//! What a function finds around it: variables, AWS, the clock, the log.

pub mod aws;
pub mod clock;
pub mod logging;
pub mod variables;

pub use clock::Clock;
