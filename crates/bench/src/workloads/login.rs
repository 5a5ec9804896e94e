//! Sign in with passwords that the server has not seen before: each costs it a slow hash.

use std::sync::Arc;

use crate::Failed;
use crate::api::{Call, Calls, Version};
use crate::bench::{Bench, NamedSubject};
use crate::load::Load;
use crate::world;

/// Measures the first request of many accounts, each of which is used once.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let each = options.or(options.accounts, 100, 4);
    let connections = options.connections(16);
    let servers = bench.servers()?;
    let mut subjects: Vec<NamedSubject> = Vec::new();
    for (name, server) in &servers {
        bench.tell("login", &format!("preparing {name}"));
        // One round more than those that count.
        let accounts = world::accounts_with_passwords(server, each * (options.rounds() + 1)).await?;
        let calls: Calls = Arc::new(move |at| (world::pick(&accounts, at), Call::list(Version::V2)));
        let load = Load { most: Some(each), ..Load::new(server, connections, None, calls) };
        subjects.push(((*name).to_owned(), Box::new(load)));
    }
    let title = format!("{each} accounts a round with their passwords, {connections} connections");
    bench.alternate("login", &title, &["rate", "p50"], subjects).await
}
