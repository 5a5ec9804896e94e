//! Make conversations.

use std::sync::Arc;

use crate::Failed;
use crate::api::{Call, Calls, Version};
use crate::bench::{Bench, NamedSubject};
use crate::load::Load;
use crate::world;

/// Measures it for several people who each make groups.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let accounts = options.or(options.accounts, 10, 2);
    let connections = options.connections(16);
    let servers = bench.servers()?;
    let mut subjects: Vec<NamedSubject> = Vec::new();
    for (name, server) in &servers {
        bench.tell("create", &format!("preparing {name}"));
        let people = world::accounts(server, accounts).await?;
        let calls: Calls = Arc::new(move |at| {
            (world::pick(&people, at), Call::create(Version::V2, &format!("Conversation {at}")))
        });
        let load = Load::new(server, connections, options.rate, calls);
        subjects.push(((*name).to_owned(), Box::new(load)));
    }
    let title = format!("v2, by {accounts} people, {connections} connections");
    bench.alternate("create", &title, &["rate", "p50"], subjects).await
}
