-- Forms that a company puts on its website, and what people send with them.
CREATE TABLE web_forms (
	tenant_id     uuid NOT NULL REFERENCES tenants (tenant_id),
	id            uuid NOT NULL,
	name          text NOT NULL,
	heading       text NOT NULL,
	introduction  text,
	ask_phone     text NOT NULL DEFAULT 'optional' CHECK (ask_phone IN ('off', 'optional', 'required')),
	ask_email     text NOT NULL DEFAULT 'optional' CHECK (ask_email IN ('off', 'optional', 'required')),
	ask_address   text NOT NULL DEFAULT 'optional' CHECK (ask_address IN ('off', 'optional', 'required')),
	ask_zip       text NOT NULL DEFAULT 'optional' CHECK (ask_zip IN ('off', 'optional', 'required')),
	ask_trade     text NOT NULL DEFAULT 'off' CHECK (ask_trade IN ('off', 'optional', 'required')),
	ask_urgency   text NOT NULL DEFAULT 'off' CHECK (ask_urgency IN ('off', 'optional', 'required')),
	ask_notes     text NOT NULL DEFAULT 'optional' CHECK (ask_notes IN ('off', 'optional', 'required')),
	button        text NOT NULL,
	consent_text  text,
	thanks        text NOT NULL,
	thanks_url    text,
	source        text NOT NULL,
	owner_id      uuid,
	is_active     boolean NOT NULL DEFAULT true,
	version       bigint NOT NULL DEFAULT 1,
	created_at    timestamptz NOT NULL DEFAULT now(),
	updated_at    timestamptz NOT NULL DEFAULT now(),
	deleted_at    timestamptz,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, owner_id) REFERENCES tenant_users (tenant_id, id)
);
CREATE UNIQUE INDEX web_forms_name ON web_forms (tenant_id, name) WHERE deleted_at IS NULL;
CREATE INDEX web_forms_by_name ON web_forms (tenant_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX web_forms_created ON web_forms (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX web_forms_owner ON web_forms (tenant_id, owner_id);
CREATE INDEX web_forms_trash ON web_forms (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
SELECT make_tenant_table('web_forms');

-- What was sent, word for word, with the words that were agreed to: evidence. It goes with its lead.
CREATE TABLE web_requests (
	tenant_id    uuid NOT NULL,
	id           uuid NOT NULL,
	form_id      uuid NOT NULL,
	state        text NOT NULL CHECK (state IN ('taken', 'held')), -- held: it waits until there is room for its lead
	lead_id      uuid,
	known_as     text,                     -- who it is to us already: 'contact', 'lead'; NULL: somebody new
	fields       jsonb NOT NULL,           -- field -> as typed
	attribution  jsonb NOT NULL DEFAULT '{}', -- utm_…, gclid, fbclid, referrer
	consent_text text,                     -- the words agreed to; NULL: nothing was
	address      text NOT NULL,            -- of the sender
	user_agent   text NOT NULL DEFAULT '',
	fingerprint  uuid NOT NULL,            -- of the fields: the same again within minutes is a second click
	created_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, form_id) REFERENCES web_forms (tenant_id, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX web_requests_form ON web_requests (tenant_id, form_id, created_at, id);
CREATE INDEX web_requests_held ON web_requests (tenant_id, form_id, created_at, id) WHERE state = 'held';
CREATE INDEX web_requests_lead ON web_requests (tenant_id, lead_id);
SELECT make_tenant_table('web_requests');

-- Which advertisement or page a lead came by.
ALTER TABLE leads
	ADD COLUMN utm_source text,
	ADD COLUMN utm_medium text,
	ADD COLUMN utm_campaign text,
	ADD COLUMN referrer text;
CREATE INDEX leads_utm_campaign ON leads (tenant_id, utm_campaign, created_at, id) WHERE deleted_at IS NULL;
