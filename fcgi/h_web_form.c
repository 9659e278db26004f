/* Web forms: what strangers see and send, how the company puts one on its website, and what came by it. */
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/rate.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/web_form.h"
#include "lib/crm/web_request.h"
#include "lib/text/json.h"

/* An input that people do not see. Who fills it in is a program: it is thanked, and nothing is kept. */
#define TRAP "homepage"
#define ATTRIBUTION_MOST 200
#define REFERRER_MOST 500
#define USER_AGENT_MOST 300
#define SHOWN 25

/* ---- where the visitor came from ---- */

/* Carried on by the form's inputs; at first in the address of the page, and the page before it. */
static struct value *attribution_of(const struct context *c)
{
	struct value *map = value_map(c->arena);
	struct str referrer = request_header(c->request, "referer", NULL);

	for (const char *const *name = web_request_attributions; *name; name++) {
		bool is_referrer = strcmp(*name, WEB_REQUEST_REFERRER) == 0;
		struct str text = form_text(&c->form, *name);

		if (text.n == 0)
			text = form_text(&c->query, *name);
		if (text.n == 0 && is_referrer && !str_starts(referrer, c->origin) && utf8_valid(referrer))
			text = referrer;
		if (text.n)
			value_put_str(map, *name, utf8_prefix(text, is_referrer ? REFERRER_MOST : ATTRIBUTION_MOST));
	}
	return map;
}

/* ---- the page ---- */

static enum err find_form(struct context *c, struct record **form)
{
	enum err e = entity_get(c->tx, &web_form_entity, c->id, form);

	return e == E_NOTFOUND ? context_fail(c, e, "There is no such form.") : e;
}

static void put_form(struct context *c, const struct record *form, const struct record *sent)
{
	struct value *carried = value_put_list(c->page, "carried");
	struct value *attribution = attribution_of(c);

	value_put_str(c->page, "title", record_text(form, "heading"));
	value_put_str(c->page, "introduction", record_text(form, "introduction"));
	value_put_str(c->page, "button", record_text(form, "button"));
	value_put_text(c->page, "trap", TRAP);
	value_put_bool(c->page, "open", str_is(record_text(form, "is_active"), "t"));
	value_put_url(c->page, "form_url", c->request->path);
	record_form_view(sent, c->form.count ? &c->form : NULL, c->errors, WRITE_CREATE,
			 value_put_list(c->page, "fields"));
	for (size_t i = 0; i < value_count(attribution); i++) {
		struct value *input = value_map(c->arena);
		struct str name;
		struct str text = value_as_str(value_member(attribution, i, &name));

		value_put_str(input, "name", name);
		value_put_str(input, "value", text);
		value_append(carried, input);
	}
}

enum err web_form_page(struct context *c)
{
	struct record *form;

	TRY(find_form(c, &form));
	put_form(c, form, record_new(c->arena, web_request_input(c->arena, form)));
	value_put_str(c->page, "thanks",
		      str_absent(form_text(&c->query, "sent")) ? STR_NONE : record_text(form, "thanks"));
	return OK;
}

/* A flood that comes from many addresses must not fill a company's plan. */
static enum err company_rate(struct context *c)
{
	int64_t wait;

	if (rate_take(c->app->shared, RATE_FORMS, uuid_text(c->arena, c->tenant->id), &wait))
		return OK;
	response_header(c->response, "Retry-After", arena_printf(c->arena, "%lld", (long long)wait));
	return context_fail(c, E_RATE, "Many people are writing at the moment. Please try again in a minute, or call.");
}

static struct str thanks_address(struct context *c, const struct record *form)
{
	struct str own = record_text(form, "thanks_url");

	return own.n ? own : arena_printf(c->arena, "%.*s?sent=1", STR_FMT_ARG(c->request->path));
}

enum err web_form_send(struct context *c)
{
	struct str agent = request_header(c->request, "user-agent", NULL);
	struct web_request request = {.address = c->request->address, .user_agent = STR("")};
	struct record *form, *sent;
	enum err e;

	TRY(find_form(c, &form));
	if (!str_is(record_text(form, "is_active"), "t"))
		return context_fail(c, E_NOTFOUND, "This form is closed.");
	if (form_text(&c->form, TRAP).n)
		return context_redirect(c, thanks_address(c, form));
	TRY(company_rate(c));
	value_put(c->page, "thanks", value_null(c->arena));
	e = web_request_read(c->arena, form, &c->form, c->errors, &sent);
	if (e == OK) {
		request.form = form;
		request.sent = sent;
		request.attribution = attribution_of(c);
		request.closed = tenant_access(c->tenant, clock_now()) != ACCESS_FULL;
		if (agent.n && utf8_valid(agent))
			request.user_agent = utf8_prefix(agent, USER_AGENT_MOST);
		e = web_request_take(c->tx, &request, c->errors);
	}
	if (e == E_INVALID)
		put_form(c, form, sent);
	return e ? e : context_redirect(c, thanks_address(c, form));
}

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
			buffer_printf(&out, "  <p><label><input type=\"checkbox\" name=\"%s\" value=\"t\"> ",
				      field->name);
		else
			BUFFER_LITERAL(&out, "  <p><label>");
		add_escaped(&out, str_from(field->label));
		if (field->type != FIELD_BOOL) {
			BUFFER_LITERAL(&out, "<br>");
			add_control(&out, field);
		}
		BUFFER_LITERAL(&out, "</label></p>\n");
	}
	buffer_printf(&out, "  <p style=\"position:absolute;left:-9999px\" aria-hidden=\"true\"><input name=\"" TRAP
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
	BUFFER_LITERAL(&out, "\" width=\"100%\" height=\"900\" style=\"border:0\"></iframe>");
	return buffer_str(&out);
}

static void put_request(struct context *c, const struct web_request_row *row, struct value *map)
{
	value_put_str(map, "name", row->name);
	value_put_bool(map, "held", uuid_is_zero(row->lead_id));
	value_put_bool(map, "again", row->known_as.n > 0);
	page_put_time(c, map, "sent", row->created_at);
	if (uuid_is_zero(row->lead_id))
		value_put(map, "url", value_null(c->arena));
	else
		value_put_url(map, "url",
			      arena_printf(c->arena, "/leads/%.*s", STR_FMT_ARG(uuid_text(c->arena, row->lead_id))));
}

enum err web_form_website(struct context *c)
{
	struct value *list = value_put_list(c->page, "requests");
	struct web_request_row *rows;
	struct record *form;
	struct str address, id = uuid_text(c->arena, c->id);
	size_t count;
	int64_t held;

	TRY(entity_get(c->tx, &web_form_entity, c->id, &form));
	TRY(web_request_count_held(c->tx, c->id, &held));
	TRY(web_request_list(c->tx, c->id, uuid_zero(), SHOWN, &rows, &count));
	address = arena_printf(c->arena, "%.*s/f/%.*s", STR_FMT_ARG(c->origin), STR_FMT_ARG(id));
	value_put_str(c->page, "title", record_title(form));
	value_put_url(c->page, "back_url", arena_printf(c->arena, "/web_forms/%.*s", STR_FMT_ARG(id)));
	value_put_url(c->page, "address", address);
	value_put_str(c->page, "frame", frame(c, form, address));
	value_put_str(c->page, "plain_form", plain_form(c, form, address));
	value_put_int(c->page, "held", held);
	value_put_bool(c->page, "one_held", held == 1);
	value_put_bool(c->page, "may_take", context_may(c, CAN_SETTINGS));
	value_put_url(c->page, "held_url", arena_printf(c->arena, "/web_forms/%.*s/held", STR_FMT_ARG(id)));
	value_put_bool(c->page, "closed", !str_is(record_text(form, "is_active"), "t"));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		put_request(c, &rows[i], map);
		value_append(list, map);
	}
	return OK;
}

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

enum err web_form_requests_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	struct uuid before = uuid_zero();
	struct str sent = form_text(&c->query, "before");
	struct web_request_row *rows;
	struct record *form;
	size_t count;

	if (!str_absent(sent) && !uuid_parse(sent, &before)) {
		errors_add(c->errors, "before", "invalid", "before is the id of a request.");
		return E_INVALID;
	}
	TRY(entity_get(c->tx, &web_form_entity, c->id, &form));
	TRY(web_request_list(c->tx, c->id, before, WEB_REQUESTS_MOST + 1, &rows, &count));
	for (size_t i = 0; i < count && i < WEB_REQUESTS_MOST; i++) {
		struct value *map = value_map(c->arena);

		put_row(c, &rows[i], map);
		value_append(list, map);
	}
	value_put_str(c->data, "next_before",
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
