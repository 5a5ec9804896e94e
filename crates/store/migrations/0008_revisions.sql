-- What somebody sees of a conversation is the same as long as three numbers are: that of the conversation, that of their
-- seat, and that of the names of all accounts.
ALTER TABLE conversations ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attendees ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- Grows whenever an account changes its name or is deleted. One row.
CREATE TABLE names_epoch (number BIGINT NOT NULL);
INSERT INTO names_epoch (number) VALUES (0);
