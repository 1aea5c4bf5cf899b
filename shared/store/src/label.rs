//! The lists out of which an account's organizations have their type and status: items, questions and changes.

use std::collections::BTreeSet;

use policy::{AccountId, Judged, LabelId, LabelKind, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::log::{AuditContext, Subject};
use crate::transaction::{ChangeError, Changes, Guard};
use crate::{Store, keys};

/// A word on one of these lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its id.
    pub id: LabelId,
    /// The word.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

impl Label {
    /// The word, for the log.
    #[must_use]
    pub fn subject(&self, kind: LabelKind) -> Subject {
        Subject::new(kind.plural(), self.id, self.name.as_str())
    }
}

impl Store {
    /// A list, oldest first.
    pub async fn labels(&self, account: AccountId, kind: LabelKind) -> Result<Vec<Label>, StoreError> {
        self.partition_of(&keys::labels(account), keys::labels_of(kind)).await
    }

    /// One word of a list.
    pub async fn label(
        &self,
        account: AccountId,
        kind: LabelKind,
        label: LabelId,
    ) -> Result<Option<Label>, StoreError> {
        self.get(&keys::label(account, kind, label)).await
    }

    /// Those of these words that are there, whichever list they are on. Nothing is read where none is asked for.
    pub async fn labels_by_id(
        &self,
        account: AccountId,
        wanted: &BTreeSet<(LabelKind, LabelId)>,
    ) -> Result<Vec<Label>, StoreError> {
        let wanted: Vec<_> = wanted.iter().map(|(kind, id)| keys::label(account, *kind, *id)).collect();
        self.get_many(&wanted).await
    }

    /// Puts an entry on a list, as judged.
    pub async fn create_label(
        &self,
        kind: LabelKind,
        label: &Label,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        transaction.put_new(&keys::label(act.account, kind, label.id), label, Guard::Free)?;
        self.log(&mut transaction, act, "create", &label.subject(kind))?;
        self.commit(transaction).await
    }

    /// Changes a word, if its version is still `label.version`, as judged.
    pub async fn update_label(
        &self,
        kind: LabelKind,
        label: &Label,
        judged: &Judged,
        act: &AuditContext,
    ) -> Result<(), ChangeError> {
        let changes = Changes::default()
            .only_if("version", label.version)?
            .set("name", &label.name)?
            .set("updated_at", act.at)?
            .increase("version");
        let mut transaction = self.transaction();
        transaction.judged(act, judged, 0)?;
        transaction.update(&keys::label(act.account, kind, label.id), &changes, Guard::Version);
        self.log(&mut transaction, act, "update", &label.subject(kind))?;
        self.commit(transaction).await
    }
}
