//! Who and what is there before anything is measured. Everything is made through the API, many at once.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;

use crate::Failed;
use crate::api::{self, Account, Call, Version};
use crate::load;
use crate::target::Server;

/// A name that nothing else has, also on a server that was measured before.
pub(crate) fn fresh_name() -> String {
    // Its keys are random.
    format!("bench-{:016x}", RandomState::new().build_hasher().finish())
}

/// New accounts with their passwords.
pub(crate) async fn accounts_with_passwords(
    server: &Server,
    count: u64,
) -> Result<Vec<Arc<Account>>, Failed> {
    let name = fresh_name();
    let id = move |at| format!("{name}-{at}");
    let (admin, named) = (Arc::clone(&server.admin), id.clone());
    let calls =
        move |at| (Arc::clone(&admin), Call::create_account(&named(at), &format!("password-{}", named(at))));
    load::all(&server.site, count, Arc::new(calls), |_| Ok(())).await?;
    let account = |at| Arc::new(Account::new(&id(at), &format!("password-{}", id(at))));
    Ok((0..count).map(account).collect())
}

/// New accounts, each with an app password, as programs have them.
pub(crate) async fn accounts(server: &Server, count: u64) -> Result<Vec<Arc<Account>>, Failed> {
    let created = Arc::new(accounts_with_passwords(server, count).await?);
    let asking = Arc::clone(&created);
    let calls = move |at| (pick(&asking, at), Call::app_password());
    let secrets = load::all(&server.site, count, Arc::new(calls), api::app_password).await?;
    let known = |(account, secret): (&Arc<Account>, String)| Arc::new(Account::new(&account.id, &secret));
    Ok(created.iter().zip(secrets).map(known).collect())
}

/// New conversations: the first of `people` makes them, the others are in them too.
pub(crate) async fn conversations(
    server: &Server,
    people: &[Arc<Account>],
    count: u64,
) -> Result<Vec<String>, Failed> {
    let Some((owner, others)) = people.split_first() else { return Err("nobody makes conversations".into()) };
    let maker = Arc::clone(owner);
    let calls = move |at| (Arc::clone(&maker), Call::create(Version::V2, &format!("Conversation {at}")));
    let tokens = Arc::new(load::all(&server.site, count, Arc::new(calls), api::token).await?);
    let each = u64::try_from(others.len())?;
    let (owner, others, rooms) = (Arc::clone(owner), others.to_vec(), Arc::clone(&tokens));
    let calls = move |at: u64| {
        let call = Call::add_participant(&pick(&rooms, at / each), &pick(&others, at % each).id);
        (Arc::clone(&owner), call)
    };
    load::all(&server.site, count * each, Arc::new(calls), |_| Ok(())).await?;
    Ok(tokens.to_vec())
}

/// New messages in a conversation, by one of its people after the other.
pub(crate) async fn messages(
    server: &Server,
    people: &[Arc<Account>],
    token: &str,
    count: u64,
) -> Result<(), Failed> {
    let (people, token) = (people.to_vec(), token.to_owned());
    let calls = move |at| (pick(&people, at), Call::say(&token, &text(at)));
    load::all(&server.site, count, Arc::new(calls), |_| Ok(())).await?;
    Ok(())
}

/// What somebody says: about as long as what people say.
pub(crate) fn text(at: u64) -> String {
    format!("Message {at}: shall we meet at noon, or is the afternoon better for everybody?")
}

/// One after the other, and again from the first. Of none there is none to pick: that is a mistake in the program.
pub(crate) fn pick<T: Clone>(among: &[T], at: u64) -> T {
    let count = among.len().max(1) as u64;
    among[usize::try_from(at % count).unwrap_or_default()].clone()
}
