/* The conditions of the matrix, one row each. */
#include "fcgi/large_body.h"
#include "fcgi/request.h"
#include "tests/isolation/matrix.h"

#include "fcgi/route.h"

#include "fcgi/handlers.h"
#include "lib/entity/filter.h"

#include <ctype.h>

struct planted company_a, company_b, company_c, company_d, company_e, company_t;
bool ids_are_missing;

static bool asks_tenant(const struct route *route)
{
	return rule_of(route)->who == WHO_MEMBER || rule_of(route)->who == WHO_SESSION;
}

/* Somebody is asked for: to the rest neither credential nor the lack of one means anything. */
static bool asks_somebody(const struct route *route)
{
	return rule_of(route)->who != WHO_ANYONE && rule_of(route)->who != WHO_STRANGER;
}

/* A form of our own pages; what strangers send comes from any site. */
static bool is_form(const struct shot *shot)
{
	return shot->route->face == FACE_PAGE && shot->method != METHOD_GET &&
	       rule_of(shot->route)->who != WHO_STRANGER;
}

static bool takes_json(const struct shot *shot)
{
	return shot->route->face == FACE_API && shot->method != METHOD_GET && shot->method != METHOD_DELETE &&
	       (!shot->route->entity || route_takes_body(shot->route));
}

static bool is_list(const struct route *route)
{
	return route->handler == entity_list_api || route->handler == entity_list_page;
}

struct str matrix_id_of_a(const char *table)
{
	return ids_are_missing ? STR(NOBODYS_ID) : planted_row(&company_a, table);
}

static struct str in_capitals(struct str id)
{
	char *copy = arena_c_string(web->arena, id);

	for (char *c = copy; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return str_from(copy);
}

/* ---- who ---- */

static bool nobody(struct shot *shot, size_t variant)
{
	shot->by = BY_NOTHING;
	shot->at = &company_a;
	shot->id = strstr(shot->route->path, "{id}") ? planted_row(&company_a, route_table(shot->route)) : STR_NONE;
	return variant == 0 && asks_somebody(shot->route);
}

static bool made_up(struct shot *shot, size_t variant)
{
	shot->by = BY_MADE_UP;
	return variant == 0 && asks_somebody(shot->route);
}

static bool cookie_only(struct shot *shot, size_t variant)
{
	shot->by = BY_COOKIE;
	return variant == 0 && shot->route->face == FACE_API && asks_somebody(shot->route);
}

static bool key_for_a_person(struct shot *shot, size_t variant)
{
	shot->by = BY_KEY;
	return variant == 0 && shot->route->face == FACE_API && rule_of(shot->route)->who == WHO_SESSION;
}

static bool member_on_foreign_host(struct shot *shot, size_t variant)
{
	shot->at = &company_a;
	if (!str_absent(shot->id))
		shot->id = planted_row(&company_a, route_table(shot->route));
	return variant == 0 && shot->host == HOST_TENANT && asks_tenant(shot->route);
}

static bool lower_role(struct shot *shot, size_t variant)
{
	enum role role = (enum role)(ROLE_VIEWER + variant);

	/* A key has no more than an admin's role. */
	if (role >= rule_of(shot->route)->least)
		return false;
	shot->role = role;
	shot->csrf = shot_csrf(shot);
	shot->body = STR_NONE;
	make_special(shot, false);
	return true;
}

static bool too_often(struct shot *shot, size_t variant)
{
	shot->exhausted = rule_of(shot->route)->rate;
	return variant == 0 && shot->exhausted != RATE_FREE;
}

/* ---- A's ids ---- */

/* As it is, in capitals, and by HEAD. */
static bool foreign_id(struct shot *shot, size_t variant)
{
	if (variant > 2 || str_absent(shot->id) ||
	    !(asks_tenant(shot->route) || rule_of(shot->route)->who == WHO_STRANGER) ||
	    (variant == 2 && shot->method != METHOD_GET))
		return false;
	shot->id = matrix_id_of_a(route_table(shot->route));
	if (variant == 1)
		shot->id = in_capitals(shot->id);
	if (variant == 2)
		shot->method = METHOD_HEAD;
	return true;
}

/* A's link, or A's address and password, on B's host: as good as made up. */
static bool foreign_proof(struct shot *shot, size_t variant)
{
	if (variant > 0 || !carries_proof(shot->route))
		return false;
	shot->from = ids_are_missing ? NULL : &company_a;
	shot->body = shot->query = STR_NONE;
	make_special(shot, false);
	shot->status = shot->route->handler == handover ? 303 : strstr(shot->route->path, "login") ? 401 : 404;
	return true;
}

/* What a company shows to everybody is its name, and none of its rows. */
static bool stranger(struct shot *shot, size_t variant)
{
	shot->at = &company_a;
	return variant == 0 && rule_of(shot->route)->who == WHO_ANYONE && shot->host == HOST_TENANT &&
	       shot->method == METHOD_GET && str_absent(shot->query);
}

static bool foreign_reference(struct shot *shot, size_t variant)
{
	const struct entity *entity = shot->route->entity;
	bool updates = !str_absent(shot->id);

	if (!entity || !asks_tenant(shot->route) || shot->method == METHOD_GET || shot->method == METHOD_DELETE ||
	    !str_absent(shot->body) || !route_takes_body(shot->route))
		return false;
	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];

		if (field->type != FIELD_REFERENCE ||
		    !body_takes(entity, field, updates ? WRITE_UPDATE : WRITE_CREATE) ||
		    (shot->route->face == FACE_PAGE && (field->flags & FIELD_API_ONLY)) || variant-- != 0)
			continue;
		shot->reference = field;
		shot->reference_id = matrix_id_of_a(field->references);
		return true;
	}
	return false;
}

static bool foreign_filter(struct shot *shot, size_t variant)
{
	static const enum list_operator operators[] = {LIST_IS, LIST_IN, LIST_NOT};
	const struct entity *entity = shot->route->entity;

	if (!asks_tenant(shot->route) || !is_list(shot->route))
		return false;
	for (size_t i = 0; i < entity->field_count * COUNT_OF(operators); i++) {
		const struct field *field = &entity->fields[i / COUNT_OF(operators)];
		enum list_operator operation = operators[i % COUNT_OF(operators)];

		if (field->type != FIELD_REFERENCE || !(field->flags & FIELD_FILTERABLE) ||
		    !list_operator_fits(field, operation) || variant-- != 0)
			continue;
		shot->query = text("%.*s=%.*s", STR_FMT_ARG(list_filter_name(web->arena, field, operation)),
				   STR_FMT_ARG(matrix_id_of_a(field->references)));
		return true;
	}
	return false;
}

/* Where A's list goes on. */
static bool foreign_cursor(struct shot *shot, size_t variant)
{
	const struct route *route = shot->route;
	const struct response *list;

	if (variant > 0 || !asks_tenant(route) || !is_list(route))
		return false;
	list = ASK(.host = company_a.company.slug, .path = text("/api/%s?limit=1", route->entity->plural).p,
		   .bearer = company_a.company.session[ROLE_OWNER]);
	shot->query =
		text("cursor=%.*s", STR_FMT_ARG(ids_are_missing ? STR("made-up") : json_text(list, "next_cursor")));
	return true;
}

/* Nothing that a request says about its tenant counts but its host and its credential. */
static bool claims_tenant(struct shot *shot, size_t variant)
{
	static const char *const names[] = {"x-tenant-id", "x-forwarded-host", "x-original-host"};
	struct str id = uuid_text(web->arena, company_a.company.id);

	if (variant >= COUNT_OF(names) || shot->method != METHOD_GET || !asks_tenant(shot->route))
		return false;
	shot->header[1][0] = names[variant];
	shot->header[1][1] = variant == 0 ? id.p : web_host(web, company_a.company.slug).p;
	return true;
}

static bool claims_tenant_in_body(struct shot *shot, size_t variant)
{
	static const struct field tenant = {.name = "tenant_id"};

	if (variant > 0 || !shot->route->entity || !asks_tenant(shot->route) || !takes_json(shot) ||
	    !str_absent(shot->body))
		return false;
	shot->reference = &tenant;
	shot->reference_id = uuid_text(web->arena, company_a.company.id);
	return true;
}

/* ---- the workspace ---- */

static bool as_company(struct shot *shot, const struct planted *company)
{
	shot->who = shot->at = shot->from = company;
	shot->csrf = shot_csrf(shot);
	if (!str_absent(shot->id))
		shot->id = planted_row(company, route_table(shot->route));
	shot->body = STR_NONE;
	make_special(shot, false);
	return true;
}

static bool suspended(struct shot *shot, size_t variant)
{
	/* Of what anybody may have, the notice itself shows the logo, and programs ask for the documents. */
	if (shot->route->face == FACE_RAW && !asks_tenant(shot->route))
		return false;
	return variant == 0 && (shot->host == HOST_TENANT || (shot->host == HOST_API && asks_tenant(shot->route))) &&
	       as_company(shot, &company_c);
}

/* No row asks for a feature yet, so that each is made to ask for one which the smallest plan lacks. */
static bool smaller_plan(struct shot *shot, size_t variant)
{
	if (shot->route->feature == FEATURE_ANY)
		shot->feature = FEATURE_BRANDING;
	return variant == 0 && asks_tenant(shot->route) && as_company(shot, &company_d);
}

/* ---- where a form comes from ---- */

static bool no_csrf(struct shot *shot, size_t variant)
{
	shot->csrf = STR("");
	shot->body = STR_NONE;
	make_special(shot, false);
	return variant == 0 && is_form(shot);
}

static bool foreign_csrf(struct shot *shot, size_t variant)
{
	static const struct planted *const others[] = {&company_a, &company_c};
	struct shot other = *shot;

	if (variant >= COUNT_OF(others) || !is_form(shot))
		return false;
	other.who = others[variant];
	shot->csrf = rule_of(shot->route)->who == WHO_ANYONE
			     ? csrf_make(web->arena, CSRF_VISIT, STR("another0another0another0another0"))
			     : shot_csrf(&other);
	shot->body = STR_NONE;
	make_special(shot, false);
	return true;
}

static bool foreign_origin(struct shot *shot, size_t variant)
{
	const char *headers[][2] = {
		{"origin", "https://evil.example"},
		{"origin", "null"},
		{"origin", text("https://%.*s", STR_FMT_ARG(web_host(web, company_a.company.slug))).p},
		{"sec-fetch-site", "cross-site"},
		{"sec-fetch-site", "same-site"},
	};

	if (variant >= COUNT_OF(headers) || !is_form(shot))
		return false;
	shot->header[1][0] = headers[variant][0];
	shot->header[1][1] = headers[variant][1];
	return true;
}

/* ---- what cannot be read ---- */

static bool wrong_method(struct shot *shot, size_t variant)
{
	static const enum method methods[] = {METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE};
	const struct route *found;
	struct str allowed, path = text("%s", shot->route->path);
	const char *place = strstr(path.p, "{id}");
	struct uuid id;

	if (place)
		path = text("%.*s" NOBODYS_ID "%s", (int)(place - path.p), path.p, place + 4);
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		if (route_find(web->arena, shot->host, methods[i], path, &found, &id, &allowed) == ROUTE_NO_METHOD &&
		    variant-- == 0) {
			shot->method = methods[i];
			return true;
		}
	return false;
}

static bool too_large(struct shot *shot, size_t variant)
{
	shot->too_big = true;
	return variant == 0;
}

static bool broken_query(struct shot *shot, size_t variant)
{
	static const char *const queries[] = {"a=%zz", "a=%00", "a=\x01"};

	if (variant >= COUNT_OF(queries))
		return false;
	shot->query = str_from(queries[variant]);
	return true;
}

/* A form with a file in it, and nothing else. */
static bool takes_file(const struct shot *shot)
{
	return body_most(shot->route->method, str_from(shot->route->path)) > REQUEST_BODY_MOST;
}

static bool broken_json(struct shot *shot, size_t variant)
{
	static const char *const bodies[] = {"{\"name\":", "[]", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", ""};

	if (variant >= COUNT_OF(bodies) || !takes_json(shot) || takes_file(shot) ||
	    (!bodies[variant][0] && !shot->route->entity))
		return false;
	shot->body = str_from(bodies[variant]);
	shot->type = STR("application/json");
	return true;
}

static bool unwanted_body(struct shot *shot, size_t variant)
{
	shot->body = STR("{}");
	shot->type = STR("application/json");
	return variant == 0 && shot->route->face == FACE_API && !takes_json(shot);
}

static bool broken_form(struct shot *shot, size_t variant)
{
	shot->body = STR("csrf=%zz");
	shot->type = STR("application/x-www-form-urlencoded");
	return variant == 0 && is_form(shot);
}

static bool wrong_media(struct shot *shot, size_t variant)
{
	shot->body = STR("{}");
	shot->type = STR("text/plain");
	return variant == 0 && (is_form(shot) || takes_json(shot));
}

static bool broken_id(struct shot *shot, size_t variant)
{
	static const char *const ids[] = {"not-an-id", "1", "%00", "01900000-0000-7000-8000-00000000dead%27"};

	if (variant >= COUNT_OF(ids) || str_absent(shot->id))
		return false;
	shot->id = str_from(ids[variant]);
	return true;
}

/* ---- the table ---- */

/* clang-format off */
const struct condition conditions[] = {
	/* name, change, status of a page, an API, raw bytes, as missing */
	{"nobody", nobody, 303, 401, 303, false},
	{"a made-up credential", made_up, 303, 401, 303, false},
	{"a cookie at the API", cookie_only, 0, 401, 0, false},
	{"a key where a person is asked", key_for_a_person, 0, 403, 0, false},
	{"member of B on A's host", member_on_foreign_host, 303, 403, 303, false},
	{"a lower role", lower_role, 403, 403, 403, false},
	{"too often", too_often, 429, 429, 429, false},
	{"A's id in the path", foreign_id, 404, 404, 404, true},
	{"A's link or password on B's host", foreign_proof, AS_VALID, AS_VALID, 0, true},
	{"a stranger on A's host", stranger, AS_VALID, AS_VALID, AS_VALID, false},
	{"A's id in a reference", foreign_reference, 422, 422, 0, true},
	{"A's id in another input", matrix_foreign_input, AS_IT_IS, AS_IT_IS, AS_IT_IS, true},
	{"A's row in place of B's own", matrix_foreign_row, AS_IT_IS, AS_IT_IS, AS_IT_IS, true},
	{"A's id in a filter", foreign_filter, 200, 200, 0, true},
	{"A's cursor", foreign_cursor, 303, 422, 0, true},
	{"a claim to be A in a header", claims_tenant, AS_VALID, AS_VALID, AS_VALID, false},
	{"A's tenant_id in the body", claims_tenant_in_body, 422, 422, 0, false},
	{"a suspended workspace", suspended, 403, 403, 403, false},
	{"a plan without the feature", smaller_plan, 402, 402, 402, false},
	{"no form token", no_csrf, 403, 0, 0, false},
	{"a foreign form token", foreign_csrf, 403, 0, 0, false},
	{"a foreign origin", foreign_origin, 403, 0, 0, false},
	{"a wrong method", wrong_method, 405, 405, 405, false},
	{"too large", too_large, 413, 413, 413, false},
	{"a broken query", broken_query, 400, 400, 400, false},
	{"broken JSON", broken_json, 0, 400, 0, false},
	{"a body where none is taken", unwanted_body, 0, 400, 0, false},
	{"a broken form", broken_form, 400, 0, 0, false},
	{"a wrong media type", wrong_media, 415, 415, 0, false},
	{"a broken id", broken_id, 404, 404, 404, false},
};
/* clang-format on */
const size_t conditions_count = COUNT_OF(conditions);
