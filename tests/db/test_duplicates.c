/* Finding duplicates: what is like a row that is about to be made, and the pairs that the search finds, once and for good. */
#include "tests/db/lead_fixture.h"

#include "lib/crm/contact.h"
#include "lib/crm/duplicate.h"
#include "lib/crm/entities.h"
#include "lib/crm/property.h"
#include "lib/entity/trash.h"

static struct scope shop;

static int a_shop(void **state)
{
	setup(state);
	shop = scope_of(test_tenant_create("pairs"));
	return 0;
}

#define PAIRING(function) cmocka_unit_test_setup_teardown(function, a_shop, teardown)

static struct record *record_of(const struct entity *entity, const char *json)
{
	struct record *record = record_new(arena, entity);
	struct value *body;
	struct str why;

	assert_int_equal(json_parse(arena, str_from(json), &json_limits_request, &body, &why), OK);
	assert_int_equal(record_from_json(record, WRITE_CREATE, body, errors_new(arena)), OK);
	return record;
}

static struct uuid made_in(const struct scope *scope, const struct entity *entity, const char *json)
{
	struct record *record = record_of(entity, json);
	struct ttx *tx = begin(scope, TX_WRITE);

	assert_int_equal(entity_insert(tx, record, errors_new(arena)), OK);
	commit(tx);
	return record_id(record);
}

static struct uuid made(const struct entity *entity, const char *json)
{
	return made_in(&shop, entity, json);
}

/* "Ann phone email, Bob phone": whom the row is like, and by what. */
static const char *like_of(const struct entity *entity, const char *json)
{
	struct ttx *tx = begin(&shop, TX_READ);
	struct rows *sent = duplicate_send(tx, entity, record_of(entity, json));
	struct buffer out = BUFFER_IN(arena);
	struct duplicate *found;
	size_t count;

	assert_int_equal(duplicate_read(tx, sent, &found, &count), OK);
	for (size_t i = 0; i < count; i++) {
		buffer_printf(&out, "%s%.*s", i ? ", " : "", STR_FMT_ARG(found[i].title));
		for (size_t r = 0; r < duplicate_reason_count; r++)
			if (found[i].reasons & duplicate_reasons[r].reason)
				buffer_printf(&out, " %s", duplicate_reasons[r].word);
	}
	commit(tx);
	return arena_c_string(arena, buffer_str(&out));
}

static int64_t steps;

static void search(void)
{
	bool more = true;

	for (steps = 0; more; steps++) {
		struct ttx *tx = begin(&shop, TX_WRITE);

		assert_int_equal(duplicate_search_step(tx, &more), OK);
		commit(tx);
	}
}

static struct duplicate_pair *pairs(const struct entity *entity, const char *state, size_t *count)
{
	struct duplicate_query query = {.entity = entity, .state = str_from(state), .most = DUPLICATE_PAIRS_MOST};
	struct ttx *tx = begin(&shop, TX_READ);
	struct duplicate_pair *list;
	bool more;

	assert_int_equal(duplicate_list(tx, &query, &list, count, &more), OK);
	commit(tx);
	return list;
}

static size_t count_of(const struct entity *entity, const char *state)
{
	size_t count;

	(void)pairs(entity, state, &count);
	return count;
}

static void change(const struct entity *entity, struct uuid id, const char *field, const char *value)
{
	struct ttx *tx = begin(&shop, TX_WRITE);
	struct record *current, *next, *changed = record_new(arena, entity);

	assert_int_equal(entity_get(tx, entity, id, &current), OK);
	record_set_text(changed, field, str_from(value));
	assert_int_equal(entity_update(tx, current, changed, errors_new(arena), &next), OK);
	commit(tx);
}

static void delete_row(const struct entity *entity, struct uuid id)
{
	struct ttx *tx = begin(&shop, TX_WRITE);
	struct record *current;

	assert_int_equal(entity_get(tx, entity, id, &current), OK);
	assert_int_equal(entity_delete(tx, current, errors_new(arena)), OK);
	commit(tx);
}

static void decide(struct uuid pair, const char *state)
{
	struct ttx *tx = begin(&shop, TX_WRITE);
	struct duplicate_pair decided;

	assert_int_equal(duplicate_decide(tx, pair, state, &decided), OK);
	assert_str(decided.state, state);
	commit(tx);
}

/* ---- before a row is made ---- */

static void a_new_row_is_like_those_of_its_phone_mail_or_place(void **state)
{
	(void)state;
	(void)made(&lead_entity,
		   "{\"name\": \"Ann Lee\", \"phone\": \"(512) 555-0123\", \"email\": \"ann@example.com\", "
		   "\"address\": \"12 North Oak Street, Apt. 4\", \"zip\": \"78701\"}");
	(void)made(&lead_entity, "{\"name\": \"Bob\", \"phone\": \"+1 512 555 0123\"}");
	assert_string_equal(like_of(&lead_entity, "{\"name\": \"A\", \"phone\": \"512.555.0123 x7\", \"email\": "
						  "\"ANN@Example.COM\"}"),
			    "Ann Lee phone email, Bob phone");
	assert_string_equal(like_of(&lead_entity, "{\"name\": \"ann  LEE.\", \"address\": \"12 N. Oak St Apt 4\"}"),
			    "Ann Lee address_name");
	assert_string_equal(like_of(&lead_entity,
				    "{\"name\": \"ann lee\", \"address\": \"12 n oak st #apt 4\", \"zip\": "
				    "\"78701-1234\"}"),
			    "Ann Lee address_name");
	/* The same street of another town, and another person at the same address. */
	assert_string_equal(like_of(&lead_entity,
				    "{\"name\": \"Ann Lee\", \"address\": \"12 N Oak St Apt 4\", \"zip\": "
				    "\"10001\"}"),
			    "");
	assert_string_equal(like_of(&lead_entity, "{\"name\": \"Carl\", \"address\": \"12 N Oak St Apt 4\"}"), "");
	assert_string_equal(like_of(&lead_entity, "{\"name\": \"Ann Lee\"}"), "");
	assert_string_equal(like_of(&lead_entity, "{\"name\": \"Ann Lee\", \"phone\": \"555-0123\"}"), "");
	/* Contacts are compared with contacts. */
	assert_string_equal(like_of(&contact_entity, "{\"name\": \"Ann Lee\", \"email\": \"ann@example.com\"}"), "");
}

static void a_place_is_known_by_its_address(void **state)
{
	(void)state;
	(void)made(&property_entity, "{\"address\": \"9 Lake Drive\", \"zip\": \"78701\"}");
	assert_string_equal(like_of(&property_entity, "{\"address\": \"9 Lake Dr.\"}"), "9 Lake Drive address_name");
	assert_string_equal(like_of(&property_entity, "{\"name\": \"9 lake dr\", \"address\": \"9 Lake Dr.\"}"),
			    "9 Lake Drive address_name");
	assert_string_equal(like_of(&property_entity, "{\"name\": \"Boat house\", \"address\": \"9 Lake Dr.\"}"), "");
	assert_string_equal(like_of(&property_entity, "{\"address\": \"9 Lake Avenue\"}"), "");
}

static void what_lies_in_the_trash_or_is_another_companys_is_not_like_it(void **state)
{
	const char *ann = "{\"name\": \"Ann\", \"email\": \"ann@example.com\"}";
	struct uuid id = made(&lead_entity, ann);

	(void)state;
	(void)made_in(&theirs, &lead_entity, "{\"name\": \"Foreign\", \"email\": \"zoe@example.com\"}");
	assert_string_equal(like_of(&lead_entity, ann), "Ann email");
	assert_string_equal(like_of(&lead_entity, "{\"name\": \"Z\", \"email\": \"zoe@example.com\"}"), "");
	delete_row(&lead_entity, id);
	assert_string_equal(like_of(&lead_entity, ann), "");
}

static void at_most_three_are_told_the_likeliest_first(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++)
		(void)made(&contact_entity,
			   arena_printf(arena, "{\"name\": \"C%02d\", \"phone\": \"512 555 0100\"}", i).p);
	(void)made(&contact_entity, "{\"name\": \"Best\", \"email\": \"b@example.com\", \"address\": \"1 A St\"}");
	assert_string_equal(like_of(&contact_entity, "{\"name\": \"best\", \"phone\": \"5125550100\", \"email\": "
						     "\"b@example.com\", \"address\": \"1 A Street\"}"),
			    "Best email address_name, C00 phone, C01 phone");
}

/* ---- the search ---- */

static void pairs_are_found_once_with_all_of_their_reasons(void **state)
{
	struct uuid one = made(&lead_entity, "{\"name\": \"Ann\", \"phone\": \"512 555 0123\", \"email\": "
					     "\"ann@example.com\"}"),
		    two = made(&lead_entity, "{\"name\": \"Anne\", \"phone\": \"5125550123\", \"email\": "
					     "\"Ann@example.com\"}");
	struct duplicate_pair *list;
	size_t count;

	(void)state;
	(void)made(&lead_entity, "{\"name\": \"Other\", \"phone\": \"512 555 9999\"}");
	(void)made_in(&theirs, &lead_entity, "{\"name\": \"Foreign\", \"phone\": \"512 555 9999\"}");
	(void)made(&contact_entity, "{\"name\": \"Kim\", \"address\": \"3 Elm Rd\"}");
	(void)made(&contact_entity, "{\"name\": \"kim\", \"address\": \"3 Elm Road\"}");
	(void)made(&property_entity, "{\"address\": \"4 Elm Rd\"}");
	(void)made(&property_entity, "{\"address\": \"4 Elm Road\"}");
	search();
	search();
	list = pairs(&lead_entity, "open", &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].reasons, DUPLICATE_PHONE | DUPLICATE_EMAIL);
	assert_int_equal(list[0].score, 75);
	assert_true(uuid_equal(list[0].first, one) || uuid_equal(list[0].second, one));
	assert_true(uuid_equal(list[0].first, two) || uuid_equal(list[0].second, two));
	assert_true(memcmp(&list[0].first, &list[0].second, sizeof list[0].first) < 0);
	assert_int_equal(count_of(&contact_entity, "open"), 1);
	list = pairs(NULL, "open", &count);
	assert_int_equal(count, 3);
	assert_string_equal(list[0].entity->plural, "properties"); /* the likeliest */
}

static void a_dismissed_pair_is_not_found_again(void **state)
{
	struct duplicate_pair *list;
	size_t count;

	(void)state;
	(void)made(&lead_entity, "{\"name\": \"Ann\", \"phone\": \"512 555 0123\"}");
	(void)made(&lead_entity, "{\"name\": \"Bob\", \"phone\": \"512 555 0123\"}");
	search();
	list = pairs(&lead_entity, "open", &count);
	decide(list[0].id, "dismissed");
	search();
	assert_int_equal(count_of(&lead_entity, "open"), 0);
	assert_int_equal(count_of(&lead_entity, "dismissed"), 1);
	decide(list[0].id, "open");
	decide(list[0].id, "open");
	list = pairs(&lead_entity, "open", &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].version, 3);
}

static void pairs_follow_their_rows(void **state)
{
	struct uuid ann = made(&lead_entity, "{\"name\": \"Ann\", \"phone\": \"512 555 0123\", \"email\": "
					     "\"a@example.com\"}"),
		    bob = made(&lead_entity, "{\"name\": \"Bob\", \"phone\": \"512 555 0123\"}");
	struct duplicate_pair *list;
	size_t count;

	(void)state;
	(void)ann;
	search();
	change(&lead_entity, bob, "email", "A@example.com");
	change(&lead_entity, bob, "phone", "512 555 0199");
	search();
	list = pairs(&lead_entity, "open", &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].reasons, DUPLICATE_EMAIL);
	assert_int_equal(list[0].score, 35);
	change(&lead_entity, bob, "email", "b@example.com");
	search();
	assert_int_equal(count_of(&lead_entity, "open"), 0);
	assert_str(
		test_sql_value("SELECT count(*)::text FROM duplicate_pairs WHERE tenant_id = '%s'", id_of(shop.tenant)),
		"0");
	/* One that was dismissed goes with its row. */
	change(&lead_entity, bob, "email", "a@example.com");
	search();
	list = pairs(&lead_entity, "open", &count);
	decide(list[0].id, "dismissed");
	delete_row(&lead_entity, bob);
	assert_int_equal(count_of(&lead_entity, "dismissed"), 0);
	search();
	assert_str(
		test_sql_value("SELECT count(*)::text FROM duplicate_pairs WHERE tenant_id = '%s'", id_of(shop.tenant)),
		"0");
}

static void fill(int rows, const char *phone)
{
	test_sql("INSERT INTO leads (tenant_id, id, name, phone, phone_e164) SELECT '%s', gen_random_uuid(), 'Row ' || "
		 "i, "
		 "%s, %s FROM generate_series(1, %d) i",
		 id_of(shop.tenant), phone, phone, rows);
}

static void a_number_that_many_share_makes_no_flood(void **state)
{
	(void)state;
	fill(20, "'+15125550001'");
	search();
	assert_str(
		test_sql_value("SELECT count(*)::text FROM duplicate_pairs WHERE tenant_id = '%s'", id_of(shop.tenant)),
		"190");
	fill(30, "'+15125550002'");
	search();
	assert_str(
		test_sql_value("SELECT count(*)::text FROM duplicate_pairs WHERE tenant_id = '%s'", id_of(shop.tenant)),
		"219");
	fill(9000, "'+15125550003'");
	search();
	assert_str(
		test_sql_value("SELECT count(*)::text FROM duplicate_pairs WHERE tenant_id = '%s'", id_of(shop.tenant)),
		"318");
}

static void many_rows_are_gone_through_in_ranges(void **state)
{
	(void)state;
	/* Every tenth number twice; ranges end in the middle of them. */
	fill(10000, "'+1512' || (1000000 + i)");
	fill(10000, "CASE WHEN i % 10 = 0 THEN '+1512' || (1000000 + i) ELSE '+1612' || (1000000 + i) END");
	search();
	assert_str(
		test_sql_value("SELECT count(*)::text FROM duplicate_pairs WHERE tenant_id = '%s'", id_of(shop.tenant)),
		"1000");
	assert_str(test_sql_value(
			   "SELECT found || ' ' || (finished_at IS NOT NULL) FROM duplicate_searches WHERE tenant_id "
			   "= '%s'",
			   id_of(shop.tenant)),
		   "1000 true");
}

static void who_asks_sees_that_it_looks_and_when_it_has_looked(void **state)
{
	struct duplicate_search now;
	struct ttx *tx = begin(&shop, TX_WRITE);

	(void)state;
	assert_int_equal(duplicate_search_get(tx, &now), OK);
	assert_false(now.looking || now.stuck || now.finished_at);
	assert_int_equal(duplicate_search_request(tx), OK);
	assert_int_equal(duplicate_search_request(tx), OK);
	assert_int_equal(duplicate_search_get(tx, &now), OK);
	assert_true(now.looking);
	commit(tx);
	assert_str(test_sql_value("SELECT count(*)::text FROM job_tickets WHERE tenant_id = '%s' AND kind = '%s'",
				  id_of(shop.tenant), DUPLICATE_JOB),
		   "1");
	search();
	tx = begin(&shop, TX_WRITE);
	assert_int_equal(duplicate_search_get(tx, &now), OK);
	assert_false(now.looking);
	assert_true(now.finished_at > 0);
	assert_int_equal(duplicate_search_request(tx), OK);
	commit(tx);
	test_sql("UPDATE job_tickets SET state = 'dead' WHERE tenant_id = '%s'", id_of(shop.tenant));
	tx = begin(&shop, TX_READ);
	assert_int_equal(duplicate_search_get(tx, &now), OK);
	assert_true(now.stuck && !now.looking);
	commit(tx);
}

/* As demand-jobs does it, in its role. */
static void the_job_looks_and_comes_back_tomorrow(void **state)
{
	static const struct job_kind kinds[] = {
		{.name = DUPLICATE_JOB, .run = duplicate_run, .attempts_most = 5, .seconds = 30, .daily = true}};
	struct pg *jobs = pg_new(test_conninfo(), "demand_jobs");
	struct tenant tenant = {.id = shop.tenant, .scope = &shop};
	struct job_run run = {0};
	struct uuid last = uuid_zero(), owner = uuid_zero();
	const struct job_kind *kind;
	struct ttx *tx = begin(&shop, TX_WRITE);

	(void)state;
	assert_int_equal(duplicate_search_request(tx), OK);
	commit(tx);
	fill(2, "'+15125550004'");
	while (!uuid_equal(owner, shop.tenant)) {
		run = (struct job_run){0};
		assert_int_equal(
			job_claim(jobs, arena, STR("test"), kinds, COUNT_OF(kinds), &last, &run, &kind, &owner), OK);
	}
	run.tenant = &tenant;
	assert_int_equal(kind->run(&run), OK);
	assert_int_equal(count_of(&lead_entity, "open"), 1);
	assert_str(
		test_sql_value("SELECT state || ' ' || (run_at > now() + interval '20 hours') FROM job_tickets WHERE "
			       "tenant_id = '%s' AND kind = '%s'",
			       id_of(shop.tenant), DUPLICATE_JOB),
		"waiting true");
	pg_free(jobs);
}

static void the_queue_has_pages_and_counts(void **state)
{
	struct duplicate_query query = {.entity = &lead_entity, .state = STR("open"), .most = 7};
	int64_t counts[3];
	size_t count, seen = 0;
	bool more = true;
	struct ttx *tx;

	(void)state;
	fill(30, "'+1512555000' || (i % 3)"); /* three groups of ten: 135 pairs */
	search();
	tx = begin(&shop, TX_READ);
	while (more) {
		struct duplicate_pair *list;

		assert_int_equal(duplicate_list(tx, &query, &list, &count, &more), OK);
		seen += count;
		assert_true(duplicate_place_parse(duplicate_place_text(arena, &list[count - 1]), &query.after));
	}
	assert_int_equal(seen, 135);
	assert_int_equal(duplicate_counts(tx, counts), OK);
	assert_int_equal(counts[0], 135);
	assert_int_equal(counts[1] + counts[2], 0);
	assert_false(duplicate_place_parse(STR("x"), &query.after));
	assert_false(duplicate_place_parse(STR("999-00000000-0000-0000-0000-000000000000"), &query.after));
	commit(tx);
}

static int open_tests(void **state)
{
	entity_catalogue(entities, entities_count);
	return make_tenants(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIRING(a_new_row_is_like_those_of_its_phone_mail_or_place),
		PAIRING(a_place_is_known_by_its_address),
		PAIRING(what_lies_in_the_trash_or_is_another_companys_is_not_like_it),
		PAIRING(at_most_three_are_told_the_likeliest_first),
		PAIRING(pairs_are_found_once_with_all_of_their_reasons),
		PAIRING(a_dismissed_pair_is_not_found_again),
		PAIRING(pairs_follow_their_rows),
		PAIRING(a_number_that_many_share_makes_no_flood),
		PAIRING(many_rows_are_gone_through_in_ranges),
		PAIRING(who_asks_sees_that_it_looks_and_when_it_has_looked),
		PAIRING(the_job_looks_and_comes_back_tomorrow),
		PAIRING(the_queue_has_pages_and_counts),
	};

	return cmocka_run_group_tests(tests, open_tests, close_database);
}
