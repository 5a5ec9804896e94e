//! What has to be true of a store whatever people did. Looked at after every story, when its server is dropped.

/// Each of these counts what must not be.
const DISORDER: [(&str, &str); 8] = [
    (
        "a conversation without anybody in it",
        "SELECT COUNT(*) FROM conversations c WHERE NOT EXISTS (SELECT 1 FROM attendees WHERE conversation_id = c.id)",
    ),
    (
        "a kept count of accounts that is not the count",
        "SELECT COUNT(*) FROM conversations c WHERE c.accounts <> (
             SELECT COUNT(*) FROM attendees WHERE conversation_id = c.id AND account_id IS NOT NULL)",
    ),
    (
        "a kept count of moderators that is not the count",
        "SELECT COUNT(*) FROM conversations c WHERE c.moderators <> (
             SELECT COUNT(*) FROM attendees WHERE conversation_id = c.id AND participant_type IN (1, 2))",
    ),
    (
        "a last message that is not the last",
        "SELECT COUNT(*) FROM conversations c WHERE c.last_message_id <> (
             SELECT COALESCE(MAX(id), 0) FROM messages WHERE conversation_id = c.id)",
    ),
    (
        "a conversation whose making nobody told of",
        "SELECT COUNT(*) FROM conversations c WHERE NOT EXISTS (
             SELECT 1 FROM messages WHERE conversation_id = c.id AND happening = 'conversation_created')",
    ),
    (
        "a message of no conversation",
        "SELECT COUNT(*) FROM messages m WHERE NOT EXISTS (SELECT 1 FROM conversations WHERE id = m.conversation_id)",
    ),
    (
        "a seat of a deleted account",
        "SELECT COUNT(*) FROM attendees a JOIN accounts p ON p.id = a.account_id WHERE p.deleted",
    ),
    (
        "a pair that is not one",
        "SELECT COUNT(*) FROM conversations WHERE (type = 1) <> (pair_low IS NOT NULL)",
    ),
];

/// What is out of order in a store.
pub(crate) fn disorder(database: &str) -> Vec<String> {
    let count: Box<dyn FnMut(&str) -> i64> = if let Some(path) = database.strip_prefix("sqlite://") {
        let store = rusqlite::Connection::open(path).unwrap();
        Box::new(move |sql| store.query_row(sql, [], |row| row.get(0)).unwrap())
    } else {
        let mut store = postgres::Client::connect(database, postgres::NoTls).unwrap();
        Box::new(move |sql| store.query_one(sql, &[]).unwrap().get(0))
    };
    let mut count = count;
    let found = DISORDER.iter().map(|(what, sql)| (what, count(sql))).filter(|(_, number)| *number > 0);
    found.map(|(what, number)| format!("{number} times {what}")).collect()
}
