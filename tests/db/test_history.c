/* History and trash: what is written down about a write, and the way into the trash and out of it. */
#include "tests/db/lead_fixture.h"

#include "lib/crm/activity.h"
#include "lib/crm/contact.h"
#include "lib/crm/entities.h"
#include "lib/crm/note.h"
#include "lib/crm/pipeline_stage.h"
#include "lib/crm/tag.h"
#include "lib/entity/trash.h"

#include <stdlib.h>

static const struct ttx_actor ann = {ACTOR_API_KEY, {{1, 2, 3}}, {"Website", 7}};

static int make_catalogue(void **state)
{
	entity_catalogue(entities, entities_count);
	return make_tenants(state);
}

static struct ttx *act(void)
{
	struct ttx *tx = begin(&ours, TX_WRITE);

	ttx_set_actor(tx, ann);
	return tx;
}

/* A row of any entity: name, value, …, NULL. */
static struct record *made(const struct entity *entity, const char *const *pairs)
{
	struct record *record = record_new(arena, entity);
	struct value *body = value_map(arena);
	struct ttx *tx = act();

	for (; *pairs; pairs += 2)
		value_put_text(body, pairs[0], pairs[1]);
	assert_int_equal(record_from_json(record, WRITE_CREATE, body, errors_new(arena)), OK);
	assert_int_equal(entity_insert(tx, record, errors_new(arena)), OK);
	commit(tx);
	return record;
}
#define MADE(entity, ...) made(&(entity), (const char *const[]){__VA_ARGS__, NULL})

static struct record *changed(const struct record *row, const char *field, const char *to)
{
	struct record *current, *change = record_new(arena, record_entity(row)), *next;
	struct value *body = value_map(arena);
	struct ttx *tx = act();

	value_put_text(body, field, to);
	assert_int_equal(record_from_json(change, WRITE_UPDATE, body, errors_new(arena)), OK);
	assert_int_equal(entity_get(tx, record_entity(row), record_id(row), &current), OK);
	assert_int_equal(entity_update(tx, current, change, errors_new(arena), &next), OK);
	commit(tx);
	return next;
}

static void delete_row(const struct record *row)
{
	struct ttx *tx = act();
	struct record *current;

	assert_int_equal(entity_get(tx, record_entity(row), record_id(row), &current), OK);
	assert_int_equal(entity_delete(tx, current, errors_new(ttx_arena(tx))), OK);
	commit(tx);
}

static enum err restore_row(const struct record *row, struct errors *errors)
{
	struct ttx *tx = act();
	struct record *current, *next;
	int64_t deleted_at;
	enum err err = trash_get(tx, record_entity(row), record_id(row), &current, &deleted_at);

	if (err == OK)
		err = trash_restore(tx, current, deleted_at, errors, &next);
	if (err == OK)
		commit(tx);
	else
		ttx_rollback(tx);
	return err;
}

static bool lives(const struct record *row)
{
	struct ttx *tx = begin(&ours, TX_READ);
	struct record *read;
	enum err err = entity_get(tx, record_entity(row), record_id(row), &read);

	ttx_rollback(tx);
	return err == OK;
}

static struct history_page history_of(const struct scope *scope, const struct record *row)
{
	struct ttx *tx = begin(scope, TX_READ);
	struct history_place start = {0};
	struct history_page page;

	assert_int_equal(history_read(tx, record_entity(row), record_id(row), &start, &page), OK);
	commit(tx);
	return page;
}

static void every_write_leaves_one_row_with_who_did_it(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "Ann", "phone", "512 555 0123");
	struct history_change *changes;
	struct history_page page;

	(void)state;
	(void)changed(lead, "name", "Anne");
	delete_row(lead);
	assert_int_equal(restore_row(lead, errors_new(arena)), OK);
	page = history_of(&ours, lead);
	assert_int_equal(page.count, 4);
	assert_str(page.entries[0].kind, "restored");
	assert_str(page.entries[1].kind, "deleted");
	assert_str(page.entries[2].kind, "changed");
	assert_str(page.entries[3].kind, "created");
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(page.entries[i].version, 4 - (int)i);
		assert_str(page.entries[i].actor_kind, "api_key");
		assert_str(page.entries[i].actor_name, "Website");
		assert_true(uuid_equal(page.entries[i].actor_id, ann.id));
	}
	assert_int_equal(history_changes(arena, &lead_entity, page.entries[2].changes, &changes), 1);
	assert_str(changes[0].name, "name");
	assert_str(changes[0].from_text, "Ann");
	assert_str(changes[0].to_text, "Anne");
	assert_int_equal(history_of(&theirs, lead).count, 0);
}

static void a_write_that_changes_nothing_leaves_no_row(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "Same");

	(void)state;
	(void)changed(lead, "name", "Same");
	assert_int_equal(history_of(&ours, lead).count, 1);
}

static void a_row_is_known_as_it_was_at_an_older_version(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "One", "city", "Austin"), *then;
	struct ttx *tx;

	(void)state;
	(void)changed(lead, "city", "Dallas");
	lead = changed(lead, "name", "Two");
	tx = begin(&ours, TX_READ);
	assert_int_equal(history_row_at(tx, lead, 1, &then), OK);
	assert_str(record_text(then, "name"), "One");
	assert_str(record_text(then, "city"), "Austin");
	assert_int_equal(history_row_at(tx, lead, 2, &then), OK);
	assert_str(record_text(then, "name"), "One");
	assert_str(record_text(then, "city"), "Dallas");
	assert_int_equal(history_row_at(tx, lead, 9, &then), E_NOTFOUND);
	commit(tx);
}

static void what_belongs_to_a_row_goes_and_comes_back_with_it(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "Owner");
	const char *id = id_of(record_id(lead));
	struct record *note = MADE(note_entity, "body", "Gate code 1234", "lead_id", id),
		      *call = MADE(activity_entity, "type", "call", "lead_id", id),
		      *gone = MADE(note_entity, "body", "Deleted before", "lead_id", id);
	struct errors *errors = errors_new(arena);

	(void)state;
	delete_row(gone);
	delete_row(lead);
	assert_false(lives(note) || lives(call));
	assert_int_equal(restore_row(note, errors), E_CONFLICT);
	assert_string_equal(code_at(errors, "lead_id"), "deleted");
	assert_int_equal(restore_row(lead, errors_new(arena)), OK);
	assert_true(lives(lead) && lives(note) && lives(call));
	assert_false(lives(gone));
	assert_str(history_of(&ours, note).entries[0].kind, "restored");
	assert_str(history_of(&ours, note).entries[0].actor_name, "Website");
}

static void a_row_of_two_belongs_to_the_first(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "First"), *contact = MADE(contact_entity, "name", "Second");
	struct record *note = MADE(note_entity, "body", "Both", "lead_id", id_of(record_id(lead)), "contact_id",
				   id_of(record_id(contact)));

	(void)state;
	delete_row(contact);
	assert_true(lives(note));
	delete_row(lead);
	assert_false(lives(note));
}

static void a_unique_value_is_free_in_the_trash_and_told_when_it_is_taken(void **state)
{
	struct record *tag = MADE(tag_entity, "name", "Maintenance");
	struct errors *errors = errors_new(arena);

	(void)state;
	delete_row(tag);
	(void)MADE(tag_entity, "name", "Maintenance");
	assert_int_equal(restore_row(tag, errors), E_CONFLICT);
	assert_string_equal(code_at(errors, "name"), "taken");
	assert_false(lives(tag));
}

static int64_t leads_in_use(void)
{
	const char *value = test_sql_value("SELECT current_lead_count FROM tenants WHERE tenant_id = '%s'",
					   id_of(scope_tenant(&ours)))
				    .p;

	return strtoll(value, NULL, 10);
}

static void a_lead_in_the_trash_takes_no_place_of_the_plan(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "Counted");
	int64_t before = leads_in_use();

	(void)state;
	delete_row(lead);
	assert_int_equal(leads_in_use(), before - 1);
	assert_int_equal(restore_row(lead, errors_new(arena)), OK);
	assert_int_equal(leads_in_use(), before);
}

static struct trash_page *trash_of(const struct entity *only)
{
	struct ttx *tx = begin(&ours, TX_READ);
	struct history_place start = {0};
	struct trash_page *page;

	assert_int_equal(trash_list(tx, only, &start, &page), OK);
	commit(tx);
	return page;
}

static void the_trash_lists_what_was_deleted_newest_first(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "Listed"),
		      *note = MADE(note_entity, "body", "Mine\nsecond", "lead_id", id_of(record_id(lead))),
		      *loose = MADE(note_entity, "body", "Loose end\nsecond line");
	struct trash_page *page;

	(void)state;
	delete_row(loose);
	delete_row(lead);
	page = trash_of(NULL);
	assert_true(page->count >= 2);
	assert_true(uuid_equal(page->entries[0].id, record_id(lead)));
	assert_str(page->entries[0].title, "Listed");
	assert_str(page->entries[0].actor, "Website");
	assert_true(uuid_equal(page->entries[1].id, record_id(loose)));
	assert_str(page->entries[1].title, "Loose end");
	page = trash_of(&note_entity);
	assert_true(uuid_equal(page->entries[0].id, record_id(loose)));
	for (size_t i = 0; i < page->count; i++)
		assert_false(uuid_equal(page->entries[i].id, record_id(note)));
}

static const char *count_of(const char *table, const struct record *row)
{
	return test_sql_value("SELECT count(*) FROM %s WHERE %s = '%s'", table,
			      strcmp(table, "record_changes") == 0 ? "row_id" : "id", id_of(record_id(row)))
		.p;
}

static void erasing_leaves_nothing_of_a_row(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "Erased"),
		      *note = MADE(note_entity, "body", "Gone too", "lead_id", id_of(record_id(lead))),
		      *contact = MADE(contact_entity, "name", "Stays", "lead_id", id_of(record_id(lead))), *read;
	struct ttx *tx;

	(void)state;
	delete_row(lead);
	tx = act();
	assert_int_equal(trash_erase(tx, &lead_entity, arena_printf(arena, "{%s}", id_of(record_id(lead)))), OK);
	commit(tx);
	assert_string_equal(count_of("leads", lead), "0");
	assert_string_equal(count_of("notes", note), "0");
	assert_string_equal(count_of("record_changes", lead), "0");
	assert_string_equal(count_of("record_changes", note), "0");
	tx = begin(&ours, TX_READ);
	assert_int_equal(entity_get(tx, &contact_entity, record_id(contact), &read), OK);
	assert_true(str_absent(record_text(read, "lead_id")));
	commit(tx);
}

static void a_purge_takes_what_is_old_enough(void **state)
{
	struct record *tag = MADE(tag_entity, "name", "Purged");
	struct ttx *tx;
	int64_t count;

	(void)state;
	delete_row(tag);
	tx = act();
	assert_int_equal(trash_purge(tx, &tag_entity, clock_now() - 60 * MICROSECONDS_PER_SECOND, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(trash_purge(tx, &tag_entity, clock_now() + MICROSECONDS_PER_SECOND, &count), OK);
	assert_true(count >= 1);
	commit(tx);
	assert_string_equal(count_of("tags", tag), "0");
}

static void a_purge_leaves_what_something_needs(void **state)
{
	struct record *lead = MADE(lead_entity, "name", "Moved"),
		      *needed = MADE(pipeline_stage_entity, "name", "Needed"),
		      *free = MADE(pipeline_stage_entity, "name", "Free");
	struct ttx *tx;
	int64_t count;

	(void)state;
	test_sql("INSERT INTO stage_moves (tenant_id, id, lead_id, to_stage_id, moved_at, seconds) VALUES ('%s', "
		 "gen_random_uuid(), '%s', '%s', now(), 0)",
		 id_of(scope_tenant(&ours)), id_of(record_id(lead)), id_of(record_id(needed)));
	delete_row(needed);
	delete_row(free);
	tx = act();
	assert_int_equal(trash_purge(tx, &pipeline_stage_entity, clock_now() + MICROSECONDS_PER_SECOND, &count), OK);
	commit(tx);
	assert_int_equal(count, 1);
	assert_string_equal(count_of("pipeline_stages", needed), "1");
	assert_string_equal(count_of("pipeline_stages", free), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_write_leaves_one_row_with_who_did_it),
		TEST(a_write_that_changes_nothing_leaves_no_row),
		TEST(a_row_is_known_as_it_was_at_an_older_version),
		TEST(what_belongs_to_a_row_goes_and_comes_back_with_it),
		TEST(a_row_of_two_belongs_to_the_first),
		TEST(a_unique_value_is_free_in_the_trash_and_told_when_it_is_taken),
		TEST(a_lead_in_the_trash_takes_no_place_of_the_plan),
		TEST(the_trash_lists_what_was_deleted_newest_first),
		TEST(erasing_leaves_nothing_of_a_row),
		TEST(a_purge_takes_what_is_old_enough),
		TEST(a_purge_leaves_what_something_needs),
	};

	return cmocka_run_group_tests(tests, make_catalogue, close_database);
}
