//! Validates recorded answers: reads a file with one answer a line, as `tests/record-answers` writes it.

use plauder_contract::{Answer, check};
use serde_json::Value;

fn main() {
    let path = std::env::args().nth(1).expect("plauder-contract FILE");
    let recorded = std::fs::read_to_string(&path).expect("the file with the answers");
    let (mut count, mut wrong) = (0, 0);
    for line in recorded.lines() {
        let line: Value = serde_json::from_str(line).expect("an answer in JSON");
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let status = line["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let answer = Answer {
            method: text("method"),
            path: text("path"),
            status: status.unwrap_or_default(),
            content_type: text("content_type"),
            body: text("body"),
        };
        count += 1;
        if let Err(problem) = check(&answer) {
            wrong += 1;
            eprintln!("{problem}");
        }
    }
    println!("{count} answers, {wrong} not as the OpenAPI documents say");
    std::process::exit(i32::from(wrong > 0 || count == 0));
}
