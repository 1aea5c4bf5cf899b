//! What a function reads from its environment, `cargo local --services` gives.

use std::collections::BTreeSet;

use journeys::House;

use crate::house_map::{names_in, text};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_a_function_elsewhere_is_told_every_variable() {
    let house = House::start().await;
    let given = local::functions::variables(&house.product.surroundings);
    let given: BTreeSet<&str> = given.iter().map(|(name, _)| *name).collect();
    let mut read =
        BTreeSet::from(["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(str::to_owned));
    let mains = names_in("functions").into_iter().map(|name| format!("functions/{name}/src/main.rs"));
    for file in mains.chain(["shared/api/src/lib.rs", "shared/signing/src/signer.rs"].map(str::to_owned)) {
        let code = text(&file);
        let names = code.split("required(\"").skip(1).filter_map(|rest| rest.split('"').next());
        read.extend(names.map(str::to_owned));
    }
    assert!(read.len() > 6, "{read:?}");
    for name in read {
        assert!(given.contains(name.as_str()), "{name} is not among what --services prints");
    }
}
