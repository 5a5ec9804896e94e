//! Get the last 100 messages of a conversation.

use std::sync::Arc;

use crate::Failed;
use crate::api::{Call, Calls};
use crate::bench::Bench;
use crate::load::Load;
use crate::world;

use super::read;

/// Measures it for everybody in one conversation.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let members = options.or(options.members, 10, 2);
    let messages = options.or(options.messages, 100, 10);
    let servers = bench.servers()?;
    let mut loads = Vec::new();
    for (name, server) in &servers {
        bench.tell("history", &format!("preparing {name}"));
        let accounts = world::accounts(server, members).await?;
        let tokens = world::conversations(server, &accounts, 1).await?;
        let token = world::pick(&tokens, 0);
        world::messages(server, &accounts, &token, messages).await?;
        let calls: Calls = Arc::new(move |at| (world::pick(&accounts, at), Call::history(&token)));
        loads.push(((*name).to_owned(), Load::new(server, options.connections(16), options.rate, calls)));
    }
    read(bench, "history", &format!("the last 100 of {messages} messages"), loads).await
}
