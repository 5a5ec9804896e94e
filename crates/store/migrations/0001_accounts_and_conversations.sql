-- One text for both stores: {id} is a number that the store gives and never gives again, {text} a text that is
-- ordered and compared byte by byte. Times are seconds since 1970; empty texts and zeros stand for "none" but where
-- NULL is said.

CREATE TABLE accounts (
    id            {id},
    user_id       {text} NOT NULL,          -- as it was first written
    user_key      {text} NOT NULL,          -- in lower case, to look it up
    display_name  {text} NOT NULL,
    display_key   {text} NOT NULL,          -- in lower case, to search it
    email         {text} NOT NULL,
    password_hash {text} NOT NULL,          -- Argon2id in PHC form; empty: cannot sign in with a password
    enabled       BOOLEAN NOT NULL,
    deleted       BOOLEAN NOT NULL,         -- what they wrote still points here; their name is free for another
    created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_by_key ON accounts (user_key) WHERE NOT deleted;

-- When accounts signed in. Beside the accounts, for their rows are held while something is done in their name.
CREATE TABLE logins (
    account_id    BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    first_login   BIGINT NOT NULL,
    last_login    BIGINT NOT NULL
);

CREATE TABLE account_groups (
    id            {id},
    group_id      {text} NOT NULL UNIQUE,
    display_name  {text} NOT NULL,
    search_key    {text} NOT NULL           -- id and display name in lower case, to search them
);
INSERT INTO account_groups (group_id, display_name, search_key) VALUES ('admin', 'admin', 'admin admin');

CREATE TABLE group_members (
    group_id      BIGINT NOT NULL REFERENCES account_groups (id) ON DELETE CASCADE,
    account_id    BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, account_id)
);
CREATE INDEX group_members_by_account ON group_members (account_id);

CREATE TABLE app_passwords (
    id            {id},
    account_id    BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    secret_hash   {text} NOT NULL UNIQUE,   -- SHA-256 in hex
    name          {text} NOT NULL,          -- of the client it was made for
    created_at    BIGINT NOT NULL
);
CREATE INDEX app_passwords_by_account ON app_passwords (account_id);

-- Who is signed in with a cookie.
CREATE TABLE web_sessions (
    secret_hash     {text} NOT NULL PRIMARY KEY,  -- SHA-256 in hex
    account_id      BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    app_password_id BIGINT REFERENCES app_passwords (id) ON DELETE CASCADE, -- NULL: signed in with the password
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE INDEX web_sessions_by_account ON web_sessions (account_id, created_at);
CREATE INDEX web_sessions_by_app_password ON web_sessions (app_password_id);

-- Talk's settings that administrators change while it runs.
CREATE TABLE settings (
    name          {text} NOT NULL PRIMARY KEY,
    value         {text} NOT NULL
);

CREATE TABLE conversations (
    id              {id},
    token           {text} NOT NULL UNIQUE,
    type            BIGINT NOT NULL,
    name            {text} NOT NULL,
    object_type     {text} NOT NULL,
    object_id       {text} NOT NULL,
    password_hash   {text} NOT NULL,
    read_only       BIGINT NOT NULL,
    lobby_state     BIGINT NOT NULL,
    lobby_timer     BIGINT NOT NULL,
    pair_low        BIGINT REFERENCES accounts (id), -- one-to-one: the two accounts, the older first; else NULL
    pair_high       BIGINT REFERENCES accounts (id),
    created_at      BIGINT NOT NULL,
    last_activity   BIGINT NOT NULL,
    last_message_id BIGINT NOT NULL,
    written         BIGINT NOT NULL,        -- how many messages people wrote: the ordinal of the last of them
    accounts        BIGINT NOT NULL,        -- how many attendees are accounts
    moderators      BIGINT NOT NULL,        -- how many of these are owners or moderators
    guests          BIGINT NOT NULL,        -- how many guests are online
    call_since      BIGINT NOT NULL,        -- since when a call is on
    UNIQUE (pair_low, pair_high)
);
CREATE INDEX conversations_without_accounts ON conversations (id) WHERE accounts = 0;

CREATE TABLE attendees (
    id                 {id},
    conversation_id    BIGINT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    kind               {text} NOT NULL,     -- users, guests, emails
    account_id         BIGINT REFERENCES accounts (id), -- of users; else NULL
    actor_id           {text} NOT NULL,     -- of everyone else
    display_name       {text} NOT NULL,     -- of everyone else
    participant_type   BIGINT NOT NULL,
    favorite           BOOLEAN NOT NULL,
    notification_level BIGINT NOT NULL,
    last_read_message  BIGINT NOT NULL,
    read_ordinal       BIGINT NOT NULL,     -- how many of the written messages they have read
    last_mention       BIGINT NOT NULL,     -- id of the last message that mentions them
    last_ping          BIGINT NOT NULL,
    UNIQUE (conversation_id, account_id)
);
CREATE INDEX attendees_by_account ON attendees (account_id, conversation_id);

-- Who is online in a conversation.
CREATE TABLE sessions (
    id              {id},
    attendee_id     BIGINT NOT NULL REFERENCES attendees (id) ON DELETE CASCADE,
    session_id      {text} NOT NULL UNIQUE,
    in_call         BIGINT NOT NULL,
    last_ping       BIGINT NOT NULL
);
CREATE INDEX sessions_by_attendee ON sessions (attendee_id);

-- Messages are removed by their conversation's number; there is no reference, so that a long history can be removed
-- piece by piece after its conversation.
CREATE TABLE messages (
    id              {id},
    conversation_id BIGINT NOT NULL,
    kind            {text} NOT NULL,        -- comment, system
    ordinal         BIGINT NOT NULL,        -- of written messages within the conversation; system messages: of the last one before
    created_at      BIGINT NOT NULL,
    actor_kind      {text} NOT NULL,        -- users, guests, bots
    actor_account   BIGINT REFERENCES accounts (id), -- of users; else NULL
    actor_id        {text} NOT NULL,        -- of everyone else
    actor_name      {text} NOT NULL,        -- of everyone else
    subject_kind    {text} NOT NULL,        -- to whom it was done: users, guests, or nobody
    subject_account BIGINT REFERENCES accounts (id),
    subject_id      {text} NOT NULL,
    subject_name    {text} NOT NULL,
    text            {text} NOT NULL,        -- of written messages
    happening       {text} NOT NULL,        -- of system messages: their name
    details         {text} NOT NULL,        -- of system messages: what belongs to it, as JSON
    reference_id    {text} NOT NULL,
    parent_id       BIGINT                  -- NULL: no reply
);
CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
