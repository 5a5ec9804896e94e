-- What accounts are told of until they have seen it. Only who has a seat in the conversation has any of it.
CREATE TABLE notifications (
    id              {id},
    account_id      BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,      -- who is told
    conversation_id BIGINT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    kind            {text} NOT NULL,        -- invitation, mention, mention_all, reply, message, call, missed_call
    message_id      BIGINT NOT NULL,        -- 0: it is about none
    actor_kind      {text} NOT NULL,        -- users, guests
    actor_account   BIGINT REFERENCES accounts (id), -- of users; else NULL
    actor_id        {text} NOT NULL,        -- of everyone else
    actor_name      {text} NOT NULL,        -- of everyone else
    created_at      BIGINT NOT NULL
);
CREATE INDEX notifications_by_account ON notifications (account_id, id);
CREATE INDEX notifications_by_conversation ON notifications (conversation_id, account_id, message_id);

-- Who is told of every message of a conversation: few of many, but they are looked for with each.
CREATE INDEX attendees_always ON attendees (conversation_id) WHERE notification_level = 1;
