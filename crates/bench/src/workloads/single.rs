//! Get a single conversation.

use std::sync::Arc;

use crate::Failed;
use crate::api::{Call, Calls, Version};
use crate::bench::Bench;
use crate::load::Load;
use crate::world;

use super::read;

/// Measures it in both versions.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let conversations = options.or(options.conversations, 100, 5);
    let members = options.or(options.members, 10, 2);
    let servers = bench.servers()?;
    let mut created = Vec::new();
    for (name, server) in &servers {
        bench.tell("single", &format!("preparing {name}"));
        let accounts = world::accounts(server, members).await?;
        let tokens = world::conversations(server, &accounts, conversations).await?;
        created.push((accounts, tokens));
    }
    for version in [Version::V1, Version::V2] {
        let mut loads = Vec::new();
        for ((name, server), (accounts, tokens)) in servers.iter().zip(&created) {
            let (accounts, tokens) = (accounts.clone(), tokens.clone());
            let calls: Calls = Arc::new(move |at| {
                (world::pick(&accounts, at), Call::single(version, &world::pick(&tokens, at)))
            });
            let load = Load::new(server, options.connections(16), options.rate, calls);
            loads.push(((*name).to_owned(), load));
        }
        let title = format!("{}, one of {conversations} conversations of {members}", version.name());
        read(bench, "single", &title, loads).await?;
    }
    Ok(())
}
