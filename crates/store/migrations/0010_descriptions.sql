-- What a conversation is about; empty: nothing is said.
ALTER TABLE conversations ADD COLUMN description {text} NOT NULL DEFAULT '';
