//! Puts load on a server that speaks Talk's API, and measures the limit of this machine.

mod api;
mod arguments;
mod bench;
mod client;
mod limit;
mod load;
mod measure;
mod plot;
mod report;
mod target;
mod waiters;
mod workloads;
mod world;

use std::process::ExitCode;

use clap::Parser as _;
use rlimit::Resource;

use arguments::{Arguments, Hidden, Selection};
use bench::Bench;
use report::Report;

/// The same as the server's, so that the limits have no other.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Why something cannot be measured, in words for who asked for it.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How many files a process may have open: one a connection, at both ends.
const FILES: u64 = 1 << 17;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(errors) => {
            eprintln!("plauder-bench: {errors} answers were not as expected");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("plauder-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what was asked for, and tells how many errors there were.
fn run(arguments: Arguments) -> Result<u64, Failed> {
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some(Hidden::LimitServer(limit)) = arguments.command {
        end_with_parent();
        runtime.block_on(limit::serve(limit))?;
        return Ok(0);
    }
    let mut bench = Bench::new(arguments.options)?;
    let choice = arguments.workload.unwrap_or(Selection::All);
    let measured = runtime.block_on(async {
        tokio::select! {
            measured = workloads::run(&mut bench, choice) => measured,
            // So that servers and stores that were made for it are taken away.
            _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        }
    });
    bench.finish();
    // What was measured before something failed is still worth keeping.
    write(&bench)?;
    measured?;
    Ok(bench.cases.iter().flat_map(|case| &case.subjects).map(|subject| subject.errors).sum())
}

/// Ends this process when the one that started it does: then its standard input is at its end.
fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
}

/// As far as it is allowed, also for the servers that are started. If that is too few, connecting fails.
fn raise_file_limit() {
    if rlimit::setrlimit(Resource::NOFILE, FILES, FILES).is_err() {
        let _ = rlimit::increase_nofile_limit(FILES);
    }
}

fn write(bench: &Bench) -> Result<(), Failed> {
    if let Some(path) = &bench.options.json {
        let report = Report {
            version: env!("CARGO_PKG_VERSION"),
            optimised: !cfg!(debug_assertions),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            arguments: std::env::args().skip(1).filter(|argument| !argument.contains(':')).collect(),
            cases: &bench.cases,
        };
        let text = serde_json::to_string_pretty(&report)? + "\n";
        std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    if let Some(path) = &bench.options.plot {
        plot::draw(path, &bench.cases)?;
    }
    Ok(())
}
