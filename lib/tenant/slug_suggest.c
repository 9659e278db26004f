#include "lib/tenant/slug.h"
#include "lib/tenant/tenant_internal.h"

/* All candidates at once; released names are still in the directory and stay taken. */
STATEMENT(slugs_taken, "SELECT slug FROM tenant_directory WHERE slug = ANY (string_to_array($1, ','))");

#define CANDIDATES_MOST 32

struct candidates {
	struct str items[CANDIDATES_MOST];
	bool taken[CANDIDATES_MOST];
	size_t count;
};

static void add_candidate(struct candidates *list, struct str slug)
{
	if (list->count == CANDIDATES_MOST || !slug_valid(slug) || slug_reserved(slug))
		return;
	for (size_t i = 0; i < list->count; i++)
		if (str_equal(list->items[i], slug))
			return;
	list->items[list->count++] = slug;
}

static struct str stem_for(struct str slug, size_t suffix)
{
	if (slug.n + suffix > SLUG_MOST)
		slug.n = SLUG_MOST - suffix;
	while (slug.n && slug.p[slug.n - 1] == '-')
		slug.n--;
	return slug;
}

/* Words of the trade first, then small numbers, then random ones so that three are always free. */
static void gather(struct arena *arena, struct candidates *list, struct str slug)
{
	static const char *const suffixes[] = {"-hvac", "-plumbing", "-heating", "-air", "-service", "-home",
					       "-pros", "-team",     "-local",   "-2",   "-3",       "-4",
					       "-5",    "-6",        "-7",       "-8",   "-9"};
	static const char *const prefixes[] = {"go-", "the-", "call-", "team-"};
	uint32_t number;

	add_candidate(list, slug);
	for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
		struct str suffix = str_from(suffixes[i]);

		if (str_ends(slug, suffix))
			continue;
		add_candidate(list, arena_printf(arena, "%.*s%s", STR_FMT_ARG(stem_for(slug, suffix.n)), suffixes[i]));
	}
	for (size_t i = 0; i < COUNT_OF(prefixes); i++)
		add_candidate(list, arena_printf(arena, "%s%.*s", prefixes[i],
						 STR_FMT_ARG(stem_for(slug, strlen(prefixes[i])))));
	for (size_t i = 0; i < 5; i++) {
		random_bytes(&number, sizeof(number));
		add_candidate(list,
			      arena_printf(arena, "%.*s-%u", STR_FMT_ARG(stem_for(slug, 7)), 100000 + number % 900000));
	}
}

static enum err mark_taken(struct stx *tx, struct candidates *list)
{
	struct buffer names = BUFFER_IN(stx_arena(tx));
	struct rows *rows;
	enum err err;

	for (size_t i = 0; i < list->count; i++) {
		if (i)
			buffer_add_char(&names, ',');
		buffer_add_str(&names, list->items[i]);
	}
	err = stx_rows(tx, &slugs_taken, ARGS(arg_str(buffer_str(&names))), &rows);
	if (err)
		return err;
	while (rows_next(rows))
		for (size_t i = 0; i < list->count; i++)
			if (str_equal(list->items[i], rows_str(rows, 0)))
				list->taken[i] = true;
	return OK;
}

/* A slug that was typed is taken at its word; anything else is read as a company's name. */
static struct str slug_wanted(struct arena *arena, struct str wanted)
{
	struct str lower = text_lower(arena, wanted);

	return slug_valid(lower) ? lower : slug_from_name(arena, wanted);
}

enum err slug_suggest(struct stx *tx, struct str wanted, struct slug_answer *out)
{
	struct arena *arena = stx_arena(tx);
	struct candidates list = {.count = 0};
	enum err err;

	*out = (struct slug_answer){.slug = slug_wanted(arena, wanted)};
	gather(arena, &list, out->slug);
	err = mark_taken(tx, &list);
	if (err)
		return err;
	for (size_t i = 0; i < list.count; i++) {
		if (list.taken[i])
			continue;
		if (str_equal(list.items[i], out->slug)) /* not in the list when it is reserved */
			out->available = true;
		else if (out->suggestion_count < COUNT_OF(out->suggestions))
			out->suggestions[out->suggestion_count++] = list.items[i];
	}
	return OK;
}

enum err slug_available(struct stx *tx, struct str slug, bool *out)
{
	struct rows *rows;
	enum err err;

	*out = false;
	if (!slug_valid(slug) || slug_reserved(slug))
		return OK;
	err = stx_rows(tx, &slugs_taken, ARGS(arg_str(slug)), &rows);
	if (err)
		return err;
	*out = rows_count(rows) == 0;
	return OK;
}
