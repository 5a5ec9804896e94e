-- Guests, sessions, calls, and the names in messages. As in the first step, {id} and {text} stand for what the two
-- stores call differently.

ALTER TABLE conversations ADD COLUMN in_call BIGINT NOT NULL DEFAULT 0;  -- how many sessions are in the call
CREATE INDEX conversations_by_lobby_timer ON conversations (lobby_timer) WHERE lobby_timer > 0;

-- A guest's seat hangs on a cookie: this is the SHA-256 of what it holds, in hex. NULL for everyone else.
ALTER TABLE attendees ADD COLUMN guest_key {text};
CREATE UNIQUE INDEX attendees_by_guest ON attendees (guest_key, conversation_id) WHERE guest_key IS NOT NULL;
CREATE UNIQUE INDEX attendees_by_address ON attendees (conversation_id, actor_id) WHERE kind = 'emails';

-- Sessions know their conversation, so that those in a call are found without looking at every attendee. Nothing was
-- ever written to the table as it was.
DROP TABLE sessions;
CREATE TABLE sessions (
    id              {id},
    conversation_id BIGINT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    attendee_id     BIGINT NOT NULL REFERENCES attendees (id) ON DELETE CASCADE,
    session_id      {text} NOT NULL UNIQUE,
    in_call         BIGINT NOT NULL,        -- flags; 0: not in the call
    last_ping       BIGINT NOT NULL
);
CREATE INDEX sessions_by_attendee ON sessions (attendee_id);
CREATE INDEX sessions_by_conversation ON sessions (conversation_id);
CREATE INDEX sessions_in_call ON sessions (conversation_id, id) WHERE in_call > 0;
CREATE INDEX sessions_by_ping ON sessions (last_ping);

-- Who has been in the call that is on.
CREATE TABLE callers (
    id              {id},
    conversation_id BIGINT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    account_id      BIGINT REFERENCES accounts (id), -- of users; else NULL
    guest_id        {text} NOT NULL,        -- of guests
    UNIQUE (conversation_id, account_id)
);
CREATE UNIQUE INDEX callers_by_guest ON callers (conversation_id, guest_id) WHERE guest_id <> '';
CREATE INDEX callers_by_account ON callers (account_id);

-- Whom a message names beside the one who did something and the one to whom it was done: the placeholders in its text.
ALTER TABLE messages ADD COLUMN names BIGINT NOT NULL DEFAULT 0;  -- how many rows it has here
CREATE TABLE message_names (
    conversation_id BIGINT NOT NULL,
    message_id      BIGINT NOT NULL,
    position        BIGINT NOT NULL,
    placeholder     {text} NOT NULL,        -- user1, mention-user1, …
    kind            {text} NOT NULL,        -- users, guests, calls
    account_id      BIGINT REFERENCES accounts (id), -- of users; else NULL
    other_id        {text} NOT NULL,        -- of everyone else
    name            {text} NOT NULL,        -- of everyone else
    PRIMARY KEY (conversation_id, message_id, position)
);

-- A guest who takes another name has it in earlier messages too.
CREATE INDEX messages_by_guest ON messages (conversation_id, actor_id) WHERE actor_kind = 'guests';
CREATE INDEX messages_about_guest ON messages (conversation_id, subject_id) WHERE subject_kind = 'guests';
CREATE INDEX message_names_of_guest ON message_names (conversation_id, other_id) WHERE kind = 'guests';
