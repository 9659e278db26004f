/* Rows in and out: what is written, what is refused, and that nobody meets another tenant's rows. */
#include "tests/db/lead_fixture.h"

static void a_lead_comes_back_as_it_was_stored(void **state)
{
	struct record *made = stored(
		&ours,
		"{\"name\": \"Ann'); DROP TABLE leads; --\", \"phone\": \"(512) 555-0123\", \"value_cents\": 125050,"
		" \"notes\": \"a\\nb\", \"trade\": \"hvac\", \"score\": 7}");
	struct record *read;
	struct value *before = value_map(arena), *after = value_map(arena);
	struct buffer first = BUFFER_IN(arena), second = BUFFER_IN(arena);
	int64_t created;

	(void)state;
	assert_int_equal(record_version(made), 1);
	assert_int_equal(read_lead(&ours, record_id(made), &read), OK);
	record_to_value(made, before);
	record_to_value(read, after);
	json_print(before, &first);
	json_print(after, &second);
	assert_string_equal(first.bytes, second.bytes);
	assert_str(record_text(read, "name"), "Ann'); DROP TABLE leads; --");
	assert_str(record_text(read, "phone_e164"), "+15125550123");
	assert_str(record_text(read, "status"), "new");
	assert_str(record_text(read, "value_cents"), "125050");
	assert_true(str_absent(record_text(read, "email")));
	assert_true(clock_from_rfc3339(record_text(read, "created_at"), &created));
	assert_in_range(clock_now() - created, 0, 60 * MICROSECONDS_PER_SECOND);
}

static void an_update_writes_what_differs_and_counts_the_version(void **state)
{
	struct record *made = stored(&ours, "{\"name\": \"Bea\", \"phone\": \"512-555-0100\", \"score\": 3}"), *current,
		      *next, *read;
	struct ttx *tx;

	(void)state;
	tx = begin(&ours, TX_WRITE);
	assert_int_equal(entity_get(tx, &lead_entity, record_id(made), &current), OK);
	assert_int_equal(
		entity_update(tx, current,
			      parsed(WRITE_UPDATE, "{\"name\": \"Beatrix\", \"phone\": null, \"score\": null}"),
			      errors_new(arena), &next),
		OK);
	commit(tx);
	assert_int_equal(record_version(next), 2);
	assert_int_equal(read_lead(&ours, record_id(made), &read), OK);
	assert_int_equal(record_version(read), 2);
	assert_str(record_text(read, "name"), "Beatrix");
	assert_true(str_absent(record_text(read, "phone")));
	assert_true(str_absent(record_text(read, "phone_e164")));
	assert_str(record_text(read, "score"), "0"); /* null means the default */
	assert_str(record_text(read, "created_at"), arena_c_string(arena, record_text(made, "created_at")));
	assert_str(test_sql_value("SELECT search_text FROM leads WHERE id = '%s'", id_of(record_id(made))), "beatrix");
}

static void nothing_is_written_when_nothing_differs(void **state)
{
	struct record *made = stored(&ours, "{\"name\": \"Cleo\"}"), *current, *next;
	struct ttx *tx = begin(&ours, TX_WRITE);

	(void)state;
	assert_int_equal(entity_get(tx, &lead_entity, record_id(made), &current), OK);
	assert_int_equal(
		entity_update(tx, current, parsed(WRITE_UPDATE, "{\"name\": \"Cleo\"}"), errors_new(arena), &next), OK);
	commit(tx);
	assert_int_equal(record_version(next), 1);
	assert_str(test_sql_value("SELECT version FROM leads WHERE id = '%s'", id_of(record_id(made))), "1");
}

static void a_row_that_has_moved_on_is_left_alone(void **state)
{
	struct record *made = stored(&ours, "{\"name\": \"Dana\"}"), *stale, *current, *next;
	struct ttx *tx;

	(void)state;
	assert_int_equal(read_lead(&ours, record_id(made), &stale), OK);
	tx = begin(&ours, TX_WRITE);
	assert_int_equal(entity_get(tx, &lead_entity, record_id(made), &current), OK);
	assert_int_equal(
		entity_update(tx, current, parsed(WRITE_UPDATE, "{\"city\": \"Austin\"}"), errors_new(arena), &next),
		OK);
	commit(tx);
	tx = begin(&ours, TX_WRITE);
	assert_int_equal(
		entity_update(tx, stale, parsed(WRITE_UPDATE, "{\"city\": \"Dallas\"}"), errors_new(arena), &next),
		E_PRECONDITION);
	assert_int_equal(entity_delete(tx, stale, errors_new(arena)), E_PRECONDITION);
	ttx_rollback(tx);
	assert_str(test_sql_value("SELECT city FROM leads WHERE id = '%s'", id_of(record_id(made))), "Austin");
}

static void another_tenants_row_is_not_there(void **state)
{
	struct record *made = stored(&theirs, "{\"name\": \"Eve\"}"), *read, *next;
	struct ttx *tx;

	(void)state;
	assert_int_equal(read_lead(&ours, record_id(made), &read), E_NOTFOUND);
	assert_int_equal(read_lead(&ours, uuid_new(), &read), E_NOTFOUND);
	assert_int_equal(read_lead(&theirs, record_id(made), &read), OK);
	tx = begin(&ours, TX_WRITE);
	assert_int_equal(
		entity_update(tx, read, parsed(WRITE_UPDATE, "{\"name\": \"Mallory\"}"), errors_new(arena), &next),
		E_PRECONDITION);
	assert_int_equal(entity_delete(tx, read, errors_new(arena)), E_PRECONDITION);
	commit(tx);
	assert_str(test_sql_value("SELECT name FROM leads WHERE id = '%s'", id_of(record_id(made))), "Eve");
	assert_string_equal(names_of(&ours, "q=Eve"), "");
}

/* ---- references ---- */

static struct uuid user_of(const struct scope *scope, const char *name, bool active)
{
	struct uuid id = uuid_new();

	test_sql("INSERT INTO tenant_users (tenant_id, id, email, email_norm, name, is_active) VALUES ('%s', '%s', "
		 "'%s@%s.example', '%s@%s.example', '%s', %s)",
		 id_of(scope->tenant), id_of(id), name, id_of(id), name, id_of(id), name, active ? "true" : "false");
	return id;
}

static enum err insert_owned_by(struct ttx *tx, struct uuid owner, struct errors *errors)
{
	return entity_insert(
		tx,
		parsed(WRITE_CREATE, arena_printf(arena, "{\"name\": \"Fay\", \"owner_id\": \"%s\"}", id_of(owner)).p),
		errors);
}

static void an_owner_is_an_active_user_of_the_same_tenant(void **state)
{
	struct uuid active = user_of(&ours, "ann", true);
	const struct uuid refused[] = {user_of(&ours, "bob", false), user_of(&theirs, "cid", true), uuid_new()};
	struct ttx *tx = begin(&ours, TX_WRITE);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		struct errors *errors = errors_new(arena);

		assert_int_equal(insert_owned_by(tx, refused[i], errors), E_INVALID);
		assert_string_equal(code_at(errors, "owner_id"), "not_found");
	}
	assert_int_equal(insert_owned_by(tx, active, errors_new(arena)), OK); /* the transaction is still good */
	commit(tx);
}

static const struct value *input_named(const struct value *list, const char *name)
{
	for (size_t i = 0; i < value_count(list); i++)
		if (str_is(value_as_str(value_get(value_at(list, i), STR("name"))), name))
			return value_at(list, i);
	fail_msg("no %s", name);
	return NULL;
}

static void references_are_shown_by_name_and_offered_by_name(void **state)
{
	struct uuid gil = user_of(&ours, "gil", true);
	struct value *form = value_list(arena), *shown = value_list(arena);
	const struct value *choices;
	struct record *record;
	bool offered = false;
	struct ttx *tx = begin(&ours, TX_WRITE);

	(void)state;
	assert_int_equal(insert_owned_by(tx, gil, errors_new(arena)), OK);
	commit(tx);
	test_sql("UPDATE tenant_users SET is_active = false WHERE id = '%s'",
		 id_of(gil)); /* who left is shown, and kept when saved */
	tx = begin(&ours, TX_READ);
	record = parsed(WRITE_CREATE, arena_printf(arena, "{\"name\": \"x\", \"owner_id\": \"%s\"}", id_of(gil)).p);
	assert_int_equal(record_load_references(tx, &record, 1, true), OK);
	commit(tx);
	record_form_view(record, NULL, NULL, WRITE_UPDATE, form);
	record_show_view(record, shown);
	assert_str(value_as_str(value_get(input_named(shown, "owner_id"), STR("text"))), "gil");
	choices = value_get(input_named(form, "owner_id"), STR("choices"));
	for (size_t i = 0; i < value_count(choices); i++) {
		const struct value *choice = value_at(choices, i);
		struct str label = value_as_str(value_get(choice, STR("label")));

		assert_false(str_is(label, "cid")); /* another tenant's */
		assert_false(str_is(label, "bob")); /* inactive */
		if (value_truth(value_get(choice, STR("selected")))) {
			assert_str(label, "gil");
			offered = true;
		}
	}
	assert_true(offered);
}

/* ---- the plan's limit, through the hooks ---- */

static void a_lead_takes_a_place_and_gives_it_back(void **state)
{
	const struct scope small = scope_of(test_tenant_create("small"));
	struct record *first;
	struct errors *errors = errors_new(arena);
	struct ttx *tx;

	(void)state;
	test_sql("UPDATE tenants SET max_leads = 2 WHERE tenant_id = '%s'", id_of(small.tenant));
	first = stored(&small, "{\"name\": \"one\"}");
	stored(&small, "{\"name\": \"two\"}");
	tx = begin(&small, TX_WRITE);
	assert_int_equal(entity_insert(tx, parsed(WRITE_CREATE, "{\"name\": \"three\"}"), errors), E_LIMIT);
	assert_true(errors_any(errors));
	ttx_rollback(tx);
	assert_string_equal(names_of(&small, "sort=name"), "one,two");
	tx = begin(&small, TX_WRITE);
	assert_int_equal(entity_delete(tx, first, errors_new(arena)), OK);
	commit(tx);
	stored(&small, "{\"name\": \"three\"}");
	assert_string_equal(names_of(&small, "sort=name"), "three,two");
	assert_str(test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'", id_of(small.tenant)),
		   "2");
}

static void a_refused_row_takes_no_place(void **state)
{
	const struct scope small = scope_of(test_tenant_create("refused"));
	struct ttx *tx = begin(&small, TX_WRITE);

	(void)state;
	assert_int_equal(insert_owned_by(tx, uuid_new(), errors_new(arena)), E_INVALID);
	ttx_rollback(tx);
	assert_str(test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'", id_of(small.tenant)),
		   "0");
}

static void a_deleted_lead_is_kept_and_nowhere_to_be_seen(void **state)
{
	struct record *made = stored(&ours, "{\"name\": \"Hal\"}"), *read;
	struct ttx *tx = begin(&ours, TX_WRITE);

	(void)state;
	test_sql("INSERT INTO contacts (tenant_id, id, lead_id, name) VALUES ('%s', '%s', '%s', 'c')",
		 id_of(ours.tenant), id_of(uuid_new()), id_of(record_id(made)));
	assert_int_equal(entity_delete(tx, made, errors_new(arena)), OK);
	commit(tx);
	assert_int_equal(read_lead(&ours, record_id(made), &read), E_NOTFOUND);
	assert_string_equal(names_of(&ours, "q=hal"), "");
	assert_str(
		test_sql_value("SELECT (deleted_at IS NOT NULL)::text FROM leads WHERE tenant_id = '%s' AND id = '%s'",
			       id_of(ours.tenant), id_of(record_id(made))),
		"true");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lead_comes_back_as_it_was_stored),
		TEST(an_update_writes_what_differs_and_counts_the_version),
		TEST(nothing_is_written_when_nothing_differs),
		TEST(a_row_that_has_moved_on_is_left_alone),
		TEST(another_tenants_row_is_not_there),
		TEST(an_owner_is_an_active_user_of_the_same_tenant),
		TEST(references_are_shown_by_name_and_offered_by_name),
		TEST(a_lead_takes_a_place_and_gives_it_back),
		TEST(a_refused_row_takes_no_place),
		TEST(a_deleted_lead_is_kept_and_nowhere_to_be_seen),
	};

	return cmocka_run_group_tests(tests, make_tenants, close_database);
}
