-- Chat: who was mentioned, and who may see what.

-- The last message that mentions everybody, the account that wrote it (0: somebody without), and the last such message
-- by anybody else: so nobody is mentioned by themselves, and mentioning ten thousand people writes one row.
ALTER TABLE conversations ADD COLUMN all_mention BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN all_mention_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN other_all_mention BIGINT NOT NULL DEFAULT 0;

-- Grows whenever somebody may have lost the right to see a conversation. Who waits for its messages was let in at one
-- value, and is looked at again when it is another.
ALTER TABLE conversations ADD COLUMN access BIGINT NOT NULL DEFAULT 0;

-- The same for everything: grows whenever what somebody signs in with may be worth nothing any more, or when it changes
-- who may use Talk. One row.
CREATE TABLE access_epoch (number BIGINT NOT NULL);
INSERT INTO access_epoch (number) VALUES (0);

-- Guests of a conversation, also by their id.
CREATE INDEX attendees_guests ON attendees (conversation_id, actor_id) WHERE kind = 'guests';
