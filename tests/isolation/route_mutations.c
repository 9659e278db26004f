#include "tests/isolation/route_mutations.h"

#include "fcgi/csrf.h"
#include "fcgi/steps.h"

/* ---- rows ---- */

static bool asks_tenant(const struct route *route)
{
	return route->who == WHO_MEMBER || route->who == WHO_SESSION;
}

/* A permission that every role has is none to take away. */
static bool is_asked_of_some(enum permission can)
{
	const struct principal viewer = {.kind = CREDENTIAL_SESSION, .role = ROLE_VIEWER};

	return !principal_can(&viewer, can);
}

static bool no_permission(struct route *route)
{
	bool some = asks_tenant(route) && is_asked_of_some(route->can);

	route->can = CAN_NOTHING;
	return some;
}

static bool permission_to_read(struct route *route)
{
	bool some = asks_tenant(route) && is_asked_of_some(route->can);

	route->can = CAN_READ;
	return some;
}

static bool anybody(struct route *route)
{
	bool some = route->who != WHO_ANYONE && route->who != WHO_STRANGER;

	route->who = WHO_ANYONE;
	route->can = CAN_NOTHING;
	return some;
}

static bool strangers(struct route *route)
{
	bool some = route->who != WHO_STRANGER && route->face == FACE_PAGE && route->method != METHOD_GET;

	route->who = WHO_STRANGER;
	route->can = CAN_NOTHING;
	return some;
}

/* Pages take no keys. */
static bool keys_too(struct route *route)
{
	bool some = route->who == WHO_SESSION && route->face == FACE_API;

	route->who = WHO_MEMBER;
	return some;
}

static bool no_rate(struct route *route)
{
	bool some = route->rate != RATE_FREE;

	route->rate = RATE_FREE;
	return some;
}

/* A class that lets more through. */
static bool rate_of_reading(struct route *route)
{
	bool some = route->rate != RATE_FREE && route->rate != RATE_READ;

	route->rate = RATE_READ;
	return some;
}

static bool every_host(struct route *route)
{
	bool some = route->hosts != ON_ANY;

	route->hosts = ON_ANY;
	return some;
}

/* ---- steps ---- */

static const struct route *passed_by;
static unsigned left_out;

void route_leave_out(const struct route *route, unsigned what)
{
	passed_by = route;
	left_out = what;
}

static bool leaves_out(const struct exchange *x, unsigned what)
{
	return (left_out & what) && x->context.route == passed_by;
}

#define STEP(name, what)                                                                                               \
	enum err __real_##name(struct exchange *);                                                                     \
	enum err __wrap_##name(struct exchange *);                                                                     \
	enum err __wrap_##name(struct exchange *x)                                                                     \
	{                                                                                                              \
		return leaves_out(x, what) ? OK : __real_##name(x);                                                    \
	}
STEP(step_access, LEAVE_OUT_ACCESS)
STEP(step_key_tenant, LEAVE_OUT_KEY_TENANT)
STEP(step_rate, LEAVE_OUT_RATE)
STEP(step_plan, LEAVE_OUT_PLAN)

enum err __real_step_csrf(struct exchange *);
enum err __wrap_step_csrf(struct exchange *);
bool __real_csrf_check(struct arena *, enum csrf_kind, struct str subject, struct str sent);
bool __wrap_csrf_check(struct arena *, enum csrf_kind, struct str subject, struct str sent);
bool __real_csrf_from_here(struct str own_origin, struct str origin, struct str fetch_site);
bool __wrap_csrf_from_here(struct str own_origin, struct str origin, struct str fetch_site);

static const struct exchange *checking;

enum err __wrap_step_csrf(struct exchange *x)
{
	checking = x;
	return leaves_out(x, LEAVE_OUT_CSRF) ? OK : __real_step_csrf(x);
}

bool __wrap_csrf_check(struct arena *arena, enum csrf_kind kind, struct str subject, struct str sent)
{
	return leaves_out(checking, LEAVE_OUT_TOKEN) || __real_csrf_check(arena, kind, subject, sent);
}

bool __wrap_csrf_from_here(struct str own_origin, struct str origin, struct str fetch_site)
{
	return leaves_out(checking, LEAVE_OUT_ORIGIN) || __real_csrf_from_here(own_origin, origin, fetch_site);
}

static bool is_form(struct route *route)
{
	return route->face == FACE_PAGE && route->method != METHOD_GET && route->who != WHO_STRANGER;
}

static bool shows_notice(struct route *route)
{
	return (route->face != FACE_RAW || asks_tenant(route)) && (route->hosts & ON_TENANT);
}

/* On a page it makes no difference: there the look-up in the host's own company refuses in the same words. */
static bool takes_credential(struct route *route)
{
	return asks_tenant(route) && (route->hosts & ON_TENANT) && route->face == FACE_API;
}

static bool has_a_plan(struct route *route)
{
	return asks_tenant(route);
}

static bool is_rated(struct route *route)
{
	return route->rate != RATE_FREE;
}

const struct route_mutation route_mutations[] = {
	{"its permission removed", no_permission, 0, "a lower role"},
	{"its permission lowered to reading", permission_to_read, 0, "a lower role"},
	{"asked by anybody", anybody, 0, "nobody"},
	{"sent by strangers from any site", strangers, 0, NULL},
	{"asked by keys as by people", keys_too, 0, "a key where a person is asked"},
	{"its rate class removed", no_rate, 0, "too often"},
	{"its rate class lowered to that of reading", rate_of_reading, 0, "too often"},
	{"served on every host", every_host, 0, NULL},
	{"its CSRF check left out", is_form, LEAVE_OUT_CSRF, "no form token"},
	{"its form token not looked at", is_form, LEAVE_OUT_TOKEN, "no form token"},
	{"its origin not looked at", is_form, LEAVE_OUT_ORIGIN, "a foreign origin"},
	{"suspended companies served", shows_notice, LEAVE_OUT_ACCESS, "a suspended workspace"},
	{"credentials of another company taken", takes_credential, LEAVE_OUT_KEY_TENANT, "member of B on A's host"},
	{"its rate not asked", is_rated, LEAVE_OUT_RATE, "too often"},
	{"its plan not asked", has_a_plan, LEAVE_OUT_PLAN, "a plan without the feature"},
};
const size_t route_mutations_count = COUNT_OF(route_mutations);
