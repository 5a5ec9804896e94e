//! Write messages. Each is durable before it is acknowledged.

use std::sync::Arc;

use crate::Failed;
use crate::api::{Call, Calls};
use crate::bench::{Bench, LIMIT, NamedSubject, SERVER};
use crate::limit::bare_sqlite::BareSqlite;
use crate::limit::static_handler::StaticHandler;
use crate::load::Load;
use crate::measure::Subject;
use crate::world;

/// Measures it in one conversation.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let members = options.or(options.members, 10, 2);
    let connections = options.connections(64);
    let servers = bench.servers()?;
    let mut subjects: Vec<NamedSubject> = Vec::new();
    let mut http = None;
    for (name, server) in &servers {
        bench.tell("post", &format!("preparing {name}"));
        let accounts = world::accounts(server, members).await?;
        let tokens = world::conversations(server, &accounts, 1).await?;
        let calls: Calls = Arc::new(move |at| {
            (world::pick(&accounts, at), Call::say(&world::pick(&tokens, 0), &world::text(at)))
        });
        let load = Load::new(server, connections, options.rate, calls);
        if *name == SERVER && !options.no_limits {
            http = Some(StaticHandler::start(&load, &load.sample().await?)?);
        }
        subjects.push(((*name).to_owned(), Box::new(load)));
    }
    if !options.no_limits && options.rate.is_none() {
        subjects.push((LIMIT.to_owned(), Box::new(BareSqlite::new(connections, members)?)));
    }
    // What is left of it without a store.
    subjects.extend(http.map(|http| ("http alone".to_owned(), Box::new(http) as Box<dyn Subject>)));
    let title = format!("{connections} connections, a conversation of {members}");
    bench.alternate("post", &title, &["rate", "p50"], subjects).await
}
