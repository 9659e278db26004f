-- Rows that look like the same person or place: what they are found by, the pairs that were found, and how far the search is.

-- Punctuation, spaces and what is written out or not ("Street", "St.") make no difference. One function, so that a row that
-- is stored and one that is about to be are compared by the same rule.
CREATE FUNCTION match_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
		' ' || regexp_replace(lower(value), '[[:punct:][:space:]]+', ' ', 'g') || ' '
		, ' street ', ' st '), ' avenue ', ' ave '), ' av ', ' ave '), ' road ', ' rd '), ' drive ', ' dr ')
		, ' lane ', ' ln '), ' court ', ' ct '), ' place ', ' pl '), ' boulevard ', ' blvd '), ' north ', ' n ')
		, ' south ', ' s '), ' east ', ' e '), ' west ', ' w '), ' ', '');
-- NULL without an address. A place whose name is its address is known by that alone.
CREATE FUNCTION match_place(name text, address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN nullif(match_text(address), '') || '|' ||
		CASE WHEN match_text(name) = match_text(address) THEN '' ELSE coalesce(match_text(name), '') END;
-- Whoever writes such a row.
GRANT EXECUTE ON FUNCTION match_text(text), match_place(text, text) TO demand_app, demand_jobs, demand_auth;

ALTER TABLE leads ADD COLUMN place_norm text GENERATED ALWAYS AS (match_place(name, address)) STORED;
ALTER TABLE contacts ADD COLUMN place_norm text GENERATED ALWAYS AS (match_place(name, address)) STORED;
ALTER TABLE properties ADD COLUMN place_norm text GENERATED ALWAYS AS (match_place(name, address)) STORED;
CREATE INDEX leads_place ON leads (tenant_id, place_norm) WHERE deleted_at IS NULL;
CREATE INDEX contacts_place ON contacts (tenant_id, place_norm) WHERE deleted_at IS NULL;
CREATE INDEX properties_place ON properties (tenant_id, place_norm) WHERE deleted_at IS NULL;

CREATE TABLE duplicate_pairs (
	tenant_id  uuid NOT NULL REFERENCES tenants (tenant_id),
	id         uuid NOT NULL,
	entity     text NOT NULL CHECK (entity IN ('leads', 'contacts', 'properties')),
	first_id   uuid NOT NULL,            -- no foreign keys: pairs of rows that are gone go with the next search
	second_id  uuid NOT NULL,
	reasons    text NOT NULL,            -- words: phone email address_name
	score      integer NOT NULL,
	state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'dismissed')),
	version    bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	PRIMARY KEY (tenant_id, id),
	CONSTRAINT duplicate_pairs_once UNIQUE (tenant_id, entity, first_id, second_id),
	CHECK (first_id < second_id)
);
CREATE INDEX duplicate_pairs_queue ON duplicate_pairs (tenant_id, entity, state, score, id);
CREATE INDEX duplicate_pairs_second ON duplicate_pairs (tenant_id, second_id);
SELECT make_tenant_table('duplicate_pairs');

-- One row a company: the search that runs, or the last one.
CREATE TABLE duplicate_searches (
	tenant_id    uuid PRIMARY KEY REFERENCES tenants (tenant_id),
	stage        integer NOT NULL DEFAULT 0, -- of those in lib/crm/duplicate_search.c
	after        text NOT NULL DEFAULT '',   -- how far the stage is
	found        bigint NOT NULL DEFAULT 0,  -- new pairs of this search
	requested_at timestamptz,                -- asked for, last
	started_at   timestamptz,
	finished_at  timestamptz                 -- NULL while it runs
);
SELECT make_tenant_table('duplicate_searches');
