//! The README tells the truth: its walk is run, line by line, and its tables name what there is.

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use clap::CommandFactory;
use journeys::House;
use local::arguments::Arguments;

const README: &str = include_str!("../../README.md");

/// Printed between the blocks, to tell their output apart.
const MARK: &str = "= end of block =";

/// One block of the walk and what it prints.
struct Block {
    script: String,
    output: String,
}

/// The section under this heading.
fn section(heading: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

/// The ```` ```sh ```` blocks of the walk, each with the ```` ```text ```` block that follows it, if one does.
fn walk() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for piece in section("A walk").split("\n```").collect::<Vec<_>>().chunks(2) {
        let [_, fenced] = piece else { continue };
        let (kind, text) = fenced.split_once('\n').unwrap();
        match kind {
            "sh" => blocks.push(Block { script: text.to_owned(), output: String::new() }),
            "text" => blocks.last_mut().unwrap().output = text.to_owned(),
            other => panic!("a block of {other}"),
        }
    }
    blocks
}

/// Runs the script as a reader would, who stops at the first error. None if a tool is missing that the walk uses.
async fn run(script: &str) -> Option<Output> {
    let has = |tool: &str, say: &[&str]| Command::new(tool).args(say).stdout(Stdio::null()).status().is_ok();
    if !(has("curl", &["--version"]) && has("jq", &["--version"]) && has("sh", &["-c", "true"])) {
        assert!(std::env::var_os("CI").is_none(), "the walk needs sh, curl and jq");
        eprintln!("left out: the walk needs sh, curl and jq");
        return None;
    }
    let mut shell = Command::new("sh")
        .args(["-eu", "-s"])
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    finish(&mut shell).await;
    Some(shell.wait_with_output().unwrap())
}

/// Waits for the end, a minute at most: a mail that never comes would be waited for for ever.
async fn finish(shell: &mut Child) {
    let began = Instant::now();
    while shell.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(60) {
            shell.kill().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The text with the links' tokens left out.
fn without_tokens(text: &str) -> String {
    let mut pieces = text.split("/invitations/");
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        whole.push_str("/invitations/…");
        whole.push_str(piece.find('\n').and_then(|end| piece.get(end..)).unwrap_or_default());
    }
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_says_what_the_readme_says() {
    let house = House::start().await;
    local::demo::seed(&house.product).await.unwrap();
    let blocks = walk();
    assert_eq!(blocks.iter().map(|block| block.script.matches("curl ").count()).sum::<usize>(), 6);
    let mut script = String::new();
    for block in &blocks {
        script.push_str(&format!("{}\nprintf '%s\\n' '{MARK}'\n", block.script));
    }
    let here = [
        ("http://127.0.0.1:9000", &house.product.api_url),
        ("http://127.0.0.1:9001", &house.product.control_url),
    ];
    for (written, real) in here {
        assert!(script.contains(written), "{written}");
        script = script.replace(written, real);
    }

    let Some(output) = run(&script).await else { return };
    let mut printed = String::from_utf8(output.stdout).unwrap();
    let complained = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{printed}\n{complained}");
    assert_eq!(complained, "");
    for (written, real) in here {
        printed = printed.replace(real.as_str(), written);
    }
    let printed = without_tokens(&printed);
    let printed: Vec<&str> = printed.split(&format!("{MARK}\n")).collect();
    assert_eq!(printed.len(), blocks.len() + 1);
    for (block, printed) in blocks.iter().zip(printed) {
        assert_eq!(printed.trim_end(), block.output.trim_end(), "{}", block.script);
    }
}

#[test]
fn the_options_are_those_of_the_command() {
    let offered = section("What `cargo local` offers");
    for option in Arguments::command().get_arguments().filter_map(|argument| argument.get_long()) {
        assert!(offered.contains(&format!("| `--{option}")), "--{option} is not in the README");
    }
    for line in offered.lines().filter_map(|line| line.strip_prefix("| `--")) {
        let option = line.split(['`', ' ']).next().unwrap();
        let known = Arguments::command().get_arguments().any(|argument| argument.get_long() == Some(option));
        assert!(known, "--{option} is not an option");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_port_is_as_told() {
    let house = House::start().await;
    let unknown = house.nobody.get(&format!("{}/unknown", house.product.control_url)).await.unwrap();
    let known = unknown.at("/known");
    let mut known: Vec<String> = known
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap().split_whitespace().take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let told = section("What `cargo local` offers").lines().filter_map(|line| line.strip_prefix("| `"));
    let mut told: Vec<String> = told
        .map(|line| line.split('`').next().unwrap().to_owned())
        .filter(|name| name.starts_with("GET ") || name.starts_with("POST "))
        .collect();
    known.sort();
    told.sort();
    assert_eq!(told, known);
}
