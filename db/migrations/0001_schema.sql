-- The whole first schema. Three classes of table:
--   TENANT          tenant_id first in every key, row level security forced; distributed by tenant_id on a cluster
--   GLOBAL          small, read mostly, no tenant rows; a reference table on a cluster
--   PLATFORM-LOCAL  sign-up drafts, operator keys: on the coordinator only, no foreign key to or from tenant tables
-- Rules (docs/database.md): no triggers, no enum types, no SET NULL, no numeric in indexed filters, text + CHECK instead of enum.

-- ---------------------------------------------------------------- helpers

-- On a cluster these place a table; on one machine they do nothing, so that one file serves both.
CREATE FUNCTION place_tenant_table(target regclass, key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
		EXECUTE format('SELECT create_distributed_table(%L, %L)', target::text, key);
	END IF;
END $$;
CREATE FUNCTION place_global_table(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
		EXECUTE format('SELECT create_reference_table(%L)', target::text);
	END IF;
END $$;
REVOKE ALL ON FUNCTION place_tenant_table(regclass, text), place_global_table(regclass) FROM PUBLIC;

-- Places a tenant table, switches row level security on and forces it, adds the one policy and the grants.
CREATE FUNCTION make_tenant_table(target regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM place_tenant_table(target, 'tenant_id');
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
	EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
	EXECUTE format('CREATE POLICY tenant_isolation ON %s TO demand_app, demand_jobs, demand_auth
		USING (tenant_id = current_setting(''app.tenant_id'')::uuid)
		WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', target);
	EXECUTE format('GRANT %s ON %s TO demand_app, demand_jobs', privileges, target);
	EXECUTE format('GRANT SELECT ON %s TO demand_ops', target);
END $$;
REVOKE ALL ON FUNCTION make_tenant_table(regclass, text) FROM PUBLIC;

-- ---------------------------------------------------------------- GLOBAL

-- Which tenant a host label or an API key's code belongs to, and nothing else about it.
CREATE TABLE tenant_directory (
	slug        text PRIMARY KEY CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{1,38})[a-z0-9]$'),
	tenant_id   uuid NOT NULL UNIQUE,
	code        text NOT NULL UNIQUE CHECK (code ~ '^[0-9A-Za-z]{8}$'),
	created_at  timestamptz NOT NULL DEFAULT now(),
	released_at timestamptz             -- a released name stays taken: it is never handed on at once
);
SELECT place_global_table('tenant_directory');
GRANT SELECT ON tenant_directory TO demand_app, demand_jobs, demand_ops;
GRANT SELECT, INSERT, UPDATE ON tenant_directory TO demand_auth;

-- ---------------------------------------------------------------- tenants

-- id is the tenant; tenant_id repeats it, so that one rule ("tenant_id = $1 on every relation") holds here too.
CREATE TABLE tenants (
	tenant_id               uuid PRIMARY KEY,
	slug                    text NOT NULL,
	name                    text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
	subdomain               text NOT NULL,
	company_name            text,
	industry                text NOT NULL DEFAULT 'hvac' CHECK (industry IN ('hvac', 'plumbing', 'both')),
	website_url             text,
	phone                   text,
	logo_id                 uuid,
	time_zone               text NOT NULL DEFAULT 'America/New_York',
	owner_name              text,
	owner_email             text NOT NULL,
	owner_phone             text,
	plan_tier               text NOT NULL DEFAULT 'starter' CHECK (plan_tier IN ('starter', 'professional', 'enterprise')),
	status                  text NOT NULL DEFAULT 'trial' CHECK (status IN ('trial', 'active', 'suspended', 'cancelled')),
	trial_ends_at           timestamptz,
	subscription_started_at timestamptz,
	settings                jsonb NOT NULL DEFAULT '{}',
	features                jsonb NOT NULL DEFAULT '{}',
	max_leads               integer CHECK (max_leads >= 0),     -- NULL: unlimited
	max_users               integer CHECK (max_users >= 1),
	max_scrapers            integer CHECK (max_scrapers >= 0),
	current_lead_count      integer NOT NULL DEFAULT 0 CHECK (current_lead_count >= 0),
	current_user_count      integer NOT NULL DEFAULT 0 CHECK (current_user_count >= 0),
	current_scraper_count   integer NOT NULL DEFAULT 0 CHECK (current_scraper_count >= 0),
	version                 bigint NOT NULL DEFAULT 1,
	created_at              timestamptz NOT NULL DEFAULT now(),
	updated_at              timestamptz NOT NULL DEFAULT now(),
	deleted_at              timestamptz
);
SELECT place_tenant_table('tenants', 'tenant_id');
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenants TO demand_app, demand_jobs
	USING (tenant_id = current_setting('app.tenant_id')::uuid)
	WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid);
-- Sign-up and the operator console work across tenants, on this one table.
CREATE POLICY platform ON tenants TO demand_auth USING (true) WITH CHECK (true);
GRANT SELECT ON tenants TO demand_app, demand_jobs, demand_ops;
-- A tenant may change its own profile and counters, never its plan, status or limits.
GRANT UPDATE (name, company_name, industry, website_url, phone, logo_id, time_zone, settings,
	current_lead_count, current_user_count, current_scraper_count, version, updated_at) ON tenants TO demand_app, demand_jobs;
GRANT SELECT, INSERT, UPDATE ON tenants TO demand_auth;
CREATE INDEX tenants_created ON tenants (created_at, tenant_id);
CREATE INDEX tenants_status ON tenants (status);
CREATE INDEX tenants_owner_email ON tenants (lower(owner_email));

-- ---------------------------------------------------------------- users, sessions, keys, usage

CREATE TABLE tenant_users (
	tenant_id     uuid NOT NULL REFERENCES tenants (tenant_id),
	id            uuid NOT NULL,
	email         text NOT NULL CHECK (length(email) <= 254),
	email_norm    text NOT NULL,          -- lower case; looked up by this
	password_hash text,                   -- Argon2id in PHC form; NULL until the person has set one
	name          text,
	phone         text,
	role          text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
	is_active     boolean NOT NULL DEFAULT true,
	last_login_at timestamptz,
	version       bigint NOT NULL DEFAULT 1,
	created_at    timestamptz NOT NULL DEFAULT now(),
	updated_at    timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT tenant_users_email UNIQUE (tenant_id, email_norm)
);
CREATE INDEX tenant_users_created ON tenant_users (tenant_id, created_at, id);
SELECT make_tenant_table('tenant_users', 'SELECT, INSERT, UPDATE');
GRANT SELECT, INSERT ON tenant_users TO demand_auth;

CREATE TABLE tenant_sessions (
	tenant_id    uuid NOT NULL,
	id           uuid NOT NULL,
	user_id      uuid NOT NULL,
	token_hash   bytea NOT NULL,
	created_at   timestamptz NOT NULL DEFAULT now(),
	last_used_at timestamptz NOT NULL DEFAULT now(),
	expires_at   timestamptz NOT NULL,
	user_agent   text,
	address      text,
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT tenant_sessions_token UNIQUE (tenant_id, token_hash),
	FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX tenant_sessions_user ON tenant_sessions (tenant_id, user_id);
CREATE INDEX tenant_sessions_expiry ON tenant_sessions (tenant_id, expires_at);
SELECT make_tenant_table('tenant_sessions');

-- Single-use links and codes: hand-over from the sign-up, first password.
CREATE TABLE tenant_tokens (
	tenant_id  uuid NOT NULL,
	id         uuid NOT NULL,
	user_id    uuid NOT NULL,
	purpose    text NOT NULL CHECK (purpose IN ('handover', 'set_password')),
	token_hash bytea NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	used_at    timestamptz,
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT tenant_tokens_token UNIQUE (tenant_id, token_hash),
	FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX tenant_tokens_user ON tenant_tokens (tenant_id, user_id);
SELECT make_tenant_table('tenant_tokens');
GRANT INSERT ON tenant_tokens TO demand_auth;

CREATE TABLE tenant_api_keys (
	tenant_id    uuid NOT NULL,
	id           uuid NOT NULL,
	key_hash     bytea NOT NULL,          -- keyed BLAKE2b; the secret is shown once and never stored
	key_prefix   text NOT NULL,           -- "tk_abcd1234_Ab": for display
	last_four    text NOT NULL,
	name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
	permissions  jsonb NOT NULL DEFAULT '{}',
	role         text NOT NULL DEFAULT 'admin' CHECK (role IN ('admin', 'member', 'viewer')),
	created_by   uuid,
	last_used_at timestamptz,
	expires_at   timestamptz,
	is_active    boolean NOT NULL DEFAULT true,
	created_at   timestamptz NOT NULL DEFAULT now(),
	revoked_at   timestamptz,
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT tenant_api_keys_hash UNIQUE (tenant_id, key_hash),
	FOREIGN KEY (tenant_id, created_by) REFERENCES tenant_users (tenant_id, id)
);
CREATE INDEX tenant_api_keys_creator ON tenant_api_keys (tenant_id, created_by);
CREATE INDEX tenant_api_keys_created ON tenant_api_keys (tenant_id, created_at, id);
SELECT make_tenant_table('tenant_api_keys', 'SELECT, INSERT, UPDATE');
GRANT INSERT ON tenant_api_keys TO demand_auth;

-- Counted per calendar month: 'api_calls', 'leads_created'.
CREATE TABLE tenant_usage (
	tenant_id    uuid NOT NULL REFERENCES tenants (tenant_id),
	id           uuid NOT NULL,
	metric_name  text NOT NULL,
	metric_value bigint NOT NULL DEFAULT 0,
	period_start date NOT NULL,
	period_end   date NOT NULL,
	created_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT tenant_usage_period UNIQUE (tenant_id, metric_name, period_start)
);
SELECT make_tenant_table('tenant_usage', 'SELECT, INSERT, UPDATE');

CREATE TABLE tenant_files (
	tenant_id    uuid NOT NULL REFERENCES tenants (tenant_id),
	id           uuid NOT NULL,
	kind         text NOT NULL CHECK (kind IN ('logo')),
	content_type text NOT NULL,
	bytes        bytea NOT NULL,
	created_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id)
);
SELECT make_tenant_table('tenant_files', 'SELECT, INSERT, DELETE');
GRANT INSERT ON tenant_files TO demand_auth;

-- Answers of POST requests that carried an Idempotency-Key, replayed for 24 hours.
CREATE TABLE idempotency_keys (
	tenant_id    uuid NOT NULL REFERENCES tenants (tenant_id),
	actor        text NOT NULL,           -- 'key:<id>' or 'user:<id>'
	route        text NOT NULL,
	key          text NOT NULL,
	request_hash bytea NOT NULL,
	status       integer,                 -- NULL while the first request is still running
	headers      jsonb,
	body         text,
	created_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, actor, route, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (tenant_id, created_at);
SELECT make_tenant_table('idempotency_keys');

-- ---------------------------------------------------------------- CRM

CREATE TABLE leads (
	tenant_id     uuid NOT NULL REFERENCES tenants (tenant_id),
	id            uuid NOT NULL,
	name          text NOT NULL,
	company       text,
	email         text,
	phone         text,                   -- as typed
	phone_e164    text,                   -- normalised, for matching
	address       text,
	city          text,
	state         text,
	zip           text,
	trade         text CHECK (trade IN ('hvac', 'plumbing', 'both')),
	source        text,
	status        text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'contacted', 'qualified', 'won', 'lost')),
	tier          text NOT NULL DEFAULT 'warm' CHECK (tier IN ('hot', 'warm', 'cold')),
	score         integer NOT NULL DEFAULT 0 CHECK (score BETWEEN 0 AND 100),
	value_cents   bigint NOT NULL DEFAULT 0 CHECK (value_cents >= 0),
	urgency       text CHECK (urgency IN ('emergency', 'soon', 'planned')),
	notes         text,
	owner_id      uuid,
	search_text   text NOT NULL DEFAULT '', -- lower-cased searchable fields and phone digits; kept by the entity layer
	version       bigint NOT NULL DEFAULT 1,
	created_at    timestamptz NOT NULL DEFAULT now(),
	updated_at    timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, owner_id) REFERENCES tenant_users (tenant_id, id)
);
CREATE INDEX leads_created ON leads (tenant_id, created_at, id);
CREATE INDEX leads_updated ON leads (tenant_id, updated_at, id);
CREATE INDEX leads_name ON leads (tenant_id, name, id);
CREATE INDEX leads_score ON leads (tenant_id, score, id);
CREATE INDEX leads_value ON leads (tenant_id, value_cents, id);
CREATE INDEX leads_status ON leads (tenant_id, status, created_at, id);
CREATE INDEX leads_tier ON leads (tenant_id, tier, created_at, id);
CREATE INDEX leads_owner ON leads (tenant_id, owner_id);
CREATE INDEX leads_search ON leads USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off);
SELECT make_tenant_table('leads');

CREATE TABLE contacts (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	id          uuid NOT NULL,
	lead_id     uuid,
	name        text NOT NULL,
	company     text,
	title       text,
	email       text,
	phone       text,
	phone_e164  text,
	address     text,
	city        text,
	state       text,
	zip         text,
	notes       text,
	search_text text NOT NULL DEFAULT '',
	version     bigint NOT NULL DEFAULT 1,
	created_at  timestamptz NOT NULL DEFAULT now(),
	updated_at  timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX contacts_created ON contacts (tenant_id, created_at, id);
CREATE INDEX contacts_lead ON contacts (tenant_id, lead_id);
CREATE INDEX contacts_search ON contacts USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off);
SELECT make_tenant_table('contacts');

CREATE TABLE activities (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	id          uuid NOT NULL,
	lead_id     uuid,
	contact_id  uuid,
	user_id     uuid,
	type        text NOT NULL CHECK (type IN ('call', 'email', 'meeting', 'visit', 'sms', 'system')),
	subject     text,
	body        text,
	occurred_at timestamptz NOT NULL DEFAULT now(),
	version     bigint NOT NULL DEFAULT 1,
	created_at  timestamptz NOT NULL DEFAULT now(),
	updated_at  timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users (tenant_id, id)
);
CREATE INDEX activities_lead ON activities (tenant_id, lead_id, occurred_at, id);
CREATE INDEX activities_contact ON activities (tenant_id, contact_id, occurred_at, id);
CREATE INDEX activities_user ON activities (tenant_id, user_id);
SELECT make_tenant_table('activities');

CREATE TABLE tasks (
	tenant_id    uuid NOT NULL REFERENCES tenants (tenant_id),
	id           uuid NOT NULL,
	lead_id      uuid,
	contact_id   uuid,
	assignee_id  uuid,
	title        text NOT NULL,
	description  text,
	priority     text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high')),
	status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'cancelled')),
	due_at       timestamptz,
	completed_at timestamptz,
	version      bigint NOT NULL DEFAULT 1,
	created_at   timestamptz NOT NULL DEFAULT now(),
	updated_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, assignee_id) REFERENCES tenant_users (tenant_id, id)
);
CREATE INDEX tasks_lead ON tasks (tenant_id, lead_id);
CREATE INDEX tasks_contact ON tasks (tenant_id, contact_id);
CREATE INDEX tasks_assignee ON tasks (tenant_id, assignee_id, status, due_at);
CREATE INDEX tasks_due ON tasks (tenant_id, status, due_at, id);
SELECT make_tenant_table('tasks');

CREATE TABLE notes (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	lead_id    uuid,
	contact_id uuid,
	author_id  uuid,
	body       text NOT NULL,
	version    bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, author_id) REFERENCES tenant_users (tenant_id, id)
);
CREATE INDEX notes_lead ON notes (tenant_id, lead_id, created_at, id);
CREATE INDEX notes_contact ON notes (tenant_id, contact_id, created_at, id);
CREATE INDEX notes_author ON notes (tenant_id, author_id);
SELECT make_tenant_table('notes');

CREATE TABLE signals (
	tenant_id    uuid NOT NULL REFERENCES tenants (tenant_id),
	id           uuid NOT NULL,
	lead_id      uuid,
	source       text NOT NULL,
	external_id  text NOT NULL,
	url          text,
	author       text,
	excerpt      text,
	place        text,
	trade        text CHECK (trade IN ('hvac', 'plumbing', 'both')),
	intent       text,
	score        integer NOT NULL DEFAULT 0 CHECK (score BETWEEN 0 AND 100),
	state        text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'accepted', 'dismissed', 'snoozed')),
	content_hash bytea,
	fetched_at   timestamptz NOT NULL DEFAULT now(),
	version      bigint NOT NULL DEFAULT 1,
	created_at   timestamptz NOT NULL DEFAULT now(),
	updated_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT signals_external UNIQUE (tenant_id, source, external_id),
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX signals_lead ON signals (tenant_id, lead_id);
CREATE INDEX signals_state ON signals (tenant_id, state, fetched_at, id);
SELECT make_tenant_table('signals');

CREATE TABLE email_templates (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	name       text NOT NULL,
	subject    text NOT NULL,
	body       text NOT NULL,
	version    bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT email_templates_name UNIQUE (tenant_id, name)
);
SELECT make_tenant_table('email_templates');

CREATE TABLE email_campaigns (
	tenant_id    uuid NOT NULL REFERENCES tenants (tenant_id),
	id           uuid NOT NULL,
	template_id  uuid,
	name         text NOT NULL,
	subject      text,
	status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled')),
	scheduled_at timestamptz,
	version      bigint NOT NULL DEFAULT 1,
	created_at   timestamptz NOT NULL DEFAULT now(),
	updated_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, template_id) REFERENCES email_templates (tenant_id, id)
);
CREATE INDEX email_campaigns_template ON email_campaigns (tenant_id, template_id);
CREATE INDEX email_campaigns_created ON email_campaigns (tenant_id, created_at, id);
SELECT make_tenant_table('email_campaigns');

CREATE TABLE campaign_recipients (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	id          uuid NOT NULL,
	campaign_id uuid NOT NULL,
	lead_id     uuid,
	contact_id  uuid,
	email_norm  text NOT NULL,
	status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'delivered', 'bounced', 'complained', 'failed', 'skipped')),
	sent_at     timestamptz,
	version     bigint NOT NULL DEFAULT 1,
	created_at  timestamptz NOT NULL DEFAULT now(),
	updated_at  timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT campaign_recipients_email UNIQUE (tenant_id, campaign_id, email_norm),
	FOREIGN KEY (tenant_id, campaign_id) REFERENCES email_campaigns (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
	FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX campaign_recipients_lead ON campaign_recipients (tenant_id, lead_id);
CREATE INDEX campaign_recipients_contact ON campaign_recipients (tenant_id, contact_id);
SELECT make_tenant_table('campaign_recipients');

CREATE TABLE scraper_jobs (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	id          uuid NOT NULL,
	name        text NOT NULL,
	source      text NOT NULL,
	settings    jsonb NOT NULL DEFAULT '{}',
	is_active   boolean NOT NULL DEFAULT true,
	last_run_at timestamptz,
	next_run_at timestamptz,
	version     bigint NOT NULL DEFAULT 1,
	created_at  timestamptz NOT NULL DEFAULT now(),
	updated_at  timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX scraper_jobs_created ON scraper_jobs (tenant_id, created_at, id);
SELECT make_tenant_table('scraper_jobs');

-- ---------------------------------------------------------------- PLATFORM-LOCAL

-- A sign-up in progress. The browser holds the token; what was typed stays here until it is done or has expired.
CREATE TABLE signup_drafts (
	id            uuid PRIMARY KEY,
	token_hash    bytea NOT NULL UNIQUE,
	company       jsonb,                  -- step 1 as typed
	owner         jsonb,                  -- step 2 as typed, without the password
	password_hash text,
	slug          text,
	plan_tier     text,
	logo          bytea,                  -- re-encoded PNG
	tenant_id     uuid,                   -- set once: the sign-up is complete
	user_id       uuid,
	sealed_key    bytea,                  -- the API key under a secretbox until the owner has moved on to the workspace
	created_at    timestamptz NOT NULL DEFAULT now(),
	updated_at    timestamptz NOT NULL DEFAULT now(),
	expires_at    timestamptz NOT NULL
);
CREATE INDEX signup_drafts_expiry ON signup_drafts (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON signup_drafts TO demand_auth;

CREATE TABLE operator_keys (
	id           uuid PRIMARY KEY,
	key_hash     bytea NOT NULL UNIQUE,
	key_prefix   text NOT NULL,
	name         text NOT NULL,
	created_at   timestamptz NOT NULL DEFAULT now(),
	last_used_at timestamptz,
	revoked_at   timestamptz
);
GRANT SELECT, INSERT, UPDATE ON operator_keys TO demand_auth;
