//! One name for a function everywhere: folder, package, binary, event, log line.

use journeys::House;

use crate::house_map::{HouseMap, names_in, root, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_function_has_one_name() {
    let map = HouseMap::draw();
    let folders = names_in("functions");
    let house = House::start().await;
    let mut running: Vec<&str> = local::functions::all(&house.product.surroundings)
        .unwrap()
        .iter()
        .map(|function| function.name)
        .collect();
    running.sort_unstable();
    assert_eq!(running, folders, "every function runs in the local product: infra/local/src/functions.rs");
    assert_eq!(map.members_in("functions").into_iter().collect::<Vec<_>>(), folders);
    for package in map.members() {
        let name = package.name.as_str();
        if !folders.iter().any(|folder| folder == name) {
            continue;
        }
        let kinds: Vec<_> = package.targets.iter().filter(|target| !target.is_custom_build()).collect();
        let binaries: Vec<&str> =
            kinds.iter().filter(|target| target.is_bin()).map(|target| target.name.as_str()).collect();
        assert_eq!(binaries, [name], "`cargo lambda` finds a function by its binary's name");
        assert!(kinds.iter().any(|target| target.is_lib()), "{name} has no library");
        assert!(root().join(format!("events/{name}.json")).exists(), "events/{name}.json is missing");
        let library = text(&format!("functions/{name}/src/lib.rs"));
        let tells = [format!("answer(\"{name}\""), format!("function = \"{name}\"")];
        assert!(tells.iter().any(|own| library.contains(own)), "{name} logs no name, or another");
    }
}

#[test]
fn an_event_belongs_to_a_function() {
    let functions = names_in("functions");
    for file in names_in("events") {
        let (function, _) = file.split_once('.').unwrap();
        assert!(functions.iter().any(|known| known == function), "events/{file}: there is no {function}");
        assert!(file.ends_with(".json"), "events/{file}");
    }
}

#[test]
fn every_crate_keeps_the_lints() {
    // The journeys' own crate is all tests; what fails there is to fail loudly.
    for package in HouseMap::draw().members().into_iter().filter(|package| package.name != "journeys") {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} leaves the lints out", package.name);
        let sources = package.manifest_path.parent().unwrap().join("src");
        let local = std::fs::read_to_string(sources.join("lib.rs")).unwrap();
        assert!(!local.contains("#![allow"), "{} allows itself something", package.name);
    }
}
