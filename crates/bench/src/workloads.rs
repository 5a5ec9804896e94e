//! What can be measured, a file each.

mod list;
mod poll;
mod post;

use crate::Failed;
use crate::arguments::Choice;
use crate::bench::Bench;

/// Every workload, in the order of a whole run.
const EVERY: [Choice; 3] = [Choice::List, Choice::Post, Choice::Poll];

/// Measures what was chosen.
pub(crate) async fn run(bench: &mut Bench, choice: Choice) -> Result<(), Failed> {
    measure(bench, choice, false).await
}

async fn measure(bench: &mut Bench, choice: Choice, everything: bool) -> Result<(), Failed> {
    match choice {
        Choice::All => {
            for choice in EVERY {
                Box::pin(measure(bench, choice, true)).await?;
            }
            Ok(())
        }
        Choice::List => list::run(bench).await,
        Choice::Post => post::run(bench).await,
        Choice::Poll => poll::run(bench, everything).await,
        _ => Err("not yet".into()),
    }
}
