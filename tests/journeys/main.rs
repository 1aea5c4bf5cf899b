//! Stories of people using the product, through HTTP and the mailbox.

mod bulk;
mod inviting;
mod links;
mod lite;
mod races;
mod ses_trouble;
