//! Stories of people using the product, through HTTP and the mailbox.

mod agreeing;
mod bulk;
mod cap;
mod glueconnect;
mod inside;
mod inviting;
mod links;
mod lite;
mod races;
mod ses_trouble;
