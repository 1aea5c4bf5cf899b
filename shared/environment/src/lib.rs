//! What a function finds around it: environment variables, the configuration of AWS clients, the clock, its own log, and metrics.
//!
//! The product reads the time only from this crate's [`Clock`], and the local product replaces it, so that a test can move it.

pub mod aws;
pub mod clock;
pub mod logging;
pub mod metrics;
pub mod variables;

pub use clock::Clock;
