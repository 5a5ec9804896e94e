//! The integrity check: what has to be true of every store. Operators run it on demand, and tests run it after every
//! story. Serving requests does not need it.

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    NOBODY_IN_IT = "SELECT COUNT(*) FROM conversations c WHERE NOT EXISTS (
        SELECT 1 FROM attendees WHERE conversation_id = c.id AND kind IN ({users}, {guests}))";
    ACCOUNTS = "SELECT COUNT(*) FROM conversations c WHERE c.accounts <> (
        SELECT COUNT(*) FROM attendees WHERE conversation_id = c.id AND account_id IS NOT NULL)";
    MODERATORS = "SELECT COUNT(*) FROM conversations c WHERE c.moderators <> (
        SELECT COUNT(*) FROM attendees WHERE conversation_id = c.id AND participant_type IN {signed_in_moderators})";
    GUESTS = "SELECT COUNT(*) FROM conversations c WHERE c.guests <> (
        SELECT COUNT(*) FROM attendees WHERE conversation_id = c.id AND kind = {guests})";
    IN_CALL = "SELECT COUNT(*) FROM conversations c WHERE c.in_call <> (
        SELECT COUNT(*) FROM sessions WHERE conversation_id = c.id AND in_call > 0)";
    CALL = "SELECT COUNT(*) FROM conversations c WHERE (c.call_since > 0) <> (c.in_call > 0)";
    CALLERS = "SELECT COUNT(*) FROM callers x JOIN conversations c ON c.id = x.conversation_id WHERE c.call_since = 0";
    LAST_MESSAGE = "SELECT COUNT(*) FROM conversations c WHERE c.last_message_id <> (
        SELECT COALESCE(MAX(id), 0) FROM messages WHERE conversation_id = c.id)";
    NOT_TOLD = "SELECT COUNT(*) FROM conversations c WHERE NOT EXISTS (
        SELECT 1 FROM messages WHERE conversation_id = c.id AND happening = {conversation_created})";
    LOST_MESSAGES = "SELECT COUNT(*) FROM messages m WHERE NOT EXISTS (
        SELECT 1 FROM conversations WHERE id = m.conversation_id)";
    LOST_NAMES = "SELECT COUNT(*) FROM message_names n WHERE NOT EXISTS (
        SELECT 1 FROM messages WHERE id = n.message_id AND conversation_id = n.conversation_id)";
    ORDINALS = "SELECT COUNT(*) FROM (
        SELECT ordinal, SUM(CASE WHEN kind = {comment} THEN 1 ELSE 0 END)
                            OVER (PARTITION BY conversation_id ORDER BY id) AS counted FROM messages) o
        WHERE o.ordinal <> o.counted";
    WRITTEN = "SELECT COUNT(*) FROM conversations c WHERE c.written <> (
        SELECT COUNT(*) FROM messages WHERE conversation_id = c.id AND kind = {comment})";
    UNREAD = "SELECT COUNT(*) FROM attendees a WHERE a.account_id IS NOT NULL AND a.read_ordinal <> (
        SELECT COUNT(*) FROM messages
        WHERE conversation_id = a.conversation_id AND kind = {comment} AND id <= a.last_read_message)";
    NAMES = "SELECT COUNT(*) FROM messages m WHERE m.names <> (
        SELECT COUNT(*) FROM message_names WHERE conversation_id = m.conversation_id AND message_id = m.id)";
    DELETED_SEATED = "SELECT COUNT(*) FROM attendees a JOIN accounts p ON p.id = a.account_id WHERE p.deleted";
    PAIRS = "SELECT COUNT(*) FROM conversations WHERE (type = {one_to_one}) <> (pair_low IS NOT NULL)";
    STRANGERS = "SELECT COUNT(*) FROM attendees a JOIN conversations c ON c.id = a.conversation_id
                 WHERE c.type <> {public} AND (a.kind <> {users} OR a.participant_type IN {transient})";
    RANKS = "SELECT COUNT(*) FROM attendees a WHERE (a.kind = {users}) <> (a.participant_type IN {with_account})
                OR (a.kind = {users}) <> (a.account_id IS NOT NULL) OR (a.kind = {guests}) <> (a.guest_key IS NOT NULL)";
    OWNERS = "SELECT COUNT(*) FROM circles c WHERE 1 <> (
        SELECT COUNT(*) FROM circle_members WHERE circle_id = c.id AND level = {circle_owner})";
    DELETED_IN_CIRCLE = "SELECT COUNT(*) FROM circle_members m JOIN accounts p ON p.id = m.account_id WHERE p.deleted";
    SESSIONS = "SELECT COUNT(*) FROM sessions s JOIN attendees a ON a.id = s.attendee_id
                WHERE s.conversation_id <> a.conversation_id";
    OFFLINE_GUESTS = "SELECT COUNT(*) FROM attendees a WHERE a.kind = {guests}
                      AND NOT EXISTS (SELECT 1 FROM sessions WHERE attendee_id = a.id)";
    GUEST_NAMES = "SELECT COUNT(*) FROM attendees a WHERE a.kind = {guests} AND a.display_name <> COALESCE(
        (SELECT name FROM guest_names WHERE conversation_id = a.conversation_id AND guest_id = a.actor_id), '')";
    TOLD_OUTSIDE = "SELECT COUNT(*) FROM notifications n WHERE NOT EXISTS (
        SELECT 1 FROM attendees WHERE conversation_id = n.conversation_id AND account_id = n.account_id)";
    TOLD_OF_NOTHING = "SELECT COUNT(*) FROM notifications n JOIN conversations c ON c.id = n.conversation_id
                       WHERE n.kind = {call} AND c.call_since = 0";
}

/// The rules that are violated, each with the number of rows. Reads every row of the store.
pub fn violations(tx: &mut Transaction<'_>) -> Result<Vec<(&'static str, i64)>, StoreError> {
    let mut found = Vec::new();
    for (what, statement) in [
        ("a conversation without anybody in it", &NOBODY_IN_IT),
        ("a kept count of accounts that is not the count", &ACCOUNTS),
        ("a kept count of moderators that is not the count", &MODERATORS),
        ("a kept count of guests that is not the count", &GUESTS),
        ("a kept count of sessions in a call that is not the count", &IN_CALL),
        ("a call without anybody in it, or somebody in no call", &CALL),
        ("somebody who has been in a call that is over", &CALLERS),
        ("a last message that is not the last", &LAST_MESSAGE),
        ("a conversation whose making nobody told of", &NOT_TOLD),
        ("a message of no conversation", &LOST_MESSAGES),
        ("a name that belongs to no message", &LOST_NAMES),
        ("a message whose ordinal is not the count of those before it", &ORDINALS),
        ("a kept count of written messages that is not the count", &WRITTEN),
        ("a kept count of read messages that is not the count", &UNREAD),
        ("a message that lacks a name, or has one too many", &NAMES),
        ("a seat of a deleted account", &DELETED_SEATED),
        ("a pair that is not one", &PAIRS),
        ("a guest, or somebody who came through the link, in a conversation that is not public", &STRANGERS),
        ("a seat whose rank is not for who has it", &RANKS),
        ("a circle without exactly one owner", &OWNERS),
        ("a deleted account in a circle", &DELETED_IN_CIRCLE),
        ("a session in another conversation than its seat", &SESSIONS),
        ("a guest who is not online", &OFFLINE_GUESTS),
        ("a guest who has another name in what they said", &GUEST_NAMES),
        ("a notification of somebody without a seat", &TOLD_OUTSIDE),
        ("a notification of a call that is over", &TOLD_OF_NOTHING),
    ] {
        let count = tx.query_one(statement, params![])?.unwrap_or_default();
        if count > 0 {
            found.push((what, count));
        }
    }
    Ok(found)
}
