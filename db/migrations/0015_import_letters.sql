-- Words of the file that are not all ASCII, in hexadecimal as they stand in it: they show whether it is read in the right encoding.
ALTER TABLE imports ADD COLUMN letters text NOT NULL DEFAULT '' CHECK (letters ~ '^([0-9a-f]{2})*$');
