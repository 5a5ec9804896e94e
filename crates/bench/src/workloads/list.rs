//! Get user's conversations: what every client asks for again and again.

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
    let messages = options.messages.unwrap_or(0);
    let servers = bench.servers()?;
    let mut people = Vec::new();
    for (name, server) in &servers {
        bench.tell("list", &format!("preparing {name}"));
        let accounts = world::accounts(server, members).await?;
        let tokens = world::conversations(server, &accounts, conversations).await?;
        if let Some(token) = tokens.first() {
            world::messages(server, &accounts, token, messages).await?;
        }
        people.push(accounts);
    }
    for version in [Version::V1, Version::V2] {
        let mut loads = Vec::new();
        for ((name, server), accounts) in servers.iter().zip(&people) {
            let accounts = accounts.clone();
            let calls: Calls = Arc::new(move |at| (world::pick(&accounts, at), Call::list(version)));
            let load = Load::new(server, options.connections(16), options.rate, calls);
            loads.push(((*name).to_owned(), load));
        }
        let title = format!(
            "{}, {conversations} conversations of {members}, {messages} messages in one of them",
            version.name()
        );
        read(bench, "list", &title, loads).await?;
    }
    Ok(())
}
