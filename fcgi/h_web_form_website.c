/* Web forms: how the company puts one on its website, and what came by it. */
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/web_form.h"
#include "lib/crm/web_request.h"
#include "lib/text/json.h"

#define SHOWN 25
#define HELD_SHOWN 50
#define SAID_MOST 160

/* ---- on the company's website ---- */

static void add_escaped(struct buffer *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case '&':
			BUFFER_LITERAL(out, "&amp;");
			break;
		case '<':
			BUFFER_LITERAL(out, "&lt;");
			break;
		case '"':
			BUFFER_LITERAL(out, "&quot;");
			break;
		default:
			buffer_add_char(out, text.p[i]);
		}
	}
}

static const char *input_type(const struct field *field)
{
	switch ((int)field->type) {
	case FIELD_PHONE:
		return "tel";
	case FIELD_EMAIL:
		return "email";
	default:
		return "text";
	}
}

static void add_control(struct buffer *out, const struct field *field)
{
	const char *needed = field->flags & FIELD_REQUIRED ? " required" : "";

	if (field->type == FIELD_LONG_TEXT) {
		buffer_printf(out, "<textarea name=\"%s\" rows=\"4\"%s></textarea>", field->name, needed);
	} else if (field->type == FIELD_CHOICE) {
		buffer_printf(out, "<select name=\"%s\"%s><option></option>", field->name, needed);
		for (const struct choice *choice = field->choices; choice->value; choice++)
			buffer_printf(out, "<option value=\"%s\">%s</option>", choice->value, choice->label);
		BUFFER_LITERAL(out, "</select>");
	} else {
		buffer_printf(out, "<input name=\"%s\" type=\"%s\"%s%s%s%s>", field->name, input_type(field),
			      field->autocomplete ? " autocomplete=\"" : "",
			      field->autocomplete ? field->autocomplete : "", field->autocomplete ? "\"" : "", needed);
	}
}

/* A form of plain HTML, to be styled by the website it stands on. */
static struct str plain_form(struct context *c, const struct record *form, struct str address)
{
	const struct entity *input = web_request_input(c->arena, form);
	struct buffer out = BUFFER_IN(c->arena);

	buffer_printf(&out, "<form action=\"%.*s\" method=\"post\" accept-charset=\"utf-8\">\n", STR_FMT_ARG(address));
	for (size_t i = 0; i < input->field_count; i++) {
		const struct field *field = &input->fields[i];

		if (field->type == FIELD_BOOL)
			buffer_printf(&out, "  <p><label><input type=\"checkbox\" name=\"%s\" value=\"%s\"> ",
				      field->name, field->tick);
		else
			BUFFER_LITERAL(&out, "  <p><label>");
		add_escaped(&out, str_from(field->label));
		if (field->type != FIELD_BOOL) {
			BUFFER_LITERAL(&out, "<br>");
			add_control(&out, field);
		}
		BUFFER_LITERAL(&out, "</label></p>\n");
	}
	buffer_printf(
		&out,
		"  <p style=\"position:absolute;left:-9999px\" aria-hidden=\"true\"><input name=\"" WEB_REQUEST_TRAP
		"\" tabindex=\"-1\" autocomplete=\"off\"></p>\n  <p><button type=\"submit\">");
	add_escaped(&out, record_text(form, "button"));
	BUFFER_LITERAL(&out, "</button></p>\n</form>");
	return buffer_str(&out);
}

static struct str frame(struct context *c, const struct record *form, struct str address)
{
	struct buffer out = BUFFER_IN(c->arena);

	buffer_printf(&out, "<iframe src=\"%.*s\" title=\"", STR_FMT_ARG(address));
	add_escaped(&out, record_text(form, "heading"));
	/* Without it a browser tells the frame the website's domain alone, and not the page with the advertisement's names. */
	BUFFER_LITERAL(&out, "\" width=\"100%\" height=\"900\" style=\"border:0\" "
			     "referrerpolicy=\"no-referrer-when-downgrade\"></iframe>");
	return buffer_str(&out);
}

/* ---- what came by it ---- */

/* "512 555 0101 · karen@example.com · The furnace is cold" */
static struct str said(struct context *c, const struct web_request_row *row)
{
	static const char *const told[] = {"phone", "email", "address", "notes"};
	struct buffer out = BUFFER_IN(c->arena);
	struct value *fields;
	struct str why;

	if (json_parse(c->arena, row->fields, &json_limits_request, &fields, &why) != OK)
		return STR("");
	for (size_t i = 0; i < COUNT_OF(told); i++) {
		struct str text = value_as_str(value_get(fields, str_from(told[i])));

		if (text.n)
			buffer_printf(&out, "%s%.*s", out.length ? " · " : "",
				      STR_FMT_ARG(utf8_prefix(text, SAID_MOST)));
	}
	return buffer_str(&out);
}

static void put_request(struct context *c, const struct web_request_row *row, struct value *map)
{
	value_put_str(map, "id", uuid_text(c->arena, row->id));
	value_put_str(map, "name", row->name);
	value_put_str(map, "said", said(c, row));
	value_put_bool(map, "held", uuid_is_zero(row->lead_id));
	value_put_bool(map, "again", row->known_as.n > 0);
	page_put_time(c, map, "sent", row->created_at);
	if (uuid_is_zero(row->lead_id))
		value_put(map, "url", value_null(c->arena));
	else
		value_put_url(map, "url",
			      arena_printf(c->arena, "/leads/%.*s", STR_FMT_ARG(uuid_text(c->arena, row->lead_id))));
}

static enum err put_requests(struct context *c, const char *name, const struct web_request_query *query)
{
	struct value *list = value_put_list(c->page, name);
	struct web_request_row *rows;
	size_t count;

	TRY(web_request_list(c->tx, query, &rows, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		put_request(c, &rows[i], map);
		value_append(list, map);
	}
	return OK;
}

static enum err put_held(struct context *c, struct str path)
{
	int64_t held;

	TRY(web_request_count_held(c->tx, c->id, &held));
	TRY(put_requests(c, "waiting",
			 &(struct web_request_query){.form = c->id, .held = true, .limit = held ? HELD_SHOWN : 0}));
	value_put_int(c->page, "held", held);
	value_put_bool(c->page, "one_held", held == 1);
	value_put_bool(c->page, "more_held", held > HELD_SHOWN);
	value_put_int(c->page, "held_shown", HELD_SHOWN);
	value_put_url(c->page, "held_url", arena_printf(c->arena, "%.*s/held", STR_FMT_ARG(path)));
	value_put_url(c->page, "discard_url", arena_printf(c->arena, "%.*s/held/discard", STR_FMT_ARG(path)));
	return OK;
}

enum err web_form_website(struct context *c)
{
	struct record *form;
	struct str address, id = uuid_text(c->arena, c->id),
			    path = arena_printf(c->arena, "/web_forms/%.*s", STR_FMT_ARG(id));

	TRY(entity_get(c->tx, &web_form_entity, c->id, &form));
	TRY(put_held(c, path));
	TRY(put_requests(c, "requests", &(struct web_request_query){.form = c->id, .limit = SHOWN}));
	address = arena_printf(c->arena, "%.*s/f/%.*s", STR_FMT_ARG(c->origin), STR_FMT_ARG(id));
	value_put_str(c->page, "title", record_title(form));
	value_put_url(c->page, "back_url", path);
	value_put_url(c->page, "address", address);
	value_put_str(c->page, "frame", frame(c, form, address));
	value_put_str(c->page, "plain_form", plain_form(c, form, address));
	value_put_bool(c->page, "may_take", context_may(c, CAN_SETTINGS));
	value_put_bool(c->page, "closed", !str_is(record_text(form, "is_active"), "t"));
	return OK;
}

/* ---- those that wait ---- */

static enum err take_held(struct context *c, int64_t *taken, int64_t *left)
{
	struct record *form;

	TRY(entity_get(c->tx, &web_form_entity, c->id, &form));
	TRY(web_request_take_held(c->tx, form, taken));
	return web_request_count_held(c->tx, c->id, left);
}

enum err web_form_held(struct context *c)
{
	int64_t taken, left;

	TRY(take_held(c, &taken, &left));
	return context_redirect(c, arena_printf(c->arena, "/web_forms/%.*s/website?done=%s",
						STR_FMT_ARG(uuid_text(c->arena, c->id)),
						left ? "requests_left" : "requests_taken"));
}

struct ids {
	struct context *c;
	struct buffer text; /* "{…" */
	size_t count;
};

static struct ids ids_in(struct context *c)
{
	struct ids ids = {c, BUFFER_IN(c->arena), 0};

	buffer_add_char(&ids.text, '{');
	return ids;
}

static void add_id(struct ids *ids, const char *field, struct str text)
{
	struct uuid id;

	if (!uuid_parse(text, &id)) {
		errors_add(ids->c->errors, field, "not_an_id", "A request is named by its id.");
		return;
	}
	buffer_printf(&ids->text, "%s%.*s", ids->count++ ? "," : "", STR_FMT_ARG(uuid_text(ids->c->arena, id)));
}

static enum err discard(struct ids *ids, const char *field, int64_t *discarded)
{
	struct context *c = ids->c;
	struct record *form;

	if (ids->count == 0 && !errors_any(c->errors))
		errors_add(c->errors, field, "required", "Say which requests are to be discarded.");
	if (ids->count > WEB_REQUESTS_MOST)
		errors_add(c->errors, field, "too_long", "Discard %d at a time at most.", WEB_REQUESTS_MOST);
	TRY(entity_get(c->tx, &web_form_entity, c->id, &form));
	if (errors_any(c->errors))
		return E_INVALID;
	buffer_add_char(&ids->text, '}');
	return web_request_discard(c->tx, c->id, buffer_str(&ids->text), discarded);
}

enum err web_form_discard(struct context *c)
{
	struct ids ids = ids_in(c);
	int64_t discarded;
	enum err e;

	for (const struct form_field *sent = form_find(&c->form, "request"); sent;
	     sent = form_find_next(sent, "request"))
		add_id(&ids, "request", sent->text);
	e = discard(&ids, "request", &discarded);
	if (e == E_INVALID)
		TRY(web_form_website(c));
	return e ? e
		 : context_redirect(c, arena_printf(c->arena, "/web_forms/%.*s/website?done=requests_discarded",
						    STR_FMT_ARG(uuid_text(c->arena, c->id))));
}

/* ---- the same for programs ---- */

static void put_json(struct context *c, struct value *map, const char *name, struct str text)
{
	struct value *value;
	struct str why;

	if (json_parse(c->arena, text, &json_limits_request, &value, &why) == OK)
		value_put(map, name, value);
}

static void put_row(struct context *c, const struct web_request_row *row, struct value *map)
{
	value_put_str(map, "id", uuid_text(c->arena, row->id));
	value_put_str(map, "state", row->state);
	value_put_str(map, "lead_id", uuid_is_zero(row->lead_id) ? STR_NONE : uuid_text(c->arena, row->lead_id));
	value_put_str(map, "known_as", row->known_as);
	put_json(c, map, "fields", row->fields);
	put_json(c, map, "attribution", row->attribution);
	value_put_str(map, "consent_text", row->consent_text);
	value_put_str(map, "address", row->address);
	value_put_str(map, "user_agent", row->user_agent);
	value_put_str(map, "created_at", clock_rfc3339(c->arena, row->created_at));
}

static bool read_query(struct context *c, struct web_request_query *query)
{
	struct str cursor = form_text(&c->query, "cursor"), state = form_text(&c->query, "state");

	*query = (struct web_request_query){
		.form = c->id, .held = str_is(state, "held"), .limit = WEB_REQUESTS_MOST + 1};
	if (!str_absent(cursor) && !uuid_parse(cursor, &query->before))
		errors_add(c->errors, "cursor", "not_a_cursor",
			   "This cursor is not from this list. Start again without it.");
	if (!str_absent(state) && !query->held)
		errors_add(c->errors, "state", "not_a_choice", "state is held, or is not sent.");
	return !errors_any(c->errors);
}

enum err web_form_requests_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	struct web_request_query query;
	struct web_request_row *rows;
	struct record *form;
	size_t count;

	if (!read_query(c, &query))
		return E_INVALID;
	TRY(entity_get(c->tx, &web_form_entity, c->id, &form));
	TRY(web_request_list(c->tx, &query, &rows, &count));
	for (size_t i = 0; i < count && i < WEB_REQUESTS_MOST; i++) {
		struct value *map = value_map(c->arena);

		put_row(c, &rows[i], map);
		value_append(list, map);
	}
	value_put_str(c->data, "next_cursor",
		      count > WEB_REQUESTS_MOST ? uuid_text(c->arena, rows[WEB_REQUESTS_MOST - 1].id) : STR_NONE);
	return OK;
}

enum err web_form_held_api(struct context *c)
{
	int64_t taken, left;

	TRY(take_held(c, &taken, &left));
	value_put_int(c->data, "taken", taken);
	value_put_int(c->data, "left", left);
	return OK;
}

/* {"ids": […]} and nothing else. */
enum err web_form_discard_api(struct context *c)
{
	struct ids ids = ids_in(c);
	const struct value *sent, *id;
	int64_t discarded, left;
	struct str name = STR_NONE;

	if (!c->json)
		return context_fail(c, E_MALFORMED, "The body is a JSON object with ids.");
	for (size_t i = 0; value_member(c->json, i, &name); i++)
		if (!str_is(name, "ids"))
			errors_add(c->errors, arena_c_string(c->arena, name), "unknown_field",
				   "There is no field of this name.");
	sent = value_get(c->json, STR("ids"));
	for (size_t i = 0; sent && value_type(sent) == VALUE_LIST && (id = value_at(sent, i)) != NULL; i++)
		add_id(&ids, "ids", value_as_str(id));
	TRY(discard(&ids, "ids", &discarded));
	TRY(web_request_count_held(c->tx, c->id, &left));
	value_put_int(c->data, "discarded", discarded);
	value_put_int(c->data, "left", left);
	return OK;
}
