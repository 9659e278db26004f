/* The route table: complete, found by path, refused when a row contradicts itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi/handlers.h"
#include "fcgi/route.h"

#define ID "01928374-5566-7788-99aa-bbccddeeff00"

static struct arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new((size_t)16 << 20);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static enum route_match find(enum host_kind host, enum method method, const char *path, const struct route **route)
{
	struct uuid id;
	struct str allowed;

	return route_find(arena, host, method, str_from(path), route, &id, &allowed);
}

static void the_table_contradicts_itself_nowhere(void **state)
{
	struct buffer complaints = BUFFER_IN(arena);

	(void)state;
	if (!routes_check(&complaints))
		fail_msg("%s", complaints.bytes);
}

static void paths_lead_to_their_rows(void **state)
{
	static const struct {
		enum host_kind host;
		enum method method;
		const char *path;
		enum route_match match;
		handler *handler;
	} cases[] = {
		{HOST_APEX, METHOD_GET, "/", ROUTE_FOUND, home_page},
		{HOST_APP, METHOD_GET, "/", ROUTE_FOUND, app_home},
		{HOST_TENANT, METHOD_GET, "/", ROUTE_FOUND, dashboard},
		{HOST_TENANT, METHOD_HEAD, "/", ROUTE_FOUND, dashboard},
		{HOST_TENANT, METHOD_GET, "/leads", ROUTE_FOUND, entity_list_page},
		{HOST_TENANT, METHOD_GET, "/leads/new", ROUTE_FOUND, entity_new_page},
		{HOST_TENANT, METHOD_GET, "/leads/" ID, ROUTE_FOUND, entity_show_page},
		{HOST_TENANT, METHOD_POST, "/leads/" ID, ROUTE_FOUND, entity_update_page},
		{HOST_TENANT, METHOD_GET, "/leads/" ID "/edit", ROUTE_FOUND, entity_edit_page},
		{HOST_TENANT, METHOD_PATCH, "/api/leads/" ID, ROUTE_FOUND, entity_update_api},
		{HOST_API, METHOD_GET, "/api/leads", ROUTE_FOUND, entity_list_api},
		{HOST_TENANT, METHOD_GET, "/settings/users/new", ROUTE_FOUND, user_new_page},
		{HOST_TENANT, METHOD_GET, "/l%65ads", ROUTE_FOUND, entity_list_page},
		{HOST_API, METHOD_GET, "/leads", ROUTE_NO_PATH, NULL},
		{HOST_ADMIN, METHOD_GET, "/api/leads", ROUTE_NO_PATH, NULL},
		{HOST_TENANT, METHOD_GET, "/api/admin/tenants", ROUTE_NO_PATH, NULL},
		{HOST_TENANT, METHOD_DELETE, "/leads", ROUTE_NO_METHOD, NULL},
		{HOST_TENANT, METHOD_OPTIONS, "/leads", ROUTE_NO_METHOD, NULL},
		{HOST_TENANT, METHOD_GET, "/leads/12", ROUTE_NO_PATH, NULL},
		{HOST_TENANT, METHOD_GET, "/leads/" ID "x", ROUTE_NO_PATH, NULL},
		{HOST_TENANT, METHOD_GET, "/leads/" ID "/", ROUTE_NO_PATH, NULL},
		{HOST_TENANT, METHOD_GET, "/leads%2fnew", ROUTE_NO_PATH, NULL},
		{HOST_TENANT, METHOD_GET, "/lea%64s%00", ROUTE_NO_PATH, NULL},
		{HOST_TENANT, METHOD_GET, "/{plural}", ROUTE_NO_PATH, NULL},
		{HOST_TENANT, METHOD_GET, "", ROUTE_NO_PATH, NULL},
		{HOST_UNKNOWN, METHOD_GET, "/", ROUTE_NO_PATH, NULL},
	};
	const struct route *route;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (find(cases[i].host, cases[i].method, cases[i].path, &route) != cases[i].match)
			fail_msg("%s", cases[i].path);
		assert_true((route ? route->handler : NULL) == cases[i].handler);
	}
}

static void an_address_says_its_methods_and_its_id(void **state)
{
	const struct route *route;
	struct uuid id;
	struct str allowed;
	char text[UUID_TEXT_LENGTH + 1];

	(void)state;
	assert_int_equal(route_find(arena, HOST_TENANT, METHOD_PUT, STR("/api/leads/" ID), &route, &id, &allowed),
			 ROUTE_NO_METHOD);
	assert_true(str_is(allowed, "GET, HEAD, PATCH, DELETE, OPTIONS"));
	uuid_print(id, text);
	assert_string_equal(text, ID);
	/* An id in second place, whatever bucket of the table it falls into. */
	for (unsigned n = 0; n < 4096; n++) {
		struct str path = arena_printf(arena, "/leads/01900000-0000-7000-8000-%012x", n);
		assert_int_equal(route_find(arena, HOST_TENANT, METHOD_PUT, path, &route, &id, &allowed),
				 ROUTE_NO_METHOD);
		assert_true(str_is(allowed, "GET, HEAD, POST, OPTIONS"));
	}
}

static void every_entity_has_its_rows(void **state)
{
	const struct route *route;

	(void)state;
	assert_int_equal(find(HOST_TENANT, METHOD_POST, "/api/leads", &route), ROUTE_FOUND);
	assert_string_equal(route->path, "/api/leads");
	assert_string_equal(route->summary, "Create a lead.");
	assert_string_equal(route->entity->plural, "leads");
}

static void nginx_is_told_where_passwords_go(void **state)
{
	struct buffer out = BUFFER_IN(arena);

	(void)state;
	routes_password_locations(&out);
	assert_non_null(strstr(out.bytes, "= /login\n"));
	assert_non_null(strstr(out.bytes, "= /api/auth/login\n"));
	assert_null(strstr(out.bytes, "/leads"));
	/* Each address once, though it has two rows. */
	assert_null(strstr(strstr(out.bytes, "= /login\n") + 1, "= /login\n"));
}

static const struct route good = {
	METHOD_POST, "/api/things", ON_TENANT,         FACE_API,          WHO_MEMBER, CAN_WRITE, FEATURE_ANY,
	RATE_WRITE,  POOL_WEB,      WORK_TENANT_WRITE, entity_create_api, NULL,       NULL,      NULL,
	201,         true,          "Create a thing."};

static bool passes(struct route row)
{
	struct buffer complaints = BUFFER_IN(arena);

	return route_rows_check(&row, 1, &complaints);
}

#define BROKEN(member, value)                                                                                          \
	do {                                                                                                           \
		struct route row = good;                                                                               \
		row.member = (value);                                                                                  \
		assert_false(passes(row));                                                                             \
	} while (0)

static void a_row_with_a_hole_is_refused(void **state)
{
	(void)state;
	assert_true(passes(good));
	BROKEN(method, 0);
	BROKEN(method, METHOD_HEAD);
	BROKEN(path, NULL);
	BROKEN(path, "api/things");
	BROKEN(path, "/things");
	BROKEN(hosts, 0);
	BROKEN(hosts, 1u << 20);
	BROKEN(face, 0);
	BROKEN(who, 0);
	BROKEN(can, 0);
	BROKEN(feature, 0);
	BROKEN(rate, 0);
	BROKEN(pool, 0);
	BROKEN(work, 0);
	BROKEN(handler, NULL);
	BROKEN(status, 0);
	BROKEN(status, 303);
	BROKEN(summary, NULL);
	BROKEN(template, "entity/form");
}

static void a_row_that_contradicts_itself_is_refused(void **state)
{
	struct buffer complaints = BUFFER_IN(arena);
	const struct route twice[] = {good, good};

	(void)state;
	BROKEN(method, METHOD_GET);      /* writes */
	BROKEN(method, METHOD_PATCH);    /* idempotent */
	BROKEN(who, WHO_ANYONE);         /* asks a permission of nobody */
	BROKEN(who, WHO_OPERATOR);       /* not on the admin host */
	BROKEN(work, WORK_SYSTEM_WRITE); /* a tenant's principal in system work */
	BROKEN(work, WORK_NONE);
	BROKEN(hosts, ON_TENANT | ON_APEX); /* no tenant there */
	BROKEN(face, FACE_PAGE);
	assert_false(route_rows_check(twice, 2, &complaints));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_contradicts_itself_nowhere),
		cmocka_unit_test(paths_lead_to_their_rows),
		cmocka_unit_test(an_address_says_its_methods_and_its_id),
		cmocka_unit_test(every_entity_has_its_rows),
		cmocka_unit_test(nginx_is_told_where_passwords_go),
		cmocka_unit_test(a_row_with_a_hole_is_refused),
		cmocka_unit_test(a_row_that_contradicts_itself_is_refused),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
