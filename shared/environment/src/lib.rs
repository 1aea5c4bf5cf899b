//! What a function finds around it: variables, AWS, the clock, the log.
pub mod clock;
pub use clock::Clock;
