//! The mail that tells an account's Administrators that another account lets them in.

use policy::{Role, Timestamp};

use crate::layout::{Block, Letter, Part};
use crate::message::Message;
use crate::{offered, untrusted};

/// What the mail says. Every text but the link may come from users and may be hostile.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionMail<'a> {
    /// Who invites; the host itself where a program does.
    pub inviter_name: &'a str,
    /// Who wrote the message.
    pub writer_name: &'a str,
    /// The account that lets in.
    pub host_name: &'a str,
    /// The account that is let in.
    pub delegate_name: &'a str,
    /// The highest role that anyone will have.
    pub maximum_role: Role,
    /// The organizations, in the order to show them; not read if it is all of them.
    pub organization_names: &'a [String],
    /// Whether it is all organizations, also those to come.
    pub all_organizations: bool,
    /// The inviter's message; may be empty.
    pub message: &'a str,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// When the access ends by itself, if ever.
    pub ends_at: Option<Timestamp>,
    /// The signed link.
    pub link: &'a str,
}

impl ConnectionMail<'_> {
    /// The mail, in plain text and in HTML. The link stands in each of them once.
    #[must_use]
    pub fn message(&self) -> Message {
        let inviter = untrusted::name(self.inviter_name);
        let host = untrusted::name(self.host_name);
        let delegate = untrusted::name(self.delegate_name);
        let until = self.expires_at.for_people();
        let end = self.ends_at.map(Timestamp::for_people);

        let mut blocks = vec![Block::Paragraph(vec![
            Part::Name(inviter.clone()),
            Part::Words(" invites the users of "),
            Part::Name(delegate.clone()),
            Part::Words(" into the account, with the "),
            Part::Words(self.maximum_role.name()),
            Part::Words(" role at most: they can "),
            Part::Words(self.maximum_role.in_words()),
            Part::Words("."),
        ])];
        blocks.extend(offered::organizations(
            "They get access",
            self.organization_names,
            self.all_organizations,
        ));
        blocks.extend(offered::quoted(&untrusted::name(self.writer_name), self.message));
        blocks.push(Block::Link { label: "Answer the invitation", url: self.link });
        if let Some(end) = &end {
            blocks.push(Block::Aside(vec![
                Part::Words("The access ends on "),
                Part::Words(end),
                Part::Words("."),
            ]));
        }
        blocks.push(Block::Aside(vec![
            Part::Words("You get this mail as an Administrator of "),
            Part::Name(delegate),
            Part::Words(". One of its Administrators can sign in and accept or decline until "),
            Part::Words(&until),
            Part::Words(". Nothing happens if nobody does."),
        ]));
        let letter = Letter {
            subject: format!("{host} lets your account in through GlueConnect"),
            preheader: format!("Open until {until}."),
            heading: vec![Part::Name(host.clone()), Part::Words(" lets your account in")],
            blocks,
        };
        letter.set()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_who_lets_whom_in_as_what_and_until_when() {
        let mail = ConnectionMail {
            inviter_name: "Ada Admin",
            writer_name: "Ada Admin",
            host_name: "Acme IT",
            delegate_name: "Night NOC",
            maximum_role: Role::Editor,
            organization_names: &["Bakery <b>".to_owned()],
            all_organizations: false,
            message: "Please watch\r\nBcc: eve@example.com",
            expires_at: Timestamp::from_millis(1_795_248_000_000),
            ends_at: Some(Timestamp::from_millis(1_796_248_000_000)),
            link: "https://glue.example/connection-invitations/abc",
        };
        let message = mail.message();
        assert_eq!(message.subject, "Acme IT lets your account in through GlueConnect");
        for words in [
            "Ada Admin",
            "Night NOC",
            "Editor role at most",
            "Bakery <b>",
            "> Please watch",
            "The access ends on",
        ] {
            assert!(message.text.contains(words), "{words} in {}", message.text);
        }
        assert_eq!(message.text.matches(mail.link).count(), 1);
        assert_eq!(message.html.matches(mail.link).count(), 2);
        assert!(!message.html.contains("Bakery <b>"), "{}", message.html);
        assert!(!message.subject.contains('\n'));
    }
}
