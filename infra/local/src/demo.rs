//! The demonstration account: what `cargo local` puts into an empty table, and how to sign in to it.
use crate::product::Product;
use futures::future::BoxFuture;

/// What a person needs to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// How to sign in, as lines to be printed.
    pub sign_in: String,
}

/// x
pub fn seed(_product: &Product) -> BoxFuture<'_, Result<Demo, String>> {
    Box::pin(async { Ok(Demo { sign_in: String::new() }) })
}
