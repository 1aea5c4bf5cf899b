//! What `cargo local` tells on standard output once it runs.

use std::io::{self, Write};

use crate::arguments::Arguments;
use crate::demo::Demo;
use crate::folder::{Storage, mailbox_folder};
use crate::product::Product;

/// Where everything is, and how to sign in.
pub fn started(
    out: &mut impl Write,
    product: &Product,
    arguments: &Arguments,
    demo: Option<&Demo>,
    variables: &[(&'static str, String)],
) -> io::Result<()> {
    writeln!(out)?;
    if !arguments.services {
        writeln!(out, "  GlueConnect   {}", product.api_url)?;
    }
    writeln!(out, "  Mailbox       {}", product.control_url)?;
    writeln!(out, "  DynamoDB      {}", product.dynamodb_url)?;
    match arguments.storage() {
        Storage::Memory => writeln!(out, "  Data          in memory, gone at the end")?,
        Storage::Dir(data) => {
            writeln!(out, "  Data          {} (mails: {})", data.display(), mailbox_folder(&data).display())?;
        }
    }
    if let Some(demo) = demo {
        writeln!(out)?;
        for line in demo.sign_in.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    if arguments.services {
        writeln!(out, "\n  For functions that run elsewhere:\n")?;
        for (name, value) in variables {
            writeln!(out, "export {name}='{}'", value.replace('\'', r"'\''"))?;
        }
    }
    writeln!(out, "\n  Ctrl-C stops.\n")?;
    out.flush()
}
