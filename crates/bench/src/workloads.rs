//! What can be measured, a file each.

mod create;
mod history;
mod idle;
mod list;
mod login;
mod mix;
pub(crate) mod poll;
mod post;
mod single;
mod sizes;
mod start;

use crate::Failed;
use crate::arguments::Choice;
use crate::bench::{Bench, LIMIT, Named};
use crate::limit::static_handler::StaticHandler;
use crate::load::Load;
use crate::measure::{RATE, Subject};

/// Every workload, in the order of a whole run.
const EVERY: [Choice; 11] = [
    Choice::Idle,
    Choice::Start,
    Choice::List,
    Choice::Single,
    Choice::History,
    Choice::Create,
    Choice::Post,
    Choice::Poll,
    Choice::Mix,
    Choice::Login,
    Choice::Sizes,
];

/// Whether it measures servers that it starts itself, again and again.
fn starts(choice: Choice) -> bool {
    matches!(choice, Choice::Idle | Choice::Start)
}

/// Measures what was chosen.
pub(crate) async fn run(bench: &mut Bench, choice: Choice) -> Result<(), Failed> {
    measure(bench, choice, false).await
}

async fn measure(bench: &mut Bench, choice: Choice, everything: bool) -> Result<(), Failed> {
    match choice {
        Choice::All => {
            for choice in EVERY {
                // Of a server that runs already, the start cannot be measured.
                if bench.options.url.is_none() || !starts(choice) {
                    Box::pin(measure(bench, choice, true)).await?;
                }
            }
            Ok(())
        }
        choice if starts(choice) && bench.options.url.is_some() => {
            Err("this measures servers that are started for it: leave --url out".into())
        }
        Choice::List => list::run(bench).await,
        Choice::Single => single::run(bench).await,
        Choice::Create => create::run(bench).await,
        Choice::Post => post::run(bench).await,
        Choice::History => history::run(bench).await,
        Choice::Poll => poll::run(bench, everything).await,
        Choice::Mix => mix::run(bench).await,
        Choice::Login => login::run(bench).await,
        Choice::Start => start::run(bench).await,
        Choice::Idle => idle::run(bench).await,
        Choice::Sizes => sizes::run(bench).await,
    }
}

/// Measures reads of several servers, and beside them a server that always answers what the first one did.
async fn read(
    bench: &mut Bench,
    workload: &'static str,
    title: &str,
    loads: Vec<(String, Load)>,
) -> Result<(), Failed> {
    let mut limit = None;
    if let Some((_, load)) = loads.first().filter(|_| !bench.options.no_limits) {
        let answer = load.sample().await?;
        limit = Some((answer.size(), StaticHandler::start(load, &answer)?));
    }
    let size = limit.as_ref().map_or(String::new(), |(size, _)| format!(", answers of {size} bytes"));
    let connections = loads.first().map_or(0, |(_, load)| load.connections);
    let title = format!("{title}, {connections} connections{size}");
    let mut subjects: Vec<Named> = Vec::new();
    subjects.extend(loads.into_iter().map(|(name, load)| (name, Box::new(load) as Box<dyn Subject>)));
    subjects.extend(limit.map(|(_, limit)| (LIMIT.to_owned(), Box::new(limit) as Box<dyn Subject>)));
    bench.alternate(workload, &title, &[RATE, "p50"], subjects).await
}
