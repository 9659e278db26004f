/* An entity with a field of every type, and short ways to feed it. */
#ifndef DEMAND_TEST_ENTITY_FIXTURE_H
#define DEMAND_TEST_ENTITY_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/entity/entity.h"
#include "lib/text/json.h"

static const struct choice visit_states[] = {{"open", "Open", "blue"}, {"done", "Done", NULL}, {NULL, NULL, NULL}};

/* clang-format off */
enum {
	VISIT_TITLE, VISIT_NOTES, VISIT_EMAIL, VISIT_PHONE, VISIT_SITE, VISIT_SLUG, VISIT_SECRET, VISIT_HOURS, VISIT_PRICE, VISIT_PAID,
	VISIT_STARTS, VISIT_STATE, VISIT_USER, VISIT_CODE, VISIT_HIDDEN, VISIT_RANK, VISIT_CREATED, VISIT_FIELDS
};
/* clang-format on */

/* clang-format off */
static const struct field visit_fields[] = {
	[VISIT_TITLE] = {.name = "title", .label = "Title", .group = "What", .type = FIELD_TEXT,
		.flags = FIELD_REQUIRED | FIELD_SEARCHABLE | FIELD_SORTABLE | FIELD_LISTED, .minimum = 2, .maximum = 10},
	[VISIT_NOTES] = {.name = "notes", .label = "Notes", .help = "Anything.", .type = FIELD_LONG_TEXT},
	[VISIT_EMAIL] = {.name = "email", .label = "E-mail", .group = "Who", .type = FIELD_EMAIL, .flags = FIELD_SEARCHABLE | FIELD_FILTERABLE, .autocomplete = "email"},
	[VISIT_PHONE] = {.name = "phone", .label = "Phone", .type = FIELD_PHONE, .flags = FIELD_SEARCHABLE | FIELD_LISTED},
	[VISIT_SITE] = {.name = "site", .label = "Website", .type = FIELD_URL},
	[VISIT_SLUG] = {.name = "slug", .label = "Address", .type = FIELD_SLUG},
	[VISIT_SECRET] = {.name = "secret", .label = "Secret", .type = FIELD_PASSWORD, .flags = FIELD_WRITE_ONLY, .minimum = 4},
	[VISIT_HOURS] = {.name = "hours", .label = "Hours", .type = FIELD_INTEGER, .flags = FIELD_FILTERABLE, .minimum = -5, .maximum = 100},
	[VISIT_PRICE] = {.name = "price_cents", .label = "Price", .group = "Money", .type = FIELD_MONEY,
		.flags = FIELD_SORTABLE | FIELD_FILTERABLE | FIELD_LISTED, .default_value = "0"},
	[VISIT_PAID] = {.name = "paid", .label = "Paid", .type = FIELD_BOOL, .flags = FIELD_FILTERABLE, .default_value = "f"},
	[VISIT_STARTS] = {.name = "starts_at", .label = "Starts", .group = "When", .type = FIELD_INSTANT, .flags = FIELD_FILTERABLE},
	[VISIT_STATE] = {.name = "state", .label = "State", .type = FIELD_CHOICE, .flags = FIELD_FILTERABLE | FIELD_LISTED,
		.choices = visit_states, .default_value = "open"},
	[VISIT_USER] = {.name = "user_id", .label = "Person", .type = FIELD_REFERENCE, .flags = FIELD_FILTERABLE, .references = "tenant_users",
		.reference_label = "name"},
	[VISIT_CODE] = {.name = "code", .label = "Code", .type = FIELD_TEXT, .flags = FIELD_CREATE_ONLY | FIELD_FILTERABLE},
	[VISIT_HIDDEN] = {.name = "hidden", .label = "Hidden", .type = FIELD_TEXT, .flags = FIELD_INTERNAL},
	[VISIT_RANK] = {.name = "rank", .label = "Rank", .type = FIELD_INTEGER, .flags = FIELD_READ_ONLY | FIELD_API_ONLY},
	[VISIT_CREATED] = {.name = "created_at", .label = "Created", .group = "Record", .type = FIELD_INSTANT,
		.flags = FIELD_READ_ONLY | FIELD_SORTABLE | FIELD_LISTED},
};
/* clang-format on */
_Static_assert(COUNT_OF(visit_fields) == VISIT_FIELDS, "every field has its number");

static const struct entity visit = {
	.name = "visit",
	.plural = "visits",
	.label = "Visit",
	.label_plural = "Visits",
	.table = "visits",
	.fields = visit_fields,
	.field_count = VISIT_FIELDS,
	.title_field = "title",
	.default_sort = "-created_at",
};

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(16 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define assert_str(actual, expected) assert_string_equal(arena_c_string(arena, (actual)), (expected))

static inline const char *code_at(const struct errors *errors, const char *field)
{
	const struct field_error *error = errors_for(errors, field);

	return error ? error->code : "";
}

static inline const char *message_at(const struct errors *errors, const char *field)
{
	const struct field_error *error = errors_for(errors, field);

	return error ? arena_c_string(arena, error->message) : "";
}

/* A form from "name=value&…". */
static inline struct form form_of(const char *text)
{
	struct form form;
	struct str why;

	assert_int_equal(form_parse_urlencoded(arena, str_from(text), &form_limits_request, &form, &why), OK);
	return form;
}

static inline struct value *json_of(const char *text)
{
	struct value *value;
	struct str why;

	assert_int_equal(json_parse(arena, str_from(text), &json_limits_request, &value, &why), OK);
	return value;
}

#endif
