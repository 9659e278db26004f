/* The shell around every page, as docs/front-end.md lists it. No database: everything is known when the handler begins. */
#include "fcgi/page.h"
#include "fcgi/csrf.h"
#include "fcgi/exchange.h"
#include "fcgi/flash.h"
#include "fcgi/navigation.h"
#include "fcgi/shortcuts.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/entity/local_time.h"

#define TRIAL_ENDING_DAYS 3

/* ---- times ---- */

struct str page_number(struct arena *arena, int64_t number)
{
	struct str digits = arena_printf(arena, "%lld", (long long)number);
	struct buffer text = BUFFER_IN(arena);

	for (size_t i = 0; i < digits.n; i++) {
		if (i > 0 && (digits.n - i) % 3 == 0 && digits.p[i - 1] != '-')
			buffer_add_char(&text, ',');
		buffer_add_char(&text, digits.p[i]);
	}
	return buffer_str(&text);
}

void page_put_time(struct context *c, struct value *map, const char *name, int64_t instant)
{
	const char *name_at = arena_printf(c->arena, "%s_at", name).p;

	value_put_instant(map, name_at, instant);
	value_put_str(map, name, instant ? local_time(c->arena, instant) : STR(""));
}

void page_put_time_text(struct context *c, struct value *map, const char *name, struct str rfc3339)
{
	int64_t instant;

	page_put_time(c, map, name, !str_absent(rfc3339) && clock_from_rfc3339(rfc3339, &instant) ? instant : 0);
}

/* ---- pieces of the shell ---- */

/* The first letters of the first and the last word. */
static struct str initials(struct arena *arena, struct str name)
{
	struct buffer out = BUFFER_IN(arena);
	struct str rest = str_trim(name), first = STR_NONE, last = STR_NONE;

	while (!str_absent(rest)) {
		struct str word = str_split(&rest, ' ');

		if (word.n == 0)
			continue;
		if (str_absent(first))
			first = word;
		else
			last = word;
	}
	if (first.n)
		buffer_add_str(&out, utf8_prefix(first, 1));
	if (last.n)
		buffer_add_str(&out, utf8_prefix(last, 1));
	for (size_t i = 0; i < out.length; i++)
		if (out.bytes[i] >= 'a' && out.bytes[i] <= 'z')
			out.bytes[i] = (char)(out.bytes[i] - ('a' - 'A'));
	return buffer_str(&out);
}

static void put_null(struct context *c, const char *name)
{
	value_put(c->page, name, value_null(c->arena));
}

static void put_site(struct context *c)
{
	struct value *site = value_put_map(c->page, "site");
	struct str home = config_origin(c->app->config, c->arena, NULL),
		   app = config_origin(c->app->config, c->arena, "app");

	value_put_url(site, "home_url", home);
	value_put_url(site, "signup_url", arena_printf(c->arena, "%.*s/onboarding", STR_FMT_ARG(app)));
	value_put_url(site, "login_url", arena_printf(c->arena, "%.*s/login", STR_FMT_ARG(app)));
	value_put_url(site, "docs_url", arena_printf(c->arena, "%.*s/docs", STR_FMT_ARG(home)));
}

static void put_tenant(struct context *c)
{
	const struct tenant *tenant = c->tenant;
	struct value *map;
	bool has_logo;

	if (!tenant) {
		put_null(c, "tenant");
		return;
	}
	map = value_put_map(c->page, "tenant");
	has_logo = !uuid_is_zero(tenant->logo_id);
	value_put_str(map, "name", tenant->name);
	value_put_str(map, "initials", initials(c->arena, tenant->name));
	value_put_bool(map, "has_logo", has_logo);
	/* The id in the address lets a browser keep the picture until there is another one. */
	if (has_logo)
		value_put_url(
			map, "logo_url",
			arena_printf(c->arena, "/logo?v=%.*s", STR_FMT_ARG(uuid_text(c->arena, tenant->logo_id))));
	else
		value_put(map, "logo_url", value_null(c->arena));
}

static void put_user(struct context *c)
{
	const struct principal *principal = c->principal;
	struct str name;
	struct value *map;

	if (!principal) {
		put_null(c, "user");
		return;
	}
	name = principal->name.n ? principal->name : principal->email;
	map = value_put_map(c->page, "user");
	value_put_str(map, "name", name);
	value_put_str(map, "initials", initials(c->arena, name));
	value_put_text(map, "role_label", role_label(principal->role));
}

static void put_trial(struct context *c)
{
	const struct tenant *tenant = c->tenant;
	int64_t now = clock_now(), days;
	bool over;
	struct value *map;

	if (!tenant || tenant->status != TENANT_TRIAL || !tenant->trial_ends_at) {
		put_null(c, "trial");
		return;
	}
	days = clock_days_until(now, tenant->trial_ends_at);
	over = tenant_access(tenant, now) == ACCESS_READ_ONLY;
	map = value_put_map(c->page, "trial");
	value_put_str(map, "trial_words",
		      over ? STR("the trial is over")
			   : arena_printf(c->arena, "%lld day%s left", (long long)days, days == 1 ? "" : "s"));
	value_put_bool(map, "ending", !over && days <= TRIAL_ENDING_DAYS);
	value_put_bool(map, "over", over);
}

/* What went into the trash can be taken out of it at once, and a merge back. */
static void put_undo(struct context *c, struct value *flash)
{
	struct uuid id;

	value_put_text(flash, "undo_label", "Undo");
	if (uuid_parse(form_text(&c->query, "merge"), &id)) {
		value_put_text(flash, "undo_label", "Undo merge");
		value_put_url(flash, "undo_url",
			      arena_printf(c->arena, "/merges/%.*s/undo", STR_FMT_ARG(uuid_text(c->arena, id))));
	} else if (c->entity && c->entity->trash && uuid_parse(form_text(&c->query, "undo"), &id))
		value_put_url(flash, "undo_url",
			      arena_printf(c->arena, "/%s/%.*s/restore", c->entity->plural,
					   STR_FMT_ARG(uuid_text(c->arena, id))));
	else
		value_put(flash, "undo_url", value_null(c->arena));
}

static void put_flash(struct context *c)
{
	const struct flash *flash = flash_find(form_text(&c->query, "done"));
	struct value *map;

	if (!flash) {
		put_null(c, "flash");
		return;
	}
	map = value_put_map(c->page, "flash");
	value_put_text(map, "text", flash->text);
	value_put_text(map, "tone", flash->tone);
	put_undo(c, map);
}

/* ---- the whole ---- */

void page_shell(struct context *c)
{
	struct exchange *x = exchange_of(c);
	struct str csrf = STR("");

	x->shelled = true;
	local_time_zone(context_time_zone(c));
	if (c->principal)
		csrf = csrf_make(c->arena, CSRF_SESSION,
				 (struct str){(const char *)x->token.hash, sizeof(x->token.hash)});
	value_put_text(c->page, "static_version", c->app->config->static_version);
	value_put_str(c->page, "request_id", c->request->request_id);
	value_put_text(c->page, "support_contact", c->app->config->support_contact);
	value_put_str(c->page, "curl",
		      arena_printf(c->arena, "curl%s%s", c->app->config->curl_options[0] ? " " : "",
				   c->app->config->curl_options));
	value_put_text(c->page, "title", "Demand Engine");
	value_put_str(c->page, "csrf", csrf);
	value_put_text(c->page, "q", "");
	put_null(c, "failure");
	put_null(c, "sample");
	put_site(c);
	put_tenant(c);
	put_user(c);
	put_trial(c);
	put_flash(c);
	navigation_put(c);
	shortcuts_put(c);
	page_errors(c);
}

void page_errors(struct context *c)
{
	struct value *list = value_put_list(c->page, "errors");
	bool any = errors_any(c->errors) || c->detail.n > 0;

	if (c->detail.n > 0) {
		struct value *item = value_map(c->arena);

		value_put_str(item, "message", c->detail);
		value_put(item, "field", value_null(c->arena));
		value_append(list, item);
	}
	for (const struct field_error *error = errors_first(c->errors); error; error = error->next) {
		struct value *item = value_map(c->arena);

		value_put_str(item, "message", error->message);
		value_put_text(item, "field", error->field);
		value_append(list, item);
	}
	value_put_bool(c->page, "has_errors", any);
}
