//! What can be measured, a file each.

mod list;
mod post;

use crate::Failed;
use crate::arguments::Choice;
use crate::bench::Bench;

/// Every workload, in the order of a whole run.
const EVERY: [Choice; 2] = [Choice::List, Choice::Post];

/// Measures what was chosen.
pub(crate) async fn run(bench: &mut Bench, choice: Choice) -> Result<(), Failed> {
    match choice {
        Choice::All => {
            for choice in EVERY {
                Box::pin(run(bench, choice)).await?;
            }
            Ok(())
        }
        Choice::List => list::run(bench).await,
        Choice::Post => post::run(bench).await,
        _ => Err("not yet".into()),
    }
}
