/* Who took a list out as a file is written down, and shown to those who answer for it. */
#include "tests/web/fixture.h"

#include "lib/base/clock.h"
#include "lib/tenant/export_log.h"

static struct company acme, rival;

static int make_companies(void **state)
{
	(void)fixture_companies(state, &acme, &rival);
	(void)company_lead(&acme, "Zed Pump");
	(void)company_lead(&acme, "Ada Pump");
	return 0;
}

static const struct response *get_as(const struct company *company, enum role role, const char *path)
{
	return ASK(.host = company->slug, .path = path, .bearer = company->key[role]);
}

static const struct response *get(const char *path)
{
	return get_as(&acme, ROLE_MEMBER, path);
}

/* A list can be looked at by all, and taken out by those who work with it. */
static void viewers_take_nothing_out(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);

	(void)state;
	assert_status(get_as(&acme, ROLE_VIEWER, "/api/leads"), 200);
	assert_status(get_as(&acme, ROLE_VIEWER, "/api/leads/export"), 403);
	assert_status(browse(&viewer, "/leads/export?format=csv"), 403);
	assert_hasnt(browse(&viewer, "/leads"), "/leads/export");
}

static const struct response *taken(const struct company *company)
{
	return ASK(.host = company->slug, .path = "/api/exports", .bearer = company->session[ROLE_ADMIN]);
}

static int64_t entries(void)
{
	int64_t count;

	assert_true(str_to_int64(
		test_sql_value("SELECT count(*) FROM exports WHERE tenant_id = '%s'", uuid_text(web->arena, acme.id).p),
		&count));
	return count;
}

static void whoever_takes_a_list_is_written_down(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN), member = browser_as(&acme, ROLE_MEMBER);
	const struct response *answer, *page;
	int64_t before;

	(void)state;
	assert_status(browse(&member, "/leads/export?q=pump&status=new&format=csv&columns=name"), 200);
	answer = taken(&acme);
	assert_json(answer, "data.0.entity", "leads");
	assert_json(answer, "data.0.format", "csv");
	assert_json(answer, "data.0.query", "q=pump&status=new");
	assert_json(answer, "data.0.rows", "2");
	assert_json(answer, "data.0.is_whole", "true");
	assert_json(answer, "data.0.actor_kind", "user");
	assert_true(str_equal(json_text(answer, "data.0.actor_id"), acme.user[ROLE_MEMBER]));
	assert_true(json_text(answer, "data.0.finished_at").n > 0);
	assert_status(get("/api/contacts/export"), 200);
	answer = taken(&acme);
	assert_json(answer, "data.0.entity", "contacts");
	assert_json(answer, "data.0.query", "");
	assert_json(answer, "data.0.actor_kind", "api_key");
	page = browse(&admin, "/settings/data");
	assert_has(page, "(API key)");
	assert_has(page, "href=\"/leads?q=pump&amp;status=new\"");
	assert_has(page, "All of it");
	/* Admins see this; the whole company is the owners' to take. */
	assert_hasnt(page, "Export everything");
	assert_status(browse(&member, "/settings/data"), 403);
	assert_status(ASK(.host = acme.slug, .path = "/api/exports", .bearer = acme.key[ROLE_MEMBER]), 403);
	assert_hasnt(taken(&rival), "status=new");
	/* What is refused, and what asks for the head alone, takes nothing. */
	before = entries();
	assert_status(get("/api/leads/export?format=xml"), 422);
	assert_status(get_as(&acme, ROLE_VIEWER, "/api/leads/export"), 403);
	assert_status(browse(&member, "/leads/export"), 200);
	ASK(.method = METHOD_HEAD, .host = acme.slug, .path = "/api/leads/export", .bearer = acme.key[ROLE_MEMBER]);
	assert_int_equal(entries(), before);
}

static void one_that_was_broken_off_says_so(void **state)
{
	struct browser owner = browser_as(&acme, ROLE_OWNER);
	const struct response *answer;

	(void)state;
	/* Its rows cannot be read: the answer has begun, and ends without an end. */
	test_sql("ALTER TABLE equipment RENAME COLUMN serial TO serial_away");
	answer = get("/api/equipment/export");
	test_sql("ALTER TABLE equipment RENAME COLUMN serial_away TO serial");
	assert_int_equal(answer->status, 0);
	answer = taken(&acme);
	assert_json(answer, "data.0.entity", "equipment");
	assert_json(answer, "data.0.is_whole", "false");
	assert_json(answer, "data.0.rows", "0");
	assert_has(browse(&owner, "/settings/data"), "Broken off");
	/* And one whose worker died, an hour later. */
	test_sql("UPDATE exports SET finished_at = NULL WHERE entity = 'equipment' AND NOT is_whole");
	assert_has(browse(&owner, "/settings/data"), "Under way");
	test_sql("UPDATE exports SET started_at = now() - interval '2 hours' WHERE entity = 'equipment' AND NOT "
		 "is_whole");
	assert_hasnt(browse(&owner, "/settings/data"), "Under way");
}

static void older_ones_are_pages_away_and_go_after_two_years(void **state)
{
	struct scope scope = scope_of(acme.id);
	struct browser owner = browser_as(&acme, ROLE_OWNER);
	const struct response *answer;
	struct ttx *tx;
	int64_t gone;

	(void)state;
	test_sql(
		"INSERT INTO exports (tenant_id, id, entity, format, query, actor_kind, actor_name, started_at) SELECT "
		"'%s', ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'leads', 'csv', 'q=old' || n, "
		"'system', 'x', now() - interval '731 days' FROM generate_series(1, 150) n",
		uuid_text(web->arena, acme.id).p);
	answer = taken(&acme);
	assert_hasnt(answer, "\"query\":\"q=old1\"");
	answer = ASK(.host = acme.slug, .bearer = acme.session[ROLE_OWNER],
		     .path = text("/api/exports?before=%.*s", STR_FMT_ARG(json_text(answer, "next_before"))).p);
	assert_has(answer, "\"query\":\"q=old1\"");
	assert_has(answer, "\"next_before\":null");
	answer = browse(&owner, "/settings/data");
	assert_hasnt(answer, "q=old1\"");
	assert_has(answer, "/settings/data?before=");
	assert_field_error(ASK(.host = acme.slug, .path = "/api/exports?before=x", .bearer = acme.session[ROLE_OWNER]),
			   422, "before", "not_an_id");
	assert_status(browse(&owner, "/settings/data?before=x"), 422);
	tx = ttx_begin(test_pg_app(), web->arena, &scope, TX_WRITE);
	MUST(export_log_purge(tx, clock_now(), &gone));
	MUST(ttx_commit(tx));
	assert_int_equal(gone, 150);
	assert_hasnt(taken(&acme), "q=old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(viewers_take_nothing_out),
		cmocka_unit_test(whoever_takes_a_list_is_written_down),
		cmocka_unit_test(one_that_was_broken_off_says_so),
		cmocka_unit_test(older_ones_are_pages_away_and_go_after_two_years),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
