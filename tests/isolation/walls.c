/*
 * Two walls between tenants: the policies of row level security and the tenant_id = $1 of each statement. Each holds alone; with both gone for one
 * table the matrix sees it.
 *
 *   walls up FILE EIGHTH              the matrix with both walls
 *   walls policies-off FILE EIGHTH    the matrix without the policies
 *   walls predicates-off FILE EIGHTH  the matrix without the predicates
 *   walls valid FILE -1               only the valid requests of the matrix, to know what each route reaches
 *   walls table TABLE FILE            without both for one table: the routes that reach it, until one shows it. Ends with 0 when one did, 3 when none did
 *
 * EIGHTH: only the routes whose number leaves that over when divided by eight; -1: all.
 * FILE is written by the first four and read by the last: the number of a route, and the tables that its statements read or change.
 */
#include "tests/isolation/matrix.h"
#include "tests/isolation/walls_tap.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUTES_MOST 4000

static const char *form, *table, *file_name;
static const char *const *tables;
static bool reached[ROUTES_MOST][TENANT_TABLES_MOST];
static bool killed;
static int64_t eighth = -1;

/* ---- the catalogue ---- */

static size_t table_number(struct str name)
{
	for (size_t i = 0; tables[i]; i++)
		if (str_is(name, tables[i]))
			return i;
	fail_msg("no table of tenants: %.*s", STR_FMT_ARG(name));
	return 0;
}

static size_t route_number(const struct route *route)
{
	size_t count;
	const struct route *all = routes(&count);

	assert_true(count <= ROUTES_MOST);
	return (size_t)(route - all);
}

static void policies(bool on)
{
	for (size_t i = 0; tables[i]; i++)
		if (!table || strcmp(table, tables[i]) == 0)
			test_sql("ALTER TABLE %s %s ROW LEVEL SECURITY", tables[i], on ? "ENABLE" : "DISABLE");
}

/* ---- the whole matrix ---- */

static bool is_left_out(const struct route *route)
{
	return eighth >= 0 && route_number(route) % 8 != (size_t)eighth;
}

static void valid_of_all(const struct route *route, enum host_kind host, enum credential by)
{
	if (!is_left_out(route))
		matrix_valid(route, host, by);
}

static void refuse_of_all(const struct route *route, enum host_kind host, enum credential by)
{
	if (!is_left_out(route))
		matrix_refuse(route, host, by);
}

static void forget_named(const struct route *route)
{
	bool unused[TENANT_TABLES_MOST];

	if (is_left_out(route))
		return;
	matrix_before(route);
	walls_take_named(unused);
}

static void note_named(const struct route *route)
{
	bool named[TENANT_TABLES_MOST];
	size_t number = route_number(route);

	if (is_left_out(route))
		return;
	walls_take_named(named);
	for (size_t i = 0; tables[i]; i++)
		reached[number][i] |= named[i];
	matrix_after(route);
}

/* Green: not one of A's rows seen or changed, and no answer of another status than with both walls. */
static void whole_matrix(const char *title, bool refusals)
{
	matrix_forget();
	each_request(forget_named, valid_of_all, note_named);
	if (refusals)
		each_request(forget_named, refuse_of_all, note_named);
	printf("%s - %s: %zu cells, %zu leaks, %zu other failures\n", matrix.leaks + matrix.wrong ? "not ok" : "ok",
	       title, matrix.cells, matrix.leaks, matrix.wrong);
	printf("figure: %s: %zu cells, %zu leaks\n", title, matrix.cells, matrix.leaks);
	assert_int_equal(matrix.leaks + matrix.wrong, 0);
}

static void write_reached(void)
{
	FILE *file = fopen(file_name, "w");
	size_t count;
	const struct route *all = routes(&count);

	assert_non_null(file);
	for (size_t i = 0; i < count; i++) {
		fprintf(file, "%zu", i);
		for (size_t at = 0; tables[at]; at++)
			if (reached[i][at])
				fprintf(file, " %s", tables[at]);
		fprintf(file, "\t%s %s\n", method_name(all[i].method), all[i].path);
	}
	assert_int_equal(fclose(file), 0);
}

static void without_policies(void)
{
	policies(false);
	whole_matrix("policies off, predicates alone", true);
	policies(true);
}

static void without_predicates(void)
{
	walls_strip(WALLS_ALL);
	whole_matrix("predicates off, policies alone", true);
	printf("figure: predicates taken out: %zu, of %zu statements\n", walls_stripped(), walls_statements());
	assert_true(walls_stripped() * 2 > walls_statements());
	assert_int_equal(walls_left(), 0);
}

/* ---- one table ---- */

static void read_reached(void)
{
	FILE *file = fopen(file_name, "r");
	char line[8192];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct str names = str_from(line), number;
		int64_t route;

		names = str_split(&names, '\t');
		number = str_split(&names, ' ');
		assert_true(str_to_int64(number, &route) && route >= 0 && route < ROUTES_MOST);
		while (!str_absent(names))
			reached[route][table_number(str_split(&names, ' '))] = true;
	}
	(void)fclose(file);
}

static bool is_wanted(const struct route *route)
{
	return !killed && reached[route_number(route)][table_number(str_from(table))];
}

/*
 * What a company is shown while both walls stand, to be compared with what it is shown when they are gone: B, in whose lists A's rows would stand, and
 * E, whose twin has rows of the same ids, so that what is looked up by the id of another row would come twice.
 */
static const struct planted *const viewers[] = {&company_b, &company_e};
static struct shown {
	struct shown *next;
	const struct planted *who;
	const struct route *route;
	enum host_kind host;
	enum credential by;
	struct str answer;
	bool unsteady; /* differs by itself */
} * shown;
static struct arena *shown_arena;

static struct shown *shown_find(const struct planted *who, const struct route *route, enum host_kind host,
				enum credential by)
{
	struct shown *found = shown;

	while (found && (found->who != who || found->route != route || found->host != host || found->by != by))
		found = found->next;
	return found;
}

static bool show(const struct planted *who, const struct route *route, enum host_kind host, enum credential by,
		 struct str *answer)
{
	struct shot shot;
	const char *why;

	if (!is_wanted(route) || route->method != METHOD_GET || route->who == WHO_OPERATOR ||
	    !make_shot(&shot, route, host, by, who, false, &why))
		return false;
	*answer = answer_text(shoot(&shot), NULL);
	return true;
}

static void see_before(const struct planted *who, const struct route *route, enum host_kind host, enum credential by)
{
	struct shown *known = shown_find(who, route, host, by);
	struct str answer;

	if (!show(who, route, host, by, &answer))
		return;
	if (known) {
		known->unsteady = !str_equal(known->answer, answer);
		return;
	}
	known = ARENA_NEW(shown_arena, struct shown);
	*known = (struct shown){shown, who, route, host, by, arena_copy(shown_arena, answer), false};
	shown = known;
}

static void show_before(const struct route *route, enum host_kind host, enum credential by)
{
	for (size_t i = 0; i < COUNT_OF(viewers); i++)
		see_before(viewers[i], route, host, by);
}

static void kill(const char *why)
{
	printf("killed: %s\n", why);
	killed = true;
}

static void walls_of_table(bool up)
{
	policies(up);
	walls_strip(up ? NULL : table);
}

/* Another answer counts when the first one comes back with the walls: it was not the time that changed it. */
static void see_after(const struct planted *who, const struct route *route, enum host_kind host, enum credential by)
{
	struct shown *known = shown_find(who, route, host, by);
	struct str answer;

	if (!known || known->unsteady || !show(who, route, host, by, &answer) || str_equal(known->answer, answer))
		return;
	walls_of_table(true);
	if (show(who, route, host, by, &answer) && str_equal(known->answer, answer))
		kill(text("%s %s on %s by %s: %s is shown something else", method_name(route->method), route->path,
			  host_word(host), credential_word(by), who->letter)
			     .p);
	known->unsteady = true;
	walls_of_table(false);
}

static void show_after(const struct route *route, enum host_kind host, enum credential by)
{
	for (size_t i = 0; i < COUNT_OF(viewers) && !killed; i++)
		see_after(viewers[i], route, host, by);
}

static void look(void)
{
	if (!killed && matrix.leaks + matrix.wrong > 0)
		kill(matrix.first);
}

static void before(const struct route *route)
{
	if (is_wanted(route))
		matrix_before(route);
}

static void valid(const struct route *route, enum host_kind host, enum credential by)
{
	if (is_wanted(route))
		matrix_valid(route, host, by);
	look();
}

static void refuse(const struct route *route, enum host_kind host, enum credential by)
{
	if (is_wanted(route))
		matrix_refuse(route, host, by);
	look();
}

static void after(const struct route *route)
{
	if (is_wanted(route))
		matrix_after(route);
	look();
}

static void neither_wall(void)
{
	read_reached();
	shown_arena = arena_new((size_t)512 << 20);
	(void)planted_twin(&company_t, "T", &company_e);
	each_request(NULL, show_before, NULL);
	each_request(NULL, show_before, NULL);
	walls_of_table(false);
	matrix_forget();
	matrix.quiet = true;
	printf("the walls are down\n");
	(void)fflush(stdout);
	each_request(NULL, show_after, NULL);
	each_request(before, valid, after);
	each_request(before, refuse, after);
	policies(true);
	if (!killed)
		printf("survived: no route shows it\n");
}

/* ---- which ---- */

static void the_walls(void **state)
{
	(void)state;
	tables = tenant_tables();
	walls_tables(tables);
	/* Also after a run that broke off. */
	policies(true);
	matrix_plant();
	if (table) {
		neither_wall();
		return;
	}
	if (strcmp(form, "policies-off") == 0)
		without_policies();
	else if (strcmp(form, "predicates-off") == 0)
		without_predicates();
	else if (strcmp(form, "valid") == 0)
		whole_matrix("valid requests, both walls up", false);
	else
		whole_matrix("both walls up", true);
	write_reached();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_walls)};
	int failed;

	form = argc > 1 ? argv[1] : "";
	table = strcmp(form, "table") == 0 && argc == 4 ? argv[2] : NULL;
	if (argc != 4 || (!table && !str_to_int64(str_from(argv[3]), &eighth))) {
		fprintf(stderr, "what it takes stands at the head of tests/isolation/walls.c\n");
		return 2;
	}
	file_name = table ? argv[3] : argv[2];
	failed = cmocka_run_group_tests(tests, fixture_open, fixture_close);
	return failed ? 1 : table && !killed ? 3 : 0;
}
