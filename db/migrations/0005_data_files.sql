-- Files in pieces: what is uploaded to be imported, what is made to be fetched. Deleted on their day.
CREATE TABLE data_files (
	tenant_id    uuid NOT NULL REFERENCES tenants (tenant_id),
	id           uuid NOT NULL,
	kind         text NOT NULL CHECK (kind ~ '^[a-z_]{1,30}$'),
	name         text NOT NULL,
	content_type text NOT NULL,
	byte_count   bigint NOT NULL DEFAULT 0,
	piece_count  integer NOT NULL DEFAULT 0,
	hash_state   bytea,                 -- of the checksum, while the file is written in several transactions
	sha256       bytea,                 -- NULL until it is finished
	created_at   timestamptz NOT NULL,
	expires_at   timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX data_files_expiry ON data_files (tenant_id, expires_at, id);
SELECT make_tenant_table('data_files');

CREATE TABLE file_pieces (
	tenant_id uuid NOT NULL,
	file_id   uuid NOT NULL,
	number    integer NOT NULL,
	start_at  bigint NOT NULL,          -- of its first byte in the file
	bytes     bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 262144),
	PRIMARY KEY (tenant_id, file_id, number),
	CONSTRAINT file_pieces_start UNIQUE (tenant_id, file_id, start_at),
	FOREIGN KEY (tenant_id, file_id) REFERENCES data_files (tenant_id, id) ON DELETE CASCADE
);
-- A piece is written and read whole; taking the air out of it costs more than it saves.
ALTER TABLE file_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL;
SELECT make_tenant_table('file_pieces');

-- New rows reach a search index in small bundles: entered one by one they are two thirds of what an import costs. A bundle
-- is bounded, so that a search has little to read beside the index, and the planner never thinks a scan cheaper.
ALTER INDEX leads_search SET (fastupdate = on, gin_pending_list_limit = 256);
ALTER INDEX contacts_search SET (fastupdate = on, gin_pending_list_limit = 256);
ALTER INDEX properties_search SET (fastupdate = on, gin_pending_list_limit = 256);
ALTER INDEX equipment_search SET (fastupdate = on, gin_pending_list_limit = 256);
