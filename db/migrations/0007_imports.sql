-- Imports of text tables: what was brought, how its columns are meant, how far it is, and what each row came to.
CREATE TABLE imports (
	tenant_id       uuid NOT NULL REFERENCES tenants (tenant_id),
	id              uuid NOT NULL,
	entity          text NOT NULL CHECK (entity IN ('leads', 'contacts', 'properties', 'equipment')),
	state           text NOT NULL CHECK (state IN ('draft', 'running', 'done', 'stopped', 'broken', 'undoing', 'undone')),
	source          text NOT NULL DEFAULT 'file' CHECK (source IN ('file', 'held')),  -- what is read: the file, or the rows held back
	file_id         uuid NOT NULL,            -- no foreign key: the file goes on its day, what was done with it stays known
	file_name       text NOT NULL,
	file_bytes      bigint NOT NULL,
	encoding        text NOT NULL CHECK (encoding IN ('utf-8', 'utf-16le', 'utf-16be', 'windows-1252')),
	delimiter       text NOT NULL CHECK (delimiter IN (',', ';', '|', E'\t')),
	header_at       bigint NOT NULL,          -- where the row of headings begins
	headers         jsonb NOT NULL DEFAULT '[]', -- ["Name", …]
	fingerprint     uuid NOT NULL,            -- of the headings
	mapping         jsonb NOT NULL DEFAULT '[]', -- one target a column, "" for none
	options         jsonb NOT NULL DEFAULT '{}',
	position        bigint NOT NULL,          -- in the file, or the number of a held row
	row_count       bigint NOT NULL DEFAULT 0,
	created_count   bigint NOT NULL DEFAULT 0,
	updated_count   bigint NOT NULL DEFAULT 0,
	unchanged_count bigint NOT NULL DEFAULT 0,
	failed_count    bigint NOT NULL DEFAULT 0,
	held_count      bigint NOT NULL DEFAULT 0,
	undone_count    bigint NOT NULL DEFAULT 0,
	left_count      bigint NOT NULL DEFAULT 0,   -- of an undo: changed since, and left alone
	complaint       text,                     -- why it is broken, for people
	time_zone       text NOT NULL,
	actor_kind      text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'system')),
	actor_id        uuid,
	actor_name      text NOT NULL,
	created_at      timestamptz NOT NULL,
	started_at      timestamptz,
	finished_at     timestamptz,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX imports_created ON imports (tenant_id, created_at, id);
SELECT make_tenant_table('imports');

-- A row that was made, changed, refused or held back; one that changed nothing leaves none.
CREATE TABLE import_rows (
	tenant_id      uuid NOT NULL,
	import_id      uuid NOT NULL,
	number         bigint NOT NULL,           -- in the file, the row of headings being 1
	outcome        text NOT NULL CHECK (outcome IN ('created', 'updated', 'failed', 'held')),
	row_id         uuid,
	version_after  bigint,                    -- of the row, when it was written
	before         jsonb,                     -- of a change: what the fields held, in stored form
	fingerprint    uuid,                      -- of a row made without a key, so that the same row again is known
	reasons        text,                      -- of a failed one, a line each
	cells          jsonb,                     -- of a failed or held one, as they stand in the file
	undone_version bigint,                    -- of the row, when this was taken back
	PRIMARY KEY (tenant_id, import_id, number),
	FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX import_rows_row ON import_rows (tenant_id, row_id) WHERE row_id IS NOT NULL;
CREATE INDEX import_rows_fingerprint ON import_rows (tenant_id, fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX import_rows_refused ON import_rows (tenant_id, import_id, outcome, number) WHERE outcome IN ('failed', 'held');
SELECT make_tenant_table('import_rows');

-- How a company's columns were meant the last time.
CREATE TABLE import_mappings (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	entity      text NOT NULL,
	fingerprint uuid NOT NULL,
	mapping     jsonb NOT NULL,
	options     jsonb NOT NULL,
	used_at     timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, entity, fingerprint)
);
SELECT make_tenant_table('import_mappings');

-- Rows are matched by these.
CREATE INDEX leads_email ON leads (tenant_id, lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX contacts_email ON contacts (tenant_id, lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX properties_address ON properties (tenant_id, lower(address)) WHERE deleted_at IS NULL;
CREATE INDEX equipment_serial ON equipment (tenant_id, lower(serial)) WHERE deleted_at IS NULL;
