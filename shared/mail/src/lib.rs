//! The mails that people get, and how they are sent. A mail is composed here as data ([`Message`]), with subject, text and HTML, and handed to
//! SES by a [`Mailer`].
//!
//! There are three kinds: [`InvitationMail`] to a new user, [`ConnectionMail`] to an Administrator of another account, and [`NoticeMail`] about
//! a change of one's own access.
//!
//! Everything that users wrote passes through the module `untrusted` before it is shown. A name or a message can neither break a header
//! nor add markup, and cannot imitate the product's own words.

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
