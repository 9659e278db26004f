-- By which the same file is known again when it itself is deleted.
ALTER TABLE imports ADD COLUMN file_sha256 text;
