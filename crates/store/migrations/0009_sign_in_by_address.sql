-- An account that is not found by its id is looked up by its e-mail address, with every request that names it so.
CREATE INDEX accounts_email ON accounts (email);
