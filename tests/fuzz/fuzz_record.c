/* Bodies for every entity, as JSON and as a form: the first byte says which. What is taken keeps to the field table, and is taken again when it is sent back. */
#include "tests/fuzz/fuzz.h"

#include "lib/crm/entities.h"
#include "lib/entity/entity_internal.h"
#include "lib/text/json.h"

static void look(const struct record *record, enum write_kind kind)
{
	const struct entity *entity = record_entity(record);

	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];
		struct str value = record_get(record, (int)i);
		int64_t number;

		if (!record_given(record, (int)i) || str_absent(value))
			continue;
		REQUIRE(field_is_writable(field, kind));
		fuzz_require_text(value);
		if (field->type == FIELD_INTEGER || field->type == FIELD_MONEY) {
			REQUIRE(str_to_int64(value, &number));
			REQUIRE(number >= field->minimum && (field->maximum == 0 || number <= field->maximum));
		}
		if (field->type == FIELD_TEXT && field->maximum > 0)
			REQUIRE(utf8_length(value) <= (size_t)field->maximum);
		if (field->type == FIELD_BOOL)
			REQUIRE(str_is(value, "t") || str_is(value, "f"));
	}
}

/* What JSON shows of it, without what may not be sent. */
static void send_back(struct arena *arena, const struct record *record, enum write_kind kind)
{
	const struct entity *entity = record_entity(record);
	struct value *shown = value_map(arena), *body = value_map(arena);
	struct record *again = record_new(arena, entity);
	struct errors *errors = errors_new(arena);

	record_to_value(record, shown);
	for (size_t i = 0; i < entity->field_count; i++) {
		const struct value *member = value_get(shown, str_from(entity->fields[i].name));

		if (member && record_given(record, (int)i) && field_is_writable(&entity->fields[i], kind))
			/* The map only holds it. */
			value_put(body, entity->fields[i].name, (struct value *)(uintptr_t)member);
	}
	if (record_from_json(again, WRITE_UPDATE, body, errors) != OK)
		for (const struct field_error *error = errors_first(errors); error; error = error->next)
			/* What may only be said once is refused in a change. */
			REQUIRE(error->field && entity_field(entity, str_from(error->field)) >= 0 &&
				(entity->fields[entity_field(entity, str_from(error->field))].flags &
				 FIELD_CREATE_ONLY));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct errors *errors = errors_new(arena);
	const struct entity *entity;
	enum write_kind kind;
	struct record *record;
	struct str text, why;
	struct value *json;
	struct form form;
	enum err e = E_MALFORMED;

	if (length < 2)
		return 0;
	entity = entities[bytes[0] % entities_count];
	kind = bytes[1] & 1 ? WRITE_CREATE : WRITE_UPDATE;
	record = record_new(arena, entity);
	text = fuzz_copy(arena, bytes + 2, length - 2);
	if (text.n > 0 && text.p[0] == '{') {
		if (json_parse(arena, text, &json_limits_request, &json, &why) != OK)
			return 0;
		e = record_from_json(record, kind, json, errors);
	} else {
		static const char *const also[] = {"csrf", "version", NULL};

		if (form_parse_urlencoded(arena, text, &form_limits_request, &form, &why) != OK)
			return 0;
		e = record_from_form(record, kind, &form, also, errors);
	}
	REQUIRE((e == OK) == !errors_any(errors));
	for (const struct field_error *error = errors_first(errors); error; error = error->next)
		fuzz_require_text(error->message);
	if (e == OK) {
		look(record, kind);
		send_back(arena, record, kind);
	}
	return 0;
}
