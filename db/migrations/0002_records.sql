-- The records of a contractor's CRM: soft deletion, history, pipeline, properties and equipment, tags, custom fields, saved views, cadences, bulk work.
-- Rows in the trash keep their place and their data; `deleted_at` says so, and what must be unique is unique among the living.

-- ---------------------------------------------------------------- people and companies

ALTER TABLE tenant_users ADD time_zone text;   -- NULL: the company's

-- What lists and forms of a company show beside the product's own fields: kept here as well, because every request knows its company already.
ALTER TABLE tenants ADD custom_fields jsonb NOT NULL DEFAULT '[]';
GRANT UPDATE (custom_fields) ON tenants TO demand_app, demand_jobs;

-- ---------------------------------------------------------------- pipeline

CREATE TABLE pipeline_stages (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	kind       text NOT NULL DEFAULT 'open' CHECK (kind IN ('open', 'won', 'lost')),
	position   integer NOT NULL DEFAULT 0,
	stale_days integer NOT NULL DEFAULT 14 CHECK (stale_days BETWEEN 0 AND 365),   -- 0: never
	version    bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX pipeline_stages_name ON pipeline_stages (tenant_id, name) WHERE deleted_at IS NULL;
CREATE INDEX pipeline_stages_position ON pipeline_stages (tenant_id, position, id);
CREATE INDEX pipeline_stages_trash ON pipeline_stages (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
SELECT make_tenant_table('pipeline_stages');
GRANT INSERT ON pipeline_stages TO demand_auth;

-- Companies that are there already get the stages that new ones start with. No serving role owns these tables: FORCE comes back below.
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE pipeline_stages NO FORCE ROW LEVEL SECURITY;
ALTER TABLE leads NO FORCE ROW LEVEL SECURITY;
INSERT INTO pipeline_stages (tenant_id, id, name, kind, position, stale_days)
	SELECT t.tenant_id, gen_random_uuid(), s.name, s.kind, s.position, s.stale_days
	FROM tenants t CROSS JOIN (VALUES
		('New', 'open', 10, 1), ('Contacted', 'open', 20, 7), ('Estimate booked', 'open', 30, 7),
		('Estimate sent', 'open', 40, 9), ('Won', 'won', 50, 0), ('Lost', 'lost', 60, 0)) AS s (name, kind, position, stale_days);

ALTER TABLE leads
	ADD contact_id uuid,
	ADD stage_id uuid,
	ADD stage_position bigint NOT NULL DEFAULT 0,  -- the place in its column of the board, smallest on top
	ADD stage_since timestamptz NOT NULL DEFAULT now(),
	ADD cost_cents bigint NOT NULL DEFAULT 0 CHECK (cost_cents >= 0),
	ADD score_reasons text,
	ADD next_step text,
	ADD next_step_at timestamptz,
	ADD lost_reason text,
	ADD sms_consent boolean NOT NULL DEFAULT false,
	ADD sms_consent_at timestamptz,
	ADD sms_consent_text text,
	ADD response_due_at timestamptz,
	ADD first_response_at timestamptz,
	ADD first_response_by uuid,
	ADD first_response_kind text CHECK (first_response_kind IN ('call', 'email', 'sms', 'stage')),
	ADD first_response_seconds bigint CHECK (first_response_seconds >= 0),
	ADD converted_at timestamptz,
	ADD custom jsonb NOT NULL DEFAULT '{}',
	ADD deleted_at timestamptz,
	DROP CONSTRAINT leads_urgency_check,
	ADD CONSTRAINT leads_urgency_check CHECK (urgency IN ('emergency', 'no_heat', 'no_cool', 'leak', 'no_hot_water', 'drain', 'soon', 'planned')),
	ADD FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
	ADD FOREIGN KEY (tenant_id, first_response_by) REFERENCES tenant_users (tenant_id, id);
UPDATE leads l SET stage_since = l.created_at, stage_position = -(extract(epoch FROM l.created_at) * 1000000)::bigint, stage_id = s.id
	FROM pipeline_stages s WHERE s.tenant_id = l.tenant_id
	AND s.name = CASE l.status WHEN 'new' THEN 'New' WHEN 'contacted' THEN 'Contacted' WHEN 'qualified' THEN 'Estimate booked' WHEN 'won' THEN 'Won' ELSE 'Lost' END;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
ALTER TABLE pipeline_stages FORCE ROW LEVEL SECURITY;
ALTER TABLE leads FORCE ROW LEVEL SECURITY;
ALTER TABLE leads ADD FOREIGN KEY (tenant_id, stage_id) REFERENCES pipeline_stages (tenant_id, id);

-- Rows in the trash are in no list: the indexes of lists leave them out.
DROP INDEX leads_created, leads_updated, leads_name, leads_score, leads_value, leads_status, leads_tier, leads_search;
CREATE INDEX leads_created ON leads (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_updated ON leads (tenant_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_name ON leads (tenant_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_score ON leads (tenant_id, score, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_value ON leads (tenant_id, value_cents, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_status ON leads (tenant_id, status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_tier ON leads (tenant_id, tier, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_source ON leads (tenant_id, source, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_zip ON leads (tenant_id, zip, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_urgency ON leads (tenant_id, urgency, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_trade ON leads (tenant_id, trade, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX leads_phone ON leads (tenant_id, phone_e164) WHERE deleted_at IS NULL;
CREATE INDEX leads_board ON leads (tenant_id, stage_id, stage_position, id) INCLUDE (value_cents) WHERE deleted_at IS NULL;
CREATE INDEX leads_due ON leads (tenant_id, response_due_at, id) WHERE deleted_at IS NULL AND first_response_at IS NULL;
CREATE INDEX leads_search ON leads USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off) WHERE deleted_at IS NULL;
CREATE INDEX leads_trash ON leads (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX leads_contact ON leads (tenant_id, contact_id);
CREATE INDEX leads_stage ON leads (tenant_id, stage_id);
CREATE INDEX leads_responder ON leads (tenant_id, first_response_by);

-- Each move of a lead between stages, with the time it had spent where it came from.
CREATE TABLE stage_moves (
	tenant_id     uuid NOT NULL REFERENCES tenants (tenant_id),
	id            uuid NOT NULL,
	lead_id       uuid NOT NULL,
	from_stage_id uuid,
	to_stage_id   uuid NOT NULL,
	moved_at      timestamptz NOT NULL,
	seconds       bigint NOT NULL CHECK (seconds >= 0),
	user_id       uuid,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, from_stage_id) REFERENCES pipeline_stages (tenant_id, id),
	FOREIGN KEY (tenant_id, to_stage_id) REFERENCES pipeline_stages (tenant_id, id),
	FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users (tenant_id, id)
);
CREATE INDEX stage_moves_lead ON stage_moves (tenant_id, lead_id, moved_at, id);
CREATE INDEX stage_moves_from ON stage_moves (tenant_id, from_stage_id);
CREATE INDEX stage_moves_to ON stage_moves (tenant_id, to_stage_id);
CREATE INDEX stage_moves_user ON stage_moves (tenant_id, user_id);
SELECT make_tenant_table('stage_moves', 'SELECT, INSERT');

-- ---------------------------------------------------------------- contacts, properties, equipment

ALTER TABLE contacts
	ADD owner_id uuid,
	ADD sms_consent boolean NOT NULL DEFAULT false,
	ADD sms_consent_at timestamptz,
	ADD sms_consent_text text,
	ADD custom jsonb NOT NULL DEFAULT '{}',
	ADD deleted_at timestamptz,
	ADD FOREIGN KEY (tenant_id, owner_id) REFERENCES tenant_users (tenant_id, id);
DROP INDEX contacts_created, contacts_search;
CREATE INDEX contacts_created ON contacts (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_updated ON contacts (tenant_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_name ON contacts (tenant_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_zip ON contacts (tenant_id, zip, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_phone ON contacts (tenant_id, phone_e164) WHERE deleted_at IS NULL;
CREATE INDEX contacts_search ON contacts USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off) WHERE deleted_at IS NULL;
CREATE INDEX contacts_trash ON contacts (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX contacts_owner ON contacts (tenant_id, owner_id);

CREATE TABLE properties (
	tenant_id        uuid NOT NULL REFERENCES tenants (tenant_id),
	id               uuid NOT NULL,
	contact_id       uuid,
	name             text NOT NULL,        -- "Lake house"; the street address where nobody gave one
	type             text NOT NULL DEFAULT 'house' CHECK (type IN ('house', 'apartment', 'condo', 'mobile_home', 'commercial', 'other')),
	address          text,
	city             text,
	state            text,
	zip              text,
	billing_address  text,                 -- where the invoice goes when that is elsewhere
	billing_city     text,
	billing_state    text,
	billing_zip      text,
	maintenance_plan text,
	last_service_on  date,
	notes            text,
	custom           jsonb NOT NULL DEFAULT '{}',
	search_text      text NOT NULL DEFAULT '',
	version          bigint NOT NULL DEFAULT 1,
	created_at       timestamptz NOT NULL DEFAULT now(),
	updated_at       timestamptz NOT NULL DEFAULT now(),
	deleted_at       timestamptz,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX properties_created ON properties (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX properties_name ON properties (tenant_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX properties_type ON properties (tenant_id, type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX properties_zip ON properties (tenant_id, zip, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX properties_service ON properties (tenant_id, last_service_on, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX properties_search ON properties USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off) WHERE deleted_at IS NULL;
CREATE INDEX properties_trash ON properties (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX properties_contact ON properties (tenant_id, contact_id);
SELECT make_tenant_table('properties');

CREATE TABLE equipment (
	tenant_id        uuid NOT NULL REFERENCES tenants (tenant_id),
	id               uuid NOT NULL,
	property_id      uuid,
	contact_id       uuid,
	name             text NOT NULL,        -- "Carrier furnace", made from brand and type where nobody gave one
	type             text NOT NULL DEFAULT 'other' CHECK (type IN ('furnace', 'air_conditioner', 'heat_pump', 'mini_split', 'boiler', 'water_heater',
	                 'tankless', 'thermostat', 'softener', 'sump_pump', 'other')),
	brand            text,
	model            text,
	serial           text,
	installed_on     date,
	warranty_ends_on date,
	last_service_on  date,
	notes            text,
	custom           jsonb NOT NULL DEFAULT '{}',
	search_text      text NOT NULL DEFAULT '',
	version          bigint NOT NULL DEFAULT 1,
	created_at       timestamptz NOT NULL DEFAULT now(),
	updated_at       timestamptz NOT NULL DEFAULT now(),
	deleted_at       timestamptz,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, property_id) REFERENCES properties (tenant_id, id),
	FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id)
);
CREATE INDEX equipment_created ON equipment (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX equipment_name ON equipment (tenant_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX equipment_type ON equipment (tenant_id, type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX equipment_brand ON equipment (tenant_id, brand, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX equipment_installed ON equipment (tenant_id, installed_on, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX equipment_warranty ON equipment (tenant_id, warranty_ends_on, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX equipment_service ON equipment (tenant_id, last_service_on, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX equipment_search ON equipment USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off) WHERE deleted_at IS NULL;
CREATE INDEX equipment_trash ON equipment (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX equipment_property ON equipment (tenant_id, property_id);
CREATE INDEX equipment_contact ON equipment (tenant_id, contact_id);
SELECT make_tenant_table('equipment');

-- ---------------------------------------------------------------- activities, tasks, notes

ALTER TABLE activities
	ADD direction text NOT NULL DEFAULT 'outbound' CHECK (direction IN ('outbound', 'inbound')),
	ADD outcome text CHECK (outcome IN ('answered', 'no_answer', 'voicemail', 'booked', 'not_interested')),
	ADD duration_seconds integer CHECK (duration_seconds >= 0),
	ADD deleted_at timestamptz;
CREATE INDEX activities_occurred ON activities (tenant_id, occurred_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_type ON activities (tenant_id, type, occurred_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_created ON activities (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX activities_trash ON activities (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

ALTER TABLE notes
	ADD is_pinned boolean NOT NULL DEFAULT false,
	ADD search_text text NOT NULL DEFAULT '',
	ADD deleted_at timestamptz;
CREATE INDEX notes_created ON notes (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX notes_search ON notes USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off) WHERE deleted_at IS NULL;
CREATE INDEX notes_trash ON notes (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

-- A cadence is a list of steps; starting it on a lead makes its tasks, and a reply or the end of the lead cancels those still open.
CREATE TABLE cadences (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
	is_active  boolean NOT NULL DEFAULT true,
	version    bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX cadences_name ON cadences (tenant_id, name) WHERE deleted_at IS NULL;
CREATE INDEX cadences_created ON cadences (tenant_id, created_at, id);
CREATE INDEX cadences_trash ON cadences (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
SELECT make_tenant_table('cadences');
GRANT INSERT ON cadences TO demand_auth;

CREATE TABLE cadence_steps (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	id          uuid NOT NULL,
	cadence_id  uuid NOT NULL,
	delay_hours integer NOT NULL CHECK (delay_hours BETWEEN 0 AND 8760),
	kind        text NOT NULL DEFAULT 'call' CHECK (kind IN ('task', 'call', 'sms', 'email', 'visit')),
	title       text NOT NULL,
	description text,
	version     bigint NOT NULL DEFAULT 1,
	created_at  timestamptz NOT NULL DEFAULT now(),
	updated_at  timestamptz NOT NULL DEFAULT now(),
	deleted_at  timestamptz,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, cadence_id) REFERENCES cadences (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX cadence_steps_cadence ON cadence_steps (tenant_id, cadence_id, delay_hours, id);
CREATE INDEX cadence_steps_delay ON cadence_steps (tenant_id, delay_hours, id);
CREATE INDEX cadence_steps_trash ON cadence_steps (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
SELECT make_tenant_table('cadence_steps');
GRANT INSERT ON cadence_steps TO demand_auth;

CREATE TABLE cadence_runs (
	tenant_id   uuid NOT NULL REFERENCES tenants (tenant_id),
	id          uuid NOT NULL,
	cadence_id  uuid NOT NULL,
	lead_id     uuid NOT NULL,
	started_at  timestamptz NOT NULL DEFAULT now(),
	started_by  uuid,
	stopped_at  timestamptz,
	stop_reason text CHECK (stop_reason IN ('reply', 'won', 'lost', 'person', 'finished')),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, cadence_id) REFERENCES cadences (tenant_id, id),
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, started_by) REFERENCES tenant_users (tenant_id, id)
);
-- One run of a cadence at a time for a lead.
CREATE UNIQUE INDEX cadence_runs_running ON cadence_runs (tenant_id, lead_id, cadence_id) WHERE stopped_at IS NULL;
CREATE INDEX cadence_runs_lead ON cadence_runs (tenant_id, lead_id);
CREATE INDEX cadence_runs_cadence ON cadence_runs (tenant_id, cadence_id);
CREATE INDEX cadence_runs_starter ON cadence_runs (tenant_id, started_by);
SELECT make_tenant_table('cadence_runs');

-- A task has a time it is due: one without is a note.
ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY;
UPDATE tasks SET due_at = created_at + interval '1 day' WHERE due_at IS NULL;
ALTER TABLE tasks FORCE ROW LEVEL SECURITY;
ALTER TABLE tasks
	ALTER due_at SET NOT NULL,
	ADD kind text NOT NULL DEFAULT 'task' CHECK (kind IN ('task', 'call', 'sms', 'email', 'visit')),
	ADD repeat text NOT NULL DEFAULT 'never' CHECK (repeat IN ('never', 'daily', 'weekly', 'monthly', 'yearly')),
	ADD snoozed_until timestamptz,
	ADD cadence_run_id uuid,
	ADD search_text text NOT NULL DEFAULT '',
	ADD deleted_at timestamptz,
	ADD FOREIGN KEY (tenant_id, cadence_run_id) REFERENCES cadence_runs (tenant_id, id);
DROP INDEX tasks_due, tasks_assignee;
CREATE INDEX tasks_due ON tasks (tenant_id, due_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_status ON tasks (tenant_id, status, due_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_priority ON tasks (tenant_id, priority, due_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_kind ON tasks (tenant_id, kind, due_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_assignee ON tasks (tenant_id, assignee_id, status, due_at, id);
CREATE INDEX tasks_created ON tasks (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_run ON tasks (tenant_id, cadence_run_id);
CREATE INDEX tasks_search ON tasks USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off) WHERE deleted_at IS NULL;
CREATE INDEX tasks_trash ON tasks (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

-- ---------------------------------------------------------------- signals, campaigns, scrapers

ALTER TABLE signals
	DROP CONSTRAINT signals_external,
	ADD snoozed_until timestamptz,
	ADD search_text text NOT NULL DEFAULT '',
	ADD deleted_at timestamptz;
CREATE UNIQUE INDEX signals_external_id ON signals (tenant_id, source, external_id) WHERE deleted_at IS NULL;
CREATE INDEX signals_fetched ON signals (tenant_id, fetched_at, id) WHERE deleted_at IS NULL;
CREATE INDEX signals_score ON signals (tenant_id, score, id) WHERE deleted_at IS NULL;
CREATE INDEX signals_source ON signals (tenant_id, source, fetched_at, id) WHERE deleted_at IS NULL;
CREATE INDEX signals_created ON signals (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX signals_search ON signals USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = off) WHERE deleted_at IS NULL;
CREATE INDEX signals_trash ON signals (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

ALTER TABLE email_templates DROP CONSTRAINT email_templates_name, ADD deleted_at timestamptz;
CREATE UNIQUE INDEX email_templates_name ON email_templates (tenant_id, name) WHERE deleted_at IS NULL;
CREATE INDEX email_templates_by_name ON email_templates (tenant_id, name, id);
CREATE INDEX email_templates_created ON email_templates (tenant_id, created_at, id);
CREATE INDEX email_templates_trash ON email_templates (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

ALTER TABLE email_campaigns ADD deleted_at timestamptz;
CREATE INDEX email_campaigns_status ON email_campaigns (tenant_id, status, created_at, id);
CREATE INDEX email_campaigns_trash ON email_campaigns (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

ALTER TABLE campaign_recipients DROP CONSTRAINT campaign_recipients_email, ADD email text NOT NULL, ADD deleted_at timestamptz;
CREATE UNIQUE INDEX campaign_recipients_email ON campaign_recipients (tenant_id, campaign_id, email_norm) WHERE deleted_at IS NULL;
CREATE INDEX campaign_recipients_campaign ON campaign_recipients (tenant_id, campaign_id);
CREATE INDEX campaign_recipients_status ON campaign_recipients (tenant_id, status, created_at, id);
CREATE INDEX campaign_recipients_created ON campaign_recipients (tenant_id, created_at, id);
CREATE INDEX campaign_recipients_trash ON campaign_recipients (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

ALTER TABLE scraper_jobs
	ADD url text,
	ADD keywords text,
	ADD schedule text NOT NULL DEFAULT 'daily' CHECK (schedule IN ('hourly', 'daily', 'weekly')),
	ADD trade text CHECK (trade IN ('hvac', 'plumbing', 'both')),
	ADD deleted_at timestamptz,
	DROP settings;
CREATE INDEX scraper_jobs_trash ON scraper_jobs (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

-- ---------------------------------------------------------------- tags, custom fields, saved views

CREATE TABLE tags (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
	tone       text NOT NULL DEFAULT 'azure' CHECK (tone IN ('blue', 'azure', 'cyan', 'purple', 'green', 'yellow', 'orange', 'red', 'secondary')),
	version    bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tags_name ON tags (tenant_id, name) WHERE deleted_at IS NULL;
CREATE INDEX tags_by_name ON tags (tenant_id, name, id);
CREATE INDEX tags_created ON tags (tenant_id, created_at, id);
CREATE INDEX tags_trash ON tags (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
SELECT make_tenant_table('tags');

-- row_id is the lead's, the contact's: one word, so that one statement serves both.
CREATE TABLE lead_tags (
	tenant_id uuid NOT NULL,
	row_id    uuid NOT NULL,
	tag_id    uuid NOT NULL,
	PRIMARY KEY (tenant_id, row_id, tag_id),
	FOREIGN KEY (tenant_id, row_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, tag_id) REFERENCES tags (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX lead_tags_tag ON lead_tags (tenant_id, tag_id, row_id);
SELECT make_tenant_table('lead_tags');
CREATE TABLE contact_tags (
	tenant_id uuid NOT NULL,
	row_id    uuid NOT NULL,
	tag_id    uuid NOT NULL,
	PRIMARY KEY (tenant_id, row_id, tag_id),
	FOREIGN KEY (tenant_id, row_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, tag_id) REFERENCES tags (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_tags_tag ON contact_tags (tenant_id, tag_id, row_id);
SELECT make_tenant_table('contact_tags');

CREATE TABLE custom_fields (
	tenant_id     uuid NOT NULL REFERENCES tenants (tenant_id),
	id            uuid NOT NULL,
	entity        text NOT NULL CHECK (entity IN ('leads', 'contacts', 'properties', 'equipment')),
	name          text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'),   -- the key in JSON, behind custom_
	label         text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
	type          text NOT NULL CHECK (type IN ('text', 'number', 'date', 'choice', 'yes_no')),
	choices       text,                    -- one a line
	help          text,
	is_required   boolean NOT NULL DEFAULT false,
	is_listed     boolean NOT NULL DEFAULT false,
	position      integer NOT NULL DEFAULT 0,
	version       bigint NOT NULL DEFAULT 1,
	created_at    timestamptz NOT NULL DEFAULT now(),
	updated_at    timestamptz NOT NULL DEFAULT now(),
	deleted_at    timestamptz,
	PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX custom_fields_name ON custom_fields (tenant_id, entity, name) WHERE deleted_at IS NULL;
CREATE INDEX custom_fields_position ON custom_fields (tenant_id, position, id);
CREATE INDEX custom_fields_entity ON custom_fields (tenant_id, entity, position, id);
CREATE INDEX custom_fields_trash ON custom_fields (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
SELECT make_tenant_table('custom_fields');

-- A view is the query string of its list.
CREATE TABLE saved_views (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	entity     text NOT NULL CHECK (length(entity) <= 40),
	name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	query      text NOT NULL CHECK (length(query) <= 2000),
	is_shared  boolean NOT NULL DEFAULT false,
	user_id    uuid,
	version    bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users (tenant_id, id)
);
CREATE INDEX saved_views_entity ON saved_views (tenant_id, entity, name, id);
CREATE INDEX saved_views_by_name ON saved_views (tenant_id, name, id);
CREATE INDEX saved_views_user ON saved_views (tenant_id, user_id);
CREATE INDEX saved_views_created ON saved_views (tenant_id, created_at, id);
CREATE INDEX saved_views_trash ON saved_views (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
SELECT make_tenant_table('saved_views');

-- ---------------------------------------------------------------- history, bulk work, sample data

-- Who did what to which row. Written with the change, never changed.
CREATE TABLE record_changes (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	entity     text NOT NULL,            -- "leads"
	row_id     uuid NOT NULL,
	kind       text NOT NULL CHECK (kind IN ('created', 'changed', 'deleted', 'restored', 'converted')),
	version    bigint NOT NULL,          -- of the row after the change
	changed_at timestamptz NOT NULL,
	actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'system')),
	actor_id   uuid,                     -- no foreign key: what was done stays when the key or user is gone
	actor_name text NOT NULL,
	changes    jsonb NOT NULL DEFAULT '[]',   -- [{"field", "from", "to"}], values in stored form
	PRIMARY KEY (tenant_id, id)
);
CREATE INDEX record_changes_row ON record_changes (tenant_id, entity, row_id, changed_at, id);
SELECT make_tenant_table('record_changes', 'SELECT, INSERT');

CREATE TABLE bulk_actions (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	entity     text NOT NULL,
	action     text NOT NULL CHECK (action IN ('status', 'stage', 'owner', 'tag_add', 'tag_remove', 'delete')),
	target     text,                     -- what was set: a status, an id
	row_count  integer NOT NULL,
	user_id    uuid,
	done_at    timestamptz NOT NULL,
	undone_at  timestamptz,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users (tenant_id, id)
);
CREATE INDEX bulk_actions_done ON bulk_actions (tenant_id, done_at, id);
CREATE INDEX bulk_actions_user ON bulk_actions (tenant_id, user_id);
SELECT make_tenant_table('bulk_actions', 'SELECT, INSERT, UPDATE, DELETE');

-- What each row was before, and the version it has since: an undo leaves alone what was changed again.
CREATE TABLE bulk_action_rows (
	tenant_id     uuid NOT NULL,
	action_id     uuid NOT NULL,
	row_id        uuid NOT NULL,
	before        jsonb NOT NULL,
	version_after bigint NOT NULL,
	PRIMARY KEY (tenant_id, action_id, row_id),
	FOREIGN KEY (tenant_id, action_id) REFERENCES bulk_actions (tenant_id, id) ON DELETE CASCADE
);
SELECT make_tenant_table('bulk_action_rows');

-- Rows that came with the sample data, to be taken out again in one go.
CREATE TABLE sample_rows (
	tenant_id uuid NOT NULL REFERENCES tenants (tenant_id),
	entity    text NOT NULL,
	row_id    uuid NOT NULL,
	PRIMARY KEY (tenant_id, entity, row_id)
);
SELECT make_tenant_table('sample_rows');
