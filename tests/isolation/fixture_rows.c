/* Companies with a row in every table that has tenant_id. */
#include "tests/isolation/fixture.h"

#include "lib/tenant/api_key.h"
#include "lib/tenant/link.h"
#include "lib/tenant/user.h"

#include <ctype.h>
#include <stdlib.h>

bool fixture_in_full(void)
{
	const char *campaign = getenv("DEMAND_CAMPAIGN");

	return campaign && strcmp(campaign, "full") == 0;
}

/* ---- the catalogue ---- */

/* Ordinary and partitioned tables, not partitions, with the column tenant_id in each row. */
#define TENANT_TABLES                                                                                                  \
	"pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace AND s.nspname = 'public'"                            \
	" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped"                \
	" WHERE a.attnotnull AND c.relkind IN ('r', 'p') AND NOT c.relispartition"

static bool is_tenant_table(const char *table)
{
	static struct buffer names; /* " leads notes ": they stay the same as long as the program runs */

	if (!names.length)
		buffer_printf(&names, " %.*s ",
			      STR_FMT_ARG(test_sql_value("SELECT string_agg(c.relname, ' ') FROM " TENANT_TABLES)));
	return strstr(names.bytes, text(" %s ", table).p) != NULL;
}

const char *const *tenant_tables(void)
{
	static const char *tables[TENANT_TABLES_MOST];
	struct str names;
	size_t count = 0;

	if (tables[0])
		return tables;
	names = test_sql_value(
		"SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c JOIN pg_index i ON "
		"i.indrelid = c.oid AND i.indisprimary JOIN pg_attribute a ON a.attrelid = c.oid AND "
		"a.attnum = i.indkey[0] AND a.attname = 'tenant_id' WHERE c.relkind IN ('r', 'p') AND "
		"c.relnamespace = 'public'::regnamespace");
	while (!str_absent(names) && count + 1 < TENANT_TABLES_MOST) {
		struct str name = str_split(&names, ' ');

		tables[count++] = strndup(name.p, name.n);
	}
	assert_true(count >= 16 && count + 1 < TENANT_TABLES_MOST);
	return tables;
}

static bool has_rows(const struct planted *planted, const char *table)
{
	return !str_absent(test_sql_value("SELECT 1::text FROM %s WHERE tenant_id = '%s' LIMIT 1", table,
					  uuid_text(web->arena, planted->company.id).p));
}

struct str planted_row(const struct planted *planted, const char *table)
{
	bool tenants = strcmp(table, "tenants") == 0;

	if (strcmp(table, "tenant_users") == 0)
		return planted->company.user[ROLE_MEMBER];
	if (!is_tenant_table(table))
		return STR_NONE;
	return arena_copy(web->arena,
			  test_sql_value("SELECT %s::text FROM %s WHERE tenant_id = '%s' ORDER BY %s LIMIT 1",
					 tenants ? "tenant_id" : "id", table,
					 uuid_text(web->arena, planted->company.id).p, tenants ? "tenant_id" : "id"));
}

struct str planted_sql(const struct planted *planted, const char *sql)
{
	struct buffer out = BUFFER_IN(web->arena);

	for (; *sql; sql++)
		if (*sql == '~')
			buffer_add_str(&out, uuid_text(web->arena, planted->company.id));
		else if (*sql == '`')
			buffer_add_str(&out, str_from(planted->letter));
		else
			buffer_add_char(&out, *sql);
	return buffer_str(&out);
}

struct str planted_table_of(const struct planted *planted, struct str id)
{
	static struct buffer sql; /* the tables stay the same as long as the program runs */

	if (!sql.length)
		buffer_add_str(
			&sql,
			test_sql_value("SELECT string_agg(format('SELECT %%L FROM %%I WHERE tenant_id = "
				       "''~'' AND id = x.id', c.relname, c.relname), ' UNION ALL ') FROM " TENANT_TABLES
				       " AND EXISTS (SELECT FROM pg_attribute k WHERE k.attrelid = c.oid AND k.attname "
				       "= 'id')"));
	return arena_copy(
		web->arena,
		test_sql_value("SELECT name FROM (SELECT '%.*s'::uuid AS id) x CROSS JOIN LATERAL (%s) tables "
			       "(name) LIMIT 1",
			       STR_FMT_ARG(id), planted_sql(planted, sql.bytes).p));
}

struct str planted_strangers(const struct planted *planted)
{
	static struct buffer sql; /* the tables stay the same as long as the program runs */

	if (!sql.length)
		buffer_add_str(&sql,
			       test_sql_value("SELECT string_agg(format('SELECT %%L WHERE EXISTS (SELECT FROM %%I t "
					      "WHERE tenant_id = ''~'' AND regexp_match(t::text, ''marker-[^`]-'', "
					      "''i'') IS NOT NULL)', "
					      "c.relname, c.relname), ' UNION ALL ') FROM " TENANT_TABLES));
	return arena_copy(web->arena, test_sql_value("SELECT string_agg(name, ' ') FROM (%s) tables (name)",
						     planted_sql(planted, sql.bytes).p));
}

/* What every call to the API changes is left out: how often there were any. */
struct str planted_hash(const struct planted *planted)
{
	static struct buffer sql; /* the tables stay the same as long as the program runs */

	if (!sql.length)
		buffer_add_str(
			&sql,
			test_sql_value("SELECT 'SELECT string_agg(line, E''\\n'' ORDER BY line) FROM (' || "
				       "string_agg(format('SELECT %%L || md5(string_agg(t::text, E''\\n'' ORDER BY "
				       "t::text)) AS line FROM %%I t WHERE tenant_id = ''~'' %%s', c.relname || ': ', "
				       "c.relname, CASE c.relname WHEN 'tenant_usage' THEN 'AND metric_name <> "
				       "''api_calls''' ELSE '' END), ' UNION ALL ') || ') lines' "
				       "FROM " TENANT_TABLES));
	return arena_copy(web->arena, test_sql_value("%s", planted_sql(planted, sql.bytes).p));
}

const char *planted_difference(struct str before, struct str after)
{
	while (!str_absent(before) || !str_absent(after)) {
		struct str one = str_split(&before, '\n'), other = str_split(&after, '\n');

		if (!str_equal(one, other))
			return arena_c_string(web->arena, str_absent(other) ? one : other);
	}
	return "nothing";
}

/* ---- planting ---- */

/* A row by hand in each table that has none: what a column must hold is read from its type, foreign key and check. Tables that others refer to come first. */
static const char plant_rest[] =
	"DO $plant$ DECLARE t record; col record; names text; vals text; v text; why text; pending text; BEGIN"
	" FOR round IN 1..12 LOOP pending := NULL;"
	"  FOR t IN SELECT c.oid, c.relname, quote_ident(c.relname) AS name FROM " TENANT_TABLES " LOOP"
	"   EXECUTE 'SELECT count(*) FROM ' || t.name || ' WHERE tenant_id = ''~''' INTO v;"
	"   CONTINUE WHEN v <> '0'; names := NULL; vals := NULL;"
	"   FOR col IN SELECT a.attname, a.attnotnull, a.atttypid::regtype::text AS type, a.atthasdef AS filled,"
	"     (SELECT format('(SELECT %I FROM %s r WHERE r.tenant_id = ''~'' LIMIT 1)', b.attname, "
	"f.confrelid::regclass)"
	"      FROM pg_constraint f CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS k(mine, theirs)"
	"      JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.theirs WHERE f.conrelid = t.oid"
	"      AND f.contype = 'f' AND k.mine = a.attnum AND a.attname <> 'tenant_id' LIMIT 1) AS other,"
	"     (SELECT substring(pg_get_constraintdef(k.oid) from '''([^'']*)''') FROM pg_constraint k"
	"      WHERE k.conrelid = t.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]"
	"      AND (pg_get_constraintdef(k.oid) LIKE '%ANY (%' OR pg_get_constraintdef(k.oid) LIKE"
	"      'CHECK ((' || a.attname || ' = ''%') LIMIT 1) AS choice,"
	"     EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'c' AND k.conkey ="
	"      ARRAY[a.attnum] AND position(chr(126) IN pg_get_constraintdef(k.oid)) > 0) AS pattern"
	"     FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped"
	"      AND a.attgenerated = '' AND (round < 7 OR a.attnotnull OR a.attname = 'id') LOOP"
	"    v := CASE WHEN col.attname = 'tenant_id' THEN '''~''' WHEN col.other IS NOT NULL THEN col.other"
	"     WHEN col.choice IS NOT NULL THEN quote_literal(col.choice) WHEN col.type = 'uuid' THEN "
	"'gen_random_uuid()'"
	"     WHEN col.filled THEN 'DEFAULT' WHEN col.pattern THEN"
	"      quote_literal('marker_' || lower('`') || '_' || col.attname) WHEN col.type = 'text' THEN "
	"quote_literal('MARKER-`-' || t.relname || '-' "
	"|| col.attname)"
	"     WHEN col.type = 'jsonb' THEN quote_literal(jsonb_build_object('marker', 'MARKER-`-' || t.relname)::text)"
	"     WHEN col.type = 'bytea' THEN 'decode(md5(random()::text), ''hex'')' WHEN col.type = 'boolean' THEN 'true'"
	"     WHEN col.attname = 'expires_at' THEN 'now() + interval ''1 day'''"
	"     WHEN col.type LIKE 'timestamp%' AND col.attnotnull THEN 'now()' WHEN col.type = 'date' THEN "
	"'current_date'"
	"     WHEN col.type IN ('integer', 'bigint', 'smallint', 'numeric') THEN '1' ELSE 'NULL' END;"
	"    names := concat_ws(', ', names, quote_ident(col.attname)); vals := concat_ws(', ', vals, v);"
	"   END LOOP;"
	"   BEGIN EXECUTE 'INSERT INTO ' || t.name || ' (' || names || ') VALUES (' || vals || ')';"
	"   EXCEPTION WHEN others THEN pending := t.relname; why := SQLERRM; END;"
	"  END LOOP;"
	"  EXIT WHEN pending IS NULL;"
	" END LOOP;"
	" PERFORM set_config('test.unplanted', coalesce(pending || ': ' || why, ''), false);"
	" END $plant$";

/* The people, keys and the company itself, which were made before there was a marker. */
static void mark(const struct planted *planted)
{
	const char *id = uuid_text(web->arena, planted->company.id).p, *letter = planted->letter;

	test_sql("UPDATE tenants SET owner_name = 'MARKER-%s-tenants-owner_name', owner_phone = "
		 "'MARKER-%s-tenants-owner_phone', owner_email = 'marker-%c-owner@example.com' WHERE tenant_id = '%s'",
		 letter, letter, letter[0] | 0x20, id);
	test_sql("UPDATE tenant_users SET name = 'MARKER-%s-tenant_users-' || role, phone = "
		 "'MARKER-%s-tenant_users-phone' WHERE tenant_id = '%s'",
		 letter, letter, id);
	/* Its use is recorded once a minute: never while a test runs. */
	test_sql("UPDATE tenant_sessions SET last_used_at = now() + interval '1 hour' WHERE tenant_id = '%s'", id);
	test_sql("UPDATE tenant_api_keys SET last_used_at = now() + interval '1 hour', name = "
		 "'MARKER-%s-tenant_api_keys-' || role WHERE tenant_id = '%s'",
		 letter, id);
}

/* Tables that this entity refers to and that have no row yet. */
static bool waits(const struct planted *planted, const struct entity *entity)
{
	for (size_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].type == FIELD_REFERENCE && body_takes(entity, &entity->fields[i], WRITE_CREATE) &&
		    strcmp(entity->fields[i].references, entity->table) != 0 &&
		    is_tenant_table(entity->fields[i].references) && !has_rows(planted, entity->fields[i].references))
			return true;
	return false;
}

static const struct response *create(const struct planted *planted, const struct entity *entity)
{
	struct buffer json = BUFFER_IN(web->arena);

	json_print(body_make(planted, entity, WRITE_CREATE), &json);
	return ASK(.method = METHOD_POST, .host = planted->company.slug, .path = text("/api/%s", entity->plural).p,
		   .bearer = planted->company.session[ROLE_OWNER], .json = json.bytes);
}

/* What a hook refuses of an optional field is left out; the rest must be taken. The new row's id; absent: there is no such address. */
static struct str plant_through_api(const struct planted *planted, const struct entity *entity)
{
	for (int tries = 0; tries < 8; tries++) {
		const struct response *answer = create(planted, entity);
		const struct value *errors;
		bool changed = false;

		if (answer->status == 201)
			return json_text(answer, "id");
		if (answer->status == 404 || answer->status == 405)
			return STR_NONE;
		errors = answer->status == 422 ? json_at(answer, "errors") : NULL;
		for (size_t i = 0; errors && i < value_count(errors); i++) {
			struct str name = value_as_str(value_get(value_at(errors, i), STR("field")));
			int field = entity_field(entity, name);

			changed = (field >= 0 && body_otherwise(entity, &entity->fields[field])) || changed;
		}
		if (!changed)
			assert_true_of(answer, false, text("no fixture for the entity %s", entity->plural).p);
	}
	return STR_NONE;
}

/* Two of each, so that a list has a next page; also where a company begins with rows of its own, which bear no marks. */
static void plant_entities(const struct planted *planted)
{
	bool *done = arena_array(web->arena, entities_count, sizeof *done);

	for (size_t round = 0; round <= entities_count; round++)
		for (size_t i = 0; i < entities_count; i++)
			if (!done[i] && (round == entities_count || !waits(planted, entities[i]))) {
				(void)plant_through_api(planted, entities[i]);
				(void)plant_through_api(planted, entities[i]);
				done[i] = true;
			}
}

/* Of two rows that there are: the queue leaves out the pairs of others. Its id. */
static struct str plant_pair(const struct planted *planted)
{
	const char *id = uuid_text(web->arena, planted->company.id).p;
	struct str one = plant_through_api(planted, entity_find(STR("leads"))),
		   other = plant_through_api(planted, entity_find(STR("leads")));

	return arena_copy(web->arena,
			  test_sql_value("INSERT INTO duplicate_pairs (tenant_id, id, entity, first_id, second_id, "
					 "reasons, score, created_at, updated_at) SELECT '%s', gen_random_uuid(), "
					 "'leads', least(a, b), greatest(a, b), 'phone', 40, now(), now() FROM (SELECT "
					 "'%.*s'::uuid AS a, '%.*s'::uuid AS b) x RETURNING id::text",
					 id, STR_FMT_ARG(one), STR_FMT_ARG(other)));
}

/* One that waits for room in the plan. Its id. */
static struct str plant_request(const struct planted *planted)
{
	return arena_copy(web->arena,
			  test_sql_value("INSERT INTO web_requests (tenant_id, id, form_id, state, fields, address, "
					 "fingerprint) SELECT tenant_id, gen_random_uuid(), id, 'held', '{}', "
					 "'127.0.0.1', gen_random_uuid() FROM web_forms WHERE tenant_id = '%s' LIMIT 1 "
					 "RETURNING id::text",
					 uuid_text(web->arena, planted->company.id).p));
}

/* A file that was brought, as a draft: with its pieces, and with headings that the same file has again. */
static struct str plant_import(const struct planted *planted)
{
	struct str body =
		text("--cut\r\nContent-Disposition: form-data; name=\"entity\"\r\n\r\nleads\r\n--cut\r\n"
		     "Content-Disposition: form-data; name=\"start\"\r\n\r\nno\r\n--cut\r\n"
		     "Content-Disposition: form-data; name=\"file\"; filename=\"MARKER-%s-imports.csv\"\r\n\r\n"
		     "Name,E-mail\nMARKER-%s-file_pieces,ann@example.com\n\r\n--cut--\r\n",
		     planted->letter, planted->letter);
	const struct response *answer = ASK(.method = METHOD_POST, .host = planted->company.slug,
					    .path = "/api/imports", .bearer = planted->company.session[ROLE_OWNER],
					    .body = body, .type = "multipart/form-data; boundary=cut");

	assert_true_of(answer, answer->status == 201 || answer->status == 202, "no fixture for imports");
	return arena_copy(web->arena, json_text(answer, "id"));
}

/* Rows that were planted by hand, as the product reads them: those of the import could not be taken, and its headings are known; the archive is made. */
static const char *const plant_readable[] = {
	"UPDATE archives SET state = 'done', file_id = (SELECT f.id FROM data_files f WHERE f.tenant_id = '~' ORDER BY "
	"f.id LIMIT 1) WHERE tenant_id = '~'",
	"UPDATE import_rows SET import_id = i.id, outcome = 'failed', cells = '[\"MARKER-`-import_rows\"]', reasons = "
	"'MARKER-`-import_rows-reasons' FROM imports i WHERE import_rows.tenant_id = '~' AND i.tenant_id = '~'",
	"UPDATE import_mappings SET entity = 'leads', fingerprint = i.fingerprint, mapping = '[\"name\", \"email\"]',"
	" options = '{\"defaults\": {\"source\": \"MARKER-`-import_mappings\"}}' FROM imports i WHERE "
	"import_mappings.tenant_id = '~' AND i.tenant_id = '~'",
};

void planted_make(struct planted *planted, const char *letter)
{
	struct str left;

	planted->letter = letter;
	company_make(&planted->company, text("iso%c", letter[0] | 0x20).p);
	company_set(&planted->company, "max_leads = NULL, max_users = NULL");
	mark(planted);
	plant_entities(planted);
	for (int purpose = LINK_HANDOVER; purpose <= LINK_SET_PASSWORD; purpose++)
		planted->link[purpose] = company_link(&planted->company, purpose, ROLE_MEMBER);
	(void)plant_pair(planted);
	(void)plant_import(planted);
	test_sql("%s", planted_sql(planted, plant_rest).p);
	for (size_t i = 0; i < COUNT_OF(plant_readable); i++)
		test_sql("%s", planted_sql(planted, plant_readable[i]).p);
	left = test_sql_value("SELECT nullif(current_setting('test.unplanted'), '')");
	if (!str_absent(left))
		fail_msg("no fixture for the table %.*s", STR_FMT_ARG(left));
}

struct str planted_new_row(const struct planted *planted, const char *table)
{
	struct company another;

	for (size_t i = 0; i < entities_count; i++)
		if (strcmp(entities[i]->table, table) == 0)
			return plant_through_api(planted, entities[i]);
	if (strcmp(table, "duplicate_pairs") == 0)
		return plant_pair(planted);
	if (strcmp(table, "web_requests") == 0)
		return plant_request(planted);
	if (strcmp(table, "imports") == 0)
		return plant_import(planted);
	if (strcmp(table, "tenant_users") == 0)
		return plant_through_api(planted, &user_entity);
	if (strcmp(table, "tenant_api_keys") == 0)
		return plant_through_api(planted, &api_key_entity);
	if (strcmp(table, "tenants") == 0) {
		company_make(&another, "iso-spare");
		return uuid_text(web->arena, another.id);
	}
	return planted_row(planted, table);
}

/* ---- looking for it ---- */

static bool holds(const struct buffer *where, struct str lower_case)
{
	if (where->length < lower_case.n)
		return false;
	for (size_t i = 0; i + lower_case.n <= where->length; i++) {
		size_t at = 0;

		while (at < lower_case.n && tolower((unsigned char)where->bytes[i + at]) == lower_case.p[at])
			at++;
		if (at == lower_case.n)
			return true;
	}
	return false;
}

bool shows_rows_of(const struct response *response, const struct planted *planted, bool name_too)
{
	struct str marker = text("marker-%c-", planted->letter[0] | 0x20);

	if (holds(&response->body, marker) || holds(&response->headers, marker))
		return true;
	return name_too &&
	       (holds(&response->body, planted->company.slug) || holds(&response->headers, planted->company.slug));
}
