//! What `cargo local` tells on standard output once it runs.

use std::io::{self, Write};

use crate::arguments::Arguments;
use crate::demo::Demo;
use crate::product::Product;

/// Where to look and how to sign in; the variables too, for functions that run elsewhere.
pub fn started(
    out: &mut impl Write,
    product: &Product,
    arguments: &Arguments,
    demo: Option<&Demo>,
    variables: &[(&'static str, String)],
) -> io::Result<()> {
    if !arguments.services {
        writeln!(out, "Console   {}/console/", product.api_url)?;
    }
    writeln!(out, "Mailbox   {}/", product.control_url)?;
    if let Some(demo) = demo {
        writeln!(out, "Sign in   {}", demo.sign_in)?;
    }
    if arguments.services {
        writeln!(out, "\nFor functions that run elsewhere:\n")?;
        for (name, value) in variables {
            writeln!(out, "export {name}='{}'", value.replace('\'', r"'\''"))?;
        }
        writeln!(out, "\nCtrl-C stops.")?;
    }
    out.flush()
}
