/* A table that contradicts itself is found before it serves. */
#include "tests/unit/entity_fixture.h"

/* What entity_check says about the visit entity with one field changed. */
static struct str complaints_with(size_t index, struct field field, bool *clean)
{
	struct field *fields = arena_array(arena, VISIT_FIELDS, sizeof *fields);
	struct entity entity = visit;
	struct buffer complaints = BUFFER_IN(arena);

	memcpy(fields, visit_fields, sizeof visit_fields);
	fields[index] = field;
	entity.fields = fields;
	*clean = entity_check(&entity, &complaints);
	return buffer_str(&complaints);
}

static void a_sound_table_has_no_complaints(void **state)
{
	struct buffer complaints = BUFFER_IN(arena);
	bool clean = entity_check(&visit, &complaints);

	(void)state;
	assert_str(buffer_str(&complaints), "");
	assert_true(clean);
}

static void each_contradiction_is_named(void **state)
{
	static const struct choice twice[] = {{"open", "Open", NULL}, {"open", "Again", NULL}, {NULL, NULL, NULL}};
	const struct {
		size_t index;
		struct field field;
		const char *complaint;
	} cases[] = {
		{VISIT_TITLE, {.name = "Title; DROP", .label = "x", .type = FIELD_TEXT}, "lower-case letters"},
		{VISIT_TITLE, {.name = "tenant_id", .label = "x", .type = FIELD_TEXT}, "belongs to the layer"},
		{VISIT_TITLE, {.name = "cursor", .label = "x", .type = FIELD_TEXT}, "belongs to the layer"},
		{VISIT_NOTES, {.name = "title", .label = "x", .type = FIELD_TEXT}, "twice"},
		{VISIT_NOTES, {.name = "notes", .type = FIELD_TEXT}, "no label"},
		{VISIT_NOTES, {.name = "notes", .label = "x"}, "no type"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_TEXT, .minimum = 9, .maximum = 3},
		 "contradict"},
		{VISIT_NOTES, {.name = "notes", .label = "x", .type = FIELD_CHOICE}, "choices belong to"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_TEXT, .choices = visit_states},
		 "choices belong to"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_CHOICE, .choices = twice},
		 "the same choice twice"},
		{VISIT_NOTES, {.name = "notes", .label = "x", .type = FIELD_REFERENCE}, "references"},
		{VISIT_NOTES, {.name = "notes", .label = "x", .type = FIELD_INTEGER, .default_value = "07"}, "default"},
		{VISIT_STATE,
		 {.name = "state",
		  .label = "x",
		  .type = FIELD_CHOICE,
		  .choices = visit_states,
		  .default_value = "gone"},
		 "default"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_TEXT, .flags = FIELD_SORTABLE},
		 "may be null"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_TEXT, .flags = FIELD_FILLED},
		 "without a hook"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_TEXT, .reference_search = "name"},
		 "reference_search"},
		{VISIT_NOTES, {.name = "notes", .label = "x", .type = FIELD_PASSWORD}, "WRITE_ONLY"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_BOOL, .flags = FIELD_SEARCHABLE},
		 "not text"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_TEXT, .flags = FIELD_READ_ONLY | FIELD_REQUIRED},
		 "READ_ONLY"},
		{VISIT_NOTES,
		 {.name = "notes", .label = "x", .type = FIELD_TEXT, .flags = FIELD_INTERNAL | FIELD_LISTED},
		 "INTERNAL"},
		{VISIT_CREATED, {.name = "created_at", .label = "x", .type = FIELD_INSTANT}, "READ_ONLY instants"},
		{VISIT_CREATED,
		 {.name = "created_at", .label = "x", .type = FIELD_TEXT, .flags = FIELD_READ_ONLY},
		 "READ_ONLY instants"},
		{VISIT_CREATED,
		 {.name = "created_at", .label = "x", .type = FIELD_INSTANT, .flags = FIELD_READ_ONLY},
		 "default_sort"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		bool clean;
		const char *said = arena_c_string(arena, complaints_with(cases[i].index, cases[i].field, &clean));

		if (clean || !strstr(said, cases[i].complaint))
			fail_msg("case %zu: wanted \"%s\", got \"%s\"", i, cases[i].complaint, said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(a_sound_table_has_no_complaints), TEST(each_contradiction_is_named)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
