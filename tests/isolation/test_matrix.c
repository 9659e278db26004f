/*
 * Isolation: every route under every condition. For each cell the status is the one of the condition's row, no byte of the answer is of A's rows,
 * A's rows are as before, and an id of A's answers as one that does not exist. A route without a fixture fails the run.
 */
#include "tests/isolation/matrix.h"

#include <stdio.h>

static struct planted sandbox; /* does what is allowed, to its own rows */
static size_t cells, failures, cells_of[64];

/* ---- saying what is wrong ---- */

#define COMPLAIN(shot, condition, ...)                                                                                 \
	do {                                                                                                           \
		complain_of(shot, condition);                                                                          \
		print_error(__VA_ARGS__);                                                                              \
		print_error("\n");                                                                                     \
		failures++;                                                                                            \
	} while (0)

static void complain_of(const struct shot *shot, const char *condition)
{
	print_error("FAILED %s %s on %s by %s (%s): %s: ", method_name(shot->route->method), shot->route->path,
		    host_word(shot->host), credential_word(shot->by), method_name(shot->method), condition);
}

/* ---- one cell ---- */

/* Each id of A's that was sent, as the id that does not exist. */
static struct response masked(const struct response *response, const struct shot *shot)
{
	const struct str ids[] = {shot->id, shot->reference_id,
				  str_absent(shot->query) ? STR_NONE
							  : (struct str){shot->query.p + shot->query.n - 36, 36}};
	struct response out = *response;

	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		struct buffer body = BUFFER_IN(web->arena);
		struct str left = buffer_str(&out.body);

		if (ids[i].n != UUID_TEXT_LENGTH)
			continue;
		while (left.n > 0) {
			bool same = left.n >= ids[i].n && memcmp(left.p, ids[i].p, ids[i].n) == 0;
			size_t step = same ? ids[i].n : 1;

			buffer_add_str(&body, same ? STR(NOBODYS_ID) : (struct str){left.p, 1});
			left.p += step;
			left.n -= step;
		}
		out.body = body;
	}
	return out;
}

static int wanted_status(const struct condition *condition, const struct shot *shot)
{
	enum face face = shot->route->face;
	int status = face == FACE_PAGE ? condition->page : face == FACE_API ? condition->api : condition->raw;

	return status == AS_VALID ? shot->status : status;
}

static struct str answer_as_missing(const struct condition *condition, const struct shot *valid, size_t variant)
{
	struct shot shot = *valid;
	struct response response;

	ids_are_missing = true;
	assert_true(condition->change(&shot, variant));
	ids_are_missing = false;
	response = masked(shoot(&shot), &shot);
	return answer_text(&response);
}

static void try_cell(const struct condition *condition, const struct shot *valid, const struct shot *shot,
		     size_t variant)
{
	const struct response *response = shoot(shot);
	int wanted = wanted_status(condition, shot);
	bool on_foreign_host = shot->at == &company_a;
	struct response again;
	unsigned number;
	struct str mine;

	cells++;
	cells_of[condition - conditions]++;
	if (response->status != wanted)
		COMPLAIN(shot, condition->name, "wanted %d, got %d", wanted, response->status);
	if (shows_rows_of(response, &company_a, !on_foreign_host))
		COMPLAIN(shot, condition->name, "wanted none of A's rows, got one of them (status %d)",
			 response->status);
	if (!condition->as_missing)
		return;
	number = body_number(0);
	again = masked(shoot(shot), shot);
	mine = answer_text(&again);
	(void)body_number(number);
	if (!str_equal(mine, answer_as_missing(condition, valid, variant)))
		COMPLAIN(shot, condition->name, "wanted the answer to an id that does not exist, got another");
}

/* ---- every route ---- */

static void try_route(const struct route *route, enum host_kind host, enum credential by)
{
	struct shot valid, shot;
	const char *why;

	if (!make_shot(&valid, route, host, by, &company_b, false, &why)) {
		valid = (struct shot){.route = route, .host = host, .by = by, .method = route->method};
		COMPLAIN(&valid, "no fixture", "%s", why);
		return;
	}
	for (size_t i = 0; i < conditions_count; i++)
		for (size_t variant = 0;; variant++) {
			shot = valid;
			if (!conditions[i].change(&shot, variant))
				break;
			if (wanted_status(&conditions[i], &shot) != 0)
				try_cell(&conditions[i], &valid, &shot, variant);
		}
}

static struct str rows_before;

static void look_at_rows(const struct route *route)
{
	(void)route;
	rows_before = planted_hash(&company_a);
}

static void compare_rows(const struct route *route)
{
	struct str rows = planted_hash(&company_a);

	if (str_equal(rows_before, rows))
		return;
	print_error("FAILED %s %s: A's rows: wanted as before, got %s\n", method_name(route->method), route->path,
		    planted_difference(rows_before, rows));
	failures++;
}

/* Without this a refusal could come from a request that nobody could have made. */
static void try_valid(const struct route *route, enum host_kind host, enum credential by)
{
	const struct response *response;
	struct shot shot;
	const char *why;

	if (!make_shot(&shot, route, host, by, &sandbox, true, &why)) {
		shot = (struct shot){.route = route, .host = host, .by = by, .method = route->method};
		COMPLAIN(&shot, "no fixture", "%s", why);
		return;
	}
	response = shoot(&shot);
	cells++;
	if (response->status != shot.status)
		COMPLAIN(&shot, "a valid request", "wanted %d, got %d\n%.*s", shot.status, response->status,
			 response->body.length > 1500 ? 1500 : (int)response->body.length, response->body.bytes);
	/* Operators see all companies. */
	if (route->who != WHO_OPERATOR && shows_rows_of(response, &company_a, true))
		COMPLAIN(&shot, "a valid request", "wanted none of A's rows, got one of them");
}

/* ---- tests ---- */

static void a_valid_request_is_answered_by_every_route(void **state)
{
	(void)state;
	failures = 0;
	each_request(look_at_rows, try_valid, compare_rows);
	assert_int_equal(failures, 0);
}

static void every_route_refuses_what_it_must(void **state)
{
	(void)state;
	failures = 0;
	each_request(look_at_rows, try_route, compare_rows);
	for (size_t i = 0; i < conditions_count; i++) {
		printf("%6zu cells: %s\n", cells_of[i], conditions[i].name);
		if (cells_of[i] == 0 && !conditions[i].rarely) {
			print_error("FAILED no route has a cell for: %s\n", conditions[i].name);
			failures++;
		}
	}
	assert_int_equal(failures, 0);
}

/* The eyes of the matrix: what it looks for is there to be found. */
static void the_markers_and_the_hash_see(void **state)
{
	struct str before = planted_hash(&company_b), other = planted_hash(&company_a);
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < entities_count; i++)
		seen += shows_rows_of(ASK(.host = company_a.company.slug,
					  .path = text("/api/%s", entities[i]->plural).p,
					  .bearer = company_a.company.session[ROLE_OWNER], .may_fail = true),
				      &company_a, false);
	assert_int_equal(seen, entities_count);
	(void)planted_new_row(&company_b, entities[0]->table);
	assert_memory_equal(planted_difference(before, planted_hash(&company_b)), entities[0]->table,
			    strlen(entities[0]->table));
	assert_false(str_equal(before, planted_hash(&company_b)));
	assert_true(str_equal(other, planted_hash(&company_a)));
}

static int make_companies(void **state)
{
	(void)fixture_open(state);
	planted_make(&company_a, "A");
	planted_make(&company_b, "B");
	planted_make(&company_c, "C");
	planted_make(&company_d, "D");
	planted_make(&sandbox, "E");
	company_set(&company_c.company, "status = 'suspended'");
	company_set(&company_d.company, "plan_tier = 'starter'");
	return 0;
}

static int close_companies(void **state)
{
	printf("cells: %zu\n", cells);
	return fixture_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_markers_and_the_hash_see),
		cmocka_unit_test(a_valid_request_is_answered_by_every_route),
		cmocka_unit_test(every_route_refuses_what_it_must),
	};

	return cmocka_run_group_tests(tests, make_companies, close_companies);
}
