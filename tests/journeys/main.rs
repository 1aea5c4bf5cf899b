//! Stories of people using the product, through HTTP and the mailbox.

mod access;
mod agreeing;
mod api_keys;
mod authenticator;
mod bulk;
mod cap;
mod glueconnect;
mod groups;
mod inside;
mod inviting;
mod limits;
mod links;
mod lite;
mod log_tampering;
mod log_unwritten;
mod logs;
mod mfa;
mod mfa_of_visitors;
mod not_found;
mod organizations;
mod races;
mod round_trips;
mod secrets;
mod ses_trouble;
mod sessions;
mod users;
