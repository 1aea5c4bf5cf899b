//! Stories of people using the product, through HTTP and the mailbox.

mod inviting;
mod log_tampering;
mod log_unwritten;
mod logs;
