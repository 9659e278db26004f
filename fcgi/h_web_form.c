/* Web forms: what strangers see and send. */
#include "fcgi/csrf.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/rate.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/web_form.h"
#include "lib/crm/web_request.h"

#define ATTRIBUTION_MOST 200
#define REFERRER_MOST 500
#define USER_AGENT_MOST 300
#define CONSENT_MOST 100

/* ---- where the visitor came from ---- */

/* What stands behind the '?' of the page that the visitor was on. What cannot be read of it is nothing. */
static struct form query_of(struct arena *arena, struct str address)
{
	struct str why, page = str_split(&address, '#'), query = page;
	struct form form = {NULL, 0};

	(void)str_split(&query, '?');
	if (query.n == 0 || form_parse_urlencoded(arena, query, &form_limits_request, &form, &why) != OK)
		return (struct form){NULL, 0};
	return form;
}

/*
 * Carried on by the form's inputs; at first in the address of the page, and the page before it. A frame's address says nothing of an advertisement: that
 * of the page around it does.
 */
static struct value *attribution_of(const struct context *c)
{
	struct value *map = value_map(c->arena);
	struct str referrer = request_header(c->request, "referer", NULL);
	struct form around;

	if (!utf8_valid(referrer))
		referrer = STR_NONE;
	around = query_of(c->arena, referrer);
	for (const char *const *name = web_request_attributions; *name; name++) {
		bool is_referrer = strcmp(*name, WEB_REQUEST_REFERRER) == 0;
		struct str text = form_text(&c->form, *name);

		if (text.n == 0)
			text = form_text(&c->query, *name);
		if (text.n == 0 && is_referrer && !str_starts(referrer, c->origin))
			text = referrer;
		if (text.n == 0 && !is_referrer)
			text = form_text(&around, *name);
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
	struct form again = web_request_again(c->arena, form, &c->form);

	value_put_str(c->page, "title", record_text(form, "heading"));
	value_put_str(c->page, "introduction", record_text(form, "introduction"));
	value_put_str(c->page, "button", record_text(form, "button"));
	value_put_text(c->page, "trap", WEB_REQUEST_TRAP);
	value_put_bool(c->page, "open", str_is(record_text(form, "is_active"), "t"));
	value_put_url(c->page, "form_url", c->request->path);
	record_form_view(sent, c->form.count ? &again : NULL, c->errors, WRITE_CREATE,
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

/* Too many from one address; and a flood that comes from many must not fill a company's plan. What was typed is shown again. */
static enum err not_too_often(struct context *c, const struct record *form)
{
	const struct {
		unsigned class;
		struct str key;
		const char *who;
	} buckets[] = {
		{RATE_FORM, rate_address_key(c->arena, c->request->address), "You have sent this a few times"},
		{RATE_FORMS, uuid_text(c->arena, c->tenant->id), "Many people are writing at the moment"},
	};

	for (size_t i = 0; i < COUNT_OF(buckets); i++) {
		int64_t wait;

		if (rate_take(c->app->shared, buckets[i].class, buckets[i].key, &wait))
			continue;
		response_header(c->response, "Retry-After", arena_printf(c->arena, "%lld", (long long)wait));
		errors_add(c->errors, NULL, "too_often", "%s. Please send it again in %lld second%s, or call us.",
			   buckets[i].who, (long long)wait, wait == 1 ? "" : "s");
		put_form(c, form, record_new(c->arena, web_request_input(c->arena, form)));
		return E_RATE;
	}
	return OK;
}

static struct str thanks_address(struct context *c, const struct record *form)
{
	struct str own = record_text(form, "thanks_url");

	return own.n ? own : arena_printf(c->arena, "%.*s?sent=1", STR_FMT_ARG(c->request->path));
}

static struct web_request request_of(const struct context *c, const struct record *form, const struct record *sent)
{
	struct str agent = request_header(c->request, "user-agent", NULL);
	bool readable = agent.n && utf8_valid(agent);

	return (struct web_request){
		.form = form,
		.sent = sent,
		.attribution = attribution_of(c),
		.consent = utf8_prefix(form_text(&c->form, WEB_REQUEST_CONSENT), CONSENT_MOST),
		.address = c->request->address,
		.user_agent = readable ? utf8_prefix(agent, USER_AGENT_MOST) : STR(""),
		.own_page = csrf_from_here(c->origin, request_header(c->request, "origin", NULL),
					   request_header(c->request, "sec-fetch-site", NULL)),
		.closed = tenant_access(c->tenant, clock_now()) != ACCESS_FULL,
	};
}

enum err web_form_send(struct context *c)
{
	struct record *form, *sent;
	enum err e;

	TRY(find_form(c, &form));
	if (!str_is(record_text(form, "is_active"), "t"))
		return context_fail(c, E_NOTFOUND, "This form is closed.");
	if (form_text(&c->form, WEB_REQUEST_TRAP).n)
		return context_redirect(c, thanks_address(c, form));
	value_put(c->page, "thanks", value_null(c->arena));
	TRY(not_too_often(c, form));
	e = web_request_read(c->arena, form, &c->form, c->errors, &sent);
	if (e == OK) {
		struct web_request request = request_of(c, form, sent);

		e = web_request_take(c->tx, &request, c->errors);
	}
	if (e == E_INVALID)
		put_form(c, form, sent);
	return e ? e : context_redirect(c, thanks_address(c, form));
}
