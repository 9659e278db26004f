/* Lists over JSON: every order walked by cursors, every bad parameter named. */
#include "tests/web/fixture.h"

static struct company acme, elite;

static int make_companies(void **state)
{
	fixture_open(state);
	company_make(&acme, "acme");
	company_make(&elite, "elite");
	(void)company_lead(&acme, "The only one");
	return 0;
}

static const struct response *get(const char *path)
{
	return ASK(.host = acme.slug, .path = path, .bearer = acme.key[ROLE_MEMBER]);
}

static struct str ids_in_order(const char *query, size_t limit)
{
	struct buffer ids = BUFFER_IN(web->arena);
	struct str cursor = STR("");

	for (int pages = 0; pages < 100; pages++) {
		const struct response *page = ASK(.host = elite.slug, .bearer = elite.key[ROLE_VIEWER],
						  .path = text("/api/leads?limit=%zu&%s%s%.*s", limit, query,
							       cursor.n ? "&cursor=" : "", STR_FMT_ARG(cursor))
								  .p);
		const struct value *rows;

		assert_status(page, 200);
		rows = json_at(page, "data");
		assert_true(value_count(rows) <= limit);
		for (size_t i = 0; i < value_count(rows); i++)
			buffer_printf(&ids, "%.*s\n",
				      STR_FMT_ARG(value_as_str(value_get(value_at(rows, i), STR("id")))));
		cursor = json_text(page, "next_cursor");
		if (str_absent(cursor))
			return buffer_str(&ids);
	}
	fail_msg("the list of %s does not end", query);
	return STR_NONE;
}

static void reverse_is(struct str forth, struct str back)
{
	struct buffer turned = BUFFER_IN(web->arena);

	for (size_t end = back.n; end > 0; end -= 37)
		buffer_add(&turned, back.p + end - 37, 37);
	assert_true(str_equal(forth, buffer_str(&turned)));
}

static void cursors_walk_every_order_without_loss_or_repeat(void **state)
{
	static const char *const orders[] = {"name", "score", "value_cents", "created_at", "updated_at"};

	(void)state;
	for (int i = 0; i < 64; i++)
		assert_status(
			ASK(.method = METHOD_POST, .host = elite.slug, .path = "/api/leads",
			    .bearer = elite.key[ROLE_MEMBER],
			    .json = text("{\"name\":\"Lead "
					 "%d\",\"score\":%d,\"value_cents\":%d,\"status\":\"%s\",\"tier\":\"%s\","
					 "\"phone\":\"512-555-01%02d\","
					 "\"email\":\"p%d@mail.example\"}",
					 i % 20, i % 3, i / 10, i % 2 ? "new" : "won", i % 4 ? "hot" : "cold", i, i)
					    .p),
			201);
	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		struct str up = ids_in_order(text("sort=%s", orders[i]).p, 7),
			   down = ids_in_order(text("sort=-%s", orders[i]).p, 25);

		assert_int_equal(up.n, 64 * 37);
		reverse_is(up, down);
		assert_true(str_equal(up, ids_in_order(text("sort=%s", orders[i]).p, 200)));
	}
	assert_int_equal(ids_in_order("status=new&tier=hot", 10).n, 32 * 37);
	assert_int_equal(ids_in_order("status=won&tier=hot", 10).n, 16 * 37);
	assert_int_equal(ids_in_order("status=lost", 10).n, 0);
	assert_int_equal(ids_in_order("q=lead+19", 10).n, 3 * 37);
	assert_int_equal(ids_in_order("q=5125550107", 10).n, 37);
	assert_int_equal(ids_in_order("q=%28512%29%20555-0107", 10).n, 37);
	assert_int_equal(ids_in_order("q=P33%40mail", 10).n, 37);
	assert_int_equal(ids_in_order("q=100%25", 10).n, 0);
	assert_int_equal(ids_in_order("q=_", 10).n, 0);
	assert_int_equal(ids_in_order("q=p33&status=new", 10).n, 37);
	assert_int_equal(ids_in_order("q=p33&status=won", 10).n, 0);
}

static void bad_parameters_are_named(void **state)
{
	static const struct {
		const char *query, *field;
	} rows[] = {
		{"limit=0", "limit"},
		{"limit=201", "limit"},
		{"limit=-1", "limit"},
		{"limit=x", "limit"},
		{"limit=99999999999999999999", "limit"},
		{"sort=phone", "sort"},
		{"sort=nope", "sort"},
		{"sort=--name", "sort"},
		{"sort=name;drop", "sort"},
		{"status=nope", "status"},
		{"tier=HOT", "tier"},
		{"page=2", "page"},
		{"owner_id=you", "owner_id"},
		{"cursor=abc", "cursor"},
		{"cursor=%C3%A9", "cursor"},
		{"notes=Karen", "notes"},
		{"score[gte]=many", "score[gte]"},
		{"status[starts]=w", "status[starts]"},
		{"status[empty]=true", "status[empty]"},
		{"created_at[within]=soon", "created_at[within]"},
		{"limit=1&limit=2", "limit"},
		{"tenant_id=1", "tenant_id"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_field_error(get(text("/api/leads?%s", rows[i].query).p), 422, rows[i].field, NULL);
	assert_status(get("/api/leads?limit=200"), 200);
	assert_int_equal(value_count(json_at(get("/api/leads?limit=1"), "data")), 1);
	assert_status(get("/api/leads?q=%ff"), 400);
	assert_status(get("/api/leads?q=%00"), 400);
	assert_status(get("/api/leads?q=%zz"), 400);
}

static void a_cursor_is_good_for_its_own_list_only(void **state)
{
	struct str cursor = json_text(
		ASK(.host = elite.slug, .path = "/api/leads?limit=2", .bearer = elite.key[ROLE_MEMBER]), "next_cursor");
	char *forged = arena_c_string(web->arena, cursor);

	(void)state;
	assert_false(str_absent(cursor));
	assert_field_error(get(text("/api/leads?cursor=%.*s", STR_FMT_ARG(cursor)).p), 422, "cursor", NULL);
	forged[cursor.n / 2] = forged[cursor.n / 2] == 'A' ? 'B' : 'A';
	for (int i = 0; i < 3; i++)
		assert_field_error(ASK(.host = elite.slug, .bearer = elite.key[ROLE_MEMBER],
				       .path = text("/api/leads?cursor=%s%s", i == 0 ? forged : cursor.p,
						    i == 1   ? "&sort=name"
						    : i == 2 ? "&status=new"
							     : "")
						       .p),
				   422, "cursor", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursors_walk_every_order_without_loss_or_repeat),
		cmocka_unit_test(bad_parameters_are_named),
		cmocka_unit_test(a_cursor_is_good_for_its_own_list_only),
	};

	return cmocka_run_group_tests(tests, make_companies, fixture_close);
}
