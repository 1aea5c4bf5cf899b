//! axe-core, which finds what keeps people out: fetched by `tests/console/run`, and no part of the product.

use std::path::PathBuf;

use serde_json::Value;

use crate::driver::{Browser, left_out};

/// Its source, if it was fetched.
pub fn source() -> Option<String> {
    let file = "../target/console-tools/node_modules/axe-core/axe.min.js";
    let read = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file));
    if read.is_err() {
        left_out("there is no axe-core: tests/console/run fetches it");
    }
    read.ok()
}

/// What it finds on the page, each with where.
pub async fn violations(browser: &Browser, source: &str) -> Vec<String> {
    browser.driver.execute(source, Vec::new()).await.unwrap();
    let run = "const done = arguments[0]; axe.run().then(found => done(found.violations), error => done(String(error)));";
    let found = browser.driver.execute_async(run, Vec::new()).await.unwrap();
    let found = found.json().clone();
    let Value::Array(violations) = found else { panic!("axe fails: {found}") };
    let told = violations.iter().map(|violation| {
        let nodes = violation["nodes"].as_array().into_iter().flatten();
        let places: Vec<String> =
            nodes.map(|node| format!("{} {}", node["html"], node["any"][0]["message"])).collect();
        format!("{}: {}", violation["id"], places.join("; "))
    });
    told.collect()
}
