#include "fcgi/parameters.h"

#include "fcgi/handlers.h"
#include "fcgi/route.h"
#include "fcgi/steps.h"

#include "lib/base/utf8.h"
#include "lib/crm/duplicate.h"

static bool has_twins(const struct route *route)
{
	return duplicate_fits(route->entity);
}

static bool counts(const struct route *route)
{
	return route->handler == entity_list_api;
}

#define NEXT_CURSOR "next_cursor of the page before."

/* clang-format off */
static const struct parameter parameters[] = {
	{METHOD_GET, "/api/onboarding/subdomain", "name", "string", "A company's name or the subdomain wished for.", true, NULL},
	{METHOD_GET, "/api/leads/{id}/timeline", "show", "string", "One kind: calls, emails, texts, visits, notes, pinned (notes), tasks, signals, stages or changes.", false, NULL},
	{METHOD_GET, "/api/leads/{id}/timeline", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/contacts/{id}/timeline", "show", "string", "One kind, as for a lead's timeline.", false, NULL},
	{METHOD_GET, "/api/contacts/{id}/timeline", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/search", "q", "string", "2 to 200 characters; every word has to be there. A number is found however it is written.", true, NULL},
	{METHOD_GET, "/api/search", "limit", "integer", "Hits of each kind: 1 to 25, 5 when it is not sent.", false, NULL},
	{METHOD_GET, "/api/trash", "entity", "string", "leads, contacts…: one entity's rows.", false, NULL},
	{METHOD_GET, "/api/trash", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/pipeline", "owner", "string", "The id of a user, or me for whoever is signed in: that person's cards.", false, NULL},
	{METHOD_GET, "/api/pipeline", "stage", "string", "The id of a stage: its column alone.", false, NULL},
	{METHOD_GET, "/api/pipeline", "after", "string", "after of a column, with its stage: the cards behind those.", false, NULL},
	{METHOD_GET, "/api/my-day", "who", "string", "me, the default, or all: the tasks of everybody. An API key has no day of its own.", false, NULL},
	{METHOD_GET, "/api/exports", "before", "string", "next_before of the page before.", false, NULL},
	{METHOD_GET, "/api/imports", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/imports/{id}/failed", "after", "integer", "after of the page before: the rows behind that number.", false, NULL},
	{METHOD_GET, "/api/{plural}/merge/preview", "keep", "string", "The id of the one that would stay.", true, NULL},
	{METHOD_GET, "/api/{plural}/merge/preview", "remove", "string", "The id of the one that would go.", true, NULL},
	{METHOD_GET, "/api/duplicates", "entity", "string", "leads, contacts or properties; all of them when it is not sent.", false, NULL},
	{METHOD_GET, "/api/duplicates", "state", "string", "open or dismissed; open when it is not sent.", false, NULL},
	{METHOD_GET, "/api/duplicates", "limit", "integer", "Pairs a page: 1 to 100, 25 when it is not sent.", false, NULL},
	{METHOD_GET, "/api/duplicates", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/web_forms/{id}/requests", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/web_forms/{id}/requests", "state", "string", "held: only those that wait for room in the plan.", false, NULL},
	{METHOD_GET, "/api/merges", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/{plural}/{id}/history", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/{plural}", "count", "string", "How many match: capped counts to 1,000, exact all of them as far as the time limit goes. The answer has count, and count_is_exact: false when there are more.", false, counts},
	{METHOD_GET, "/api/admin/tenants", "limit", "integer", "Rows a page: 1 to 200, 25 when it is not sent.", false, NULL},
	{METHOD_GET, "/api/admin/tenants", "cursor", "string", NEXT_CURSOR, false, NULL},
	{METHOD_GET, "/api/admin/tenants", "status", "string", "trial, active, suspended or cancelled.", false, NULL},
	{METHOD_DELETE, "/api/{plural}/{id}", "forever", "boolean", "true: not into the trash but out of it, with its history. For the owner and administrators.", false, NULL},
	{METHOD_POST, "/api/{plural}", "duplicates", "string", "allow (when it is not sent) or refuse: 409 when there are rows with the same phone, e-mail or name and address, their ids and reasons in duplicates. Otherwise the row is made, and a Link header with rel=\"duplicate\" names each of up to three.", false, has_twins},
};
/* clang-format on */

const struct parameter *parameter_next(const struct route *route, size_t *place)
{
	for (; *place < COUNT_OF(parameters); ++*place) {
		const struct parameter *parameter = &parameters[*place];

		if (parameter->method != route->method || !route_path_is(parameter->path, route) ||
		    (parameter->fits && !parameter->fits(route)))
			continue;
		++*place;
		return parameter;
	}
	return NULL;
}

bool parameters_are_of_list(const struct route *route)
{
	return route->handler == entity_list_api || route->handler == users_api;
}

static bool is_taken(const struct route *route, struct str name)
{
	const struct parameter *parameter;
	size_t place = 0;

	while ((parameter = parameter_next(route, &place)) != NULL)
		if (str_is(name, parameter->name))
			return true;
	return false;
}

/* Lists and exports say themselves what is no filter of theirs. */
enum err step_parameters(struct exchange *x)
{
	struct context *c = &x->context;

	if (c->route->face != FACE_API || parameters_are_of_list(c->route) || c->route->handler == export_api)
		return OK;
	for (const struct form_field *sent = c->query.first; sent; sent = sent->next) {
		const char *name = arena_c_string(c->arena, utf8_prefix(sent->name, 64));

		if (!is_taken(c->route, sent->name))
			errors_add(c->errors, name, "unknown_field", "There is no parameter of this name.");
		else if (form_find(&c->query, name) != sent)
			errors_add(c->errors, name, "repeated", "This was sent twice.");
	}
	return errors_any(c->errors) ? E_INVALID : OK;
}
