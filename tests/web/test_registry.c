/*
 * Every entity of the registry through its pages and its API, out of its own table: what works for leads works for all
 * of them, and for those that come.
 */
#include "tests/isolation/fixture.h"

static struct planted own, other;

static int plant(void **state)
{
	fixture_open(state);
	planted_make(&own, "A");
	planted_make(&other, "B");
	return 0;
}

/* ---- one request ---- */

static const struct response *api(enum method method, const char *path, const char *json, const char *if_match)
{
	struct ask ask = {.method = method,
			  .host = own.company.slug,
			  .path = path,
			  .json = json,
			  .bearer = own.company.session[ROLE_OWNER]};

	if (if_match) {
		ask.headers[0][0] = "if-match";
		ask.headers[0][1] = if_match;
	}
	return ask_send(&ask);
}
#define GET(...) api(METHOD_GET, text(__VA_ARGS__).p, NULL, NULL)

static const char *json_of(const struct value *value)
{
	struct buffer json = BUFFER_IN(web->arena);

	json_print(value, &json);
	return json.bytes;
}

static const char *row_path(const struct entity *entity, struct str id)
{
	return text("/api/%s/%.*s", entity->plural, STR_FMT_ARG(id)).p;
}

static struct str new_row(const struct entity *entity)
{
	struct str id = planted_new_row(&own, entity->table);

	assert_false(str_absent(id));
	return id;
}

/* How often the row stands in the list, page by page. */
static size_t times_listed(const struct entity *entity, const char *query, struct str id)
{
	struct str cursor = STR("");
	size_t seen = 0;

	do {
		struct buffer path = BUFFER_IN(web->arena);
		const struct response *page;
		const struct value *rows;

		buffer_printf(&path, "%s", query);
		if (cursor.n)
			url_add_pair(&path, STR("cursor"), cursor);
		page = GET("/api/%s?limit=3&%s", entity->plural, path.bytes ? path.bytes : "");
		assert_true_of(page, page->status == 200, query);
		rows = json_at(page, "data");
		for (size_t i = 0; i < value_count(rows); i++)
			seen += str_equal(value_as_str(value_get(value_at(rows, i), STR("id"))), id);
		cursor = json_text(page, "next_cursor");
	} while (cursor.n);
	return seen;
}

/* ---- over the API ---- */

static void a_row_is_read_and_listed_under_every_order(void **state)
{
	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		const struct entity *entity = entities[e];
		struct str id = new_row(entity);
		const struct response *row;

		(void)new_row(entity);
		row = GET("%s", row_path(entity, id));
		assert_status(row, 200);
		assert_true(str_equal(json_text(row, "id"), id));
		assert_true(str_is(web_answer_header(row, "ETag"), "\"1\""));
		for (size_t i = 0; i < entity->field_count; i++) {
			const struct field *field = &entity->fields[i];

			if (!(field->flags & FIELD_SORTABLE))
				continue;
			assert_int_equal(times_listed(entity, text("sort=%s", field->name).p, id), 1);
			assert_int_equal(times_listed(entity, text("sort=-%s", field->name).p, id), 1);
		}
	}
}

static void every_filter_finds_the_row_by_what_it_says(void **state)
{
	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		const struct entity *entity = entities[e];
		struct str id = new_row(entity);
		const struct response *row = GET("%s", row_path(entity, id));

		for (size_t i = 0; i < entity->field_count; i++) {
			const struct field *field = &entity->fields[i];
			struct buffer query = BUFFER_IN(web->arena);
			struct str value = json_text(row, field->name);

			if (!(field->flags & FIELD_FILTERABLE))
				continue;
			if (value.n && field->type == FIELD_INSTANT) /* shown by the millisecond, kept more exactly */
				url_add_pair(&query, text("%s[gte]", field->name), value);
			else if (value.n)
				url_add_pair(&query, str_from(field->name), value);
			else
				url_add_pair(&query, text("%s[empty]", field->name), STR("true"));
			assert_true_of(row, times_listed(entity, query.bytes, id) == 1, field->name);
			/* What it is not finds others only. */
			if (field->type == FIELD_CHOICE && value.n)
				assert_int_equal(
					times_listed(entity,
						     text("%s%%5Bnot%%5D=%.*s", field->name, STR_FMT_ARG(value)).p, id),
					0);
		}
		assert_field_error(GET("/api/%s?no_such_filter=1", entity->plural), 422, "no_such_filter",
				   "unknown_field");
		assert_field_error(GET("/api/%s?sort=no_such_field", entity->plural), 422, "sort", "not_a_choice");
	}
}

static void nobody_writes_over_what_they_have_not_seen(void **state)
{
	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		const struct entity *entity = entities[e];
		struct str id = new_row(entity);
		const char *path = row_path(entity, id), *json = json_of(body_make(&own, entity, WRITE_UPDATE));
		const struct response *answer;

		assert_status(api(METHOD_PATCH, path, json, NULL), 428);
		answer = api(METHOD_PATCH, path, json, "\"1\"");
		assert_status(answer, 200);
		assert_json(answer, "version", "2");
		assert_status(api(METHOD_PATCH, path, json, "\"1\""), 412);
		assert_status(api(METHOD_DELETE, path, NULL, "\"1\""), 412);
		assert_status(GET("%s", path), 200);
		/* Nothing new is no new version. */
		assert_json(api(METHOD_PATCH, path, "{}", "\"2\""), "version", "2");
	}
}

static void what_is_deleted_is_gone_until_it_is_restored(void **state)
{
	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		const struct entity *entity = entities[e];
		struct str id = new_row(entity);
		const char *path = row_path(entity, id), *restore = text("%s/restore", path).p;

		assert_json(api(METHOD_POST, restore, NULL, NULL), "version", "1");
		assert_status(api(METHOD_DELETE, path, NULL, "*"), 204);
		assert_status(GET("%s", path), 404);
		assert_int_equal(times_listed(entity, "", id), 0);
		assert_status(api(METHOD_DELETE, path, NULL, "*"), 404);
		assert_status(api(METHOD_PATCH, path, "{}", "*"), 404);
		if (!entity->trash)
			continue;
		assert_status(api(METHOD_POST, restore, NULL, NULL), 200);
		assert_status(GET("%s", path), 200);
		assert_int_equal(times_listed(entity, "", id), 1);
	}
}

static void rows_of_others_and_of_nobody_are_not_there(void **state)
{
	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		const struct entity *entity = entities[e];
		const struct str ids[] = {planted_row(&other, entity->table), STR(NOBODYS_ID)};

		for (size_t i = 0; i < COUNT_OF(ids); i++) {
			const char *path = row_path(entity, ids[i]);

			assert_status(GET("%s", path), 404);
			assert_status(api(METHOD_PATCH, path, "{}", "*"), 404);
			assert_status(api(METHOD_DELETE, path, NULL, "*"), 404);
			assert_status(api(METHOD_POST, text("%s/restore", path).p, NULL, NULL), 404);
		}
	}
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		const struct entity *entity = entities[e];
		const char *list = text("/api/%s", entity->plural).p;

		assert_field_error(api(METHOD_POST, list, "{\"no_such_field\":1}", NULL), 422, "no_such_field",
				   "unknown_field");
		for (size_t i = 0; i < entity->field_count; i++) {
			const struct field *field = &entity->fields[i];

			if (field->flags & FIELD_INTERNAL)
				assert_field_error(api(METHOD_POST, list, text("{\"%s\":\"x\"}", field->name).p, NULL),
						   422, field->name, "unknown_field");
			else if (field->flags & FIELD_READ_ONLY)
				assert_field_error(api(METHOD_POST, list, text("{\"%s\":\"x\"}", field->name).p, NULL),
						   422, field->name, "read_only");
			else if (field->flags & FIELD_REQUIRED && !field->default_value)
				assert_field_error(api(METHOD_POST, list, "{}", NULL), 422, field->name, "required");
			else
				assert_field_error(api(METHOD_POST, list, text("{\"%s\":{}}", field->name).p, NULL),
						   422, field->name, "wrong_type");
		}
	}
}

/* ---- as pages ---- */

/* The id in "/notes/<id>?done=created". */
static struct str id_of(const struct response *created)
{
	struct str rest = location_of(created);

	assert_status(created, 303);
	(void)str_split(&rest, '/');
	(void)str_split(&rest, '/');
	return str_split(&rest, '?');
}

static const char *form_of(const struct entity *entity, const struct value *body, const char *version)
{
	struct str form = body_as_form(entity, body, STR(""), str_from(version));

	return form.p + strlen("csrf=&"); /* the browser adds its own */
}

static void a_browser_makes_changes_and_deletes_a_row(void **state)
{
	struct browser owner = browser_as(&own.company, ROLE_OWNER);

	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		const struct entity *entity = entities[e];
		const char *list = text("/%s", entity->plural).p, *row, *form;
		struct value *body;
		struct str id;

		assert_status(browse(&owner, text("%s/new", list).p), 200);
		body = body_make(&own, entity, WRITE_CREATE);
		id = id_of(submit(&owner, list, form_of(entity, body, NULL)));
		row = text("%s/%.*s", list, STR_FMT_ARG(id)).p;
		assert_status(browse(&owner, row), 200);
		assert_has(browse(&owner, list), row);
		assert_has(browse(&owner, text("%s/edit", row).p), "name=\"version\" value=\"1\"");
		form = form_of(entity, body_make(&own, entity, WRITE_UPDATE), "1");
		assert_goes_to(submit(&owner, row, form), text("%s?done=saved", row));
		assert_has(browse(&owner, text("%s?done=saved", row).p), "Saved.");
		/* As it was read before that. */
		assert_status(submit(&owner, row, form_of(entity, body_make(&own, entity, WRITE_UPDATE), "1")), 412);
		assert_status(submit(&owner, text("%s/delete", row).p, "version=1"), 412);
		assert_status(browse(&owner, text("%s/delete", row).p), 200);
		assert_status(submit(&owner, text("%s/delete", row).p, "version=2"), 303);
		assert_status(browse(&owner, row), 404);
	}
}

static void a_form_keeps_what_was_typed(void **state)
{
	struct browser owner = browser_as(&own.company, ROLE_OWNER);

	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		const struct entity *entity = entities[e];
		const struct value *body = body_make(&own, entity, WRITE_CREATE);
		const struct response *page = submit(&owner, text("/%s", entity->plural).p,
						     text("%s&color=red", form_of(entity, body, NULL)).p);

		assert_status(page, 422);
		assert_has(page, "There is no field of this name.");
		for (size_t i = 0; i < entity->field_count; i++) {
			struct str typed = value_as_str(value_get(body, str_from(entity->fields[i].name)));

			if (entity->fields[i].type == FIELD_TEXT || entity->fields[i].type == FIELD_LONG_TEXT ||
			    entity->fields[i].type == FIELD_DATE)
				assert_true_of(page, !typed.n || body_has(page, arena_c_string(web->arena, typed)),
					       entity->fields[i].name);
		}
	}
}

static void each_list_is_told_to_those_who_have_nothing_in_it(void **state)
{
	struct company fresh;
	struct browser owner;

	(void)state;
	company_make(&fresh, "empty");
	owner = browser_as(&fresh, ROLE_OWNER);
	for (size_t e = 0; e < entities_count; e++) {
		const struct response *page = browse(&owner, text("/%s", entities[e]->plural).p);

		assert_status(page, 200);
		assert_true_of(page, strlen(entities[e]->empty_hint) > 40, entities[e]->plural);
		/* A company begins with stages and a cadence. */
		assert_true_of(page, body_has(page, " yet</p>") || body_has(page, "<tbody>"), entities[e]->plural);
	}
}

/* What people read of a page: what stands between its tags, without the markers of the planted rows, which hold words of the program. */
static struct str words_of(const struct response *page)
{
	struct buffer words = BUFFER_IN(web->arena);
	const char *body = page->body.bytes;
	bool inside = false;

	for (size_t i = 0; i < page->body.length; i++) {
		if (!inside && str_starts((struct str){body + i, page->body.length - i}, STR("MARKER-")))
			i += strcspn(body + i, " \n<");
		inside = body[i] == '<' || (inside && body[i] != '>');
		if (!inside)
			buffer_add_char(&words, body[i] == '>' ? '\n' : body[i]);
	}
	return buffer_str(&words);
}

static void assert_no_word_of_programs(const struct response *page)
{
	struct str words = words_of(page);

	assert_status(page, 200);
	for (size_t e = 0; e < entities_count; e++) {
		const char *names[] = {entities[e]->name, entities[e]->plural};

		for (size_t i = 0; i < COUNT_OF(names); i++)
			assert_true_of(page,
				       !strchr(names[i], '_') || !memmem(words.p, words.n, names[i], strlen(names[i])),
				       names[i]);
	}
}

static void pages_speak_in_words_of_people(void **state)
{
	static const char *const of_all[] = {"", "/new", "/export"}, *const of_one[] = {"", "/edit", "/delete"};
	struct browser owner = browser_as(&own.company, ROLE_OWNER);

	(void)state;
	for (size_t e = 0; e < entities_count; e++) {
		struct str id = new_row(entities[e]);
		const char *list = text("/%s", entities[e]->plural).p;

		for (size_t i = 0; i < COUNT_OF(of_all); i++)
			assert_no_word_of_programs(browse(&owner, text("%s%s", list, of_all[i]).p));
		for (size_t i = 0; i < COUNT_OF(of_one); i++)
			assert_no_word_of_programs(
				browse(&owner, text("%s/%.*s%s", list, STR_FMT_ARG(id), of_one[i]).p));
	}
	assert_no_word_of_programs(browse(&owner, "/trash"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_read_and_listed_under_every_order),
		cmocka_unit_test(every_filter_finds_the_row_by_what_it_says),
		cmocka_unit_test(nobody_writes_over_what_they_have_not_seen),
		cmocka_unit_test(what_is_deleted_is_gone_until_it_is_restored),
		cmocka_unit_test(rows_of_others_and_of_nobody_are_not_there),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(a_browser_makes_changes_and_deletes_a_row),
		cmocka_unit_test(a_form_keeps_what_was_typed),
		cmocka_unit_test(each_list_is_told_to_those_who_have_nothing_in_it),
		cmocka_unit_test(pages_speak_in_words_of_people),
	};

	return cmocka_run_group_tests(tests, plant, fixture_close);
}
