/* Dotted names: each is kept once in its template, already split. */
#include "lib/text/template_internal.h"

#define NAMES_MAX 2000
#define NAME_PARTS_MAX 16

void *template_grow(struct arena *arena, const void *old, size_t count, size_t *capacity, size_t size)
{
	void *bigger;

	*capacity = *capacity ? *capacity * 2 : 16;
	bigger = arena_array(arena, *capacity, size);
	if (count)
		memcpy(bigger, old, count * size);
	return bigger;
}

static bool part_valid(struct str part)
{
	for (size_t i = 0; i < part.n; i++) {
		char c = part.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
		      c == '-'))
			return false;
	}
	return part.n > 0;
}

static enum iteration_name iteration_name(struct str text)
{
	if (str_is(text, "@first"))
		return ITERATION_FIRST;
	if (str_is(text, "@last"))
		return ITERATION_LAST;
	return str_is(text, "@index") ? ITERATION_INDEX : ITERATION_NONE;
}

/* False when it is no name. */
static bool split(struct arena *arena, enum template_mode mode, struct name *name)
{
	struct str parts[NAME_PARTS_MAX], rest = name->text, *kept;

	name->iteration = mode == TEMPLATE_SPEC ? ITERATION_NONE : iteration_name(name->text);
	if (name->iteration || str_is(name->text, "."))
		return true;
	while (!str_absent(rest)) {
		if (name->count == NAME_PARTS_MAX)
			return false;
		parts[name->count] = str_split(&rest, '.');
		if (mode != TEMPLATE_SPEC && !part_valid(parts[name->count]))
			return false;
		name->count++;
	}
	kept = arena_array(arena, name->count, sizeof(*kept));
	memcpy(kept, parts, name->count * sizeof(*kept));
	name->parts = kept;
	return true;
}

bool template_name(struct arena *arena, enum template_mode mode, struct template *t, size_t *capacity, struct str text,
		   uint32_t *index)
{
	struct name name = {.text = text};

	for (size_t i = 0; i < t->name_count; i++) {
		if (str_equal(t->names[i].text, text)) {
			*index = (uint32_t)i;
			return true;
		}
	}
	if (t->name_count == NAMES_MAX || !split(arena, mode, &name))
		return false;
	if (t->name_count == *capacity)
		t->names = template_grow(arena, t->names, t->name_count, capacity, sizeof(*t->names));
	*index = (uint32_t)t->name_count;
	t->names[t->name_count++] = name;
	return true;
}
