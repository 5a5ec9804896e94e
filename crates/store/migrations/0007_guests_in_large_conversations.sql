-- What guests do must not cost others more the more of them there are.

-- Grows whenever somebody loses a seat. Who waits for messages keeps waiting if their own seat is still there.
ALTER TABLE conversations ADD COLUMN seats_gone BIGINT NOT NULL DEFAULT 0;

-- What guests call themselves now, by the id that their messages bear: one row to change for however many messages.
CREATE TABLE guest_names (
    conversation_id BIGINT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    guest_id        {text} NOT NULL,
    name            {text} NOT NULL,
    PRIMARY KEY (conversation_id, guest_id)
);
INSERT INTO guest_names (conversation_id, guest_id, name)
    SELECT conversation_id, actor_id, display_name FROM attendees WHERE kind = 'guests' AND display_name <> '';
INSERT INTO guest_names (conversation_id, guest_id, name)
    SELECT x.conversation_id, x.guest_id, MAX(x.name) FROM (
        SELECT conversation_id, actor_id AS guest_id, actor_name AS name FROM messages WHERE actor_kind = 'guests'
        UNION ALL SELECT conversation_id, subject_id, subject_name FROM messages WHERE subject_kind = 'guests'
        UNION ALL SELECT conversation_id, other_id, name FROM message_names WHERE kind = 'guests') x
    WHERE x.name <> '' AND x.conversation_id IN (SELECT id FROM conversations)
    GROUP BY x.conversation_id, x.guest_id
    ON CONFLICT (conversation_id, guest_id) DO NOTHING;
DROP INDEX messages_by_guest;
DROP INDEX messages_about_guest;
DROP INDEX message_names_of_guest;
ALTER TABLE messages DROP COLUMN actor_name;
ALTER TABLE messages DROP COLUMN subject_name;
ALTER TABLE message_names DROP COLUMN name;
ALTER TABLE notifications DROP COLUMN actor_name;
