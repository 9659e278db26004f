-- Two rows that were about one person or place and became one: what was written and moved, so that it can be taken back.
CREATE TABLE merges (
	tenant_id          uuid NOT NULL REFERENCES tenants (tenant_id),
	id                 uuid NOT NULL,
	entity             text NOT NULL CHECK (entity IN ('leads', 'contacts', 'properties')),
	kept_id            uuid NOT NULL,     -- no foreign keys: what is erased for ever takes its merges along by a statement
	gone_id            uuid NOT NULL,
	kept_title         text NOT NULL,
	gone_title         text NOT NULL,
	kept_version_after bigint NOT NULL,
	row_count          integer NOT NULL,  -- that were moved
	snapshot           jsonb NOT NULL,    -- docs/duplicates.md
	actor_kind         text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'system')),
	actor_id           uuid,
	actor_name         text NOT NULL,
	created_at         timestamptz NOT NULL,
	undone_at          timestamptz,
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX merges_created ON merges (tenant_id, created_at, id);
CREATE INDEX merges_kept ON merges (tenant_id, kept_id);
-- A row goes once; after it was taken back, it can go again.
CREATE UNIQUE INDEX merges_gone ON merges (tenant_id, gone_id) WHERE undone_at IS NULL;
SELECT make_tenant_table('merges');

ALTER TABLE record_changes
	DROP CONSTRAINT record_changes_kind_check,
	ADD CONSTRAINT record_changes_kind_check
		CHECK (kind IN ('created', 'changed', 'deleted', 'restored', 'converted', 'merged', 'unmerged'));
