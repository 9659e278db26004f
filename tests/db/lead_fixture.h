/* Tenants of a test program's own, and short ways to work on their leads as the web workers do. */
#ifndef DEMAND_TEST_LEAD_FIXTURE_H
#define DEMAND_TEST_LEAD_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/crm/lead.h"
#include "lib/text/json.h"
#include "tests/support/database.h"

static struct arena *arena;
static struct scope ours, theirs;

static inline int make_tenants(void **state)
{
	static const uint8_t key[32] = {7};

	(void)state;
	ours = scope_of(test_tenant_create("ours"));
	theirs = scope_of(test_tenant_create("theirs"));
	entity_list_key(key);
	return 0;
}

static inline int close_database(void **state)
{
	(void)state;
	test_database_close();
	return 0;
}

static inline int setup(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define assert_str(actual, expected) assert_string_equal(arena_c_string(arena, (actual)), (expected))

static inline const char *id_of(struct uuid id)
{
	return arena_c_string(arena, uuid_text(arena, id));
}

static inline struct ttx *begin(const struct scope *scope, enum tx_mode mode)
{
	return ttx_begin(test_pg_app(), arena, scope, mode);
}

static inline void commit(struct ttx *tx)
{
	assert_int_equal(ttx_commit(tx), OK);
}

static inline const char *code_at(const struct errors *errors, const char *field)
{
	const struct field_error *error = errors_for(errors, field);

	return error ? error->code : "";
}

/* What a JSON body says, validated. */
static inline struct record *parsed(enum write_kind kind, const char *body)
{
	struct record *record = record_new(arena, &lead_entity);
	struct value *value;
	struct str why;

	assert_int_equal(json_parse(arena, str_from(body), &json_limits_request, &value, &why), OK);
	assert_int_equal(record_from_json(record, kind, value, errors_new(arena)), OK);
	return record;
}

static inline struct record *stored(const struct scope *scope, const char *body)
{
	struct record *record = parsed(WRITE_CREATE, body);
	struct ttx *tx = begin(scope, TX_WRITE);

	assert_int_equal(entity_insert(tx, record, errors_new(arena)), OK);
	commit(tx);
	return record;
}

static inline enum err read_lead(const struct scope *scope, struct uuid id, struct record **out)
{
	struct ttx *tx = begin(scope, TX_READ);
	enum err err = entity_get(tx, &lead_entity, id, out);

	ttx_rollback(tx);
	return err;
}

static inline struct list_query query_of(const char *text)
{
	struct list_query query;
	struct form form;
	struct str why;

	assert_int_equal(form_parse_urlencoded(arena, str_from(text), &form_limits_request, &form, &why), OK);
	assert_int_equal(list_query_parse(arena, &lead_entity, &form, NULL, &query, errors_new(arena)), OK);
	return query;
}

static inline struct list_result listed(const struct scope *scope, const struct list_query *query)
{
	struct ttx *tx = begin(scope, TX_READ);
	struct list_result result;

	assert_int_equal(entity_list(tx, &lead_entity, query, errors_new(arena), &result), OK);
	commit(tx);
	return result;
}

/* The names of the first page, with commas. */
static inline const char *names_of(const struct scope *scope, const char *text)
{
	struct list_query query = query_of(text);
	struct list_result result = listed(scope, &query);
	struct buffer names = BUFFER_IN(arena);

	for (size_t i = 0; i < result.count; i++)
		buffer_printf(&names, "%s%.*s", i ? "," : "", STR_FMT_ARG(record_text(result.records[i], "name")));
	return arena_c_string(arena, buffer_str(&names));
}

#endif
