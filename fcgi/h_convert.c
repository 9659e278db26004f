/* A lead becomes a contact with a property. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/crm/convert.h"
#include "lib/crm/lead.h"
#include "lib/entity/custom.h"

static enum err get_lead(struct context *c, struct record **lead)
{
	return entity_get(c->tx, entity_with_custom(c->arena, &lead_entity, c->tenant->custom_fields), c->id, lead);
}

enum err convert_api(struct context *c)
{
	struct record *lead, *input = record_new(c->arena, c->entity);
	struct converted result;

	TRY(get_lead(c, &lead));
	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	TRY(convert_lead(c->tx, lead, input, c->errors, &result));
	value_put_str(c->data, "lead_id", uuid_text(c->arena, record_id(lead)));
	value_put_str(c->data, "contact_id", uuid_text(c->arena, result.contact_id));
	value_put_str(c->data, "property_id",
		      uuid_is_zero(result.property_id) ? STR_NONE : uuid_text(c->arena, result.property_id));
	value_put_bool(c->data, "already_converted", result.already);
	return OK;
}

/* ---- pages ---- */

static struct str contact_path(struct context *c, const struct converted *result)
{
	return arena_printf(c->arena, "/contacts/%.*s?done=%s", STR_FMT_ARG(uuid_text(c->arena, result->contact_id)),
			    result->already ? "converted_before" : "converted");
}

/* "Austin Heating · (512) 555-0123 · 12 Elm Street" */
static struct str details(struct context *c, const struct record *record)
{
	static const char *const names[] = {"company", "phone", "email", "address", "city", NULL};
	struct buffer out = BUFFER_IN(c->arena);

	for (const char *const *name = names; *name; name++)
		if (record_text(record, *name).n)
			buffer_printf(&out, "%s%.*s", out.length ? " · " : "", STR_FMT_ARG(record_text(record, *name)));
	return buffer_str(&out);
}

static void put_offers(struct context *c, const struct convert_offer *offers, size_t count, struct str chosen)
{
	struct value *list = value_put_list(c->page, "offers");
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		struct str id = uuid_text(c->arena, record_id(offers[i].contact));
		struct value *map = value_map(c->arena);
		bool checked = str_absent(chosen) ? i == 0 : str_equal(chosen, id);

		any = any || checked;
		value_put_str(map, "id", id);
		value_put_str(map, "name", entity_title(offers[i].contact));
		value_put_text(map, "why", offers[i].why);
		value_put_str(map, "details", details(c, offers[i].contact));
		value_put_bool(map, "checked", checked);
		value_append(list, map);
	}
	value_put_bool(c->page, "new_checked", !any);
}

static enum err put_page(struct context *c, const struct record *lead)
{
	struct convert_offer offers[CONVERT_OFFERS];
	struct str address = record_text(lead, "address");
	size_t count;

	TRY(convert_offers(c->tx, lead, offers, &count));
	put_offers(c, offers, count, form_text(&c->form, "contact_id"));
	value_put_str(c->page, "title",
		      arena_printf(c->arena, "Make %.*s a customer", STR_FMT_ARG(entity_title(lead))));
	value_put_str(c->page, "name", entity_title(lead));
	value_put_str(c->page, "details", details(c, lead));
	value_put_str(c->page, "address", address);
	value_put_url(c->page, "action_url", entity_row_path(c, lead, "/convert"));
	value_put_url(c->page, "back_url", entity_row_path(c, lead, ""));
	return OK;
}

enum err convert_form(struct context *c)
{
	struct record *lead;
	struct converted result;
	enum err e;

	TRY(get_lead(c, &lead));
	if (convert_done(c->tx, lead, &result, &e))
		return e ? e : context_redirect(c, contact_path(c, &result));
	TRY(e);
	return put_page(c, lead);
}

enum err convert_page(struct context *c)
{
	static const char *const extras[] = {"csrf", "version", NULL};
	struct record *lead, *input = record_new(c->arena, c->entity);
	struct converted result;
	enum err e;

	TRY(get_lead(c, &lead));
	TRY(put_page(c, lead));
	e = record_from_form(input, WRITE_CREATE, &c->form, extras, c->errors);
	if (e == OK)
		e = convert_lead(c->tx, lead, input, c->errors, &result);
	return e ? e : context_redirect(c, contact_path(c, &result));
}
