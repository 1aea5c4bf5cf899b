//! The recipients' side of every mail that was sent: kept in memory and, unless the product is ephemeral, in a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::folder::{make_private, private_file};

/// One mail as it arrived, in the shape in which the npm package `aws-ses-v2-local` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// SES's name for it.
    pub message_id: String,
    /// Who sent it.
    pub from: String,
    /// Where answers go.
    pub reply_to: Vec<String>,
    /// Who gets it.
    pub destination: Destination,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: Content,
    /// Further headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// With what its sender marked it, for what SES tells of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The configuration set by which SES tells of it; of a mail without one it tells nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_set: Option<String>,
    /// When it arrived, in seconds since 1970 on the product's clock.
    pub at: i64,
}

impl Mail {
    /// The link in its text: the one line that is nothing but an address.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        let text = self.body.text.as_deref()?;
        text.lines().map(str::trim).find(|line| line.starts_with("http")).map(str::to_owned)
    }
}

/// The addresses that a mail goes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Openly.
    pub to: Vec<String>,
    /// In copy.
    pub cc: Vec<String>,
    /// In blind copy.
    pub bcc: Vec<String>,
}

/// A mail's text, in one form or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// As a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// As plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Mail {
    /// Whether this address is among those that get it, whatever its letter case.
    #[must_use]
    pub fn is_for(&self, address: &str) -> bool {
        let Destination { to, cc, bcc } = &self.destination;
        to.iter().chain(cc).chain(bcc).any(|one| one.eq_ignore_ascii_case(address))
    }
}

/// All mails in the order of their arrival. Clones share them.
#[derive(Debug, Clone)]
pub struct Mailbox {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    mails: Vec<Mail>,
    file: Option<File>,
}

impl Mailbox {
    /// An empty mailbox that is gone with the process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { inner: Arc::new(Mutex::new(Inner { mails: Vec::new(), file: None })) }
    }

    /// The mailbox in a folder, with what arrived before.
    pub fn open(folder: &Path) -> io::Result<Self> {
        make_private(folder)?;
        let path = folder.join("mails.jsonl");
        let file = private_file().append(true).open(&path)?;
        let text = std::fs::read(&path)?;
        // A process that was killed while writing leaves a torn last line. SES had not accepted that mail yet, so it
        // goes; what comes next must not be glued to it.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        file.set_len(u64::try_from(whole).unwrap_or(u64::MAX))?;
        let lines = text.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n');
        let mails = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
        Ok(Self { inner: Arc::new(Mutex::new(Inner { mails, file: Some(file) })) })
    }

    /// Takes a mail in. It is on file before this returns.
    pub fn receive(&self, mail: Mail) -> io::Result<()> {
        let mut inner = self.lock();
        if let Some(file) = &mut inner.file {
            let mut line = serde_json::to_vec(&mail)?;
            line.push(b'\n');
            file.write_all(&line)?;
        }
        inner.mails.push(mail);
        Ok(())
    }

    /// Every mail, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.lock().mails.clone()
    }

    /// The mails for one address, oldest first.
    #[must_use]
    pub fn mails_for(&self, address: &str) -> Vec<Mail> {
        self.lock().mails.iter().filter(|mail| mail.is_for(address)).cloned().collect()
    }

    /// The mail with this name of SES's.
    #[must_use]
    pub fn mail(&self, message_id: &str) -> Option<Mail> {
        self.lock().mails.iter().find(|mail| mail.message_id == message_id).cloned()
    }

    /// Throws every mail away.
    pub fn clear(&self) -> io::Result<()> {
        let mut inner = self.lock();
        if let Some(file) = &inner.file {
            file.set_len(0)?;
        }
        inner.mails.clear();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
