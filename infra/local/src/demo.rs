//! The demonstration account: what `cargo local` puts into an empty table, and how to sign in to it.

/// What a person needs to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// How to sign in, as lines to be printed.
    pub sign_in: String,
}
