//! The integrity check: counts the rows that violate a rule of the store. Operators run it on demand, and tests run it
//! after every scenario. Serving requests does not need it.

use crate::driver::params;
use crate::{StoreError, Transaction, statements};

statements! {
    DESERTED_CONVERSATIONS = "SELECT COUNT(*) FROM conversations c WHERE NOT EXISTS (
        SELECT 1 FROM attendees WHERE conversation_id = c.id AND kind IN ({users}, {guests}))";
    ACCOUNT_COUNTS = "SELECT COUNT(*) FROM conversations c WHERE c.accounts <> (
        SELECT COUNT(*) FROM attendees WHERE conversation_id = c.id AND account_id IS NOT NULL)";
    MODERATOR_COUNTS = "SELECT COUNT(*) FROM conversations c WHERE c.moderators <> (
        SELECT COUNT(*) FROM attendees WHERE conversation_id = c.id AND participant_type IN {signed_in_moderators})";
    GUEST_COUNTS = "SELECT COUNT(*) FROM conversations c WHERE c.guests <> (
        SELECT COUNT(*) FROM attendees WHERE conversation_id = c.id AND kind = {guests})";
    IN_CALL_COUNTS = "SELECT COUNT(*) FROM conversations c WHERE c.in_call <> (
        SELECT COUNT(*) FROM sessions WHERE conversation_id = c.id AND in_call > 0)";
    CALL_TIMES = "SELECT COUNT(*) FROM conversations c WHERE (c.call_since > 0) <> (c.in_call > 0)";
    STALE_CALL_PARTICIPANTS = "SELECT COUNT(*) FROM callers x JOIN conversations c ON c.id = x.conversation_id WHERE c.call_since = 0";
    LAST_MESSAGES = "SELECT COUNT(*) FROM conversations c WHERE c.last_message_id <> (
        SELECT COALESCE(MAX(id), 0) FROM messages WHERE conversation_id = c.id)";
    UNREPORTED_CREATIONS = "SELECT COUNT(*) FROM conversations c WHERE NOT EXISTS (
        SELECT 1 FROM messages WHERE conversation_id = c.id AND happening = {conversation_created})";
    ORPHANED_MESSAGES = "SELECT COUNT(*) FROM messages m WHERE NOT EXISTS (
        SELECT 1 FROM conversations WHERE id = m.conversation_id)";
    ORPHANED_MENTIONS = "SELECT COUNT(*) FROM message_names n WHERE NOT EXISTS (
        SELECT 1 FROM messages WHERE id = n.message_id AND conversation_id = n.conversation_id)";
    COMMENT_INDEXES = "SELECT COUNT(*) FROM (
        SELECT ordinal, SUM(CASE WHEN kind = {comment} THEN 1 ELSE 0 END)
                            OVER (PARTITION BY conversation_id ORDER BY id) AS counted FROM messages) o
        WHERE o.ordinal <> o.counted";
    COMMENT_COUNTS = "SELECT COUNT(*) FROM conversations c WHERE c.written <> (
        SELECT COUNT(*) FROM messages WHERE conversation_id = c.id AND kind = {comment})";
    READ_COMMENT_INDEXES = "SELECT COUNT(*) FROM attendees a WHERE a.account_id IS NOT NULL AND a.read_ordinal <> (
        SELECT COUNT(*) FROM messages
        WHERE conversation_id = a.conversation_id AND kind = {comment} AND id <= a.last_read_message)";
    MENTION_COUNTS = "SELECT COUNT(*) FROM messages m WHERE m.names <> (
        SELECT COUNT(*) FROM message_names WHERE conversation_id = m.conversation_id AND message_id = m.id)";
    DELETED_ATTENDEES = "SELECT COUNT(*) FROM attendees a JOIN accounts p ON p.id = a.account_id WHERE p.deleted";
    PAIRS = "SELECT COUNT(*) FROM conversations WHERE (type = {one_to_one}) <> (pair_low IS NOT NULL)";
    TRANSIENT_IN_PRIVATE = "SELECT COUNT(*) FROM attendees a JOIN conversations c ON c.id = a.conversation_id
                            WHERE c.type <> {public} AND (a.kind <> {users} OR a.participant_type IN {transient})";
    PARTICIPANT_TYPES = "SELECT COUNT(*) FROM attendees a WHERE (a.kind = {users}) <> (a.participant_type IN {with_account})
                            OR (a.kind = {users}) <> (a.account_id IS NOT NULL) OR (a.kind = {guests}) <> (a.guest_key IS NOT NULL)";
    CIRCLE_OWNERS = "SELECT COUNT(*) FROM circles c WHERE 1 <> (
        SELECT COUNT(*) FROM circle_members WHERE circle_id = c.id AND level = {circle_owner})";
    DELETED_CIRCLE_MEMBERS = "SELECT COUNT(*) FROM circle_members m JOIN accounts p ON p.id = m.account_id WHERE p.deleted";
    SESSION_CONVERSATIONS = "SELECT COUNT(*) FROM sessions s JOIN attendees a ON a.id = s.attendee_id
                             WHERE s.conversation_id <> a.conversation_id";
    OFFLINE_GUESTS = "SELECT COUNT(*) FROM attendees a WHERE a.kind = {guests}
                      AND NOT EXISTS (SELECT 1 FROM sessions WHERE attendee_id = a.id)";
    GUEST_NAMES = "SELECT COUNT(*) FROM attendees a WHERE a.kind = {guests} AND a.display_name <> COALESCE(
        (SELECT name FROM guest_names WHERE conversation_id = a.conversation_id AND guest_id = a.actor_id), '')";
    NOTIFICATIONS_OF_NON_MEMBERS = "SELECT COUNT(*) FROM notifications n WHERE NOT EXISTS (
        SELECT 1 FROM attendees WHERE conversation_id = n.conversation_id AND account_id = n.account_id)";
    STALE_CALL_NOTIFICATIONS = "SELECT COUNT(*) FROM notifications n JOIN conversations c ON c.id = n.conversation_id
                                WHERE n.kind = {call} AND c.call_since = 0";
}

/// The rules that are violated, each with the number of rows. Reads every row of the store.
pub fn violations(tx: &mut Transaction<'_>) -> Result<Vec<(&'static str, i64)>, StoreError> {
    let mut found = Vec::new();
    for (violation, statement) in [
        ("a conversation without attendees", &DESERTED_CONVERSATIONS),
        ("a stored count of accounts that differs from the rows", &ACCOUNT_COUNTS),
        ("a stored count of moderators that differs from the rows", &MODERATOR_COUNTS),
        ("a stored count of guests that differs from the rows", &GUEST_COUNTS),
        ("a stored count of sessions in a call that differs from the rows", &IN_CALL_COUNTS),
        ("a call without sessions in it, or a session in a call that is not in progress", &CALL_TIMES),
        ("a participant of a call that has ended", &STALE_CALL_PARTICIPANTS),
        ("a conversation whose last message is not its newest", &LAST_MESSAGES),
        ("a conversation without the system message about its creation", &UNREPORTED_CREATIONS),
        ("a message without a conversation", &ORPHANED_MESSAGES),
        ("a mention without a message", &ORPHANED_MENTIONS),
        ("a message whose comment index is not the count of comments up to it", &COMMENT_INDEXES),
        ("a stored count of comments that differs from the rows", &COMMENT_COUNTS),
        ("a stored count of read comments that differs from the rows", &READ_COMMENT_INDEXES),
        ("a message whose count of mentions is not the count", &MENTION_COUNTS),
        ("an attendee whose account is deleted", &DELETED_ATTENDEES),
        ("a one-to-one conversation without a pair, or a pair in another conversation", &PAIRS),
        (
            "a guest, an invited address or a self-joined account in a conversation that is not public",
            &TRANSIENT_IN_PRIVATE,
        ),
        ("an attendee whose participant type does not fit the kind of actor", &PARTICIPANT_TYPES),
        ("a circle without exactly one owner", &CIRCLE_OWNERS),
        ("a deleted account in a circle", &DELETED_CIRCLE_MEMBERS),
        ("a session in another conversation than its attendee", &SESSION_CONVERSATIONS),
        ("a guest without a session", &OFFLINE_GUESTS),
        ("a guest whose name in messages is not the current one", &GUEST_NAMES),
        ("a notification of an account that is not an attendee", &NOTIFICATIONS_OF_NON_MEMBERS),
        ("a notification of a call that has ended", &STALE_CALL_NOTIFICATIONS),
    ] {
        let count = tx.query_one(statement, params![])?.unwrap_or_default();
        if count > 0 {
            found.push((violation, count));
        }
    }
    Ok(found)
}
