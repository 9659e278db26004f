#include "fcgi/merge_view.h"

#include "fcgi/entity_view.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/crm/entities.h"
#include "lib/entity/custom.h"

#define VALUE_MOST 600 /* bytes of a long text that are shown to choose from */

const struct entity *merge_address_entity(const struct context *c)
{
	struct str rest = str_from(c->route->path), word;

	(void)str_split(&rest, '/');
	word = str_split(&rest, '/');
	if (str_is(word, "api"))
		word = str_split(&rest, '/');
	return entity_with_custom(c->arena, entity_find(word), c->tenant->custom_fields);
}

void merge_read_choice(struct context *c, const struct entity *entity, struct str field, struct str side,
		       struct merge_choice *choices, size_t *count)
{
	const char *name = arena_c_string(c->arena, field);
	struct merge_choice choice = {.field = entity_field(entity, field)};

	if (choice.field < 0)
		errors_add(c->errors, name, "unknown_field", "There is no field of this name.");
	else if (!merge_side_find(side, &choice.side))
		errors_add(c->errors, name, "not_a_choice", "%s is keep, remove or both.",
			   entity->fields[choice.field].label);
	else
		choices[(*count)++] = choice;
}

/* ---- words ---- */

/* What tells rows of the same name apart, by the fields that they have. */
struct str merge_facts(struct context *c, const struct record *record)
{
	static const char *const names[] = {"company", "phone", "email", "address", "city"};
	const struct entity *entity = record_entity(record);
	struct buffer out = BUFFER_IN(c->arena);

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		int field = entity_field(entity, str_from(names[i]));
		struct str value = field < 0 ? STR_NONE : record_field_text(record, field);

		if (value.n && !str_equal(value, entity_title(record)))
			buffer_printf(&out, "%s%.*s", out.length ? " · " : "", STR_FMT_ARG(value));
	}
	return out.length ? buffer_str(&out) : STR_NONE;
}

static const char *records(int64_t count)
{
	return count == 1 ? "record" : "records";
}

struct str merge_undone_words(struct context *c, const struct merge_undone *undone)
{
	struct buffer out = BUFFER_IN(c->arena);

	buffer_printf(&out, "The merge is taken back.");
	if (undone->left)
		buffer_printf(&out, " %lld %s had gone elsewhere since and %s where %s.", (long long)undone->left,
			      records(undone->left), undone->left == 1 ? "stays" : "stay",
			      undone->left == 1 ? "it is" : "they are");
	if (!str_absent(undone->fields_left))
		buffer_printf(&out, " Changed since, and left as it is: %.*s.", STR_FMT_ARG(undone->fields_left));
	return buffer_str(&out);
}

/* ---- for programs ---- */

static void put_lines(struct value *map, const char *name, struct str lines)
{
	struct value *list = value_put_list(map, name);

	while (!str_absent(lines))
		value_append(list, value_str(value_arena(map), str_split(&lines, '\n')));
}

static void put_parts(struct context *c, const struct merge_preview *preview, struct value *list)
{
	for (size_t i = 0; i < preview->part_count; i++) {
		struct value *map = value_map(c->arena);

		value_put_text(map, "kind", preview->parts[i].link->table);
		value_put_text(map, "column", preview->parts[i].link->column);
		value_put_int(map, "count", preview->parts[i].count);
		value_append(list, map);
	}
}

static bool is_lost(const struct merge_preview *preview, size_t i)
{
	const struct merge_field *field = &preview->fields[i];

	return field->side == MERGE_KEPT    ? record_get(preview->gone, (int)i).n > 0
	       : field->side == MERGE_OTHER ? record_get(preview->kept, (int)i).n > 0
					    : false;
}

void merge_put_preview(struct context *c, const struct merge_preview *preview, struct value *map)
{
	const struct entity *entity = preview->entity;
	struct value *keep = value_map(c->arena), *gone = value_map(c->arena), *list;

	record_to_value(preview->kept, keep);
	record_to_value(preview->gone, gone);
	value_put(map, "keep", keep);
	value_put(map, "remove", gone);
	list = value_put_list(map, "fields");
	for (size_t i = 0; i < entity->field_count; i++) {
		const char *name = entity->fields[i].name;
		struct value *item;

		if (!preview->fields[i].told)
			continue;
		item = value_map(c->arena);
		value_put_text(item, "field", name);
		value_put_str(item, "keep", value_as_str(value_get(keep, str_from(name))));
		value_put_str(item, "remove", value_as_str(value_get(gone, str_from(name))));
		value_put_text(item, "chosen", merge_side_name(preview->fields[i].side));
		value_put_bool(item, "choosable", preview->fields[i].choosable);
		value_put_bool(item, "joinable", preview->fields[i].joinable);
		value_put_bool(item, "loses", is_lost(preview, i));
		value_append(list, item);
	}
	put_lines(map, "tags_added", preview->tags_added);
	put_lines(map, "tags_dropped", preview->tags_dropped);
	put_parts(c, preview, value_put_list(map, "moves"));
	value_put_str(map, "moves_words", merge_parts_words(c->arena, preview));
	value_put_int(map, "rows", preview->rows);
}

static struct str instant(struct context *c, int64_t at)
{
	return at ? clock_rfc3339(c->arena, at) : STR_NONE;
}

void merge_put(struct context *c, const struct merge *merge, struct value *map)
{
	value_put_str(map, "id", uuid_text(c->arena, merge->id));
	value_put_text(map, "entity", merge->entity->plural);
	value_put_str(map, "kept_id", uuid_text(c->arena, merge->kept));
	value_put_str(map, "kept_title", merge->kept_title);
	value_put_str(map, "removed_id", uuid_text(c->arena, merge->gone));
	value_put_str(map, "removed_title", merge->gone_title);
	value_put_int(map, "moved", merge->rows);
	value_put_str(map, "actor", merge->actor_name);
	value_put_str(map, "created_at", instant(c, merge->created_at));
	value_put_str(map, "undone_at", instant(c, merge->undone_at));
}

/* ---- for people ---- */

static void put_row(struct context *c, const struct record *record, struct value *map)
{
	int created = entity_field(record_entity(record), STR("created_at"));

	value_put_str(map, "id", uuid_text(c->arena, record_id(record)));
	value_put_str(map, "name", entity_title(record));
	value_put_str(map, "facts", merge_facts(c, record));
	value_put_url(map, "url", entity_row_path(c, record, ""));
	value_put_int(map, "version", record_version(record));
	page_put_time_text(c, map, "created", created < 0 ? STR_NONE : record_get(record, created));
}

static struct str shown(struct context *c, const struct record *record, size_t i)
{
	struct str text = record_field_text(record, (int)i);

	if (text.n > VALUE_MOST) {
		text.n = VALUE_MOST;
		while (text.n && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
			text.n--;
		text = arena_printf(c->arena, "%.*s…", STR_FMT_ARG(text));
	}
	return text;
}

static void put_field(struct context *c, const struct merge_preview *preview, size_t i, struct value *map)
{
	const struct field *field = &preview->entity->fields[i];
	const struct merge_field *planned = &preview->fields[i];
	const struct field_error *error = errors_for(c->errors, field->name);

	value_put_text(map, "name", field->name);
	value_put_text(map, "label", field->label);
	value_put_str(map, "kept_value", shown(c, preview->kept, i));
	value_put_str(map, "gone_value", shown(c, preview->gone, i));
	value_put_bool(map, "kept_chosen", planned->side == MERGE_KEPT);
	value_put_bool(map, "gone_chosen", planned->side == MERGE_OTHER);
	value_put_bool(map, "both_chosen", planned->side == MERGE_BOTH);
	value_put_bool(map, "joinable", planned->joinable);
	value_put_str(map, "error", error ? error->message : STR_NONE);
}

static void put_fields(struct context *c, const struct merge_preview *preview)
{
	struct value *choices = value_put_list(c->page, "choices"), *others = value_put_list(c->page, "others"),
		     *same = value_put_list(c->page, "same");

	for (size_t i = 0; i < preview->entity->field_count; i++) {
		const struct field *field = &preview->entity->fields[i];
		struct value *map = value_map(c->arena);

		if (preview->fields[i].told) {
			put_field(c, preview, i, map);
			value_append(preview->fields[i].choosable ? choices : others, map);
		} else if (!preview->fields[i].differs && record_get(preview->kept, (int)i).n &&
			   !(field->flags & (FIELD_READ_ONLY | FIELD_API_ONLY | FIELD_INTERNAL)) &&
			   field->type != FIELD_TAGS) {
			value_put_text(map, "label", field->label);
			value_put_str(map, "value", shown(c, preview->kept, i));
			value_append(same, map);
		}
	}
	value_put_bool(c->page, "has_choices", value_count(choices) > 0);
	value_put_bool(c->page, "has_others", value_count(others) > 0);
	value_put_bool(c->page, "has_same", value_count(same) > 0);
}

enum err merge_put_page(struct context *c, const struct merge_preview *preview)
{
	struct record *both[] = {preview->kept, preview->gone};
	struct str kept = uuid_text(c->arena, record_id(preview->kept)),
		   gone = uuid_text(c->arena, record_id(preview->gone));
	const char *plural = preview->entity->plural;

	TRY(record_load_references(c->tx, both, COUNT_OF(both), false));
	put_row(c, preview->kept, value_put_map(c->page, "kept"));
	put_row(c, preview->gone, value_put_map(c->page, "gone"));
	put_fields(c, preview);
	put_lines(c->page, "tags_added", preview->tags_added);
	put_lines(c->page, "tags_dropped", preview->tags_dropped);
	value_put_bool(c->page, "has_tags_added", preview->tags_added.n > 0);
	value_put_bool(c->page, "has_tags_dropped", preview->tags_dropped.n > 0);
	value_put_str(c->page, "moves", preview->part_count ? merge_parts_words(c->arena, preview) : STR_NONE);
	value_put_str(c->page, "title",
		      arena_printf(c->arena, "Merge two %.*s",
				   STR_FMT_ARG(entity_in_sentence(c, preview->entity->label_plural))));
	value_put_str(c->page, "entity_label", entity_in_sentence(c, preview->entity->label));
	value_put_url(c->page, "action_url", arena_printf(c->arena, "/%s/%.*s/merge", plural, STR_FMT_ARG(kept)));
	value_put_url(c->page, "swap_url",
		      arena_printf(c->arena, "/%s/%.*s/merge?with=%.*s", plural, STR_FMT_ARG(gone), STR_FMT_ARG(kept)));
	value_put_url(c->page, "other_url", arena_printf(c->arena, "/%s/%.*s/merge", plural, STR_FMT_ARG(kept)));
	value_put_url(c->page, "back_url", arena_printf(c->arena, "/%s/%.*s", plural, STR_FMT_ARG(kept)));
	return OK;
}

void merge_put_row(struct context *c, const struct merge *merge, struct value *map)
{
	struct str kept = uuid_text(c->arena, merge->kept);

	value_put_text(map, "entity_label", merge->entity->label);
	value_put_str(map, "kept_title", merge->kept_title);
	value_put_str(map, "gone_title", merge->gone_title);
	value_put_url(map, "kept_url", arena_printf(c->arena, "/%s/%.*s", merge->entity->plural, STR_FMT_ARG(kept)));
	value_put_int(map, "moved", merge->rows);
	value_put_text(map, "moved_word", records(merge->rows));
	value_put_str(map, "by", merge->actor_name);
	page_put_time(c, map, "when", merge->created_at);
	value_put_bool(map, "undone", merge->undone_at != 0);
	value_put_url(map, "undo_url",
		      arena_printf(c->arena, "/merges/%.*s/undo", STR_FMT_ARG(uuid_text(c->arena, merge->id))));
	value_put_bool(map, "may_undo", !merge->undone_at && context_may(c, CAN_DELETE));
}

/* ---- where a row went, and the way back ---- */

enum err merge_forward(struct context *c, const struct entity *entity, struct uuid gone)
{
	struct uuid kept;
	enum err e = merge_went_to(c->tx, entity, gone, &kept);
	struct str id;

	if (e)
		return e;
	id = uuid_text(c->arena, kept);
	if (c->route->face == FACE_PAGE)
		return context_redirect(
			c, arena_printf(c->arena, "/%s/%.*s?done=was_merged", entity->plural, STR_FMT_ARG(id)));
	return context_fail(c, E_NOTFOUND, "It was merged into %.*s.", STR_FMT_ARG(id));
}

enum err merge_take_back(struct context *c, struct uuid id, struct merge **merge, struct merge_undone *out)
{
	TRY(merge_get(c->tx, id, true, merge));
	return merge_undo(c->tx, *merge, c->errors, out);
}
