//! What a function finds around it: variables, AWS, the clock, the log, the metrics.

pub mod aws;
pub mod clock;
pub mod logging;
pub mod metrics;
pub mod variables;

pub use clock::Clock;
