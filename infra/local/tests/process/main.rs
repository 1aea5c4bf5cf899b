//! The program behind `cargo local` as a process of its own: killed at any moment, and read for what it logs.
#[cfg(test)]
mod crash;
#[cfg(test)]
mod log;
#[cfg(test)]
mod running;
