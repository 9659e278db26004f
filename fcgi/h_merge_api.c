/* Merging over JSON. */
#include "fcgi/handlers.h"
#include "fcgi/merge_view.h"
#include "fcgi/problem.h"
#include "fcgi/timeline_view.h"
#include "fcgi/try.h"

#include "lib/crm/entities.h"
#include "lib/entity/custom.h"
#include "lib/entity/history.h"

static void read_id(struct context *c, const char *name, struct str text, struct uuid *out)
{
	if (text.n == 0)
		errors_add(c->errors, name, "required", "Say in %s which one.", name);
	else if (!uuid_parse(text, out))
		errors_add(c->errors, name, "not_an_id", "%s is the id of a record.", name);
}

/* ---- preview ---- */

enum err merge_preview_api(struct context *c)
{
	struct merge_order order = {.entity = merge_address_entity(c)};
	struct merge_preview preview;
	struct record *both[2];

	read_id(c, "keep", form_text(&c->query, "keep"), &order.kept);
	read_id(c, "remove", form_text(&c->query, "remove"), &order.gone);
	if (errors_any(c->errors))
		return E_INVALID;
	TRY(merge_preview(c->tx, &order, c->errors, &preview));
	both[0] = preview.kept;
	both[1] = preview.gone;
	TRY(record_load_references(c->tx, both, COUNT_OF(both), false));
	merge_put_preview(c, &preview, c->data);
	return OK;
}

/* ---- one ---- */

static int64_t read_version(struct context *c, const char *name)
{
	const struct value *sent = value_get(c->json, str_from(name));
	int64_t version = 0;

	if (sent && value_type(sent) != VALUE_NULL &&
	    (value_type(sent) != VALUE_NUMBER || !str_to_int64(value_as_str(sent), &version) || version < 1))
		errors_add(c->errors, name, "not_an_integer", "%s is the version that you have seen.", name);
	return version;
}

static void read_choices(struct context *c, const struct value *fields, struct merge_order *order)
{
	struct merge_choice *choices = arena_array(c->arena, value_count(fields) + 1, sizeof *choices);
	const struct value *side;
	struct str name = STR_NONE;

	for (size_t i = 0; (side = value_member(fields, i, &name)) != NULL; i++)
		merge_read_choice(c, order->entity, name, value_as_str(side), choices, &order->count);
	order->choices = choices;
}

/* {"keep", "remove", "keep_version", "remove_version", "fields": {name: side}} and nothing else. */
static enum err read_order(struct context *c, struct merge_order *order)
{
	static const char *const known[] = {"keep", "remove", "keep_version", "remove_version", "fields"};
	const struct value *fields;
	struct str name = STR_NONE;

	if (!c->json || value_type(c->json) != VALUE_MAP)
		return context_fail(c, E_MALFORMED, "The body is a JSON object with keep and remove.");
	fields = value_get(c->json, STR("fields"));
	for (size_t i = 0; value_member(c->json, i, &name); i++) {
		size_t at = 0;

		while (at < COUNT_OF(known) && !str_is(name, known[at]))
			at++;
		if (at == COUNT_OF(known))
			errors_add(c->errors, arena_c_string(c->arena, name), "unknown_field",
				   "There is no field of this name.");
	}
	read_id(c, "keep", value_as_str(value_get(c->json, STR("keep"))), &order->kept);
	read_id(c, "remove", value_as_str(value_get(c->json, STR("remove"))), &order->gone);
	order->kept_version = read_version(c, "keep_version");
	order->gone_version = read_version(c, "remove_version");
	if (fields && value_type(fields) == VALUE_MAP)
		read_choices(c, fields, order);
	else if (fields && value_type(fields) != VALUE_NULL)
		errors_add(c->errors, "fields", "wrong_type", "fields must be an object: field to keep or remove.");
	return errors_any(c->errors) ? E_INVALID : OK;
}

static enum err answer(struct context *c, struct uuid id)
{
	struct merge *merge;

	TRY(merge_get(c->tx, id, false, &merge));
	merge_put(c, merge, c->data);
	return OK;
}

enum err merge_api(struct context *c)
{
	struct merge_order order = {.entity = merge_address_entity(c)};
	struct record *kept;
	struct uuid id;

	TRY(read_order(c, &order));
	TRY(merge_rows(c->tx, &order, c->errors, &id));
	TRY(answer(c, id));
	TRY(entity_get(c->tx, order.entity, order.kept, &kept));
	record_to_value(kept, value_put_map(c->data, "record"));
	return OK;
}

/* ---- many ---- */

static void read_pair(struct context *c, const struct value *sent, size_t index, struct merge_pair *pair)
{
	struct str first = value_as_str(value_get(sent, STR("first"))),
		   second = value_as_str(value_get(sent, STR("second")));

	if (value_type(sent) == VALUE_MAP && value_count(sent) == 2 && first.n && second.n &&
	    uuid_parse(first, &pair->first) && uuid_parse(second, &pair->second) &&
	    !uuid_equal(pair->first, pair->second))
		return;
	errors_add(c->errors, arena_printf(c->arena, "pairs[%zu]", index).p, "not_a_pair",
		   "A pair is an object with two ids: first and second.");
}

static enum err read_pairs(struct context *c, const struct entity **entity, struct merge_pair **pairs, size_t *count)
{
	const struct value *sent;
	struct str name = STR_NONE;

	if (!c->json || value_type(c->json) != VALUE_MAP)
		return context_fail(c, E_MALFORMED, "The body is a JSON object with entity and pairs.");
	sent = value_get(c->json, STR("pairs"));
	for (size_t i = 0; value_member(c->json, i, &name); i++)
		if (!str_is(name, "entity") && !str_is(name, "pairs"))
			errors_add(c->errors, arena_c_string(c->arena, name), "unknown_field",
				   "There is no field of this name.");
	*entity = entity_find(value_as_str(value_get(c->json, STR("entity"))));
	if (!merge_fits(*entity))
		errors_add(c->errors, "entity", "not_a_choice", "entity is leads, contacts or properties.");
	*count = sent && value_type(sent) == VALUE_LIST ? value_count(sent) : 0;
	if (*count == 0)
		errors_add(c->errors, "pairs", "required", "pairs is a list of what is to be merged.");
	else if (*count > MERGE_PAIRS_MOST)
		errors_add(c->errors, "pairs", "too_long", "pairs holds %d at most.", MERGE_PAIRS_MOST);
	if (errors_any(c->errors))
		return E_INVALID;
	*entity = entity_with_custom(c->arena, *entity, c->tenant->custom_fields);
	*pairs = arena_array(c->arena, *count, sizeof **pairs);
	for (size_t i = 0; i < *count; i++)
		read_pair(c, value_at(sent, i), i, &(*pairs)[i]);
	return errors_any(c->errors) ? E_INVALID : OK;
}

static void put_errors(struct context *c, const struct errors *errors, struct value *list)
{
	for (const struct field_error *error = errors_first(errors); error; error = error->next) {
		struct value *map = value_map(c->arena);

		value_put_text(map, "field", error->field);
		value_put_text(map, "code", error->code);
		value_put_str(map, "message", error->message);
		value_append(list, map);
	}
}

enum err merge_batch_api(struct context *c)
{
	struct value *results = value_list(c->arena);
	const struct entity *entity;
	struct merge_pair *pairs;
	size_t count, merged = 0, failed = 0;

	TRY(read_pairs(c, &entity, &pairs, &count));
	TRY(merge_pairs(c->tx, entity, pairs, count));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		merged += pairs[i].done;
		failed += pairs[i].err != OK;
		value_put_int(map, "index", (int64_t)i);
		value_put_int(map, "status", problem_status(pairs[i].err));
		value_put_str(map, "merge_id", pairs[i].done ? uuid_text(c->arena, pairs[i].merge_id) : STR_NONE);
		value_put_str(map, "kept_id", pairs[i].err == OK ? uuid_text(c->arena, pairs[i].kept) : STR_NONE);
		put_errors(c, pairs[i].errors, value_put_list(map, "errors"));
		value_append(results, map);
	}
	value_put_int(c->data, "merged", (int64_t)merged);
	value_put_int(c->data, "failed", (int64_t)failed);
	value_put(c->data, "results", results);
	return OK;
}

/* ---- what was done, and back ---- */

enum err merges_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	struct history_place after;
	struct merge *merges;
	size_t count;

	if (!timeline_place(c, &after))
		return E_INVALID;
	TRY(merge_list(c->tx, &after, &merges, &count));
	for (size_t i = 0; i < count && i < MERGE_LIST_MOST; i++) {
		struct value *map = value_map(c->arena);

		merge_put(c, &merges[i], map);
		value_append(list, map);
	}
	value_put_str(
		c->data, "next_cursor",
		count > MERGE_LIST_MOST
			? history_place_text(c->arena, &(struct history_place){merges[MERGE_LIST_MOST - 1].created_at,
									       merges[MERGE_LIST_MOST - 1].id})
			: STR_NONE);
	return OK;
}

enum err merge_get_api(struct context *c)
{
	return answer(c, c->id);
}

enum err merge_undo_api(struct context *c)
{
	struct merge_undone undone;
	struct merge *merge;

	TRY(merge_take_back(c, c->id, &merge, &undone));
	TRY(answer(c, c->id));
	value_put_int(c->data, "moved_back", undone.moved_back);
	value_put_int(c->data, "left", undone.left);
	value_put_str(c->data, "sentence", merge_undone_words(c, &undone));
	return OK;
}
