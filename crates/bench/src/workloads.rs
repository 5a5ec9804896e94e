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
use crate::arguments::Selection;
use crate::bench::{Bench, LIMIT, NamedSubject};
use crate::limit::static_handler::StaticHandler;
use crate::load::Load;
use crate::measure::{RATE, Subject};

/// Every workload, in the order of a whole run.
const EVERY: [Selection; 11] = [
    Selection::Idle,
    Selection::Start,
    Selection::List,
    Selection::Single,
    Selection::History,
    Selection::Create,
    Selection::Post,
    Selection::Poll,
    Selection::Mix,
    Selection::Login,
    Selection::Sizes,
];

/// Whether it measures servers that it starts itself, again and again.
fn starts(choice: Selection) -> bool {
    matches!(choice, Selection::Idle | Selection::Start)
}

/// Measures what was chosen.
pub(crate) async fn run(bench: &mut Bench, choice: Selection) -> Result<(), Failed> {
    measure(bench, choice, false).await
}

async fn measure(bench: &mut Bench, choice: Selection, everything: bool) -> Result<(), Failed> {
    match choice {
        Selection::All => {
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
        Selection::List => list::run(bench).await,
        Selection::Single => single::run(bench).await,
        Selection::Create => create::run(bench).await,
        Selection::Post => post::run(bench).await,
        Selection::History => history::run(bench).await,
        Selection::Poll => poll::run(bench, everything).await,
        Selection::Mix => mix::run(bench).await,
        Selection::Login => login::run(bench).await,
        Selection::Start => start::run(bench).await,
        Selection::Idle => idle::run(bench).await,
        Selection::Sizes => sizes::run(bench).await,
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
    let mut subjects: Vec<NamedSubject> = Vec::new();
    subjects.extend(loads.into_iter().map(|(name, load)| (name, Box::new(load) as Box<dyn Subject>)));
    subjects.extend(limit.map(|(_, limit)| (LIMIT.to_owned(), Box::new(limit) as Box<dyn Subject>)));
    bench.alternate(workload, &title, &[RATE, "p50"], subjects).await
}
