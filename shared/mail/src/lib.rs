//! What people get by mail, and the way it leaves: a mail is written here as data, and SES sends it.
//!
//! Everything that users wrote passes the module `untrusted` before it is shown, so that a name or a message can neither
//! break a header nor add markup, and cannot imitate the product's own words.

mod layout;
mod sender;
mod untrusted;

pub mod connection_invitation;
pub mod invitation;
pub mod message;
pub mod notice;
mod offered;
pub mod ses;

pub use connection_invitation::ConnectionMail;
pub use invitation::InvitationMail;
pub use message::Message;
pub use notice::NoticeMail;
pub use ses::{Mailer, MessageId, SendError, Sender};
