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

/// What ends a cell for a spreadsheet that parts cells otherwise than by commas: in half of Europe it does so by semicolons, and then
/// the quotes around a cell do not stand where it looks for them.
const SEPARATORS: [char; 5] = [';', '；', '\t', '\r', '\n'];

/// The text with an apostrophe before whatever would be a formula: at its beginning, and behind everything that may end a cell.
fn defused(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    for part in text.split_inclusive(SEPARATORS) {
        if is_formula(part, out.is_empty()) {
            out.push('\'');
        }
        out.push_str(part);
    }
    out
}

fn is_formula(part: &str, is_first: bool) -> bool {
    // Spreadsheets also look behind blanks and quotes, and take the full-width forms for the plain ones.
    let first = part.trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{feff}', '"']).chars().next();
    first.is_some_and(|first| "=+-@|％＝＋－＠".contains(first) || (is_first && SEPARATORS.contains(&first)))
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
        let read = |names: &[&str], attributes: Value| {
            let whole = table(names, &[json!({"id": "1", "attributes": attributes})]).unwrap();
            let mut reader = csv::Reader::from_reader(whole.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            (whole, row.iter().skip(1).map(str::to_owned).collect::<Vec<_>>())
        };
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            " =1",
            "\u{a0}=1",
            "＝1",
            "|cmd",
            "\"=1",
            "%1".replace('%', "％").as_str(),
        ] {
            assert_eq!(read(&["name"], json!({"name": text})).1, [format!("'{text}")], "{text:?}");
        }
        for (text, shown) in [
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            (";=1", "';'=1"),
            ("Acme;=1+1", "Acme;'=1+1"),
            ("Acme; =1;@x", "Acme;' =1;'@x"),
            ("Acme；＝1", "Acme；'＝1"),
            ("Acme;\"=1\"", "Acme;'\"=1\""),
            ("one\n-two", "one\n'-two"),
            ("A; B", "A; B"),
            ("Smith, - Jones", "Smith, - Jones"),
        ] {
            assert_eq!(read(&["name"], json!({"name": text})).1, [shown], "{text:?}");
        }
        // In every column, and wherever another program parts the line.
        let names = ["name", "email", "groups", "note"];
        let (whole, _) =
            read(&names, json!({"name": "x;=1", "email": "=1;=2", "groups": ["=1", "b;=1"], "note": "\t=1"}));
        for cell in whole.split([';', ',', '\t', '\n', '\r']) {
            let cell = cell.trim_start_matches(['"', ' ']);
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell} in {whole}");
        }
        for text in ["Ann", "a=b", "2026-11-22T08:00:00.000Z", "ann+tag@x.example", ""] {
            assert_eq!(cell(Some(&json!(text))), text);
        }
    }
}
