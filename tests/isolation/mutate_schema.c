/*
 * Mutants of the schema: each is made in a transaction of a migrated, empty database, judged by the rules of the catalogue, and rolled back. A rule
 * kills it when the rule has more offenders than before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/db/catalogue_rules.h"
#include "tests/isolation/campaign.h"
#include "tests/isolation/schema_mutations.h"
#include "tests/support/database.h"

#include <stdio.h>

struct mutant {
	struct mutant *next;
	const char *kind;
	struct str name, sql, before;
};

static struct arena *kept, *own;
static struct campaign campaign;

static struct rows *ask(struct stx *stx, const char *name, struct str sql)
{
	struct statement statement = {name, sql.p};
	struct rows *rows;

	if (stx_rows(stx, &statement, NO_ARGS, &rows) != OK)
		fail_msg("the campaign's own SQL failed: %s", sql.p);
	return rows;
}

/* One of every kind comes first, so that a sample has each. */
static struct mutant **list_mutants(size_t *count)
{
	struct stx *stx = stx_begin(test_pg_superuser(), kept, "mutants of the schema", TX_READ);
	struct mutant *first = NULL, **list;

	*count = 0;
	for (size_t i = schema_mutations_count; i-- > 0;) {
		struct rows *rows = ask(stx, "mutants", str_from(schema_mutations[i].query));

		if (rows_count(rows) == 0)
			fail_msg("nothing to spoil: %s", schema_mutations[i].kind);
		while (rows_next(rows)) {
			struct mutant *mutant = ARENA_NEW(kept, struct mutant);

			*mutant = (struct mutant){first, schema_mutations[i].kind, rows_str(rows, 0), rows_str(rows, 1),
						  rows_str(rows, 2)};
			first = mutant;
			++*count;
		}
	}
	assert_int_equal(stx_commit(stx), OK);
	list = arena_array(kept, *count, sizeof(*list));
	for (size_t i = 0; i < *count; i++, first = first->next)
		list[i] = first;
	return list;
}

static const char *offender(struct rows *rows)
{
	return catalogue_rules[rows_int(rows, 0)].title;
}

/* The first offender that was not there before. */
static const char *new_offender(struct rows *before, struct rows *after)
{
	bool more = before && rows_next(before);

	while (rows_next(after)) {
		if (!more || rows_int(before, 0) != rows_int(after, 0) ||
		    !str_equal(rows_str(before, 1), rows_str(after, 1)))
			return offender(after);
		more = rows_next(before);
	}
	return NULL;
}

static void judge(struct score *score, const struct mutant *mutant)
{
	struct stx *stx = stx_begin(test_pg_superuser(), own, "a mutant, rolled back", TX_WRITE);
	struct str rules = catalogue_query(own);
	struct rows *before = NULL, *after;
	const char *by;

	/* The schema as it is offends no rule: that is looked at once, at the start. */
	if (!str_absent(mutant->before)) {
		(void)ask(stx, "aside", mutant->before);
		before = ask(stx, "rules before", rules);
	}
	(void)ask(stx, "mutant", mutant->sql);
	after = ask(stx, "rules", rules);
	by = new_offender(before, after);
	score_add(score, mutant->kind, arena_c_string(own, mutant->name), by,
		  by ? by : arena_c_string(own, mutant->sql));
	stx_rollback(stx);
	arena_reset(own);
}

static void nothing_offends_yet(void)
{
	struct stx *stx = stx_begin(test_pg_superuser(), own, "rules", TX_READ);
	struct rows *rows = ask(stx, "rules", catalogue_query(own));

	if (rows_next(rows))
		fail_msg("the schema offends a rule before it is spoilt: %s", offender(rows));
	assert_int_equal(stx_commit(stx), OK);
}

static void the_catalogue_kills_every_mutant(void **state)
{
	struct score *score;
	size_t count, tried = 0, *order;
	struct mutant **list;
	const char *last = "";

	(void)state;
	kept = arena_new((size_t)256 << 20);
	own = arena_new((size_t)64 << 20);
	score = score_new(kept, "mutants of the schema");
	nothing_offends_yet();
	list = list_mutants(&count);
	order = campaign_order(&campaign, kept, count);
	for (size_t i = 0; i < count; i++) {
		bool first_of_kind = strcmp(last, list[i]->kind) != 0;

		last = list[i]->kind;
		if (first_of_kind && campaign.sample > 0)
			judge(score, list[i]);
	}
	for (size_t i = 0; i < count && (campaign.sample == 0 || tried < campaign.sample); i++, tried++)
		judge(score, list[order[i]]);
	assert_true(score_print(score));
	arena_free(own);
	arena_free(kept);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_catalogue_kills_every_mutant),
	};
	int failed;

	campaign_read(argc, argv, &campaign);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	test_database_close();
	return failed;
}
