/* Two rows become one: what moves with them, and that all of it comes back. */
#include "tests/db/merge_fixture.h"

/* ---- what points at a row ---- */

static bool is_linked(const char *table, const char *column, const struct entity *entity)
{
	struct merge_link links[MERGE_LINKS_MOST];
	size_t count = merge_links(entity, links);

	for (size_t i = 0; i < count; i++)
		if (strcmp(links[i].table, table) == 0 && strcmp(links[i].column, column) == 0)
			return true;
	return entity->tags_table && strcmp(entity->tags_table, table) == 0 && strcmp(column, "row_id") == 0;
}

static const struct entity *of_table(const char *table)
{
	for (size_t i = 0; i < entities_count; i++)
		if (strcmp(entities[i]->table, table) == 0)
			return entities[i];
	return NULL;
}

/* A new table that refers to a lead has to say what becomes of its rows. */
static void every_foreign_key_to_a_row_is_known(void **state)
{
	struct str lines;
	size_t seen = 0;

	(void)state;
	lines = arena_copy(
		arena,
		test_sql_value(
			"SELECT string_agg(format('%%s %%s %%s', f.conrelid::regclass, a.attname, "
			"f.confrelid::regclass), E'\\n') FROM pg_constraint f CROSS JOIN LATERAL unnest(f.conkey) "
			"k JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k WHERE f.contype = 'f' "
			"AND a.attname <> 'tenant_id' AND f.confrelid::regclass::text IN ('leads', 'contacts', "
			"'properties')"));
	while (!str_absent(lines)) {
		struct str line = str_split(&lines, '\n'), table = str_split(&line, ' '),
			   column = str_split(&line, ' ');

		if (!is_linked(arena_c_string(arena, table), arena_c_string(arena, column),
			       of_table(arena_c_string(arena, line))))
			fail_msg("%.*s.%.*s points at %.*s: lib/crm/merge_links.c does not say what becomes of it",
				 STR_FMT_ARG(table), STR_FMT_ARG(column), STR_FMT_ARG(line));
		seen++;
	}
	assert_true(seen >= 15);
}

/* What may be there once for a row is in the way of moving: each such index has its way out. */
static void unique_indexes_over_what_moves_are_known(void **state)
{
	(void)state;
	for (size_t e = 0; merge_entities[e]; e++) {
		struct merge_link links[MERGE_LINKS_MOST];
		size_t count = merge_links(entity_find(str_from(merge_entities[e])), links);

		for (size_t i = 0; i < count; i++) {
			struct str name = test_sql_value(
				"SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a ON a.attrelid "
				"= i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indisunique AND "
				"i.indrelid::regclass::text = '%s' AND a.attname = '%s' AND "
				"i.indexrelid::regclass::text <> 'cadence_runs_running'",
				links[i].table, links[i].column);

			if (!str_absent(name))
				fail_msg("%.*s: can %s.%s move?", STR_FMT_ARG(name), links[i].table, links[i].column);
		}
	}
}

/* ---- there and back ---- */

/* A row of every table that can point at it does. */
static size_t point_all_at(const struct entity *entity, struct uuid row)
{
	struct merge_link links[MERGE_LINKS_MOST];
	size_t count = merge_links(entity, links), moving = 0;

	for (size_t i = 0; i < count; i++) {
		if (links[i].way != MERGE_MOVES)
			continue;
		test_sql("UPDATE %s SET %s = '%s' WHERE tenant_id = '%s' AND id = (SELECT id FROM %s WHERE tenant_id = "
			 "'%s' ORDER BY id LIMIT 1)",
			 links[i].table, links[i].column, id_of(row), id_of(shop.tenant), links[i].table,
			 id_of(shop.tenant));
		if (str_absent(test_sql_value("SELECT 1::text FROM %s WHERE %s = '%s'", links[i].table, links[i].column,
					      id_of(row))))
			fail_msg("no row of %s to point with", links[i].table);
		moving++;
	}
	return moving;
}

static void assert_nothing_points_at(const struct entity *entity, struct uuid row)
{
	struct merge_link links[MERGE_LINKS_MOST];
	size_t count = merge_links(entity, links);

	for (size_t i = 0; i < count; i++)
		if (links[i].way == MERGE_MOVES &&
		    !str_absent(test_sql_value("SELECT 1::text FROM %s WHERE %s = '%s'", links[i].table,
					       links[i].column, id_of(row))))
			fail_msg("%s.%s still points at what went", links[i].table, links[i].column);
}

static void a_merge_moves_everything_and_its_undo_brings_everything_back(void **state)
{
	(void)state;
	for (size_t e = 0; merge_entities[e]; e++) {
		const struct entity *entity = entity_find(str_from(merge_entities[e]));
		struct uuid kept = row_of(entity->table, 0), gone = row_of(entity->table, 1), id;
		size_t moving = point_all_at(entity, gone);
		const char *before = all_rows();
		struct merge_undone back;

		id = merged(entity, kept, gone);
		assert_nothing_points_at(entity, gone);
		assert_true(str_absent(test_sql_value("SELECT 1::text FROM %s WHERE id = '%s' AND deleted_at IS NULL",
						      entity->table, id_of(gone))));
		back = undone(id);
		assert_true(back.moved_back >= (int64_t)moving);
		assert_int_equal(back.left, 0);
		assert_true(str_absent(back.fields_left));
		assert_same_rows(before, all_rows());
	}
}

static void what_a_hook_makes_anew_comes_back_too(void **state)
{
	struct uuid kept = made(&lead_entity, "{\"name\": \"Ann\"}"),
		    gone = made(&lead_entity, "{\"name\": \"Ann Lee\", \"phone\": \"512 555 0123\", \"email\": "
					      "\"ann@example.com\", \"status\": \"won\", \"sms_consent\": true, "
					      "\"sms_consent_text\": \"On the phone\"}");
	struct merge_choice choices[] = {
		{entity_field(&lead_entity, STR("status")), MERGE_OTHER},
		{entity_field(&lead_entity, STR("sms_consent")), MERGE_OTHER},
	};
	struct merge_order order = {
		.entity = &lead_entity, .kept = kept, .gone = gone, .choices = choices, .count = COUNT_OF(choices)};
	const char *before = all_rows();
	struct record *row, *other = read_row(&lead_entity, gone);
	struct uuid id;

	(void)state;
	assert_int_equal(try_merge(&order, errors_new(arena), &id), OK);
	row = read_row(&lead_entity, kept);
	assert_str(record_text(row, "name"), "Ann");
	assert_str(record_text(row, "phone_e164"), "+15125550123");
	assert_str(record_text(row, "status"), "won");
	assert_true(str_equal(record_text(row, "stage_id"), record_text(other, "stage_id")));
	assert_str(record_text(row, "sms_consent_text"), "On the phone");
	assert_true(str_equal(record_text(row, "sms_consent_at"), record_text(other, "sms_consent_at")));
	assert_string_not_equal(arena_c_string(arena, record_text(row, "score")), "0");
	(void)undone(id);
	assert_same_rows(before, all_rows());
}

static void what_was_changed_since_is_left_and_said(void **state)
{
	struct uuid kept = made(&contact_entity, "{\"name\": \"Bea\"}"),
		    gone = made(&contact_entity, "{\"name\": \"Bea Roe\", \"phone\": \"512 555 0144\", \"email\": "
						 "\"bea@example.com\"}"),
		    third = made(&contact_entity, "{\"name\": \"Cleo\"}"), first_note, second_note, id;
	struct merge_undone back;

	(void)state;
	first_note = made(entity_find(STR("notes")),
			  arena_printf(arena, "{\"body\": \"one\", \"contact_id\": \"%s\"}", id_of(gone)).p);
	second_note = made(entity_find(STR("notes")),
			   arena_printf(arena, "{\"body\": \"two\", \"contact_id\": \"%s\"}", id_of(gone)).p);
	id = merged(&contact_entity, kept, gone);
	change_row(&contact_entity, kept, "phone", "512 555 0199");
	change_row(entity_find(STR("notes")), second_note, "contact_id", id_of(third));
	back = undone(id);
	assert_int_equal(back.moved_back, 1);
	assert_int_equal(back.left, 1);
	assert_str(back.fields_left, "Phone");
	assert_string_equal(text_of(&contact_entity, kept, "phone"), "512 555 0199");
	assert_string_equal(text_of(&contact_entity, kept, "email"), "");
	assert_string_equal(text_of(&contact_entity, gone, "phone"), "512 555 0144");
	assert_string_equal(text_of(entity_find(STR("notes")), first_note, "contact_id"), id_of(gone));
	assert_string_equal(text_of(entity_find(STR("notes")), second_note, "contact_id"), id_of(third));
}

/* ---- when it cannot be taken back ---- */

static void a_merge_is_taken_back_once(void **state)
{
	struct uuid id = merged(&contact_entity, made(&contact_entity, "{\"name\": \"A\"}"),
				made(&contact_entity, "{\"name\": \"B\"}"));
	struct errors *errors = errors_new(arena);
	struct merge_undone back;

	(void)state;
	(void)undone(id);
	assert_int_equal(try_undo(id, errors, &back), E_CONFLICT);
	assert_string_equal(code_at(errors, NULL), "undone");
}

static void a_chain_is_taken_back_from_its_end(void **state)
{
	struct uuid a = made(&contact_entity, "{\"name\": \"A\"}"), b = made(&contact_entity, "{\"name\": \"B\"}"),
		    c = made(&contact_entity, "{\"name\": \"C\"}"), first, second, went_to;
	struct errors *errors = errors_new(arena);
	const char *before = all_rows();
	struct merge_undone back;
	struct ttx *tx;

	(void)state;
	first = merged(&contact_entity, a, b);
	second = merged(&contact_entity, c, a);
	tx = begin(&shop, TX_READ);
	assert_int_equal(merge_went_to(tx, &contact_entity, b, &went_to), OK);
	assert_true(uuid_equal(went_to, c));
	assert_int_equal(merge_went_to(tx, &contact_entity, c, &went_to), E_NOTFOUND);
	commit(tx);
	assert_int_equal(try_undo(first, errors, &back), E_CONFLICT);
	assert_string_equal(code_at(errors, NULL), "merged_since");
	(void)undone(second);
	(void)undone(first);
	assert_same_rows(before, all_rows());
	/* And again: a row may go more than once. */
	(void)merged(&contact_entity, a, b);
}

static void what_was_erased_stays_erased(void **state)
{
	struct uuid kept = made(&contact_entity, "{\"name\": \"A\"}"),
		    gone = made(&contact_entity, "{\"name\": \"B\"}"), id = merged(&contact_entity, kept, gone);
	struct merge_undone back;
	struct ttx *tx = begin(&shop, TX_WRITE);

	(void)state;
	assert_int_equal(trash_erase(tx, &contact_entity, arena_printf(arena, "{%s}", id_of(gone))), OK);
	commit(tx);
	/* With its merge, which holds what people had written. */
	assert_int_equal(try_undo(id, errors_new(arena), &back), E_NOTFOUND);
	assert_string_equal(text_of(&contact_entity, kept, "name"), "A");
}

/* ---- what cannot be there twice ---- */

static void a_cadence_of_both_goes_on_once(void **state)
{
	struct uuid kept = made(&lead_entity, "{\"name\": \"K\"}"), gone = made(&lead_entity, "{\"name\": \"L\"}"), id;
	const char *tenant = id_of(shop.tenant), *before;

	(void)state;
	test_sql("INSERT INTO cadence_runs (tenant_id, id, cadence_id, lead_id) SELECT c.tenant_id, gen_random_uuid(), "
		 "c.id, l.id FROM cadences c JOIN leads l ON l.tenant_id = c.tenant_id AND l.id IN ('%s', '%s') WHERE "
		 "c.tenant_id = '%s' AND c.name = 'Test of merges'",
		 id_of(kept), id_of(gone), tenant);
	test_sql("INSERT INTO tasks (tenant_id, id, title, due_at, lead_id, cadence_run_id) SELECT r.tenant_id, "
		 "gen_random_uuid(), 'Call', now(), r.lead_id, r.id FROM cadence_runs r WHERE r.tenant_id = '%s' AND "
		 "r.lead_id IN ('%s', '%s')",
		 tenant, id_of(kept), id_of(gone));
	before = all_rows();
	id = merged(&lead_entity, kept, gone);
	assert_str(test_sql_value("SELECT count(*) || ' ' || count(stopped_at) FROM cadence_runs WHERE lead_id = '%s'",
				  id_of(kept)),
		   "2 1");
	assert_str(test_sql_value("SELECT string_agg(status, ' ' ORDER BY status) FROM tasks WHERE lead_id = '%s'",
				  id_of(kept)),
		   "cancelled open");
	(void)undone(id);
	assert_same_rows(before, all_rows());
}

static void too_much_is_refused(void **state)
{
	struct uuid kept = made(&property_entity, "{\"address\": \"1 A\"}"),
		    gone = made(&property_entity, "{\"address\": \"1 A\"}"), id;
	struct merge_order order = {.entity = &property_entity, .kept = kept, .gone = gone};
	struct errors *errors = errors_new(arena);

	(void)state;
	test_sql("INSERT INTO equipment (tenant_id, id, name, property_id) SELECT '%s', gen_random_uuid(), 'x', '%s' "
		 "FROM "
		 "generate_series(1, %d)",
		 id_of(shop.tenant), id_of(gone), MERGE_ROWS_MOST + 1);
	assert_int_equal(try_merge(&order, errors, &id), E_CONFLICT);
	assert_string_equal(code_at(errors, NULL), "too_many_rows");
	test_sql("DELETE FROM equipment WHERE id = (SELECT id FROM equipment WHERE property_id = '%s' LIMIT 1)",
		 id_of(gone));
	assert_int_equal(try_merge(&order, errors_new(arena), &id), OK);
	assert_int_equal(undone(id).moved_back, MERGE_ROWS_MOST);
	test_sql("DELETE FROM equipment WHERE property_id = '%s'", id_of(gone));
}

static void a_plan_that_is_full_does_not_take_a_lead_back(void **state)
{
	struct uuid id =
		merged(&lead_entity, made(&lead_entity, "{\"name\": \"M\"}"), made(&lead_entity, "{\"name\": \"N\"}"));
	struct errors *errors = errors_new(arena);
	struct merge_undone back;

	(void)state;
	test_sql("UPDATE tenants SET max_leads = 1 WHERE tenant_id = '%s'", id_of(shop.tenant));
	assert_int_equal(try_undo(id, errors, &back), E_LIMIT);
	test_sql("UPDATE tenants SET max_leads = NULL WHERE tenant_id = '%s'", id_of(shop.tenant));
	(void)undone(id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_foreign_key_to_a_row_is_known),
		TEST(unique_indexes_over_what_moves_are_known),
		MERGING(a_merge_moves_everything_and_its_undo_brings_everything_back),
		MERGING(what_a_hook_makes_anew_comes_back_too),
		MERGING(what_was_changed_since_is_left_and_said),
		MERGING(a_merge_is_taken_back_once),
		MERGING(a_chain_is_taken_back_from_its_end),
		MERGING(what_was_erased_stays_erased),
		MERGING(a_cadence_of_both_goes_on_once),
		MERGING(too_much_is_refused),
		MERGING(a_plan_that_is_full_does_not_take_a_lead_back),
	};

	return cmocka_run_group_tests_name("merge", tests, open_tests, close_database);
}
