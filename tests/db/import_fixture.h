/* A company that imports, and short ways to bring a file, start it and go to its end. */
#ifndef DEMAND_TEST_IMPORT_FIXTURE_H
#define DEMAND_TEST_IMPORT_FIXTURE_H

#include "tests/db/lead_fixture.h"

#include "lib/crm/import.h"

static struct scope shop;

static inline int a_shop(void **state)
{
	setup(state);
	shop = scope_of(test_tenant_create("import"));
	test_sql("UPDATE tenants SET max_leads = NULL WHERE tenant_id = '%s'", id_of(shop.tenant));
	return 0;
}

static inline struct ttx *writing(void)
{
	return begin(&shop, TX_WRITE);
}

static inline struct uuid uploaded(const char *entity, const char *text)
{
	struct import_upload upload = {import_entity(str_from(entity)), STR("leads.csv"), str_from(text),
				       STR("America/New_York")};
	struct ttx *tx = writing();
	struct uuid id;

	assert_int_equal(import_create(tx, &upload, errors_new(arena), &id), OK);
	commit(tx);
	return id;
}

static inline struct import *read_import(struct uuid id)
{
	struct ttx *tx = begin(&shop, TX_READ);
	struct import *import = NULL;

	assert_int_equal(import_get(tx, id, false, &import), OK);
	commit(tx);
	return import;
}

/* Options by name and value, ended by NULL; then to its end in steps of so many rows. */
static inline void start(struct uuid id, const char *match, enum import_mode mode, const char *tags, const char *source)
{
	struct errors *errors = errors_new(arena);
	struct ttx *tx = writing();
	struct import *import = NULL;

	assert_int_equal(import_get(tx, id, true, &import), OK);
	if (match)
		import->options.key = import_key_find(import->entity, str_from(match));
	if (mode)
		import->options.mode = mode;
	if (tags)
		import->options.tags = str_from(tags);
	if (source)
		value_put_text(import->options.defaults, "source", source);
	if (!import_check(tx, import, errors))
		fail_msg("%s", arena_c_string(arena, errors_first(errors)->message));
	assert_int_equal(import_start(tx, import), OK);
	commit(tx);
}

/* Somebody waits for an answer to each of them. */
static inline void as_new_enquiries(struct uuid id)
{
	struct ttx *tx = writing();
	struct import *import = NULL;

	assert_int_equal(import_get(tx, id, true, &import), OK);
	import->options.new_enquiries = true;
	assert_int_equal(import_store(tx, import), OK);
	commit(tx);
}

static inline void finish(struct uuid id, size_t rows)
{
	bool more = true;

	while (more) {
		struct ttx *tx = writing();

		assert_int_equal(import_step(tx, id, rows, &more), OK);
		commit(tx);
	}
}

static inline struct import *taken(const char *entity, const char *text)
{
	struct uuid id = uploaded(entity, text);

	start(id, NULL, 0, NULL, NULL);
	finish(id, 2);
	return read_import(id);
}

static inline const char *counts_of(const struct import *import)
{
	const struct import_counts *c = &import->counts;

	return arena_printf(arena, "%d rows: %d created, %d updated, %d unchanged, %d failed, %d held", (int)c->rows,
			    (int)c->created, (int)c->updated, (int)c->unchanged, (int)c->failed, (int)c->held)
		.p;
}

static inline const char *number_of(const char *what, const char *rest)
{
	return arena_c_string(
		arena, test_sql_value("SELECT %s FROM %s AND x.tenant_id = '%s'", what, rest, id_of(shop.tenant)));
}

static inline const char *value_of(const char *what, const char *table, const char *condition)
{
	return arena_c_string(arena,
			      test_sql_value("SELECT string_agg(%s, ' / ' ORDER BY %s) FROM %s WHERE tenant_id = "
					     "'%s' AND %s",
					     what, what, table, id_of(shop.tenant), condition));
}

static inline void undo(struct uuid id, size_t rows)
{
	struct ttx *tx = writing();
	struct import *import = NULL;

	assert_int_equal(import_get(tx, id, true, &import), OK);
	assert_int_equal(import_undo(tx, import), OK);
	commit(tx);
	finish(id, rows);
}

#define SHOP_TEST(function) cmocka_unit_test_setup_teardown(function, a_shop, teardown)

#endif
