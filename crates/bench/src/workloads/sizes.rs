//! The same requests with little and with much in the store, in turns: what they should not depend on.

use std::sync::Arc;

use crate::Failed;
use crate::api::{Account, Call, Calls, Version};
use crate::bench::{Bench, NamedSubject};
use crate::load::Load;
use crate::target::Server;
use crate::world;

/// How many messages are in the conversation that others are compared with.
const FEW: u64 = 100;

/// How much there is of everything.
struct Sizes {
    conversations: u64,
    many_conversations: u64,
    many_members: u64,
    few_messages: u64,
    many_messages: u64,
    /// How many messages are written in a round: so few that little stays little.
    written: u64,
}

/// Somebody, and their first conversation.
struct Place {
    account: Arc<Account>,
    token: String,
}

/// What somebody asks for.
type Asks = fn(&Place) -> (Arc<Account>, Call);

/// Measures each pair on each server.
pub(crate) async fn run(bench: &mut Bench) -> Result<(), Failed> {
    let options = bench.options.clone();
    let sizes = Sizes {
        conversations: options.or(options.conversations, 100, 3),
        many_conversations: options.or(None, 1000, 6),
        many_members: options.or(options.members, 100, 4),
        few_messages: FEW,
        many_messages: options.or(options.messages, 1_000_000, 200),
        written: options.or(None, 100, 5),
    };
    let servers = bench.servers()?;
    let several = servers.len() > 1;
    for (name, server) in servers {
        let suffix = if several { format!(", on {name}") } else { String::new() };
        measure(bench, &server, &sizes, &suffix).await?;
    }
    Ok(())
}

async fn measure(bench: &mut Bench, server: &Server, sizes: &Sizes, on: &str) -> Result<(), Failed> {
    bench.tell("sizes", "preparing conversations");
    let Sizes { conversations, many_conversations, many_members, few_messages, many_messages, written } =
        *sizes;
    let little = place(server, conversations, 2, few_messages).await?;
    let many_rooms = place(server, many_conversations, 2, few_messages).await?;
    let crowded = place(server, conversations, many_members, few_messages).await?;
    bench.tell("sizes", &format!("preparing {many_messages} messages"));
    let long = place(server, conversations, 2, many_messages).await?;

    let list: Asks = |place| (Arc::clone(&place.account), Call::list(Version::V2));
    let open: Asks = |place| (Arc::clone(&place.account), Call::history(&place.token));
    let say: Asks = |place| (Arc::clone(&place.account), Call::say(&place.token, &world::text(0)));
    let named = |much: u64, few: u64, what: &str| (format!("{much} {what}"), format!("{few} {what}"));
    let rooms = named(many_conversations, conversations, "rooms");
    let members = named(many_members, 2, "members");
    let messages = named(many_messages, few_messages, "msgs");
    for (title, (much, few), place, asks, most) in [
        ("list v2, by conversations", rooms, &many_rooms, list, None),
        ("list v2, by members", members, &crowded, list, None),
        ("list v2, by messages in one of them", messages.clone(), &long, list, None),
        ("the last 100 messages, by messages", messages.clone(), &long, open, None),
        ("write a message, by messages", messages, &long, say, Some(written)),
    ] {
        let connections = bench.options.connections.map_or(Ok(1), usize::try_from)?;
        let load = |place: &Place| {
            let (account, call) = asks(place);
            let calls: Calls = Arc::new(move |_| (Arc::clone(&account), call.clone()));
            Load { most, ..Load::new(server, connections, None, calls) }
        };
        let subjects: Vec<NamedSubject> = vec![(much, Box::new(load(place))), (few, Box::new(load(&little)))];
        bench.alternate("sizes", &format!("{title}{on}"), &["p50"], subjects).await?;
    }
    Ok(())
}

/// Somebody with so many conversations of so many people, with so many messages in the first.
async fn place(server: &Server, conversations: u64, members: u64, messages: u64) -> Result<Place, Failed> {
    let people = world::accounts(server, members).await?;
    let tokens = world::conversations(server, &people, conversations).await?;
    let token = world::pick(&tokens, 0);
    world::messages(server, &people, &token, messages).await?;
    Ok(Place { account: Arc::clone(&people[0]), token })
}
