-- Mails on their way out. A row is there from the moment that a mail is wanted until it was sent or given up.
CREATE TABLE mails (
    id            {id},
    recipient     {text} NOT NULL,          -- an address
    subject       {text} NOT NULL,          -- one line
    body          {text} NOT NULL,          -- plain text
    created_at    BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,          -- how often sending it failed
    due_at        BIGINT NOT NULL           -- when it is tried next; until then it is with whoever tries it now, if anybody
);
CREATE INDEX mails_by_due_at ON mails (due_at, id);
