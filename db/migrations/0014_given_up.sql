-- What an import was doing when nobody could go on with it, so that it can be gone on with after all.
ALTER TABLE imports ADD COLUMN given_up text CHECK (given_up IN ('running', 'undoing'));
