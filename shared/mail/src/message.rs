//! A mail, ready to be sent: the same content as plain text and as HTML.

/// What a mail says. Who gets it is the sender's argument, so that one message can go to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// One line without control characters, safe in a header.
    pub subject: String,
    /// Where answers go: the address of the person who invites. None where nobody does.
    pub reply_to: Option<String>,
    /// The plain text, in lines of at most 72 columns, save for the link and for words that are longer, which are never broken.
    pub text: String,
    /// The whole HTML document. It loads nothing from elsewhere.
    pub html: String,
}

impl Message {
    /// The same, with answers going to this address.
    #[must_use]
    pub fn answered_to(self, reply_to: Option<String>) -> Self {
        Self { reply_to, ..self }
    }
}
