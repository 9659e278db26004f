/* The parameters of every entity's list: the first byte says which. Nothing beyond the caps, and no cursor but one we signed. */
#include "tests/fuzz/fuzz.h"

#include "lib/crm/entities.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/trash.h"

static void look(struct arena *arena, const struct entity *entity, const struct list_query *query)
{
	struct str key, id = STR("2026-11-23T07:32:00Z"), cursor;
	struct uuid row = uuid_zero(), tenant = uuid_zero(), found;

	REQUIRE(query->limit >= 1 && query->limit <= 200);
	REQUIRE(query->sort_field >= 0 && (size_t)query->sort_field < entity->field_count);
	REQUIRE(entity->fields[query->sort_field].flags & FIELD_SORTABLE);
	for (size_t i = 0; i < query->filter_count; i++)
		REQUIRE(entity->fields[query->filters[i].field].flags & FIELD_FILTERABLE);
	if (!str_absent(query->cursor))
		REQUIRE(!cursor_open(arena, tenant, entity, query, &key, &found));
	/* One of ours is good for this very list. */
	row.bytes[0] = 1;
	cursor = cursor_make(arena, tenant, entity, query, id, row);
	{
		struct list_query with = *query;

		with.cursor = cursor;
		REQUIRE(cursor_open(arena, tenant, entity, &with, &key, &found));
		REQUIRE(str_equal(key, id) && uuid_equal(found, row));
		with.descending = !with.descending;
		REQUIRE(!cursor_open(arena, tenant, entity, &with, &key, &found));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const uint8_t secret[32] = {7};
	struct arena *arena = fuzz_arena();
	struct errors *errors = errors_new(arena);
	const struct entity *entity;
	struct list_query query;
	struct form form;
	struct str why;

	entity_list_key(secret);
	entity_catalogue(entities, entities_count);
	if (length == 0)
		return 0;
	entity = entities[bytes[0] % entities_count];
	if (form_parse_urlencoded(arena, fuzz_copy(arena, bytes + 1, length - 1), &form_limits_request, &form, &why) !=
	    OK)
		return 0;
	if (list_query_parse(arena, entity, &form, NULL, &query, errors) == OK)
		look(arena, entity, &query);
	else
		REQUIRE(errors_any(errors));
	for (const struct field_error *error = errors_first(errors); error; error = error->next)
		fuzz_require_text(error->message);
	return 0;
}
