//! The mail that invites a person into an account.

use policy::{Role, Timestamp};

use crate::layout::{Block, Letter, Part};
use crate::message::Message;
use crate::{offered, untrusted};

/// What the invitation says. Every text but the link may come from users and may be hostile.
#[derive(Debug, Clone, Copy)]
pub struct InvitationMail<'a> {
    /// Who invites; the account itself where a program does.
    pub inviter_name: &'a str,
    /// Who wrote the message.
    pub writer_name: &'a str,
    /// The account that the person is invited to.
    pub account_name: &'a str,
    /// Whether the person will be in MyGlue rather than in IT Glue.
    pub my_glue: bool,
    /// The role that the person will have.
    pub role: Role,
    /// The organizations that the person will see, in the order to show them; not read if it is all of them.
    pub organization_names: &'a [String],
    /// Whether it is all organizations, also those to come.
    pub all_organizations: bool,
    /// The inviter's message, or the default one if they left it.
    pub message: &'a str,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// The signed link.
    pub link: &'a str,
}

impl InvitationMail<'_> {
    /// The mail, in plain text and in HTML. The link stands in each of them once.
    #[must_use]
    pub fn message(&self) -> Message {
        let inviter = untrusted::name(self.inviter_name);
        let account = untrusted::name(self.account_name);
        let product = if self.my_glue { "MyGlue" } else { "IT Glue" };
        let until = self.expires_at.for_people();

        let mut blocks = vec![self.role(product)];
        blocks.extend(offered::organizations(
            "You get access",
            self.organization_names,
            self.all_organizations,
        ));
        blocks.extend(offered::quoted(&untrusted::name(self.writer_name), self.message));
        blocks.push(Block::Link { label: "Open the invitation", url: self.link });
        blocks.push(Block::Aside(vec![
            Part::Words("The link works once, until "),
            Part::Words(&until),
            Part::Words(". It is only meant for you: please do not pass it on."),
        ]));
        blocks.push(Block::Aside(vec![Part::Words(
            "If you did not expect this invitation, you can ignore this mail. Nothing happens unless you accept.",
        )]));

        let letter = Letter {
            subject: if inviter == account {
                format!("{account} invites you to {product}")
            } else {
                format!("{inviter} invites you to {account} on {product}")
            },
            preheader: format!("Open until {until}."),
            heading: vec![
                Part::Name(inviter.clone()),
                Part::Words(" invites you to "),
                if inviter == account { Part::Words(product) } else { Part::Name(account.clone()) },
            ],
            blocks,
        };
        letter.set()
    }

    fn role<'a>(&self, product: &'a str) -> Block<'a> {
        Block::Paragraph(vec![
            Part::Words("You join "),
            Part::Words(product),
            Part::Words(" with the "),
            Part::Words(self.role.name()),
            Part::Words(" role: you can "),
            Part::Words(self.role.in_words()),
            Part::Words("."),
        ])
    }
}
