//! Rows as a table that spreadsheets open: CSV as RFC 4180 has it, with a line of names.

use serde_json::Value;

/// The value of `Content-Type`.
pub const CONTENT_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// The table of these resources: one column for each of these attributes, in this order, the id before them.
///
/// A cell that a spreadsheet would take for a formula has an apostrophe before it, as OWASP advises on CSV injection: names and
/// addresses come from anyone.
pub fn table(attributes: &[&str], resources: &[Value]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_field("id")?;
    writer.write_record(attributes)?;
    for resource in resources {
        writer.write_field(cell(resource.get("id")))?;
        let of = |name: &&str| cell(resource.get("attributes").and_then(|attributes| attributes.get(*name)));
        writer.write_record(attributes.iter().map(of))?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => defused(text),
        Some(Value::Array(parts)) => {
            let parts: Vec<_> = parts.iter().map(|part| cell(Some(part))).collect();
            defused(&parts.join("; "))
        }
        Some(other) => other.to_string(),
    }
}

fn defused(text: &str) -> String {
    // Spreadsheets also look behind blanks, and take the full-width forms for the plain ones.
    let first = text.trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{feff}']).chars().next();
    let is_formula = first.is_some_and(|first| "=+-@;\t\r\n|％＝＋－＠；".contains(first));
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_has_a_line_of_names_and_quotes_what_needs_it() {
        let rows = [
            json!({"id": "1", "attributes": {"name": "Zoë, \"Zed\"", "my-glue": true, "count": 3, "avatar": null}}),
            json!({"id": "2", "attributes": {"name": "two\nlines", "groups": ["A", "B"]}}),
        ];
        let names = ["name", "my-glue", "count", "avatar", "groups"];
        assert_eq!(
            table(&names, &rows).unwrap(),
            "id,name,my-glue,count,avatar,groups\r\n1,\"Zoë, \"\"Zed\"\"\",true,3,,\r\n2,\"two\nlines\",,,,A; B\r\n"
        );
        assert_eq!(table(&["name"], &[]).unwrap(), "id,name\r\n");
    }

    #[test]
    fn a_formula_is_defused_wherever_it_hides() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u{a0}=1", "＝1", "|cmd"] {
            let rows = [json!({"id": "1", "attributes": {"name": text}})];
            let whole = table(&["name"], &rows).unwrap();
            let mut reader = csv::Reader::from_reader(whole.as_bytes());
            let read = reader.records().next().unwrap().unwrap();
            assert_eq!(read.get(1), Some(format!("'{text}").as_str()), "{text:?}");
        }
        for text in ["Ann", "a=b", "2026-11-22T08:00:00.000Z", "ann+tag@x.example", ""] {
            assert_eq!(cell(Some(&json!(text))), text);
        }
    }
}
