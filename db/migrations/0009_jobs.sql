-- Work that waits. PLATFORM-LOCAL: on a cluster claims are made across companies, which a distributed table does not allow. A ticket says
-- whose work it is and which row it is about; what is to be done stands in that row, and is read under the company's own policy.
CREATE TABLE job_tickets (
	tenant_id  uuid NOT NULL,
	id         uuid NOT NULL,
	kind       text NOT NULL CHECK (kind ~ '^[a-z_.]{1,40}$'),
	subject    uuid NOT NULL,            -- zero: the company as a whole
	state      text NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
	run_at     timestamptz NOT NULL,     -- not before; of one that runs: when its lease ends
	again      boolean NOT NULL DEFAULT false, -- asked for once more while it ran
	turn       bigint NOT NULL DEFAULT 0,      -- counts claims: the fence
	attempts   integer NOT NULL DEFAULT 0,     -- since it last got on
	worker     text,                     -- whose turn it is
	last_error text,                     -- a word, never a value
	created_at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, id)
);
-- The same work is there once, however often it is asked for.
CREATE UNIQUE INDEX job_tickets_once ON job_tickets (tenant_id, kind, subject) WHERE state <> 'dead';
CREATE INDEX job_tickets_due ON job_tickets (tenant_id, run_at) WHERE state <> 'dead';
ALTER TABLE job_tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON job_tickets TO demand_app, demand_auth
	USING (tenant_id = current_setting('app.tenant_id')::uuid)
	WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid);
-- The program that does the work serves everybody in turn.
CREATE POLICY queue ON job_tickets TO demand_jobs USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON job_tickets TO demand_app, demand_jobs;
GRANT SELECT ON job_tickets TO demand_ops;
