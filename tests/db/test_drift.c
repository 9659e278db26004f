/* The tables of lib/crm and lib/tenant against the database, in both directions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/crm/entities.h"
#include "lib/entity/entity_internal.h"
#include "lib/tenant/user.h"
#include "tests/support/database.h"

STATEMENT(read_columns, "SELECT column_name, data_type, is_nullable = 'NO' FROM information_schema.columns"
			" WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position");
STATEMENT(read_check_values,
	  "SELECT (regexp_matches(pg_get_constraintdef(c.oid), '''([^'']*)''::text', 'g'))[1] FROM pg_constraint c"
	  " WHERE c.conrelid = ('public.' || $1)::regclass AND c.contype = 'c' AND c.conname = $1 || '_' || $2 || "
	  "'_check'");
STATEMENT(read_foreign_key,
	  "SELECT c.confrelid::regclass::text FROM pg_constraint c WHERE c.conrelid = ('public.' || $1)::regclass"
	  " AND c.contype = 'f' AND c.conname = $1 || '_tenant_id_' || $2 || '_fkey'");
STATEMENT(read_indexes,
	  "SELECT (SELECT string_agg(a.attname, ',' ORDER BY k.at) FROM unnest(i.indkey::smallint[]) "
	  "WITH ORDINALITY k(attnum, at)"
	  " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) || ',', m.amname"
	  " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam"
	  " WHERE i.indrelid = ('public.' || $1)::regclass AND i.indisvalid"
	  " AND coalesce(pg_get_expr(i.indpred, i.indrelid), '(deleted_at IS NULL)') = '(deleted_at IS NULL)'");

/* What a table leaves out on purpose. */
static const struct exception {
	const char *table;
	bool few_rows;            /* the plan limits its rows: filters need no index */
	const char *nullable[2];  /* required of people, but older than the rule for rows that came otherwise */
	const char *unchecked[2]; /* choices that may grow without a migration */
	const char *unused[3];    /* columns that no field describes: only programs that fill them read them */
} exceptions[] = {
	{"tenant_users", true, {"name", NULL}, {"time_zone", NULL}, {NULL}},
	{"saved_views", false, {NULL}, {"entity", NULL}, {NULL}},
	{"signals", false, {NULL}, {NULL}, {"content_hash", NULL}},
	/* Made by the database from their fields, for rows to be matched by. */
	{"leads", false, {NULL}, {NULL}, {"email_norm", "place_norm", NULL}},
	{"contacts", false, {NULL}, {NULL}, {"email_norm", "place_norm", NULL}},
	{"properties", false, {NULL}, {NULL}, {"address_norm", "place_norm", NULL}},
	{"equipment", false, {NULL}, {NULL}, {"serial_norm", NULL}},
};

static const struct exception *exception_of(const struct entity *entity)
{
	for (size_t i = 0; i < COUNT_OF(exceptions); i++)
		if (strcmp(exceptions[i].table, entity->table) == 0)
			return &exceptions[i];
	return NULL;
}

/* ---- fixture: the catalogue as superuser, since information_schema shows a role only what it may use ---- */

static struct arena *arena;
static struct stx *tx;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(16 * 1024 * 1024);
	tx = stx_begin(test_pg_superuser(), arena, "compare the catalogue", TX_READ);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stx_rollback(tx);
	arena_free(arena);
	test_database_close();
	return 0;
}

/* The registry and what has handlers of its own. */
static const struct entity *stored_entity(size_t index)
{
	return index < entities_count ? entities[index] : index == entities_count ? &user_entity : NULL;
}

/* And what describes some of a table's columns only. */
static const struct entity *described_entity(size_t index)
{
	return index == entities_count + 1 ? &account_entity : stored_entity(index);
}

static struct rows *read_rows(const struct statement *statement, struct arguments arguments)
{
	struct rows *rows;

	assert_int_equal(stx_rows(tx, statement, arguments, &rows), OK);
	return rows;
}

/* The column as a row to stand on; NULL when there is none. */
static struct rows *find_column(const struct entity *entity, const char *name)
{
	struct rows *rows = read_rows(&read_columns, ARGS(arg_text(entity->table)));

	while (rows_next(rows))
		if (str_is(rows_str(rows, 0), name))
			return rows;
	return NULL;
}

/* ---- tests ---- */

static void no_table_contradicts_itself(void **state)
{
	struct buffer complaints = BUFFER_IN(arena);
	bool clean = true;

	(void)state;
	for (size_t i = 0; described_entity(i); i++)
		clean = entity_check(described_entity(i), &complaints) && clean;
	if (!clean)
		fail_msg("%s", complaints.bytes);
}

static bool type_fits(const struct field *field, struct str type)
{
	static const char *const types[] = {
		[FIELD_TEXT] = "text",
		[FIELD_LONG_TEXT] = "text",
		[FIELD_EMAIL] = "text",
		[FIELD_PHONE] = "text",
		[FIELD_URL] = "text",
		[FIELD_SLUG] = "text",
		[FIELD_PASSWORD] = "",
		[FIELD_INTEGER] = "bigint",
		[FIELD_NUMBER] = "",
		[FIELD_MONEY] = "bigint",
		[FIELD_BOOL] = "boolean",
		[FIELD_DATE] = "date",
		[FIELD_INSTANT] = "timestamp with time zone",
		[FIELD_CHOICE] = "text",
		[FIELD_REFERENCE] = "uuid",
	};

	if (field->type == FIELD_INTEGER && str_is(type, "integer"))
		return field_maximum(field) <= INT32_MAX && field_minimum(field) >= INT32_MIN;
	return str_is(type, types[field->type]);
}

static void every_field_has_its_column(void **state)
{
	(void)state;
	for (size_t e = 0; described_entity(e); e++) {
		const struct entity *entity = described_entity(e);
		const struct exception *exception = exception_of(entity);

		for (size_t i = 0; i < entity->field_count; i++) {
			const struct field *field = &entity->fields[i];
			struct rows *column = find_column(entity, field->name);
			bool kept_by_hooks = field_is(field, FIELD_INTERNAL | FIELD_READ_ONLY);

			if (field_is(field, FIELD_WRITE_ONLY) || field->type == FIELD_TAGS) {
				if (column)
					fail_msg("%s.%s has no column of its own and has one", entity->table,
						 field->name);
				continue;
			}
			if (!column)
				fail_msg("%s.%s has no column", entity->table, field->name);
			if (!type_fits(field, rows_str(column, 1)))
				fail_msg("%s.%s cannot live in a column of type %.*s", entity->table, field->name,
					 STR_FMT_ARG(rows_str(column, 1)));
			if (!kept_by_hooks && rows_bool(column, 2) != field_is_never_null(field) &&
			    !(exception && name_is_among(str_from(field->name), exception->nullable)))
				fail_msg("%s.%s: NOT NULL in the database and never null in the table must be the same",
					 entity->table, field->name);
		}
	}
}

static void every_column_is_a_field_or_the_layers_own(void **state)
{
	static const char *const own[] = {"tenant_id",  "id",          "version", "created_at",
					  "updated_at", "search_text", NULL};

	(void)state;
	for (size_t e = 0; stored_entity(e); e++) {
		const struct entity *entity = stored_entity(e);
		struct rows *columns = read_rows(&read_columns, ARGS(arg_text(entity->table)));
		size_t seen = 0, extra = 0;

		while (rows_next(columns)) {
			struct str name = rows_str(columns, 0);

			if (name_is_among(name, own)) {
				seen++;
				assert_true(rows_bool(columns, 2));
			} else if (str_is(name, "deleted_at") || str_is(name, "custom")) {
				extra++;
			} else if (entity_field(entity, name) < 0 &&
				   !(exception_of(entity) && name_is_among(name, exception_of(entity)->unused))) {
				fail_msg("%s.%.*s is a column that no field describes", entity->table,
					 STR_FMT_ARG(name));
			}
		}
		if (seen != (entity_is_searchable(entity) ? 6u : 5u))
			fail_msg("%s lacks a column of the layer, or has search_text without a searchable field",
				 entity->table);
		if (extra != (size_t)entity->trash + (size_t)entity->custom)
			fail_msg("%s: deleted_at and custom are there when trash and custom say so", entity->table);
	}
}

static void choices_are_the_values_of_the_check(void **state)
{
	(void)state;
	for (size_t e = 0; stored_entity(e); e++)
		for (size_t i = 0; i < stored_entity(e)->field_count; i++) {
			const struct entity *entity = stored_entity(e);
			const struct field *field = &entity->fields[i];
			struct rows *values;
			size_t count = 0;

			if (field->type != FIELD_CHOICE ||
			    (exception_of(entity) &&
			     name_is_among(str_from(field->name), exception_of(entity)->unchecked)))
				continue;
			values = read_rows(&read_check_values, ARGS(arg_text(entity->table), arg_text(field->name)));
			for (const struct choice *choice = field->choices; choice->value; choice++)
				count++;
			if (rows_count(values) != count)
				fail_msg("%s.%s: %zu choices, and %zu values in its CHECK", entity->table, field->name,
					 count, rows_count(values));
			while (rows_next(values)) {
				const struct choice *choice = field->choices;

				while (choice->value && !str_is(rows_str(values, 0), choice->value))
					choice++;
				if (!choice->value)
					fail_msg("%s.%s: %.*s is no choice", entity->table, field->name,
						 STR_FMT_ARG(rows_str(values, 0)));
			}
		}
}

static void the_choice_of_a_list_is_each_of_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < entities_count; i++) {
		assert_string_equal(entity_choices[i].value, entities[i]->plural);
		assert_string_equal(entity_choices[i].label, entities[i]->label_plural);
	}
	assert_null(entity_choices[entities_count].value);
}

static void references_are_foreign_keys_inside_the_tenant(void **state)
{
	(void)state;
	for (size_t e = 0; stored_entity(e); e++)
		for (size_t i = 0; i < stored_entity(e)->field_count; i++) {
			const struct entity *entity = stored_entity(e);
			const struct field *field = &entity->fields[i];
			struct rows *key;

			if (field->type != FIELD_REFERENCE)
				continue;
			key = read_rows(&read_foreign_key, ARGS(arg_text(entity->table), arg_text(field->name)));
			if (!rows_next(key) || !str_is(rows_str(key, 0), field->references))
				fail_msg("%s.%s has no foreign key (tenant_id, %s) to %s", entity->table, field->name,
					 field->name, field->references);
		}
}

static bool has_index(const struct entity *entity, const char *method, const char *first_columns)
{
	struct rows *indexes = read_rows(&read_indexes, ARGS(arg_text(entity->table)));

	while (rows_next(indexes))
		if (str_is(rows_str(indexes, 1), method) && str_starts(rows_str(indexes, 0), str_from(first_columns)))
			return true;
	return false;
}

static void what_lists_promise_has_an_index(void **state)
{
	(void)state;
	for (size_t e = 0; stored_entity(e); e++) {
		const struct entity *entity = stored_entity(e);
		const struct exception *exception = exception_of(entity);

		if (entity_is_searchable(entity) && !has_index(entity, "gin", "tenant_id,search_text,"))
			fail_msg("%s is searched without an index", entity->table);
		for (size_t i = 0; i < entity->field_count; i++) {
			const struct field *field = &entity->fields[i];
			const char *sorted = arena_printf(arena, "tenant_id,%s,id,", field->name).p;
			const char *filtered = arena_printf(arena, "tenant_id,%s,", field->name).p;

			if (field_is(field, FIELD_SORTABLE) && !has_index(entity, "btree", sorted))
				fail_msg("%s is sorted by %s without the index (%s)", entity->table, field->name,
					 sorted);
			if (field_is(field, FIELD_FILTERABLE) && field->type != FIELD_TAGS &&
			    !(exception && exception->few_rows) && !has_index(entity, "btree", filtered))
				fail_msg("%s is filtered by %s without an index that begins (%s)", entity->table,
					 field->name, filtered);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_table_contradicts_itself),
		cmocka_unit_test(every_field_has_its_column),
		cmocka_unit_test(every_column_is_a_field_or_the_layers_own),
		cmocka_unit_test(choices_are_the_values_of_the_check),
		cmocka_unit_test(the_choice_of_a_list_is_each_of_them),
		cmocka_unit_test(references_are_foreign_keys_inside_the_tenant),
		cmocka_unit_test(what_lists_promise_has_an_index),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
