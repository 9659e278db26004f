/* What a row of the route table must be. A forgotten column is 0 and found here, before anything is served. */
#include "fcgi/route.h"

#define IN(value, last) ((value) >= 1 && (value) <= (last))

/* clang-format off */
static bool tenant_work(const struct route *r) { return IN(r->work, WORK_TENANT_SNAPSHOT) && r->work >= WORK_TENANT_READ; }

static bool system_work(const struct route *r) { return r->work == WORK_SYSTEM_READ || r->work == WORK_SYSTEM_WRITE; }

static bool asks_tenant(const struct route *r) { return r->who == WHO_MEMBER || r->who == WHO_SESSION; }

static bool only_on(const struct route *r, unsigned hosts) { return (r->hosts & ~hosts) == 0; }

static bool is_api_path(const struct route *r) { return r->path && strncmp(r->path, "/api/", 5) == 0; }
/* clang-format on */

static bool complete(const struct route *r)
{
	return IN(r->method, METHOD_DELETE) && r->method != METHOD_HEAD && r->path && r->path[0] == '/' && r->hosts &&
	       only_on(r, ON_ANY) && IN(r->face, FACE_RAW) && IN(r->who, WHO_STRANGER) && IN(r->can, CAN_ARCHIVE) &&
	       IN(r->feature, FEATURE_BRANDING) && IN(r->rate, RATE_SIGNUP) && IN(r->pool, POOL_PASSWORD) &&
	       IN(r->work, WORK_SYSTEM_WRITE) && r->handler;
}

static bool known_status(const struct route *r)
{
	return r->status == 200 || r->status == 201 || r->status == 204 || r->status == 303;
}

static bool who_fits_work(const struct route *r)
{
	if (asks_tenant(r))
		return tenant_work(r) && only_on(r, ON_TENANT | ON_API);
	if (r->who == WHO_OPERATOR)
		return system_work(r) && only_on(r, ON_ADMIN);
	return !tenant_work(r) || only_on(r, ON_TENANT);
}

/* Only these few are opened by a link and still change something. */
static bool get_reads(const struct route *r)
{
	if (r->work == WORK_TENANT_SNAPSHOT)
		return r->method == METHOD_GET;
	return r->method != METHOD_GET || (r->work != WORK_TENANT_WRITE && r->work != WORK_SYSTEM_WRITE) ||
	       r->rate == RATE_LOGIN;
}

static bool face_fits(const struct route *r)
{
	switch (r->face) {
	case FACE_API:
		return is_api_path(r) && r->summary && !r->template && !r->retry_template && r->status != 303;
	case FACE_PAGE:
		return !is_api_path(r) && !r->idempotent && (r->template || r->status == 303) &&
		       (r->status == 200 || r->status == 303);
	case FACE_RAW:
		return r->method == METHOD_GET && !r->template && !r->retry_template && !r->idempotent;
	}
	return false;
}

static const struct {
	bool (*holds)(const struct route *);
	const char *complaint;
} rules[] = {
	{complete, "a column is missing or out of range"},
	{known_status, "the status is none of 200, 201, 204, 303"},
	{who_fits_work, "who may call does not fit the work or the hosts"},
	{get_reads, "a GET must not write"},
	{face_fits, "the face does not fit path, template, status or summary"},
};

static bool holds_all(const struct route *row, struct buffer *complaints)
{
	bool good = true;

	for (size_t i = 0; i < COUNT_OF(rules) && good; i++) {
		good = rules[i].holds(row);
		if (!good)
			buffer_printf(complaints, "route %s: %s\n", row->path ? row->path : "(no path)",
				      rules[i].complaint);
	}
	if (good && row->who != WHO_MEMBER && row->who != WHO_SESSION && row->can != CAN_NOTHING) {
		buffer_printf(complaints, "route %s: a permission is asked of nobody\n", row->path);
		good = false;
	}
	if (good && row->idempotent &&
	    (row->method != METHOD_POST || !asks_tenant(row) || row->work != WORK_TENANT_WRITE)) {
		buffer_printf(complaints, "route %s: only a POST inside a tenant can be idempotent\n", row->path);
		good = false;
	}
	return good;
}

bool route_rows_check(const struct route *rows, size_t count, struct buffer *complaints)
{
	bool good = true;

	for (size_t i = 0; i < count; i++) {
		good = holds_all(&rows[i], complaints) && good;
		for (size_t other = 0; other < i; other++)
			if (rows[i].method == rows[other].method && (rows[i].hosts & rows[other].hosts) &&
			    rows[i].path && rows[other].path && strcmp(rows[i].path, rows[other].path) == 0) {
				buffer_printf(complaints, "route %s %s: stands twice for one host\n",
					      method_name(rows[i].method), rows[i].path);
				good = false;
			}
	}
	return good;
}

bool routes_check(struct buffer *complaints)
{
	size_t count;
	const struct route *rows = routes(&count);

	return route_rows_check(rows, count, complaints);
}

static bool has(const struct templates *templates, const char *name, struct buffer *complaints)
{
	if (!name || templates_has(templates, name))
		return true;
	buffer_printf(complaints, "template %s is missing\n", name);
	return false;
}

bool routes_check_templates(const struct templates *templates, struct buffer *complaints)
{
	size_t count;
	const struct route *rows = routes(&count);
	bool good = has(templates, "error", complaints);

	/* All are looked at, so that all complaints come at once. */
	good = has(templates, "notice", complaints) && good;
	for (size_t i = 0; i < count; i++) {
		good = has(templates, rows[i].template, complaints) && good;
		good = has(templates, rows[i].retry_template, complaints) && good;
	}
	return good;
}
