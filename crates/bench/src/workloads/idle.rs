//! Memory of a server that has just started on a new store and has nothing to do.

use std::sync::Arc;
use std::time::Duration;

use crate::Failed;
use crate::bench::{Bench, NamedSubject, SERVER};
use crate::measure::{Errors, Figure, Measuring, Round, Subject, number};
use crate::target::Store;

/// After how long it has nothing to do any more.
const SETTLED: Duration = Duration::from_secs(1);

/// Measures it after each of several starts.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let settled = if bench.options.short { Duration::from_millis(50) } else { SETTLED };
    let subjects: Vec<NamedSubject> =
        vec![(SERVER.to_owned(), Box::new(Idle { store: bench.store()?, settled }))];
    bench.alternate("idle", "memory after the start", &[], subjects).await
}

struct Idle {
    store: Arc<Store>,
    settled: Duration,
}

impl Idle {
    async fn measure(&self) -> Result<Round, Failed> {
        let server = self.store.another()?.serve()?;
        tokio::time::sleep(self.settled).await;
        let memory = server.process.as_ref().ok_or("a server without a process")?.memory()?;
        let mebibytes = |name, bytes| Figure { name, unit: "MiB", value: number(bytes) / 1024.0 / 1024.0 };
        let mut figures = vec![mebibytes("resident", memory.resident)];
        figures.extend(memory.proportional.map(|bytes| mebibytes("proportional", bytes)));
        Ok(Round { figures, count: 1, errors: Errors::default() })
    }
}

impl Subject for Idle {
    fn round(&mut self, _length: Duration) -> Measuring<'_> {
        Box::pin(self.measure())
    }
}
