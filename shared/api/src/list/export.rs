//! A list as a table.

use serde_json::Value;
use web::{Answer, Fault};

use crate::Failure;

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
    pub fn answer(&self, data: &[Value], next: Option<String>) -> Result<Answer, Failure> {
        let table = web::csv::table(self.columns, data).map_err(|_| Fault::unavailable())?;
        Ok(Answer::table(table, self.file_name, next))
    }
}
