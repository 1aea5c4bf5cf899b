//! A list as a table.

use serde::Serialize;
use web::{Answer, Fault};

use api::Failure;
use api::document::as_read;

/// How a list looks as a table.
#[derive(Debug, Clone, Copy)]
pub struct Export {
    /// The name of the file.
    pub file_name: &'static str,
    /// Its columns: attributes, in this order.
    pub columns: &'static [&'static str],
}

impl Export {
    /// The table of these resources; `next` is where it goes on.
    pub fn answer<R: Serialize>(&self, data: &[R], next: Option<String>) -> Result<Answer, Failure> {
        let rows: Vec<_> = data.iter().map(as_read).collect();
        let table = web::csv::table(self.columns, &rows).map_err(|_| Fault::unavailable())?;
        Ok(Answer::table(table, self.file_name, next))
    }
}
