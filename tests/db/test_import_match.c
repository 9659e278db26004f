/* Which rows the lines of a file mean: by one key or another, by all of their cells, once or several times. */
#include "tests/db/import_fixture.h"

static void one_row_may_come_several_times(void **state)
{
	struct import *import = taken("leads", "name,email,city\nAnn,ann@example.com,Austin\nAnn,ANN@example.com,Waco\n"
					       "Bea,,\nBea,,\nAnn,ann@example.com,Waco\nBea,,\n");

	(void)state;
	assert_string_equal(counts_of(import), "6 rows: 2 created, 1 updated, 3 unchanged, 0 failed, 0 held");
	assert_string_equal(value_of("name || ' ' || coalesce(city, '-')", "leads", "true"), "Ann Waco / Bea -");
}

/* The lines of one row are in different steps, and the last of them is not the one that the row began with. */
static void several_lines_of_a_row_again_change_nothing(void **state)
{
	static const char text[] =
		"name,email,city\nAnn,ann@example.com,Austin\nBea,bea@example.com,Hays\nAnn,ANN@example.com,Waco\n"
		"Ann,ann@example.com,Kyle\nBea,bea@example.com,\nAnn,ann@example.com,Austin\n";
	struct uuid id;

	(void)state;
	stored(&shop, "{\"name\": \"Ann\", \"email\": \"ann@example.com\", \"city\": \"Austin\"}");
	assert_string_equal(counts_of(taken("leads", text)),
			    "6 rows: 1 created, 3 updated, 2 unchanged, 0 failed, 0 held");
	for (int again = 0; again < 2; again++)
		assert_string_equal(counts_of(taken("leads", text)),
				    "6 rows: 0 created, 0 updated, 6 unchanged, 0 failed, 0 held");
	/* Other choices are another import. */
	id = uploaded("leads", text);
	start(id, NULL, 0, "Fair", NULL);
	finish(id, 10);
	assert_string_equal(counts_of(read_import(id)), "6 rows: 0 created, 5 updated, 1 unchanged, 0 failed, 0 held");
	assert_string_equal(counts_of(taken("leads", text)),
			    "6 rows: 0 created, 0 updated, 6 unchanged, 0 failed, 0 held");
	/* What somebody has changed since is what the file says it is, again. */
	test_sql("UPDATE leads SET version = version + 1, city = 'Taylor' WHERE name = 'Ann' AND tenant_id = '%s'",
		 id_of(shop.tenant));
	assert_string_equal(counts_of(taken("leads", text)),
			    "6 rows: 0 created, 4 updated, 2 unchanged, 0 failed, 0 held");
	assert_string_equal(value_of("name || ' ' || city", "leads", "true"), "Ann Austin / Bea Hays");
	/* Another file in between has the last word until this one comes again. */
	taken("leads", "name,email,city\nAnn,ann@example.com,Buda\n");
	taken("leads", text);
	assert_string_equal(value_of("name || ' ' || city", "leads", "true"), "Ann Austin / Bea Hays");
}

/* A line that could not be taken then can be now, though the row is as another line of the file left it. */
static void what_failed_of_the_same_file_is_tried_again(void **state)
{
	static const char units[] = "Serial,Type,Property\nA1,furnace,\nA1,,12 Oak Street\n";

	(void)state;
	assert_string_equal(counts_of(taken("equipment", units)),
			    "2 rows: 1 created, 0 updated, 0 unchanged, 1 failed, 0 held");
	taken("properties", "Address,City\n12 Oak Street,Austin\n");
	assert_string_equal(counts_of(taken("equipment", units)),
			    "2 rows: 0 created, 1 updated, 1 unchanged, 0 failed, 0 held");
	assert_string_equal(counts_of(taken("equipment", units)),
			    "2 rows: 0 created, 0 updated, 2 unchanged, 0 failed, 0 held");
}

static void modes_say_what_becomes_of_known_and_unknown_rows(void **state)
{
	static const char first[] = "name,email\nAnn,ann@example.com\n",
			  second[] = "name,email,city\nAnna,ann@example.com,Waco\nBea,bea@example.com,\nCleo,,\n";
	struct uuid id;

	(void)state;
	taken("contacts", first);
	id = uploaded("contacts", second);
	start(id, "email", IMPORT_UPDATE, NULL, NULL);
	finish(id, 100);
	assert_string_equal(counts_of(read_import(id)), "3 rows: 0 created, 1 updated, 0 unchanged, 2 failed, 0 held");
	assert_string_equal(value_of("reasons", "import_rows", "outcome = 'failed'"),
			    "No contact has this E-mail. / The row has no E-mail to find the contact by.");
	assert_string_equal(value_of("name", "contacts", "true"), "Anna");
	id = uploaded("contacts", "name,email,city\nAnnette,ann@example.com,\nBea,bea@example.com,\n");
	start(id, "email", IMPORT_CREATE, NULL, NULL);
	finish(id, 100);
	assert_string_equal(counts_of(read_import(id)), "2 rows: 1 created, 0 updated, 1 unchanged, 0 failed, 0 held");
	assert_string_equal(value_of("name", "contacts", "true"), "Anna / Bea");
}

/* E-mail first, the number for those who have none. */
static void people_are_found_by_email_or_phone(void **state)
{
	static const char *const before[] = {
		"{\"name\": \"Ann\", \"email\": \"ann@example.com\", \"phone\": \"512-555-0101\"}",
		"{\"name\": \"Bea\", \"phone\": \"512-555-0102\"}",
		"{\"name\": \"Cleo\", \"email\": \"cleo@example.com\"}",
		"{\"name\": \"Dee\", \"phone\": \"512-555-0104\"}",
		"{\"name\": \"Dee's twin\", \"phone\": \"512-555-0104\"}",
		NULL,
	};
	static const char text[] = "name,email,phone,city\n"
				   "Ann,,(512) 555-0101,Austin\n" /* has an address, but the line has none */
				   "Ann's husband,bob@example.com,512-555-0101,\n" /* a number that they share */
				   "Bea,bea@example.com,512-555-0102,Buda\n"       /* the address is new */
				   "Bea,BEA@example.com,512-555-0199,Hays\n"       /* the number is */
				   "Cleo,cleo@example.com,512-555-0104,\n"         /* two rows have the number */
				   "Fay,fay@example.com,512-555-0104,\n"
				   "Dee,,512-555-0104,\n"
				   "Gus,,512-555-0107,\n"
				   "Gus,gus@example.com,512-555-0107,Kyle\n"
				   "Nobody,,,\n";
	struct import *import;

	(void)state;
	for (size_t i = 0; before[i]; i++)
		stored(&shop, before[i]);
	for (size_t again = 0; again < 2; again++) {
		struct uuid id = uploaded("leads", text);

		import = read_import(id);
		assert_string_equal(import->options.key->name, "email_or_phone");
		start(id, NULL, 0, NULL, NULL);
		finish(id, again ? 3 : 100);
		assert_string_equal(counts_of(read_import(id)),
				    again ? "10 rows: 0 created, 0 updated, 6 unchanged, 4 failed, 0 held"
					  : "10 rows: 3 created, 4 updated, 0 unchanged, 3 failed, 0 held");
	}
	assert_string_equal(value_of("concat_ws(' ', name, email, phone_e164, city)", "leads", "true"),
			    "Ann ann@example.com +15125550101 Austin / Ann's husband bob@example.com +15125550101 / "
			    "Bea bea@example.com +15125550199 Hays / Cleo cleo@example.com / Dee +15125550104 / "
			    "Dee's twin +15125550104 / Gus gus@example.com +15125550107 Kyle / Nobody");
	assert_string_equal(
		value_of("number || ' ' || reasons", "import_rows",
			 arena_printf(arena, "import_id <> '%s' AND outcome = 'failed'", id_of(import->id)).p),
		"6 E-mail and Phone belong to different leads. / 7 More than one lead has this E-mail or "
		"phone. / 8 More than one lead has this E-mail or phone.");
}

/* All with one number, and each with an address of their own: they are one round, not a thousand. */
static void a_number_that_all_share_tells_nobody_apart(void **state)
{
	struct buffer text = BUFFER_IN(arena);
	struct uuid id;

	(void)state;
	BUFFER_LITERAL(&text, "name,email,phone\n");
	stored(&shop, "{\"name\": \"Office\", \"phone\": \"512-555-0100\"}");
	for (int i = 0; i < 200; i++)
		buffer_printf(&text, "P%d,p%d@example.com,512-555-0100\n", i, i);
	id = uploaded("leads", text.bytes);
	start(id, NULL, 0, NULL, NULL);
	finish(id, 1000);
	/* The office got the first address. */
	assert_string_equal(counts_of(read_import(id)),
			    "200 rows: 199 created, 1 updated, 0 unchanged, 0 failed, 0 held");
	assert_string_equal(value_of("name", "leads", "email = 'p0@example.com'"), "P0");
}

static void a_key_that_two_rows_have_is_told(void **state)
{
	struct import *import;

	(void)state;
	stored(&shop, "{\"name\": \"One\", \"email\": \"both@example.com\"}");
	stored(&shop, "{\"name\": \"Two\", \"email\": \"Both@example.com\"}");
	import = taken("leads", "name,email\nThree,both@example.com\n");
	assert_string_equal(counts_of(import), "1 rows: 0 created, 0 updated, 0 unchanged, 1 failed, 0 held");
	assert_string_equal(value_of("reasons", "import_rows", "true"), "More than one lead has this E-mail.");
}

static void references_are_found_by_name(void **state)
{
	struct import *import;

	(void)state;
	taken("properties", "Address,City\n12 Oak Street,Austin\n");
	import =
		taken("equipment", "Serial,Type,Brand,Property,Installed\nA1,Heat pump,Carrier,12 Oak Street,3/4/2019\n"
				   "A2,furnace,,13 Oak Street,\n");
	assert_string_equal(counts_of(import), "2 rows: 1 created, 0 updated, 0 unchanged, 1 failed, 0 held");
	assert_string_equal(
		value_of("serial || ' ' || type || ' ' || installed_on", "equipment", "property_id IS NOT NULL"),
		"A1 heat_pump 2019-03-04");
	assert_string_equal(value_of("reasons", "import_rows", "outcome = 'failed'"),
			    "Property: none is called “13 Oak Street”.");
	/* People by their address or number as well. */
	taken("contacts", "Name,Email,Phone\nAnn Lee,ann@example.com,512-555-0101\nBob Roe,,512-555-0102\n");
	import = taken("properties", "Address,Contact\n1 Elm,Ann Lee\n2 Elm,ANN@example.com\n3 Elm,(512) 555-0102\n"
				     "4 Elm,who@example.com\n");
	assert_string_equal(counts_of(import), "4 rows: 3 created, 0 updated, 0 unchanged, 1 failed, 0 held");
	assert_str(
		test_sql_value(
			"SELECT string_agg(p.address || ' ' || c.name, ', ' ORDER BY p.address) FROM properties p JOIN "
			"contacts c ON c.id = p.contact_id WHERE p.tenant_id = '%s'",
			id_of(shop.tenant)),
		"1 Elm Ann Lee, 2 Elm Ann Lee, 3 Elm Bob Roe");
}

/* Yes from a list is no word of somebody who has said no; of new people it is all that is known. */
static void a_file_does_not_opt_in_who_has_opted_out(void **state)
{
	static const char *const entities[] = {"contacts", "leads", NULL};
	struct import *import;

	(void)state;
	for (size_t i = 0; entities[i]; i++) {
		const char *entity = entities[i];

		import = taken(entity, "Name,Email,May be texted\nAnn,ann@example.com,no\nBea,bea@example.com,yes\n");
		assert_string_equal(counts_of(import), "2 rows: 2 created, 0 updated, 0 unchanged, 0 failed, 0 held");
		import = taken(entity, "Name,Email,City,May be texted\nAnn,ann@example.com,Waco,yes\n"
				       "Bea,bea@example.com,Waco,yes\nCleo,cleo@example.com,Waco,yes\n");
		assert_string_equal(counts_of(import), "3 rows: 1 created, 1 updated, 0 unchanged, 1 failed, 0 held");
		assert_string_equal(value_of("sms_consent::text || '|' || coalesce(city, '-')", entity, "name = 'Ann'"),
				    "false|-");
		assert_string_equal(value_of("sms_consent::text || '|' || city", entity, "name = 'Bea'"), "true|Waco");
		assert_string_equal(value_of("sms_consent::text", entity, "name = 'Cleo'"), "true");
		assert_non_null(strstr(value_of("reasons", "import_rows", "outcome = 'failed'"),
				       "may not be texted, and a file does not change that"));
		/* The other way is open: who is said to have opted out has. */
		import = taken(entity, "Name,Email,May be texted\nBea,bea@example.com,no\nAnn,ann@example.com,\n");
		assert_string_equal(counts_of(import), "2 rows: 0 created, 1 updated, 1 unchanged, 0 failed, 0 held");
		assert_string_equal(value_of("sms_consent::text", entity, "name = 'Bea'"), "false");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHOP_TEST(one_row_may_come_several_times),
		SHOP_TEST(several_lines_of_a_row_again_change_nothing),
		SHOP_TEST(what_failed_of_the_same_file_is_tried_again),
		SHOP_TEST(modes_say_what_becomes_of_known_and_unknown_rows),
		SHOP_TEST(people_are_found_by_email_or_phone),
		SHOP_TEST(a_number_that_all_share_tells_nobody_apart),
		SHOP_TEST(a_key_that_two_rows_have_is_told),
		SHOP_TEST(references_are_found_by_name),
		SHOP_TEST(a_file_does_not_opt_in_who_has_opted_out),
	};

	return cmocka_run_group_tests(tests, make_tenants, close_database);
}
