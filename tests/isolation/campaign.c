#include "tests/isolation/campaign.h"

#include <stdio.h>
#include <stdlib.h>

#define KINDS_MOST 64

struct score {
	struct arena *arena;
	const char *what;
	size_t count;
	struct {
		const char *kind;
		size_t killed, total;
	} kinds[KINDS_MOST];
};

void campaign_read(int argc, char **argv, struct campaign *out)
{
	*out = (struct campaign){0, 1};
	for (int i = 1; i < argc; i++) {
		struct str word = str_from(argv[i]), name = str_split(&word, '=');
		int64_t number;

		if (str_absent(word) || !str_to_int64(word, &number) || number < 0) {
			fprintf(stderr, "%s: not understood: %s\n", argv[0], argv[i]);
			exit(2);
		}
		if (str_is(name, "sample"))
			out->sample = (size_t)number;
		else if (str_is(name, "seed"))
			out->seed = (uint64_t)number;
	}
}

/* splitmix64: the same order on every machine. */
static uint64_t next_number(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

size_t *campaign_order(const struct campaign *campaign, struct arena *arena, size_t count)
{
	size_t *order = arena_array(arena, count + 1, sizeof(*order));
	uint64_t state = campaign->seed;

	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t left = count; left > 1 && campaign->sample > 0; left--) {
		size_t at = (size_t)(next_number(&state) % left), other = order[left - 1];

		order[left - 1] = order[at];
		order[at] = other;
	}
	return order;
}

struct score *score_new(struct arena *arena, const char *what)
{
	struct score *score = ARENA_NEW(arena, struct score);

	score->arena = arena;
	score->what = what;
	return score;
}

void score_add(struct score *score, const char *kind, const char *name, bool killed, const char *why)
{
	size_t at = 0;

	while (at < score->count && strcmp(score->kinds[at].kind, kind) != 0)
		at++;
	if (at == KINDS_MOST)
		abort();
	if (at == score->count) {
		score->kinds[at].kind = arena_c_string(score->arena, str_from(kind));
		score->kinds[at].killed = score->kinds[at].total = 0;
		score->count++;
	}
	score->kinds[at].total++;
	score->kinds[at].killed += killed;
	printf("%s %s: %s: %s\n", killed ? "killed" : "SURVIVED", kind, name, why);
	(void)fflush(stdout);
}

bool score_print(const struct score *score)
{
	size_t killed = 0, total = 0;

	for (size_t i = 0; i < score->count; i++) {
		bool all = score->kinds[i].killed == score->kinds[i].total;

		printf("%s - %s: %zu/%zu killed\n", all ? "ok" : "not ok", score->kinds[i].kind, score->kinds[i].killed,
		       score->kinds[i].total);
		killed += score->kinds[i].killed;
		total += score->kinds[i].total;
	}
	printf("figure: %s: %zu/%zu killed\n", score->what, killed, total);
	return killed == total && total > 0;
}
