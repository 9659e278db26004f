/* What an import keeps as JSON: headings, mapping, options, cells. */
#include "lib/crm/import_internal.h"
#include "lib/text/json.h"

/* A row has up to 1,000 cells of 64 KiB, 1 MiB in all; escapes make it longer. */
static const struct json_limits cell_limits = {(size_t)8 * 1024 * 1024, 4, 4000};

struct str strings_print(struct arena *arena, const struct str *items, size_t count)
{
	struct buffer out = BUFFER_IN(arena);

	buffer_add_char(&out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_add_char(&out, ',');
		json_string(items[i], &out);
	}
	buffer_add_char(&out, ']');
	return buffer_str(&out);
}

size_t strings_read(struct arena *arena, struct str text, struct str **out)
{
	struct value *list;
	struct str why;
	size_t count;

	*out = NULL;
	if (str_absent(text) || json_parse(arena, text, &cell_limits, &list, &why) != OK ||
	    value_type(list) != VALUE_LIST)
		return 0;
	count = value_count(list);
	*out = arena_array(arena, count + 1, sizeof **out);
	for (size_t i = 0; i < count; i++)
		(*out)[i] = value_as_str(value_at(list, i));
	return count;
}

struct str import_print_headers(struct arena *arena, const struct import_column *columns, size_t count)
{
	struct str *items = arena_array(arena, count + 1, sizeof *items);

	for (size_t i = 0; i < count; i++)
		items[i] = columns[i].header;
	return strings_print(arena, items, count);
}

struct str import_print_mapping(struct arena *arena, const struct import_column *columns, size_t count)
{
	struct str *items = arena_array(arena, count + 1, sizeof *items);

	for (size_t i = 0; i < count; i++)
		items[i] = columns[i].target;
	return strings_print(arena, items, count);
}

void import_read_columns(struct arena *arena, struct str headers, struct str mapping, struct import_column **out,
			 size_t *count)
{
	struct str *header, *target;
	size_t targets = strings_read(arena, mapping, &target);

	*count = strings_read(arena, headers, &header);
	*out = arena_array(arena, *count + 1, sizeof **out);
	for (size_t i = 0; i < *count; i++)
		(*out)[i] = (struct import_column){header[i], i < targets ? target[i] : STR("")};
}

struct str import_print_options(struct arena *arena, const struct import_options *options)
{
	struct value *map = value_map(arena);
	struct buffer out = BUFFER_IN(arena);

	value_put_text(map, "mode", import_mode_name(options->mode));
	value_put_text(map, "match", options->key ? options->key->name : "");
	value_put_str(map, "tags", str_absent(options->tags) ? STR("") : options->tags);
	value_put(map, "defaults", options->defaults);
	value_put_bool(map, "new_enquiries", options->new_enquiries);
	json_print(map, &out);
	return buffer_str(&out);
}

void import_read_options(struct arena *arena, const struct entity *entity, struct str text, struct import_options *out)
{
	struct value *map = NULL, *defaults = value_map(arena);
	const struct value *stored, *item;
	struct str why, name;

	*out = (struct import_options){.mode = IMPORT_BOTH, .defaults = defaults, .tags = STR("")};
	if (json_parse(arena, text, &json_limits_request, &map, &why) != OK)
		return;
	if (!import_mode_find(value_as_str(value_get(map, STR("mode"))), &out->mode))
		out->mode = IMPORT_BOTH;
	out->key = import_key_find(entity, value_as_str(value_get(map, STR("match"))));
	out->tags = value_as_str(value_get(map, STR("tags")));
	out->new_enquiries = value_truth(value_get(map, STR("new_enquiries")));
	stored = value_get(map, STR("defaults"));
	for (size_t i = 0; stored && (item = value_member(stored, i, &name)) != NULL; i++)
		value_put_str(defaults, arena_c_string(arena, name), value_as_str(item));
}
