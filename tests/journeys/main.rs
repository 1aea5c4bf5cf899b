//! Stories of people using the product, through HTTP and the mailbox.

mod inviting;
mod links;
mod lite;
