//! The embedded DynamoDB: its HTTP endpoint, the product's table, and the table's stream.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::{DynoxideError, streams};
use rusqlite::Connection;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::identifier;
use crate::surroundings::{ACCOUNT, REGION};

/// How soon a write is noticed.
const WATCH_EVERY: Duration = Duration::from_millis(10);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// DynamoDB says no.
    #[error("the database answers: {0}")]
    DynamoDb(#[from] DynoxideError),
    /// The file below it says no.
    #[error("the database file answers: {0}")]
    File(#[from] rusqlite::Error),
    /// The table's definition is no `CreateTable` request.
    #[error("the table's definition is none: {0}")]
    NoDefinition(#[from] serde_json::Error),
    /// The table in the file has other keys or indexes than this version of the product needs.
    #[error("the table was made by another version of the product")]
    OtherVersion,
}

/// The database with the product's one table.
#[derive(Clone)]
pub struct Database {
    engine: dynoxide::Database,
    /// dynoxide keeps every stream record forever and reads all of them at each write, so that writes grow slower and
    /// the file larger without end; what was delivered is removed through a connection of our own. The same connection
    /// tells that something was written, without asking dynoxide.
    side: String,
    table: String,
    stream_arn: String,
    is_new: bool,
}

impl Database {
    /// Opens the database in a file, or in memory, and makes the table if it is absent.
    pub fn open(file: Option<&Path>, definition: &Value) -> Result<Self, DatabaseError> {
        let side = match file {
            Some(path) => path.to_string_lossy().into_owned(),
            // A name makes it shared with the connection at the side; the leading slash is part of that contract.
            None => format!("file:/{}?vfs=memdb", identifier::fresh()),
        };
        let engine = dynoxide::Database::new(&side)?;
        let table = definition.get("TableName").and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_new = create(&engine, definition)?;
        let description = describe(&engine, &table)?;
        if shape(&description) != shape(definition) {
            return Err(DatabaseError::OtherVersion);
        }
        let stream_arn =
            description.get("LatestStreamArn").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { engine, side, table, stream_arn, is_new })
    }

    /// Whether the table was made by this opening.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// The table's name.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Serves DynamoDB on `listener` until `stopped` is done.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) {
        if let Err(error) = dynoxide::server::serve_with_shutdown(listener, self.engine, stopped).await {
            tracing::error!(%error, "DynamoDB stopped");
        }
    }

    /// The oldest stream records after a sequence number, or from the beginning, as a Lambda event has them.
    pub(crate) fn records(&self, after: Option<&str>, limit: usize) -> Result<Vec<Value>, DatabaseError> {
        let iterator = self.engine.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: self.stream_arn.clone(),
            shard_id: streams::shard_id(&self.table),
            shard_iterator_type: if after.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" }
                .to_owned(),
            sequence_number: after.map(str::to_owned),
        })?;
        let page = self.engine.get_records(GetRecordsRequest {
            shard_iterator: iterator.shard_iterator.unwrap_or_default(),
            limit: Some(limit),
        })?;
        page.records
            .into_iter()
            .map(|record| {
                let mut record = serde_json::to_value(record)?;
                if let Some(fields) = record.as_object_mut() {
                    fields.insert("awsRegion".to_owned(), REGION.into());
                    fields.insert("eventSourceARN".to_owned(), self.event_source().into());
                }
                Ok(record)
            })
            .collect()
    }

    /// The stream's name in our region; dynoxide has one of its own making.
    fn event_source(&self) -> String {
        let label = self.stream_arn.rsplit('/').next().unwrap_or_default();
        format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{}/stream/{label}", self.table)
    }

    /// Removes the stream records before a sequence number. The one with that number stays: dynoxide counts on from
    /// the last it finds, and must never count backwards.
    pub(crate) fn trim(&self, before: &str) -> Result<usize, DatabaseError> {
        let stored = stored_sequence(before);
        let connection = self.connect()?;
        let removed = connection.execute(
            "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
            (&self.table, stored),
        )?;
        Ok(removed)
    }

    /// A number that changes after each write, whoever made it. The thread behind it ends with the last receiver.
    pub(crate) fn watch(&self) -> Result<watch::Receiver<i64>, DatabaseError> {
        let connection = self.connect()?;
        let (tell, told) = watch::channel(0);
        let tell = Arc::new(tell);
        thread::spawn(move || {
            while !tell.is_closed() {
                // A database that is busy just now is asked again after the pause.
                if let Ok(version) = connection.query_row("PRAGMA data_version", [], |row| row.get(0)) {
                    tell.send_if_modified(|known| std::mem::replace(known, version) != version);
                }
                thread::sleep(WATCH_EVERY);
            }
        });
        Ok(told)
    }

    fn connect(&self) -> Result<Connection, DatabaseError> {
        Ok(Connection::open(&self.side)?)
    }
}

fn create(engine: &dynoxide::Database, definition: &Value) -> Result<bool, DatabaseError> {
    match engine.create_table(serde_json::from_value(definition.clone())?) {
        Ok(_) => Ok(true),
        Err(DynoxideError::ResourceInUseException(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn describe(engine: &dynoxide::Database, table: &str) -> Result<Value, DatabaseError> {
    let answer = engine.describe_table(DescribeTableRequest { table_name: table.to_owned() })?;
    Ok(serde_json::to_value(answer.table)?)
}

/// What of a table cannot change without making it again: its keys, its indexes and its stream.
fn shape(table: &Value) -> Vec<String> {
    let mut indexes: Vec<String> = ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"]
        .iter()
        .filter_map(|kind| table.get(kind)?.as_array())
        .flatten()
        .map(|index| format!("{:?} {:?}", index.get("IndexName"), index.get("KeySchema")))
        .collect();
    indexes.sort();
    indexes.push(format!("{:?}", table.get("KeySchema")));
    indexes.push(format!("{:?}", table.pointer("/StreamSpecification/StreamViewType")));
    indexes
}

/// dynoxide shows a sequence number as 21 digits, of which the first only pads.
fn stored_sequence(shown: &str) -> i64 {
    shown.get(1..).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
