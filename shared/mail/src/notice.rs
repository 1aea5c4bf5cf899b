//! The mails that tell somebody about their own access: what changed, and how to come back in.

use policy::{Notice, Timestamp};

use crate::layout::{Block, Letter, Part};
use crate::message::Message;
use crate::untrusted;

/// What the mail tells, and about which account. Every text but the link may come from users and may be hostile.
#[derive(Debug, Clone, Copy)]
pub struct NoticeMail<'a> {
    /// What it tells.
    pub what: &'a Notice,
    /// The account's name.
    pub account_name: &'a str,
    /// How the account is addressed.
    pub subdomain: &'a str,
    /// When it happened, or was asked for.
    pub at: Timestamp,
    /// The end of the link, where there is one.
    pub expires_at: Timestamp,
    /// The signed link, where there is one.
    pub link: Option<&'a str>,
    /// For [`Notice::Accounts`]: the accounts, each with its name and its subdomain.
    pub accounts: &'a [(String, String)],
}

/// What such a mail says before it is set: subject, heading, what happened, what to do.
struct Words {
    subject: &'static str,
    happened: String,
    advice: &'static str,
}

const NOT_YOU: &str = "If this was not you, set a new password now and tell an Administrator of the account.";

impl NoticeMail<'_> {
    /// The mail, in plain text and in HTML.
    #[must_use]
    pub fn message(&self) -> Message {
        let account = untrusted::name(self.account_name);
        let at = self.at.for_people();
        let until = self.expires_at.for_people();
        let Words { subject, happened, advice } = self.words(&at);
        let mut blocks = vec![Block::Paragraph(vec![Part::Words(&happened)])];
        if *self.what == Notice::Accounts {
            let names = self
                .accounts
                .iter()
                .map(|(name, subdomain)| format!("{} (subdomain: {subdomain})", untrusted::name(name)));
            blocks.push(Block::List { names: names.collect(), more: 0 });
        }
        if let Some(url) = self.link {
            blocks.push(Block::Link { label: "Set a new password", url });
            blocks.push(Block::Aside(vec![
                Part::Words("The link works once, until "),
                Part::Words(&until),
                Part::Words(". It is only meant for you: please do not pass it on."),
            ]));
        }
        blocks.push(Block::Aside(vec![Part::Words(advice)]));
        let of_all = *self.what == Notice::Accounts;
        let letter = Letter {
            subject: if of_all { subject.to_owned() } else { format!("{subject}: {account}") },
            preheader: happened.clone(),
            heading: if of_all {
                vec![Part::Words(subject)]
            } else {
                vec![Part::Words(subject), Part::Words(": "), Part::Name(account.clone())]
            },
            blocks,
        };
        letter.set()
    }

    fn words(&self, at: &str) -> Words {
        let subdomain = self.subdomain;
        match self.what {
            Notice::PasswordReset => Words {
                subject: "Set a new password",
                happened: format!("On {at}, somebody asked for a new password for your user in {subdomain}."),
                advice: "If this was not you, ignore this mail. Your password stays as it is.",
            },
            Notice::PasswordChanged => Words {
                subject: "Your password was changed",
                happened: format!(
                    "On {at}, the password of your user in {subdomain} was changed. All other sessions have ended."
                ),
                advice: "If this was not you, ask for a new password on the sign-in page now and tell an Administrator of the account.",
            },
            Notice::FactorAdded => Words {
                subject: "A second factor was added",
                happened: format!("On {at}, a second factor was set up for your user in {subdomain}."),
                advice: NOT_YOU,
            },
            Notice::FactorRemoved => Words {
                subject: "Your second factor was removed",
                happened: format!("On {at}, the second factor of your user in {subdomain} was removed."),
                advice: NOT_YOU,
            },
            Notice::RecoveryCodesMade => Words {
                subject: "New recovery codes were made",
                happened: format!(
                    "On {at}, new recovery codes were made for your user in {subdomain}. The older ones no longer work."
                ),
                advice: NOT_YOU,
            },
            Notice::RecoveryCodeUsed { left } => Words {
                subject: "A recovery code was used",
                happened: format!(
                    "On {at}, somebody signed in to {subdomain} as you with a recovery code. Codes that are left: {left}."
                ),
                advice: "When few are left, make new ones in your profile. If this was not you, set a new password now and tell an Administrator of the account.",
            },
            Notice::NewSignIn { ip_address, user_agent } => {
                let from = ip_address.as_deref().unwrap_or("an unknown address");
                let with = user_agent.as_deref().map(untrusted::name).unwrap_or_default();
                let with = if with.is_empty() { String::new() } else { format!(", with {with}") };
                Words {
                    subject: "A sign-in from a new place",
                    happened: format!(
                        "On {at}, somebody signed in to {subdomain} as you from {from}{with}. You had not signed in from there before."
                    ),
                    advice: NOT_YOU,
                }
            }
            Notice::AccountClosing { by, closes_at } => Words {
                subject: "This account will be closed",
                happened: format!(
                    "On {at}, {} asked to close the account {subdomain}. On {} it will be closed: its users, organizations, groups, connections and API keys will be removed, and nobody can bring them back. Until then everything works as before, but nobody new can be invited.",
                    untrusted::name(by),
                    closes_at.for_people()
                ),
                advice: "Every Administrator can stop this until then: sign in, open Account settings, and choose to keep the account.",
            },
            Notice::AccountStaysOpen { by } => Words {
                subject: "This account will not be closed",
                happened: format!(
                    "On {at}, {} stopped the closing of the account {subdomain}. Everything stays as it is.",
                    untrusted::name(by)
                ),
                advice: "You need not do anything.",
            },
            Notice::OtherAccountClosed { name } => Words {
                subject: "A connection has ended",
                happened: format!(
                    "On {at}, the account {} was closed. Its connection with {subdomain} has ended.",
                    untrusted::name(name)
                ),
                advice: "You need not do anything. Nothing else in your account has changed.",
            },
            Notice::Accounts => Words {
                subject: "Your accounts",
                happened: format!(
                    "On {at}, somebody asked which accounts have a user with this address. These are all:"
                ),
                advice: "If this was not you, ignore this mail. Nothing has changed.",
            },
        }
    }
}
