/* Many rows at once: each is written, refused or left as if it had been written alone. */
#include "tests/db/lead_fixture.h"

#include "lib/crm/contact.h"
#include "lib/crm/signal.h"
#include "lib/crm/tag.h"
#include "lib/entity/insert_many.h"
#include "lib/entity/trash.h"

#define MANY 300

static struct record *lead_of(const char *body)
{
	return parsed(WRITE_CREATE, body);
}

static struct record *signal_of(const char *external_id)
{
	struct record *record = record_new(arena, &signal_entity);

	record_set_text(record, "source", STR("permits"));
	record_set_text(record, "external_id", str_from(external_id));
	record_set_text(record, "excerpt", STR("Permit"));
	record_set_defaults(record);
	return record;
}

static struct scope a_tenant(void)
{
	struct scope scope = scope_of(test_tenant_create("many"));

	test_sql("UPDATE tenants SET max_leads = NULL WHERE tenant_id = '%s'", id_of(scope.tenant));
	return scope;
}

static const char *count_of(const struct scope *scope, const char *table)
{
	return arena_c_string(
		arena, test_sql_value("SELECT count(*) FROM %s WHERE tenant_id = '%s'", table, id_of(scope->tenant)));
}

static void add_tag(const struct scope *scope, const char *name)
{
	test_sql("INSERT INTO tags (tenant_id, id, name, tone) VALUES ('%s', '%s', '%s', 'blue')", id_of(scope->tenant),
		 id_of(uuid_new()), name);
}

/* The stored form of a row without what differs between two rows anyway. */
static const char *shown(const struct record *record)
{
	static const char *const own[] = {"stage_since", "stage_position", "response_due_at",
					  "created_at",  "updated_at",     "sms_consent_at"};
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < record_entity(record)->field_count; i++) {
		bool skip = false;

		for (size_t k = 0; k < COUNT_OF(own); k++)
			skip = skip || strcmp(own[k], record_entity(record)->fields[i].name) == 0;
		if (!skip)
			buffer_printf(&out, "%s=%.*s\n", record_entity(record)->fields[i].name,
				      STR_FMT_ARG(record_get(record, (int)i)));
	}
	return out.bytes;
}

static void rows_written_together_are_as_rows_written_alone(void **state)
{
	static const char *const bodies[] = {
		"{\"name\": \"Ann \\\"{,}\\\\\", \"phone\": \"(512) 555-0123\", \"value_cents\": 125050, \"score\": 7}",
		"{\"name\": \"Bea\", \"email\": \"bea@example.com\", \"urgency\": \"no_heat\", \"sms_consent\": true,"
		" \"tags\": [\"VIP\", \"Old\"], \"notes\": \"a\\nb\"}",
		"{\"name\": \"NULL\", \"status\": \"won\", \"next_step_at\": \"2026-11-23T10:00:00Z\"}",
	};
	struct write writes[COUNT_OF(bodies)] = {0};
	struct scope scope = a_tenant();
	struct ttx *tx;

	(void)state;
	add_tag(&scope, "VIP");
	add_tag(&scope, "Old");
	for (size_t i = 0; i < COUNT_OF(bodies); i++)
		writes[i].record = lead_of(bodies[i]);
	tx = begin(&scope, TX_WRITE);
	assert_int_equal(entity_insert_many(tx, writes, COUNT_OF(bodies)), OK);
	commit(tx);
	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		struct record *alone = stored(&scope, bodies[i]), *read, *other;

		assert_int_equal(writes[i].err, OK);
		assert_int_equal(read_lead(&scope, record_id(writes[i].record), &read), OK);
		assert_int_equal(read_lead(&scope, record_id(alone), &other), OK);
		assert_string_equal(shown(read), shown(other));
		assert_string_equal(shown(read), shown(writes[i].record));
		assert_str(test_sql_value(
				   "SELECT a.search_text = b.search_text FROM leads a, leads b WHERE a.id = '%s' AND "
				   "b.id = '%s'",
				   id_of(record_id(read)), id_of(record_id(other))),
			   "t");
		assert_str(test_sql_value("SELECT kind || version || actor_kind || changes FROM record_changes WHERE "
					  "row_id = '%s'",
					  id_of(record_id(read))),
			   "created1system[]");
	}
	assert_str(test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'", id_of(scope.tenant)),
		   "6");
	assert_str(test_sql_value("SELECT metric_value FROM tenant_usage WHERE tenant_id = '%s' AND metric_name = "
				  "'leads_created'",
				  id_of(scope.tenant)),
		   "6");
}

static void rows_beyond_the_plan_are_told_and_the_others_stand(void **state)
{
	struct scope scope = a_tenant();
	struct write writes[5] = {0};
	struct ttx *tx = begin(&scope, TX_WRITE);

	(void)state;
	test_sql("UPDATE tenants SET max_leads = 3 WHERE tenant_id = '%s'", id_of(scope.tenant));
	for (size_t i = 0; i < COUNT_OF(writes); i++)
		writes[i].record =
			lead_of(i == 1 ? "{\"name\": \"Lost\", \"status\": \"lost\"}" : "{\"name\": \"Ann\"}");
	assert_int_equal(entity_insert_many(tx, writes, COUNT_OF(writes)), OK);
	commit(tx);
	assert_int_equal(writes[0].err, OK);
	assert_int_equal(writes[1].err, E_INVALID);
	assert_string_equal(code_at(writes[1].errors, "lost_reason"), "required");
	assert_int_equal(writes[2].err, OK);
	assert_int_equal(writes[3].err, OK);
	assert_int_equal(writes[4].err, E_LIMIT);
	assert_string_equal(errors_first(writes[4].errors)->code, "plan_limit");
	assert_string_equal(count_of(&scope, "leads"), "3");
	assert_str(test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'", id_of(scope.tenant)),
		   "3");
}

static void references_and_tags_are_looked_up_row_by_row(void **state)
{
	struct scope scope = a_tenant();
	struct record *foreign = stored(&theirs, "{\"name\": \"Foreign\"}");
	struct write writes[3] = {0};
	struct ttx *tx;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(writes); i++) {
		writes[i].record = lead_of("{\"name\": \"Ann\"}");
	}
	record_set_text(writes[0].record, "contact_id", uuid_text(arena, record_id(foreign)));
	record_set_text(writes[1].record, "tags", STR("Nobody"));
	tx = begin(&scope, TX_WRITE);
	assert_int_equal(entity_insert_many(tx, writes, COUNT_OF(writes)), OK);
	commit(tx);
	assert_string_equal(code_at(writes[0].errors, "contact_id"), "not_found");
	assert_string_equal(code_at(writes[1].errors, "tags"), "not_found");
	assert_int_equal(writes[2].err, OK);
	assert_string_equal(count_of(&scope, "leads"), "1");
}

static void what_the_database_refuses_is_found_among_many(void **state)
{
	struct write writes[MANY] = {0};
	struct scope scope = a_tenant();
	struct ttx *tx = begin(&scope, TX_WRITE);
	size_t refused = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		writes[i].record = signal_of(arena_printf(arena, "%zu", i % 100 == 7 ? 7 : i).p);
	assert_int_equal(entity_insert_many(tx, writes, MANY), OK);
	commit(tx);
	for (size_t i = 0; i < MANY; i++)
		if (writes[i].err) {
			assert_int_equal(writes[i].err, E_CONFLICT);
			assert_true(writes[i].refused);
			assert_string_equal(code_at(writes[i].errors, "external_id"), "taken");
			refused++;
		}
	assert_int_equal(refused, 2);
	assert_string_equal(count_of(&scope, "signals"), "298");
}

static size_t load(struct ttx *tx, const struct write *made, size_t count, struct write *out)
{
	struct uuid *ids = arena_array(arena, count, sizeof *ids);
	struct record **rows = arena_array(arena, count, sizeof *rows);

	for (size_t i = 0; i < count; i++)
		ids[i] = record_id(made[i].record);
	assert_int_equal(entity_get_many(tx, record_entity(made[0].record), ids, count, true, rows), OK);
	for (size_t i = 0; i < count; i++) {
		assert_non_null(rows[i]);
		assert_true(uuid_equal(record_id(rows[i]), ids[i]));
		out[i] = (struct write){.current = rows[i]};
	}
	return count;
}

static void changes_to_many_rows(void **state)
{
	struct write made[4] = {0}, writes[4];
	struct scope scope = a_tenant();
	struct ttx *tx = begin(&scope, TX_WRITE);
	struct record *read;

	(void)state;
	add_tag(&scope, "VIP");
	for (size_t i = 0; i < COUNT_OF(made); i++)
		made[i].record = lead_of("{\"name\": \"Ann\", \"phone\": \"512-555-0100\", \"value_cents\": 5}");
	assert_int_equal(entity_insert_many(tx, made, COUNT_OF(made)), OK);
	commit(tx);
	tx = begin(&scope, TX_WRITE);
	load(tx, made, COUNT_OF(made), writes);
	writes[0].record = parsed(WRITE_UPDATE, "{\"name\": \"Ann\", \"phone\": null, \"tags\": [\"VIP\"]}");
	writes[1].record = parsed(WRITE_UPDATE, "{\"name\": \"Ann\"}");
	writes[2].record = parsed(WRITE_UPDATE, "{\"status\": \"lost\"}");
	writes[3].record = parsed(WRITE_UPDATE, "{\"status\": \"won\", \"value_cents\": 900}");
	commit(tx);
	test_sql("UPDATE leads SET version = version + 1 WHERE id = '%s'", id_of(record_id(made[3].record)));
	tx = begin(&scope, TX_WRITE);
	assert_int_equal(entity_update_many(tx, writes, COUNT_OF(writes)), OK);
	commit(tx);
	assert_int_equal(writes[0].err, OK);
	assert_false(writes[0].unchanged);
	assert_int_equal(writes[1].err, OK);
	assert_true(writes[1].unchanged);
	assert_int_equal(writes[2].err, E_INVALID);
	assert_int_equal(writes[3].err, E_PRECONDITION);
	assert_int_equal(read_lead(&scope, record_id(made[0].record), &read), OK);
	assert_int_equal(record_version(read), 2);
	assert_true(str_absent(record_text(read, "phone_e164")));
	assert_str(record_text(read, "tags"), "VIP");
	assert_str(record_text(read, "value_cents"), "5");
	assert_str(test_sql_value("SELECT search_text FROM leads WHERE id = '%s'", id_of(record_id(read))), "ann");
	assert_str(test_sql_value(
			   "SELECT string_agg(c->>'field', ',') FROM record_changes r, jsonb_array_elements(changes) c"
			   " WHERE row_id = '%s' AND kind = 'changed' AND version = 2",
			   id_of(record_id(read))),
		   "phone,score,score_reasons,tags");
	assert_int_equal(read_lead(&scope, record_id(made[1].record), &read), OK);
	assert_int_equal(record_version(read), 1);
	assert_int_equal(read_lead(&scope, record_id(made[3].record), &read), OK);
	assert_str(record_text(read, "value_cents"), "5");
}

static void many_rows_into_the_trash(void **state)
{
	struct write made[3] = {0}, writes[3];
	struct scope scope = a_tenant();
	struct ttx *tx = begin(&scope, TX_WRITE);
	struct record *back, *trashed;
	int64_t deleted_at;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(made); i++)
		made[i].record = lead_of("{\"name\": \"Ann\"}");
	assert_int_equal(entity_insert_many(tx, made, COUNT_OF(made)), OK);
	commit(tx);
	tx = begin(&scope, TX_WRITE);
	load(tx, made, COUNT_OF(made), writes);
	commit(tx);
	test_sql("UPDATE leads SET version = 9 WHERE id = '%s'", id_of(record_id(made[1].record)));
	tx = begin(&scope, TX_WRITE);
	assert_int_equal(entity_delete_many(tx, writes, COUNT_OF(writes)), OK);
	commit(tx);
	assert_int_equal(writes[0].err, OK);
	assert_int_equal(writes[1].err, E_PRECONDITION);
	assert_int_equal(writes[2].err, OK);
	assert_int_equal(read_lead(&scope, record_id(made[0].record), &back), E_NOTFOUND);
	assert_str(test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'", id_of(scope.tenant)),
		   "1");
	tx = begin(&scope, TX_WRITE);
	assert_int_equal(trash_get(tx, &lead_entity, record_id(made[0].record), &trashed, &deleted_at), OK);
	assert_int_equal(trash_restore(tx, trashed, deleted_at, errors_new(arena), &back), OK);
	commit(tx);
	assert_str(
		test_sql_value("SELECT string_agg(kind, ',' ORDER BY version) FROM record_changes WHERE row_id = '%s'",
			       id_of(record_id(back))),
		"created,deleted,restored");
}

static void another_tenants_rows_are_not_met(void **state)
{
	struct record *foreign = stored(&theirs, "{\"name\": \"Eve\"}"), *rows[1];
	struct uuid id = record_id(foreign);
	struct write write = {.current = foreign, .record = parsed(WRITE_UPDATE, "{\"name\": \"Mallory\"}")};
	struct ttx *tx = begin(&ours, TX_WRITE);

	(void)state;
	assert_int_equal(entity_get_many(tx, &lead_entity, &id, 1, false, rows), OK);
	assert_null(rows[0]);
	assert_int_equal(entity_update_many(tx, &write, 1), OK);
	assert_int_equal(write.err, E_PRECONDITION);
	write.err = OK;
	assert_int_equal(entity_delete_many(tx, &write, 1), OK);
	assert_int_equal(write.err, E_PRECONDITION);
	commit(tx);
	assert_str(test_sql_value("SELECT name FROM leads WHERE id = '%s'", id_of(id)), "Eve");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_written_together_are_as_rows_written_alone),
		TEST(rows_beyond_the_plan_are_told_and_the_others_stand),
		TEST(references_and_tags_are_looked_up_row_by_row),
		TEST(what_the_database_refuses_is_found_among_many),
		TEST(changes_to_many_rows),
		TEST(many_rows_into_the_trash),
		TEST(another_tenants_rows_are_not_met),
	};

	return cmocka_run_group_tests(tests, make_tenants, close_database);
}
