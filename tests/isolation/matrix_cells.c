/* One cell of the matrix, and all of a route's. */
#include "tests/isolation/matrix.h"

#include "lib/tenant/link.h"

#include <stdio.h>
#include <stdlib.h>

struct matrix matrix;

/* ---- saying what is wrong ---- */

#define WRONG(shot, condition, ...) matrix_complain(shot, condition, text(__VA_ARGS__).p, false)
#define LEAK(shot, condition, ...) matrix_complain(shot, condition, text(__VA_ARGS__).p, true)

static struct str place(const struct shot *shot, const char *condition)
{
	return text("%s %s on %s by %s (%s): %s", method_name(shot->route->method), shot->route->path,
		    host_word(shot->host), credential_word(shot->by), method_name(shot->method), condition);
}

static void complain(struct str what)
{
	if (!*matrix.first)
		(void)snprintf(matrix.first, sizeof(matrix.first), "%.*s", STR_FMT_ARG(what));
	if (!matrix.quiet)
		print_error("FAILED %.*s\n", STR_FMT_ARG(what));
}

void matrix_complain(const struct shot *shot, const char *condition, const char *what, bool leak)
{
	*(leak ? &matrix.leaks : &matrix.wrong) += 1;
	complain(text("%s: %s", place(shot, condition).p, what));
}

/* ---- one cell ---- */

/* The answer, blind to what the request itself says: ids, link, address. */
static struct str blind_text(const struct response *response, const struct shot *shot)
{
	struct str query = shot->query, sent[6];
	size_t count = 0;

	if (shot->id.n > 0)
		sent[count++] = shot->id;
	if (shot->reference_id.n > 0)
		sent[count++] = shot->reference_id;
	if (query.n > 0) {
		(void)str_split(&query, '=');
		sent[count++] = str_absent(query) ? shot->query : query;
	}
	if (carries_proof(shot->route)) {
		sent[count++] = shot_address(shot);
		sent[count++] = shot_link(shot, LINK_SET_PASSWORD);
	}
	sent[count] = STR_NONE;
	return answer_text(response, sent);
}

/* Without the ids and times that the answer gives to something new. */
static struct str shape_of(struct str answer)
{
	struct buffer out = BUFFER_IN(web->arena);

	while (answer.n > 0) {
		struct str head = {answer.p, answer.n < UUID_TEXT_LENGTH ? answer.n : UUID_TEXT_LENGTH};
		struct uuid id;
		bool is_id = uuid_parse(head, &id),
		     is_time = head.n >= 11 && head.p[4] == '-' && head.p[7] == '-' && head.p[10] == 'T';
		size_t step = is_id ? head.n : is_time ? strcspn(head.p, "\"<Z") : 1;

		buffer_add_str(&out, is_id ? STR("ID") : is_time ? STR("TIME") : (struct str){answer.p, 1});
		answer.p += step;
		answer.n -= step;
	}
	return buffer_str(&out);
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

	ids_are_missing = true;
	assert_true(condition->change(&shot, variant));
	ids_are_missing = false;
	return blind_text(shoot(&shot), &shot);
}

/* Where a handler's own refusal has the same status: a word that tells the two apart. */
static const struct {
	const char *condition, *word;
} words[] = {
	{"a suspended workspace", "suspended"},
};

static bool says(const struct condition *condition, const struct response *response)
{
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i].condition, condition->name) == 0)
			return body_has(response, words[i].word);
	return true;
}

static void try_cell(const struct condition *condition, const struct shot *valid, const struct shot *shot,
		     size_t variant)
{
	unsigned number = body_number(0);
	const struct response *response = shoot(shot);
	struct str mine = condition->as_missing ? blind_text(response, shot) : STR_NONE, missing;
	int wanted = wanted_status(condition, shot);
	/* Its name stands on its own host, and in what was typed. */
	bool name_too = shot->at != &company_a && shot->from != &company_a;

	matrix.cells++;
	matrix.cells_of[condition - conditions]++;
	if (wanted == AS_IT_IS ? response->status >= 500 : response->status != wanted)
		WRONG(shot, condition->name, "wanted %d, got %d", wanted, response->status);
	else if (!says(condition, response))
		WRONG(shot, condition->name, "the answer does not say why");
	if (shows_rows_of(response, &company_a, name_too))
		LEAK(shot, condition->name, "wanted none of A's rows, got one of them (status %d)", response->status);
	if (!condition->as_missing)
		return;
	/* The same texts once more. */
	(void)body_number(number);
	missing = answer_as_missing(condition, valid, variant);
	if (wanted == AS_IT_IS ? !str_equal(shape_of(mine), shape_of(missing)) : !str_equal(mine, missing))
		LEAK(shot, condition->name, "wanted the answer to an id that does not exist, got another");
}

/* ---- every route ---- */

/* Also where a handler looks again and would refuse: that is the second look, not the first. */
static bool lets_a_lower_role(const struct route *route)
{
	struct principal principal = {.kind = CREDENTIAL_SESSION};

	for (principal.role = ROLE_VIEWER; principal.role < rule_of(route)->least; principal.role++)
		if (principal_can(&principal, route->can))
			return true;
	return false;
}

void matrix_refuse(const struct route *route, enum host_kind host, enum credential by)
{
	struct shot valid, shot;
	const char *why;

	if (!make_shot(&valid, route, host, by, &company_b, false, &why)) {
		valid = (struct shot){.route = route, .host = host, .by = by, .method = route->method};
		WRONG(&valid, "no fixture", "%s", why);
		return;
	}
	if (!rule_of(route)) {
		WRONG(&valid, "no rule", "nothing in test_matrix_rules.c says who may ask it");
		return;
	}
	if (lets_a_lower_role(route))
		WRONG(&valid, "its permission", "a role below the one of its rule has it");
	for (size_t i = 0; i < conditions_count; i++) {
		if (matrix.only && strcmp(matrix.only, conditions[i].name) != 0)
			continue;
		for (size_t variant = 0; !matrix.hasty || matrix.leaks + matrix.wrong == 0; variant++) {
			shot = valid;
			if (!conditions[i].change(&shot, variant))
				break;
			if (wanted_status(&conditions[i], &shot) != 0)
				try_cell(&conditions[i], &valid, &shot, variant);
		}
	}
}

static struct str rows_before;

void matrix_before(const struct route *route)
{
	(void)route;
	rows_before = planted_hash(&company_a);
}

void matrix_after(const struct route *route)
{
	struct str rows = planted_hash(&company_a);

	if (str_equal(rows_before, rows))
		return;
	matrix.leaks++;
	complain(text("%s %s: A's rows: wanted as before, got %s", method_name(route->method), route->path,
		      planted_difference(rows_before, rows)));
}

/* E has a twin whose ids are the same: nothing but tenant_id tells them apart. */
static struct response shoot_beside_twin(const struct shot *shot)
{
	static char *rows; /* of the twin, as they are to stay */
	struct str rows_after;
	struct response response;

	matrix.cells++;
	if (shot->route->who == WHO_OPERATOR)
		return *shoot(shot);
	if (planted_twin(&company_t, "T", &company_e) || !rows) {
		free(rows);
		rows = strdup(planted_versions(&company_t).p);
	}
	response = *shoot(shot);
	if (shows_rows_of(&response, &company_a, true) || shows_rows_of(&response, &company_t, true))
		LEAK(shot, "a valid request", "wanted its own rows, got one of another's");
	rows_after = planted_versions(&company_t);
	if (str_is(rows_after, rows))
		return response;
	LEAK(shot, "a valid request", "wanted its twin's rows as before, got %s",
	     planted_difference(str_from(rows), rows_after));
	/* Only once for each change. */
	free(rows);
	rows = strdup(rows_after.p);
	return response;
}

/* Sent again under the same key: the twin has the same key by then. */
static void try_again(struct shot *shot, struct str location)
{
	struct response response = shoot_beside_twin(shot);

	if (response.status != shot->status || !str_equal(location, web_answer_header(&response, "Location")))
		WRONG(shot, "a valid request again", "wanted the first answer, got %d", response.status);
}

/* Without this a refusal could come from a request that nobody could have made. */
void matrix_valid(const struct route *route, enum host_kind host, enum credential by)
{
	struct response response;
	unsigned number;
	struct shot shot;
	const char *why;

	if (!make_shot(&shot, route, host, by, &company_e, true, &why)) {
		shot = (struct shot){.route = route, .host = host, .by = by, .method = route->method};
		WRONG(&shot, "no fixture", "%s", why);
		return;
	}
	if (route->idempotent)
		shot.header[2][0] = "idempotency-key", shot.header[2][1] = uuid_text(web->arena, uuid_new()).p;
	number = body_number(0);
	response = shoot_beside_twin(&shot);
	if (response.status != shot.status)
		WRONG(&shot, "a valid request", "wanted %d, got %d\n%.*s", shot.status, response.status,
		      response.body.length > 1500 ? 1500 : (int)response.body.length, response.body.bytes);
	if (!route->idempotent)
		return;
	(void)body_number(number);
	try_again(&shot, web_answer_header(&response, "Location"));
}

void matrix_plant(void)
{
	planted_make(&company_a, "A");
	planted_make(&company_b, "B");
	planted_make(&company_c, "C");
	planted_make(&company_d, "D");
	planted_make(&company_e, "E");
	company_set(&company_c.company, "status = 'suspended'");
	company_set(&company_d.company, "plan_tier = 'starter'");
}

void matrix_forget(void)
{
	matrix = (struct matrix){.quiet = matrix.quiet, .hasty = matrix.hasty, .only = matrix.only};
}
