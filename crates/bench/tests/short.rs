//! Every workload works, however fast: the program against the server beside it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_plauder-bench");

/// The server that was built for the same profile.
fn server() -> PathBuf {
    let path = Path::new(PROGRAM).with_file_name("plauder");
    assert!(path.is_file(), "there is no {}: cargo build -p plauder", path.display());
    path
}

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

/// What was measured without an error, as it stands in the JSON.
fn measured(arguments: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let (json, plot) = (folder.path().join("out.json"), folder.path().join("out.svg"));
    let files = ["--json", json.to_str().unwrap(), "--plot", plot.to_str().unwrap()];
    let output = run(&[arguments, &files].concat());
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert!(std::fs::read_to_string(&plot).unwrap().starts_with("<svg"), "no picture");
    let cases = report["cases"].as_array().unwrap().clone();
    for case in &cases {
        let subjects = case["subjects"].as_array().unwrap();
        assert!(!subjects.is_empty(), "{case}");
        for subject in subjects {
            assert!(subject["count"].as_u64().unwrap() > 0, "{case}");
            assert_eq!(subject["errors"], 0, "{case}");
            assert!(!subject["figures"].as_array().unwrap().is_empty(), "{case}");
        }
    }
    cases
}

fn has_ratio(case: &Value, of: &str, to: &str) -> bool {
    case["ratios"].as_array().unwrap().iter().any(|ratio| ratio["of"] == of && ratio["to"] == to)
}

#[test]
fn every_workload_is_measured_without_an_error() {
    server();
    let cases = measured(&["all", "--short"]);
    let of = |workload: &str| cases.iter().filter(|case| case["workload"] == workload).collect::<Vec<_>>();
    for (workload, number) in [
        ("idle", 1),
        ("start", 2),
        ("list", 2),
        ("single", 2),
        ("history", 1),
        ("create", 1),
        ("post", 1),
        ("poll", 2),
        ("mix", 1),
        ("login", 1),
        ("sizes", 5),
    ] {
        assert_eq!(of(workload).len(), number, "{workload}");
    }
    for workload in ["list", "single", "history", "post", "poll"] {
        assert!(has_ratio(of(workload)[0], "plauder", "limit"), "{workload} has no limit");
    }
}

#[test]
fn two_servers_that_run_already_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = Command::new(server())
        .args(["--listen", "127.0.0.1:0", "--database", "sqlite://plauder.db"])
        .env("PLAUDER_ADMIN_PASSWORD", "bench-and-nobody-else")
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(running.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("serves on") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the server did not start");
    }
    let url = line.split_whitespace().find(|word| word.starts_with("http")).unwrap().trim_end_matches('.');
    let admin = "admin:bench-and-nobody-else";
    let both = ["--url", url, "--admin", admin, "--against", url, "--against-admin", admin];
    let cases = measured(&[["list", "--short", "--rate", "100"].as_slice(), &both].concat());
    let wrong = run(&["list", "--short", "--url", url, "--admin", "admin:wrong-password"]);
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(cases.iter().all(|case| has_ratio(case, "plauder", "against")), "{cases:?}");
    assert!(!wrong.status.success());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("401"), "{wrong:?}");
}
