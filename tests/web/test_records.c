/* The records beside leads as pages: what is found by typing, what is made from what, times of one's own, ways back. */
#include "tests/web/fixture.h"

#include "lib/crm/entities.h"

static struct company acme;

static int make_company(void **state)
{
	fixture_open(state);
	company_make(&acme, "records");
	return 0;
}

static const struct response *post(const char *path, const char *json)
{
	return ASK(.method = METHOD_POST, .host = acme.slug, .path = path, .bearer = acme.session[ROLE_OWNER],
		   .json = json);
}

static struct str made(const char *path, const char *json)
{
	const struct response *response = post(path, json);

	assert_status(response, 201);
	return json_text(response, "id");
}

static const struct response *api(const char *plural, struct str id)
{
	return ASK(.host = acme.slug, .path = text("/api/%s/%.*s", plural, STR_FMT_ARG(id)).p,
		   .bearer = acme.session[ROLE_OWNER]);
}

static const struct response *patch(const char *plural, struct str id, const char *json)
{
	return ASK(.method = METHOD_PATCH, .host = acme.slug, .path = text("/api/%s/%.*s", plural, STR_FMT_ARG(id)).p,
		   .bearer = acme.session[ROLE_OWNER], .json = json, .headers = {{"if-match", "*"}});
}

/* The id in "/notes/<id>?done=created". */
static struct str id_of(const struct response *created)
{
	struct str rest = location_of(created);

	assert_status(created, 303);
	(void)str_split(&rest, '/');
	(void)str_split(&rest, '/');
	return str_split(&rest, '?');
}

/* ---- references that are found by typing ---- */

static void a_person_is_found_by_what_one_knows(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str ann = made("/api/contacts", "{\"name\":\"Ann Quill\",\"phone\":\"(512) 555-0188\"}"),
		   bob = made("/api/contacts",
			      "{\"name\":\"Bob Quill\",\"email\":\"bob@quill.example\",\"address\":\"7 "
			      "Elm Street\"}"),
		   id;
	const struct response *page;

	(void)state;
	/* One match: it is the one. */
	id = id_of(submit(&member, "/notes", "body=Gate+code&contact_id.search=512.555.0188"));
	assert_true(str_equal(json_text(api("notes", id), "contact_id"), ann));
	id = id_of(submit(&member, "/notes", "body=Gate+code&contact_id.search=bob%40quill"));
	assert_true(str_equal(json_text(api("notes", id), "contact_id"), bob));
	/* Several: the form comes back with them, and with what was typed. */
	page = submit(&member, "/notes", "body=Kept&contact_id.search=quill");
	assert_status(page, 422);
	assert_has(page, "Contact: several match. Choose one.");
	assert_has(page, "Kept</textarea>");
	assert_has(page, text("value=\"%.*s\"", STR_FMT_ARG(ann)).p);
	assert_has(page, "7 Elm Street");
	assert_has(page, "name=\"contact_id.searched\" value=\"quill\"");
	/* Chosen among them: what was typed is not looked for again. */
	id = id_of(submit(
		&member, "/notes",
		text("body=Kept&contact_id.search=quill&contact_id.searched=quill&contact_id=%.*s", STR_FMT_ARG(bob))
			.p));
	assert_true(str_equal(json_text(api("notes", id), "contact_id"), bob));
	/* Something else typed since then counts. */
	id = id_of(submit(
		&member, "/notes",
		text("body=Kept&contact_id.search=ann+qui&contact_id.searched=quill&contact_id=%.*s", STR_FMT_ARG(bob))
			.p));
	assert_true(str_equal(json_text(api("notes", id), "contact_id"), ann));
	/* The chosen row is offered again, and can be taken off. */
	page = browse(&member, text("/notes/%.*s/edit", STR_FMT_ARG(id)).p);
	assert_has(page, text("value=\"%.*s\" checked", STR_FMT_ARG(ann)).p);
	assert_status(submit(&member, text("/notes/%.*s", STR_FMT_ARG(id)).p, "version=1&body=Kept&contact_id="), 303);
	assert_true(str_absent(json_text(api("notes", id), "contact_id")));
}

static void what_matches_nothing_is_told_at_the_field(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	const struct response *page = submit(&member, "/notes", "body=Kept&lead_id.search=nobody+of+this+name");

	(void)state;
	assert_status(page, 422);
	assert_has(page, "Lead: Nothing matches.");
	assert_has(page, "value=\"nobody of this name\"");
	page = submit(&member, "/notes", "body=Kept&lead_id.search=ab");
	assert_has(page, "Type at least three letters or digits.");
	/* A required one: one complaint, at the field. */
	page = submit(&member, "/campaign_recipients", "email=a%40mail.example&campaign_id.search=spring");
	assert_has(page, "Campaign: Nothing matches.");
	assert_hasnt(page, "Campaign is required");
	page = submit(&member, "/campaign_recipients", "email=a%40mail.example");
	assert_has(page, "Campaign is required");
	/* What only a form knows is no field of the API. */
	assert_field_error(post("/api/notes", "{\"body\":\"x\",\"lead_id.search\":\"ann\"}"), 422, "lead_id.search",
			   "unknown_field");
}

static void a_script_gets_the_same_choices(void **state)
{
	struct browser viewer = browser_as(&acme, ROLE_VIEWER);
	struct str cleo = made("/api/leads", "{\"name\":\"Cleo Onlyone\",\"company\":\"Onlyone Inc\"}");
	const struct response *part = browse(&viewer, "/notes/choices?field=lead_id&lead_id.search=cleo+only");

	(void)state;
	assert_status(part, 200);
	assert_has(part, text("value=\"%.*s\" checked", STR_FMT_ARG(cleo)).p);
	assert_has(part, "Onlyone Inc");
	assert_has(browse(&viewer, "/notes/choices?field=lead_id&lead_id.search=nobody"), "Nothing matches.");
	assert_hasnt(browse(&viewer, "/notes/choices?field=body"), "choices-");
	assert_hasnt(browse(&viewer, "/tasks/choices?field=cadence_run_id"), "choices-");
}

/* ---- coming from somewhere ---- */

static void a_new_row_is_filled_from_the_address_and_leads_back(void **state)
{
	static const char *const elsewhere[] = {"//evil.example/", "https://evil.example/",
						"/\\evil.example", "javascript:alert(1)",
						"leads",           "/x\r\nSet-Cookie: a=b"};
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str lead = company_lead(&acme, "Dora Way");
	const char *there = text("/leads/%.*s", STR_FMT_ARG(lead)).p;
	const struct response *page = browse(
		&member, text("/tasks/new?lead_id=%.*s&kind=visit&due_at=2027-03-01T09:30&priority=nope&return=%s",
			      STR_FMT_ARG(lead), there)
				 .p);

	(void)state;
	assert_status(page, 200);
	assert_has(page, "Dora Way");
	assert_has(page, text("value=\"%.*s\" checked", STR_FMT_ARG(lead)).p);
	assert_has(page, "value=\"visit\" selected");
	assert_true(tag_has(input_tag(page, "due_at"), "value=\"2027-03-01T09:30\""));
	assert_has(page, text("href=\"%s\"", there).p);
	assert_goes_to(
		submit(&member, "/tasks",
		       text("title=Call&due_at=2027-03-01T09:30&lead_id=%.*s&return=%s", STR_FMT_ARG(lead), there).p),
		text("%s?done=created", there));
	for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
		struct buffer form = BUFFER_IN(web->arena);

		url_add_pair(&form, STR("body"), STR("x"));
		url_add_pair(&form, STR("return"), str_from(elsewhere[i]));
		assert_true_of(submit(&member, "/notes", buffer_str(&form).p),
			       str_starts(location_of(submit(&member, "/notes", buffer_str(&form).p)), STR("/notes/")),
			       elsewhere[i]);
	}
	assert_goes_to(submit(&member, "/notes", "body=x&return=/leads?q=a"), STR("/leads?q=a&done=created"));
}

/* A button makes a customer of a lead, and a campaign takes its recipients: an empty card would only be in the way. */
static void a_lead_s_page_shows_no_empty_cards(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str lead = made("/api/leads", "{\"name\":\"Nobody's yet\"}");
	const char *there = text("/leads/%.*s", STR_FMT_ARG(lead)).p;

	(void)state;
	assert_hasnt(browse(&member, there), "None yet.");
	(void)made("/api/contacts", text("{\"name\":\"Their wife\",\"lead_id\":\"%.*s\"}", STR_FMT_ARG(lead)).p);
	assert_has(browse(&member, there), "<h2 class=\"card-title\">Contacts</h2>");
	assert_has(browse(&member, there), "Their wife");
	assert_hasnt(browse(&member, there), "Recipients");
}

static void what_points_at_a_row_stands_on_its_page(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), viewer = browser_as(&acme, ROLE_VIEWER);
	struct str who = made("/api/contacts", "{\"name\":\"Fay Related\"}"), place;
	const char *there = text("/contacts/%.*s", STR_FMT_ARG(who)).p;
	const struct response *page = browse(&member, there);

	(void)state;
	assert_has(page, "None yet.");
	assert_hasnt(page, "Recipients");
	for (int i = 1; i <= 7; i++)
		place = made("/api/properties",
			     text("{\"name\":\"House number %d\",\"contact_id\":\"%.*s\"}", i, STR_FMT_ARG(who)).p);
	page = browse(&member, there);
	assert_has(page, "House number 7");
	assert_has(page, "House number 3");
	assert_hasnt(page, "House number 2");
	assert_has(page, text("href=\"/properties?contact_id=%.*s\"", STR_FMT_ARG(who)).p);
	assert_has(page, text("href=\"/properties/new?contact_id=%.*s&amp;return=%s\"", STR_FMT_ARG(who), there).p);
	page = browse(&member, text("/properties?contact_id=%.*s", STR_FMT_ARG(who)).p);
	assert_has(page, "House number 2");
	assert_has(page, "is Fay Related");
	/* What it is filtered by, when nothing is in it; and a name that nobody has. */
	assert_has(browse(&member, text("/tasks?contact_id=%.*s", STR_FMT_ARG(who)).p), "is Fay Related");
	assert_status(browse(&member, "/tasks?contact_id=01900000-0000-7000-8000-00000000dead"), 200);
	assert_hasnt(browse(&viewer, there), "/properties/new");
	assert_has(browse(&viewer, there), "House number 7");
	/* What the card offers works: filled, and back here. */
	page = browse(&member, text("/equipment/new?property_id=%.*s&return=/properties/%.*s", STR_FMT_ARG(place),
				    STR_FMT_ARG(place))
				       .p);
	assert_has(page, "House number 7");
	assert_goes_to(submit(&member, "/equipment",
			      text("type=boiler&property_id=%.*s&return=/properties/%.*s", STR_FMT_ARG(place),
				   STR_FMT_ARG(place))
				      .p),
		       text("/properties/%.*s?done=created", STR_FMT_ARG(place)));
	assert_has(browse(&member, text("/properties/%.*s", STR_FMT_ARG(place)).p), "Boiler");
}

/* ---- what is made from what ---- */

static void a_name_is_made_until_somebody_gives_one(void **state)
{
	struct str place = made("/api/properties", "{\"address\":\"12 Oak Street\",\"city\":\"Austin\"}"),
		   machine = made("/api/equipment", "{\"brand\":\"Carrier\",\"type\":\"furnace\"}"),
		   plain = made("/api/equipment", "{\"type\":\"heat_pump\"}");

	(void)state;
	assert_json(api("properties", place), "name", "12 Oak Street");
	assert_json(api("equipment", machine), "name", "Carrier furnace");
	assert_json(api("equipment", plain), "name", "Heat pump");
	assert_json(patch("properties", place, "{\"address\":\"14 Oak Street\"}"), "name", "14 Oak Street");
	assert_json(patch("properties", place, "{\"name\":\"Lake house\"}"), "name", "Lake house");
	assert_json(patch("properties", place, "{\"address\":\"16 Oak Street\"}"), "name", "Lake house");
	assert_json(patch("properties", place, "{\"name\":null}"), "name", "16 Oak Street");
	assert_field_error(post("/api/properties", "{\"city\":\"Austin\"}"), 422, "name", "required");
	assert_field_error(
		post("/api/equipment", "{\"installed_on\":\"2026-05-02\",\"warranty_ends_on\":\"2026-05-01\"}"), 422,
		"warranty_ends_on", "out_of_range");
}

static void what_a_rule_keeps_follows_what_was_sent(void **state)
{
	struct str who = made("/api/contacts", "{\"name\":\"Eve\",\"phone\":\"512-555-0177\",\"sms_consent\":true}"),
		   id;
	struct browser member = browser_as(&acme, ROLE_MEMBER);

	(void)state;
	assert_json(api("contacts", who), "phone_e164", "+15125550177");
	assert_false(str_absent(json_text(api("contacts", who), "sms_consent_at")));
	assert_true(str_absent(json_text(patch("contacts", who, "{\"sms_consent\":false}"), "sms_consent_at")));
	assert_true(str_absent(json_text(patch("contacts", who, "{\"phone\":null}"), "phone_e164")));
	/* A task is done at a time, and no longer when it is opened again. */
	id = made("/api/tasks", "{\"title\":\"Call\",\"due_at\":\"2027-01-01T15:00:00Z\"}");
	assert_true(str_absent(json_text(api("tasks", id), "completed_at")));
	assert_false(str_absent(json_text(patch("tasks", id, "{\"status\":\"done\"}"), "completed_at")));
	assert_true(str_absent(json_text(patch("tasks", id, "{\"status\":\"open\"}"), "completed_at")));
	/* Who writes a note or logs a call is the one who is signed in, unless it says otherwise; a key is nobody. */
	id = id_of(submit(&member, "/notes", "body=Mine"));
	assert_true(str_equal(json_text(api("notes", id), "author_id"), acme.user[ROLE_MEMBER]));
	id = id_of(submit(&member, "/activities", "type=call&subject=Rang"));
	assert_true(str_equal(json_text(api("activities", id), "user_id"), acme.user[ROLE_MEMBER]));
	assert_false(str_absent(json_text(api("activities", id), "occurred_at")));
	id = json_text(ASK(.method = METHOD_POST, .host = acme.slug, .path = "/api/notes",
			   .bearer = acme.key[ROLE_MEMBER], .json = "{\"body\":\"From a program\"}"),
		       "id");
	assert_true(str_absent(json_text(api("notes", id), "author_id")));
}

static void a_row_without_a_name_is_called_by_what_it_says(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER);
	struct str id = id_of(submit(&member, "/notes", "body=First+line%0ASecond+line")),
		   call = id_of(submit(&member, "/activities", "type=visit&subject="));

	(void)state;
	assert_has(browse(&member, text("/notes/%.*s", STR_FMT_ARG(id)).p),
		   "<h1 class=\"page-title text-break mb-0\">First line</h1>");
	assert_has(browse(&member, text("/notes/%.*s", STR_FMT_ARG(id)).p), "Second line");
	assert_hasnt(browse(&member, "/notes"), "Second line");
	assert_has(browse(&member, text("/activities/%.*s", STR_FMT_ARG(call)).p), ">Visit</h1>");
}

static void what_must_be_unique_is_told_at_the_field_and_comes_free_again(void **state)
{
	static const struct {
		const char *plural, *path, *json, *field;
	} rows[] = {
		{"tags", "/api/tags", "{\"name\":\"VIP\"}", "name"},
		{"pipeline_stages", "/api/pipeline_stages", "{\"name\":\"Visit booked\"}", "name"},
		{"cadences", "/api/cadences", "{\"name\":\"Spring\"}", "name"},
		{"email_templates", "/api/email_templates", "{\"name\":\"Thanks\",\"subject\":\"a\",\"body\":\"b\"}",
		 "name"},
		{"signals", "/api/signals", "{\"source\":\"forum\",\"external_id\":\"77\"}", "external_id"},
	};
	struct str campaign = made("/api/email_campaigns", "{\"name\":\"Spring\"}");
	const char *first = text("{\"campaign_id\":\"%.*s\",\"email\":\"Ann@mail.example\"}", STR_FMT_ARG(campaign)).p,
		   *same = text("{\"campaign_id\":\"%.*s\",\"email\":\"ann@MAIL.example\"}", STR_FMT_ARG(campaign)).p;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct str id = made(rows[i].path, rows[i].json);

		assert_field_error(post(rows[i].path, rows[i].json), 409, rows[i].field, "taken");
		assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
				  .path = text("%s/%.*s", rows[i].path, STR_FMT_ARG(id)).p,
				  .bearer = acme.session[ROLE_OWNER], .headers = {{"if-match", "*"}}),
			      204);
		assert_status(post(rows[i].path, rows[i].json), 201);
	}
	(void)made("/api/campaign_recipients", first);
	assert_field_error(post("/api/campaign_recipients", same), 409, "email", "taken");
}

static void a_plan_limits_scrapers(void **state)
{
	const struct response *refused;
	struct str id;

	(void)state;
	company_set(&acme, "max_scrapers = 1");
	id = made("/api/scraper_jobs", "{\"name\":\"One\",\"source\":\"forum\"}");
	refused = post("/api/scraper_jobs", "{\"name\":\"Two\",\"source\":\"forum\"}");
	assert_status(refused, 402);
	assert_status(ASK(.method = METHOD_DELETE, .host = acme.slug,
			  .path = text("/api/scraper_jobs/%.*s", STR_FMT_ARG(id)).p, .bearer = acme.session[ROLE_OWNER],
			  .headers = {{"if-match", "*"}}),
		      204);
	(void)made("/api/scraper_jobs", "{\"name\":\"Two\",\"source\":\"forum\"}");
}

static void a_stage_with_leads_stays(void **state)
{
	struct browser admin = browser_as(&acme, ROLE_ADMIN);
	struct str stage = made("/api/pipeline_stages", "{\"name\":\"Waiting\"}"), lead = company_lead(&acme, "Wendy");
	const char *path = text("/pipeline_stages/%.*s", STR_FMT_ARG(stage)).p;
	const struct response *refused;

	(void)state;
	test_sql("UPDATE leads SET stage_id = '%.*s' WHERE id = '%.*s'", STR_FMT_ARG(stage), STR_FMT_ARG(lead));
	refused = submit(&admin, text("%s/delete", path).p, "version=1");
	assert_status(refused, 409);
	assert_has(refused, "1 lead is in this stage. Move it to another stage first.");
	refused = ASK(.method = METHOD_DELETE, .host = acme.slug, .path = text("/api%s", path).p,
		      .bearer = acme.session[ROLE_ADMIN], .headers = {{"if-match", "*"}});
	assert_status(refused, 409);
	assert_has(refused, "1 lead is in this stage.");
	test_sql("UPDATE leads SET stage_id = NULL WHERE id = '%.*s'", STR_FMT_ARG(lead));
	assert_status(submit(&admin, text("%s/delete", path).p, "version=1"), 303);
}

/* ---- who may ---- */

static void what_a_company_works_by_is_for_who_may_change_its_settings(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), admin = browser_as(&acme, ROLE_ADMIN);
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < entities_count; i++) {
		const char *plural = entities[i]->plural;

		if (entity_write_permission(entities[i]) != CAN_SETTINGS)
			continue;
		seen++;
		assert_status(browse(&member, text("/%s", plural).p), 200);
		assert_hasnt(browse(&member, text("/%s", plural).p), text("href=\"/%s/new\"", plural).p);
		assert_status(browse(&member, text("/%s/new", plural).p), 403);
		assert_status(browse(&admin, text("/%s/new", plural).p), 200);
		assert_status(ASK(.method = METHOD_POST, .host = acme.slug, .path = text("/api/%s", plural).p,
				  .bearer = acme.key[ROLE_MEMBER], .json = "{}"),
			      403);
	}
	assert_true(seen >= 4);
}

static void a_view_is_seen_by_its_maker_or_by_all(void **state)
{
	struct browser member = browser_as(&acme, ROLE_MEMBER), admin = browser_as(&acme, ROLE_ADMIN);
	struct str mine = id_of(submit(&member, "/saved_views", "name=Hot+ones&entity=leads&query=tier%3Dhot")),
		   ours = id_of(
			   submit(&member, "/saved_views", "name=Ours&entity=leads&query=sort%3Dname&is_shared=t"));
	const char *path = text("/saved_views/%.*s", STR_FMT_ARG(mine)).p, *api_path = text("/api%s", path).p;

	(void)state;
	assert_has(browse(&member, "/saved_views"), "Hot ones");
	assert_true(tag_has(body_between(browse(&member, "/saved_views"), "data-label=\"List\">", "</td>"), "Leads"));
	assert_has(browse(&member, "/saved_views/new"), "<option value=\"email_templates\">E-mail templates</option>");
	assert_hasnt(browse(&admin, "/saved_views"), "Hot ones");
	assert_has(browse(&admin, "/saved_views"), "Ours");
	assert_status(browse(&member, path), 200);
	assert_status(browse(&admin, path), 404);
	assert_status(submit(&admin, path, "version=1&name=Taken"), 404);
	assert_status(submit(&admin, text("%s/delete", path).p, "version=1"), 404);
	assert_status(ASK(.host = acme.slug, .path = api_path, .bearer = acme.session[ROLE_ADMIN]), 404);
	assert_status(ASK(.host = acme.slug, .path = api_path, .bearer = acme.key[ROLE_ADMIN]), 404);
	assert_status(ASK(.method = METHOD_PATCH, .host = acme.slug, .path = api_path,
			  .bearer = acme.session[ROLE_ADMIN], .json = "{\"name\":\"Taken\"}",
			  .headers = {{"if-match", "*"}}),
		      404);
	assert_status(ASK(.host = acme.slug, .path = text("/api/saved_views/%.*s", STR_FMT_ARG(ours)).p,
			  .bearer = acme.key[ROLE_VIEWER]),
		      200);
	assert_true(str_equal(json_text(api("saved_views", ours), "user_id"), acme.user[ROLE_MEMBER]));
	assert_hasnt(ASK(.host = acme.slug, .path = "/api/saved_views", .bearer = acme.session[ROLE_ADMIN]),
		     "Hot ones");
	assert_has(ASK(.host = acme.slug, .path = "/api/saved_views", .bearer = acme.session[ROLE_MEMBER]), "Hot ones");
	/* In the trash, too. */
	assert_status(submit(&member, text("%s/delete", path).p, "version=1"), 303);
	assert_field_error(post("/api/saved_views", "{\"name\":\"x\",\"entity\":\"planets\"}"), 422, "entity",
			   "not_a_choice");
	assert_field_error(post("/api/saved_views", "{\"name\":\"x\",\"entity\":\"leads\",\"query\":\"color=red\"}"),
			   422, "query", "not_a_query");
	assert_field_error(post("/api/saved_views", "{\"name\":\"x\",\"entity\":\"leads\",\"query\":\"%zz\"}"), 422,
			   "query", "not_a_query");
	assert_status(post("/api/saved_views",
			   "{\"name\":\"x\",\"entity\":\"leads\",\"query\":\"custom_roof=flat&columns=name\"}"),
		      201);
}

static void what_is_ones_own_is_asked_of_the_one_who_asks(void **state)
{
	const struct response *mine;

	(void)state;
	(void)made("/api/tasks",
		   text("{\"title\":\"For me\",\"due_at\":\"2027-01-01T15:00:00Z\",\"assignee_id\":\"%.*s\"}",
			STR_FMT_ARG(acme.user[ROLE_MEMBER]))
			   .p);
	mine = ASK(.host = acme.slug, .path = "/api/tasks?assignee_id=me", .bearer = acme.session[ROLE_MEMBER]);
	assert_has(mine, "For me");
	mine = ASK(.host = acme.slug, .path = "/api/tasks?assignee_id=me", .bearer = acme.session[ROLE_ADMIN]);
	assert_hasnt(mine, "For me");
}

/* ---- times of one's own ---- */

static void a_time_is_typed_and_read_where_the_person_is(void **state)
{
	struct browser owner = browser_as(&acme, ROLE_OWNER), member = browser_as(&acme, ROLE_MEMBER);
	const char *person = text("/settings/users/%.*s", STR_FMT_ARG(acme.user[ROLE_MEMBER])).p;
	struct str id;
	const struct response *page;

	(void)state;
	company_set(&acme, "time_zone = 'America/New_York'");
	id = id_of(submit(&member, "/tasks", "title=Ring&due_at=2027-07-01T09:00"));
	assert_json(api("tasks", id), "due_at", "2027-07-01T13:00:00.000Z");
	assert_has(browse(&owner, person), "Left empty: the company");
	assert_status(
		submit(&owner, person, "version=1&name=Member&role=member&is_active=t&time_zone=America%2FLos_Angeles"),
		303);
	page = browse(&member, text("/tasks/%.*s/edit", STR_FMT_ARG(id)).p);
	assert_true(tag_has(input_tag(page, "due_at"), "value=\"2027-07-01T06:00\""));
	assert_has(browse(&member, text("/tasks/%.*s", STR_FMT_ARG(id)).p), "06:00 PDT");
	assert_has(browse(&owner, text("/tasks/%.*s", STR_FMT_ARG(id)).p), "09:00 EDT");
	assert_status(
		submit(&member, text("/tasks/%.*s", STR_FMT_ARG(id)).p, "version=1&title=Ring&due_at=2027-12-01T06:00"),
		303);
	assert_json(api("tasks", id), "due_at", "2027-12-01T14:00:00.000Z");
	assert_status(submit(&owner, person, "version=2&name=Member&role=member&is_active=t&time_zone=Mars%2FOlympus"),
		      422);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_is_found_by_what_one_knows),
		cmocka_unit_test(what_matches_nothing_is_told_at_the_field),
		cmocka_unit_test(a_script_gets_the_same_choices),
		cmocka_unit_test(a_new_row_is_filled_from_the_address_and_leads_back),
		cmocka_unit_test(a_lead_s_page_shows_no_empty_cards),
		cmocka_unit_test(what_points_at_a_row_stands_on_its_page),
		cmocka_unit_test(a_name_is_made_until_somebody_gives_one),
		cmocka_unit_test(what_a_rule_keeps_follows_what_was_sent),
		cmocka_unit_test(a_row_without_a_name_is_called_by_what_it_says),
		cmocka_unit_test(what_must_be_unique_is_told_at_the_field_and_comes_free_again),
		cmocka_unit_test(a_stage_with_leads_stays),
		cmocka_unit_test(a_plan_limits_scrapers),
		cmocka_unit_test(what_a_company_works_by_is_for_who_may_change_its_settings),
		cmocka_unit_test(a_view_is_seen_by_its_maker_or_by_all),
		cmocka_unit_test(what_is_ones_own_is_asked_of_the_one_who_asks),
		cmocka_unit_test(a_time_is_typed_and_read_where_the_person_is),
	};

	return cmocka_run_group_tests(tests, make_company, fixture_close);
}
