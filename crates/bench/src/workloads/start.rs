//! From the start of the process to its first answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Failed;
use crate::api::{Account, Call, Version};
use crate::bench::{Bench, NamedSubject, SERVER};
use crate::client::Connection;
use crate::measure::{Errors, Figure, Measuring, Round, Subject};
use crate::target::{Server, Store};
use crate::world;

/// What is compared.
const FIRST_ANSWER: &str = "first answer";

/// Measures it on a store that is made by it, and on ones that hold little and much.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let new: Box<dyn Subject> = Box::new(New(bench.store()?));
    bench
        .alternate(
            "start",
            "on a new store, with its first administrator",
            &[],
            vec![(SERVER.to_owned(), new)],
        )
        .await?;
    let many = bench.options.or(bench.options.conversations, 100_000, 50);
    let mut subjects: Vec<NamedSubject> = Vec::new();
    for conversations in [many, 1] {
        let name = format!("{conversations} there");
        bench.tell("start", &format!("preparing {name}"));
        let store = bench.store()?;
        let server = store.serve()?;
        let people = world::accounts(&server, 2).await?;
        // The first one has one conversation, whatever the others have.
        let (asks, others) = people.split_at(1);
        world::conversations(&server, asks, 1).await?;
        world::conversations(&server, others, conversations - 1).await?;
        server.process.ok_or("a server without a process")?.stop()?;
        subjects.push((name, Box::new(Restart { store, account: Arc::clone(&asks[0]) })));
    }
    let title = format!("on a store with {many} conversations, and on one with a single one");
    bench.alternate("start", &title, &[FIRST_ANSWER], subjects).await
}

/// Starts on a new store each time.
struct New(Arc<Store>);

/// Starts on the same store each time.
struct Restart {
    store: Arc<Store>,
    account: Arc<Account>,
}

impl Subject for New {
    fn round(&mut self, _length: Duration) -> Measuring<'_> {
        Box::pin(async {
            let store = self.0.another()?;
            let nobody = Account::new("nobody", "");
            measure(&store, &Call::status(), &nobody).await
        })
    }
}

impl Subject for Restart {
    fn round(&mut self, _length: Duration) -> Measuring<'_> {
        Box::pin(async { measure(&self.store, &Call::list(Version::V2), &self.account).await })
    }
}

async fn measure(store: &Arc<Store>, call: &Call, account: &Account) -> Result<Round, Failed> {
    let begun = Instant::now();
    let Server { site, process, .. } = store.serve()?;
    let serving = begun.elapsed();
    let mut errors = Errors::default();
    if let Err(error) = call.send(&mut Connection::to(&site), account).await {
        errors.note(&error);
    }
    let answered = begun.elapsed();
    process.ok_or("a server without a process")?.stop()?;
    let figures = vec![
        Figure::ms(FIRST_ANSWER, answered.as_secs_f64() * 1e3),
        Figure::ms("serving", serving.as_secs_f64() * 1e3),
    ];
    Ok(Round { figures, count: 1, errors })
}
