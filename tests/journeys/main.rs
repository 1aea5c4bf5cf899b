//! Stories of people using the product, through HTTP and the mailbox.

mod authenticator;
mod bulk;
mod inviting;
mod links;
mod lite;
mod mfa;
mod mfa_of_visitors;
mod races;
mod ses_trouble;
