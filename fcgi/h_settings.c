/* The company page of the settings, and the logo. */
#include "fcgi/conflict.h"
#include "fcgi/handlers.h"
#include "fcgi/try.h"

#include "lib/tenant/logo.h"
#include "lib/tenant/profile.h"

static void view(struct context *c, const struct record *record, int64_t version, const struct form *typed)
{
	const struct field_error *logo = errors_for(c->errors, "logo");

	record_form_view(record, typed, c->errors, WRITE_UPDATE, value_put_list(c->page, "fields"));
	value_put_int(c->page, "version", version);
	value_put_bool(c->page, "may_change", principal_can(c->principal, CAN_SETTINGS));
	value_put_bool(c->page, "has_logo", !uuid_is_zero(c->tenant->logo_id));
	value_put_str(c->page, "logo_error", logo ? logo->message : STR_NONE);
}

enum err settings_page(struct context *c)
{
	struct record *profile;
	int64_t version;

	TRY(profile_get(c->tx, &profile, &version));
	view(c, profile, version, NULL);
	return OK;
}

enum err settings_company(struct context *c)
{
	static const char *const also[] = {"csrf", "version", NULL};
	struct record *profile, *change = record_new(c->arena, &profile_entity);
	int64_t version;
	enum err e;

	TRY(profile_get(c->tx, &profile, &version));
	e = record_from_form(change, WRITE_UPDATE, &c->form, also, c->errors);
	if (e == OK)
		e = conflict_settle(c, profile, version, change);
	if (e == OK)
		e = profile_update(c->tx, change, version, c->errors);
	if (e == OK)
		return context_redirect(c, STR("/settings?done=saved"));
	view(c, profile, version, &c->form);
	conflict_frame(c, STR("Company"), STR("/settings"), "/settings", version);
	return e;
}

enum err settings_logo(struct context *c)
{
	const struct form_field *file = form_find(&c->form, "logo");
	struct record *profile;
	struct uuid id;
	struct str png;
	int64_t version;
	enum err e = OK;

	TRY(profile_get(c->tx, &profile, &version));
	if (!file || file->text.n == 0) {
		errors_add(c->errors, "logo", "required", "Choose a PNG or JPEG file first.");
		e = E_INVALID;
	}
	if (e == OK)
		e = logo_accept(c->arena, file->text, c->errors, &png);
	if (e == OK)
		e = logo_store(c->tx, png, &id);
	if (e == OK)
		return context_redirect(c, STR("/settings?done=logo_saved"));
	view(c, profile, version, NULL);
	return e;
}

enum err settings_logo_delete(struct context *c)
{
	TRY(logo_remove(c->tx));
	return context_redirect(c, STR("/settings?done=logo_removed"));
}

/* Public: it stands on the log-in page. The address carries the logo's id, so a browser may keep it. */
enum err tenant_logo(struct context *c)
{
	struct str wanted = form_text(&c->query, "v"), png;
	struct uuid id = c->tenant->logo_id;

	/* Kept for ever under this address: it must be that picture and no other. */
	if (wanted.n > 0 && !uuid_parse(wanted, &id))
		return E_NOTFOUND;
	if (uuid_is_zero(id))
		return E_NOTFOUND;
	TRY(logo_load(c->tx, id, &png));
	context_raw(c, "image/png", png);
	return OK;
}
