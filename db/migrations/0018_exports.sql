-- Who took which list out as a file, and whether all of it went. The rows themselves are not kept; this is, for two years.
CREATE TABLE exports (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	id          uuid NOT NULL,            -- in the order of time
	entity      text NOT NULL,
	format      text NOT NULL CHECK (format IN ('csv', 'raw', 'jsonl')),
	query       text NOT NULL,            -- filters, search and order, as in the list's address
	row_count   bigint NOT NULL DEFAULT 0,
	is_whole    boolean NOT NULL DEFAULT false,
	actor_kind  text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'system')),
	actor_id    uuid,
	actor_name  text NOT NULL,
	started_at  timestamptz NOT NULL,
	finished_at timestamptz,              -- NULL: under way, or its worker died
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX exports_started ON exports (tenant_id, started_at);
SELECT make_tenant_table('exports');
