/* A company with something of everything, and short ways to merge its rows and to take that back. */
#ifndef DEMAND_TEST_MERGE_FIXTURE_H
#define DEMAND_TEST_MERGE_FIXTURE_H

#include "tests/db/lead_fixture.h"

#include "lib/crm/contact.h"
#include "lib/crm/entities.h"
#include "lib/crm/merge.h"
#include "lib/crm/property.h"
#include "lib/crm/sample_data.h"
#include "lib/entity/trash.h"

static struct scope shop;

/* A company with the sample data, and what that does not hold. */
static inline int a_shop(void **state)
{
	struct ttx *tx;
	int64_t added;
	const char *id;

	setup(state);
	shop = scope_of(test_tenant_create("merge"));
	id = id_of(shop.tenant);
	test_sql("UPDATE tenants SET max_leads = NULL WHERE tenant_id = '%s'", id);
	test_sql("INSERT INTO pipeline_stages (tenant_id, id, name, kind, position) VALUES ('%s', gen_random_uuid(), "
		 "'New', 'open', 10), ('%s', gen_random_uuid(), 'Won', 'won', 20), ('%s', gen_random_uuid(), 'Lost', "
		 "'lost', 30)",
		 id, id, id);
	tx = begin(&shop, TX_WRITE);
	assert_int_equal(sample_add(tx, errors_new(arena), &added), OK);
	commit(tx);
	test_sql("INSERT INTO cadences (tenant_id, id, name) VALUES ('%s', gen_random_uuid(), 'Test of merges')", id);
	test_sql("INSERT INTO cadence_runs (tenant_id, id, cadence_id, lead_id) SELECT c.tenant_id, gen_random_uuid(), "
		 "c.id, (SELECT l.id FROM leads l WHERE l.tenant_id = c.tenant_id LIMIT 1) FROM cadences c WHERE "
		 "c.tenant_id = '%s' LIMIT 1",
		 id);
	test_sql("INSERT INTO signals (tenant_id, id, source, external_id, url) VALUES ('%s', gen_random_uuid(), "
		 "'reddit', 'x', 'https://example.com/x')",
		 id);
	test_sql("INSERT INTO email_campaigns (tenant_id, id, name) SELECT '%s', gen_random_uuid(), 'Spring'", id);
	test_sql("INSERT INTO campaign_recipients (tenant_id, id, campaign_id, email, email_norm) SELECT c.tenant_id, "
		 "gen_random_uuid(), c.id, 'a@example.com', 'a@example.com' FROM email_campaigns c WHERE c.tenant_id = "
		 "'%s' LIMIT 1",
		 id);
	test_sql("INSERT INTO web_forms (tenant_id, id, name, heading, button, thanks, source) VALUES ('%s', "
		 "gen_random_uuid(), 'x', 'x', 'x', 'x', 'web')",
		 id);
	test_sql("INSERT INTO web_requests (tenant_id, id, form_id, state, fields, address, fingerprint) SELECT "
		 "f.tenant_id, gen_random_uuid(), f.id, 'taken', '{}', '127.0.0.1', gen_random_uuid() FROM web_forms f "
		 "WHERE f.tenant_id = '%s' LIMIT 1",
		 id);
	return 0;
}

/* Every row of the company, one a line; without versions and other counters that only go up, and the logs of what was done. */
static inline const char *all_rows(void)
{
	struct str sql = test_sql_value(
		"SELECT string_agg(format('SELECT %%L || (to_jsonb(t) - ''version'' - ''updated_at'')::text AS line "
		"FROM %%I t WHERE tenant_id = ''%s''', c.relname || ' ', c.relname), ' UNION ALL ') FROM pg_class c "
		"JOIN pg_namespace s ON s.oid = c.relnamespace AND s.nspname = 'public' JOIN pg_attribute a ON "
		"a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull WHERE c.relkind IN ('r', 'p') AND NOT "
		"c.relispartition AND c.relname NOT IN ('record_changes', 'merges', 'stage_moves', 'tenant_usage')",
		id_of(shop.tenant));
	const char *each = arena_c_string(arena, sql);

	return arena_c_string(arena, test_sql_value("SELECT string_agg(line, E'\\n' ORDER BY line) FROM (%s) x", each));
}

static inline void assert_same_rows(const char *before, const char *after)
{
	struct str one = str_from(before), other = str_from(after);

	while (!str_absent(one) || !str_absent(other)) {
		struct str was = str_split(&one, '\n'), is = str_split(&other, '\n');

		if (!str_equal(was, is))
			fail_msg("\nwas %.*s\nis  %.*s", STR_FMT_ARG(was), STR_FMT_ARG(is));
	}
}

static inline struct uuid row_of(const char *table, int number)
{
	struct uuid id;

	assert_true(uuid_parse(test_sql_value("SELECT id::text FROM %s WHERE tenant_id = '%s' AND deleted_at IS NULL "
					      "ORDER BY created_at, id OFFSET %d LIMIT 1",
					      table, id_of(shop.tenant), number),
			       &id));
	return id;
}

static inline struct uuid made(const struct entity *entity, const char *json)
{
	struct record *record = record_new(arena, entity);
	struct ttx *tx = begin(&shop, TX_WRITE);
	struct value *body;
	struct str why;

	assert_int_equal(json_parse(arena, str_from(json), &json_limits_request, &body, &why), OK);
	assert_int_equal(record_from_json(record, WRITE_CREATE, body, errors_new(arena)), OK);
	assert_int_equal(entity_insert(tx, record, errors_new(arena)), OK);
	commit(tx);
	return record_id(record);
}

static inline struct record *read_row(const struct entity *entity, struct uuid id)
{
	struct ttx *tx = begin(&shop, TX_READ);
	struct record *record;

	assert_int_equal(entity_get(tx, entity, id, &record), OK);
	commit(tx);
	return record;
}

static inline void change_row(const struct entity *entity, struct uuid id, const char *field, const char *value)
{
	struct ttx *tx = begin(&shop, TX_WRITE);
	struct record *current, *change = record_new(arena, entity), *next;

	assert_int_equal(entity_get(tx, entity, id, &current), OK);
	record_set_text(change, field, str_from(value));
	assert_int_equal(entity_update(tx, current, change, errors_new(arena), &next), OK);
	commit(tx);
}

static inline enum err try_merge(const struct merge_order *order, struct errors *errors, struct uuid *id)
{
	struct ttx *tx = begin(&shop, TX_WRITE);
	enum err err = merge_rows(tx, order, errors, id);

	if (err)
		ttx_rollback(tx);
	else
		commit(tx);
	return err;
}

static inline struct uuid merged(const struct entity *entity, struct uuid kept, struct uuid gone)
{
	struct merge_order order = {.entity = entity, .kept = kept, .gone = gone};
	struct errors *errors = errors_new(arena);
	struct uuid id;
	enum err err = try_merge(&order, errors, &id);

	if (err)
		fail_msg("%d %s", err, errors_any(errors) ? arena_c_string(arena, errors_first(errors)->message) : "");
	return id;
}

static inline enum err try_undo(struct uuid id, struct errors *errors, struct merge_undone *out)
{
	struct ttx *tx = begin(&shop, TX_WRITE);
	struct merge *merge;
	enum err err = merge_get(tx, id, true, &merge);

	if (err == OK)
		err = merge_undo(tx, merge, errors, out);
	if (err)
		ttx_rollback(tx);
	else
		commit(tx);
	return err;
}

static inline struct merge_undone undone(struct uuid id)
{
	struct errors *errors = errors_new(arena);
	struct merge_undone out;
	enum err err = try_undo(id, errors, &out);

	if (err)
		fail_msg("%d %s", err, errors_any(errors) ? arena_c_string(arena, errors_first(errors)->message) : "");
	return out;
}

static inline const char *text_of(const struct entity *entity, struct uuid id, const char *field)
{
	return arena_c_string(arena, record_text(read_row(entity, id), field));
}

static inline int open_tests(void **state)
{
	entity_catalogue(entities, entities_count);
	return make_tenants(state);
}

#define MERGING(function) cmocka_unit_test_setup_teardown(function, a_shop, teardown)

#endif
