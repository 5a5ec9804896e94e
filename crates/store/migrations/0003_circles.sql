-- Circles of accounts, called teams today. Groups are made by administrators, circles by people themselves.

CREATE TABLE circles (
    id            {id},
    circle_id     {text} NOT NULL UNIQUE,   -- 31 random letters and digits
    name          {text} NOT NULL,
    search_key    {text} NOT NULL,          -- the name in lower case, to search and order them
    created_at    BIGINT NOT NULL
);

CREATE TABLE circle_members (
    id            {id},                     -- in the order in which they joined
    circle_id     BIGINT NOT NULL REFERENCES circles (id) ON DELETE CASCADE,
    account_id    BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    member_id     {text} NOT NULL UNIQUE,   -- 31 random letters and digits
    level         BIGINT NOT NULL,          -- 1 member, 4 moderator, 8 admin, 9 owner
    joined_at     BIGINT NOT NULL,
    UNIQUE (circle_id, account_id)
);
CREATE INDEX circle_members_by_account ON circle_members (account_id);
