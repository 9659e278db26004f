/* Lines that may mean the same row follow one another: which of a step can be written at once. */
#include <stdlib.h>

#include "lib/crm/import_internal.h"

/* What a line is known by. A line with both keys has its second one for the sake of lines that have nothing else. */
struct tie {
	struct str identity;
	struct turn *turn;
	bool weak;
};

static int compare(const void *a, const void *b)
{
	const struct tie *one = a, *other = b;
	size_t n = one->identity.n < other->identity.n ? one->identity.n : other->identity.n;
	int order = memcmp(one->identity.p, other->identity.p, n);

	if (order == 0)
		order = (one->identity.n > other->identity.n) - (one->identity.n < other->identity.n);
	return order ? order : (one->turn > other->turn) - (one->turn < other->turn);
}

static struct str lower(struct arena *arena, struct str text)
{
	char *copy = arena_c_string(arena, text);

	for (size_t i = 0; i < text.n; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] + ('a' - 'A'));
	return (struct str){copy, text.n};
}

static size_t ties_of(struct arena *arena, struct turn *turn, struct tie *out)
{
	const struct line *line = turn->line;
	bool has_key = !str_absent(line->key);
	size_t count = 0;

	if (has_key)
		out[count++] = (struct tie){lower(arena, line->key), turn, false};
	if (!str_absent(line->other_key))
		out[count++] = (struct tie){line->other_key, turn, has_key};
	if (count == 0)
		out[count++] =
			(struct tie){{(const char *)line->fingerprint.bytes, sizeof line->fingerprint}, turn, false};
	return count;
}

/* How far the lines of one identity have come. */
struct group {
	struct line *last;
	size_t strong, any; /* rounds that are taken */
};

static size_t greater(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Behind whatever may be the same row: of two that both have the first key only the first key tells. */
static void turn_behind(struct turn *turn, struct group *main, struct group *weak)
{
	turn->round = greater(main->any, weak ? weak->strong : 0);
	turn->before = main->last;
	main->last = turn->line;
	main->strong = main->any = turn->round + 1;
	if (weak)
		weak->any = greater(weak->any, turn->round + 1);
}

struct turn *lines_turns(struct arena *arena, const struct lines *lines, size_t *count)
{
	struct turn *turns = arena_array(arena, lines->count + 1, sizeof *turns);
	struct tie *ties = arena_array(arena, lines->count * 2 + 1, sizeof *ties);
	struct group *groups = arena_array(arena, lines->count * 2 + 1, sizeof *groups);
	size_t used = 0, group = 0;

	*count = 0;
	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].outcome == LINE_OPEN) {
			struct turn *turn = &turns[(*count)++];

			turn->line = &lines->items[i];
			used += ties_of(arena, turn, ties + used);
		}
	qsort(ties, used, sizeof *ties, compare);
	for (size_t i = 0; i < used; i++) {
		group += i > 0 && !str_equal(ties[i].identity, ties[i - 1].identity);
		*(ties[i].weak ? &ties[i].turn->weak : &ties[i].turn->main) = group;
	}
	for (size_t i = 0; i < *count; i++) {
		bool both = !str_absent(turns[i].line->key) && !str_absent(turns[i].line->other_key);

		turn_behind(&turns[i], &groups[turns[i].main], both ? &groups[turns[i].weak] : NULL);
	}
	return turns;
}

static int compare_rows(const void *a, const void *b)
{
	const struct turn *one = *(struct turn *const *)a, *other = *(struct turn *const *)b;
	int order = memcmp(&one->line->row_id, &other->line->row_id, sizeof one->line->row_id);

	return order ? order : (one > other) - (one < other);
}

/* By different keys two lines may have found one row: the later waits for the next round, and looks again. */
size_t turns_postpone(struct arena *arena, struct turn **round, size_t count)
{
	struct turn **sorted = arena_array(arena, count + 1, sizeof(struct turn *));
	size_t found = 0, kept = 0, number = count ? round[0]->round : 0;

	for (size_t i = 0; i < count; i++)
		if (round[i]->line->current)
			sorted[found++] = round[i];
	qsort(sorted, found, sizeof(struct turn *), compare_rows);
	for (size_t i = found; i-- > 1;)
		if (uuid_equal(sorted[i]->line->row_id, sorted[i - 1]->line->row_id)) {
			struct line *line = sorted[i]->line;

			sorted[i]->round++;
			line->current = NULL;
			line->row_id = uuid_zero();
			line->matches = 0;
			line->disagree = line->as_left = false;
		}
	for (size_t i = 0; i < count; i++)
		if (round[i]->round == number)
			round[kept++] = round[i];
	return kept;
}
