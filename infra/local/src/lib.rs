//! The whole product on one machine, in one process: an embedded DynamoDB, an SES endpoint with a mailbox, the table's
//! stream and the schedule delivered to their functions, and an HTTP front that makes real API Gateway events.
//!
//! `cargo local` runs it for people; the tests start the same pieces through [`Product::start`].
pub mod announce;
pub mod arguments;
pub mod client;
mod control;
pub mod cross_origin;
pub mod database;
pub mod demo;
mod door;
pub mod events;
pub mod folder;
mod front;
pub mod function;
pub mod functions;
mod gateway;
mod identifier;
mod invocation;
mod loopback;
pub mod mail_events;
pub mod mailbox;
mod page;
pub mod ports;
pub mod product;
mod rotation;
mod routing;
pub mod run;
pub mod schedule;
pub mod secrets;
pub mod ses;
pub mod stream;
pub mod surroundings;

pub use client::Client;
pub use cross_origin::Origins;
pub use folder::Storage;
pub use function::{Function, Invoke, Route, event_function, http_function};
pub use mail_events::{MailEvent, NotTold};
pub use mailbox::{Mail, Mailbox};
pub use open_account::SignUp;
pub use ports::Ports;
pub use product::{Options, Product, StartError};
pub use ses::{Mode, SesMode};
pub use surroundings::Surroundings;
