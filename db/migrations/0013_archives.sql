-- Who had the whole company made into one file, and when. The file itself is one of data_files and goes on its day; that it was made stays known.
CREATE TABLE archives (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	id          uuid NOT NULL,
	state       text NOT NULL CHECK (state IN ('done', 'failed', 'waiting', 'running')),
	at_work     text,                     -- the table that is written just now
	row_count   bigint NOT NULL DEFAULT 0,
	byte_count  bigint NOT NULL DEFAULT 0, -- of the file
	file_id     uuid,                     -- no foreign key: the file goes first
	file_name   text NOT NULL,
	sha256      bytea,
	actor_kind  text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'system')),
	actor_id    uuid,
	actor_name  text NOT NULL,
	created_at  timestamptz NOT NULL,
	finished_at timestamptz,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX archives_created ON archives (tenant_id, created_at, id);
-- One at a time.
CREATE UNIQUE INDEX archives_at_work ON archives (tenant_id) WHERE state IN ('waiting', 'running');
SELECT make_tenant_table('archives');
