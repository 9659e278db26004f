/* Operators over tenants: the admin host only, with an operator key. */
#include "fcgi/handlers.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/tenant/provision.h"

enum err admin_home(struct context *c)
{
	value_put_str(c->page, "admin_origin", c->origin);
	return OK;
}

static bool is_status(struct str text)
{
	for (enum tenant_status status = TENANT_TRIAL; status <= TENANT_CANCELLED; status++)
		if (str_is(text, tenant_status_name(status)))
			return true;
	return false;
}

static void take_parameter(struct context *c, const struct form_field *field, struct tenants_query *query)
{
	if (str_is(field->name, "limit")) {
		if (!str_to_int64(field->text, &query->limit) || query->limit < 1 || query->limit > 200)
			errors_add(c->errors, "limit", "out_of_range", "limit is a number from 1 to 200.");
	} else if (str_is(field->name, "cursor")) {
		query->cursor = field->text;
	} else if (str_is(field->name, "status")) {
		query->status = field->text;
		if (!is_status(field->text))
			errors_add(c->errors, "status", "not_a_choice",
				   "status is trial, active, suspended or cancelled.");
	}
}

static enum err query_parse(struct context *c, struct tenants_query *query)
{
	*query = (struct tenants_query){.limit = 25};
	for (const struct form_field *field = c->query.first; field; field = field->next)
		take_parameter(c, field, query);
	return errors_any(c->errors) ? E_INVALID : OK;
}

enum err admin_tenants(struct context *c)
{
	struct tenants_query query;
	struct tenant_row *rows;
	struct str next = STR_NONE;
	struct value *list = value_put_list(c->data, "data");
	size_t count;

	TRY(query_parse(c, &query));
	TRY(tenants_list(c->stx, &query, c->errors, &rows, &count, &next));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		tenant_row_to_value(&rows[i], map);
		value_append(list, map);
	}
	value_put_str(c->data, "next_cursor", next);
	return OK;
}

static void answer(struct context *c, const struct tenant_row *row)
{
	tenant_row_to_value(row, c->data);
	context_etag(c, row->version);
}

enum err admin_tenant_create(struct context *c)
{
	struct record *input = record_new(c->arena, &tenant_create_entity);
	struct tenant_made made;
	struct tenant_row *row;
	struct str origin;

	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	TRY(tenant_create(c->stx, input, c->errors, &made));
	TRY(tenant_get(c->stx, made.tenant_id, &row));
	answer(c, row);
	origin = config_origin(c->app->config, c->arena, arena_c_string(c->arena, made.slug));
	value_put_str(c->data, "url", origin);
	if (!str_absent(made.set_password.text)) {
		value_put_str(c->data, "set_password_url",
			      arena_printf(c->arena, "%.*s/password?token=%.*s", STR_FMT_ARG(origin),
					   STR_FMT_ARG(made.set_password.text)));
		value_put_str(c->data, "set_password_expires_at",
			      clock_rfc3339(c->arena, made.set_password.expires_at));
	}
	response_header(
		c->response, "Location",
		arena_printf(c->arena, "/api/admin/tenants/%.*s", STR_FMT_ARG(uuid_text(c->arena, made.tenant_id))));
	return OK;
}

enum err admin_tenant_get(struct context *c)
{
	struct tenant_row *row;

	TRY(tenant_get(c->stx, c->id, &row));
	answer(c, row);
	return OK;
}

enum err admin_tenant_update(struct context *c)
{
	struct record *change = record_new(c->arena, &tenant_update_entity);
	struct tenant_row *row;
	bool sent = !str_absent(request_header(c->request, "if-match", NULL));

	TRY(tenant_get(c->stx, c->id, &row));
	TRY(context_if_match(c, row->version, false));
	TRY(record_from_json(change, WRITE_UPDATE, c->json, c->errors));
	TRY(tenant_update(c->stx, c->id, change, sent ? row->version : 0, c->errors, &row));
	answer(c, row);
	return OK;
}

enum err admin_tenant_delete(struct context *c)
{
	struct tenant_row *row;

	TRY(tenant_get(c->stx, c->id, &row));
	TRY(context_if_match(c, row->version, false));
	return tenant_delete(c->stx, c->id);
}
