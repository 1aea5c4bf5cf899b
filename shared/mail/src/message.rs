//! A mail, ready to be sent: the same content as plain text and as HTML.

/// What a mail says. Who gets it is the sender's argument, so that one message can go to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// One line without control characters, safe in a header.
    pub subject: String,
    /// The plain text, in lines of at most 72 columns, save for the link, which stands alone on its line.
    pub text: String,
    /// The whole HTML document. It loads nothing from elsewhere.
    pub html: String,
}
