/* Users of a tenant, pages and API. The rules of who may do what to whom are in lib/tenant/user.c. */
#include "fcgi/conflict.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/tenant/link.h"
#include "lib/tenant/usage.h"
#include "lib/tenant/user.h"

static const char *const form_extras[] = {"csrf", "version", NULL};

static enum err put_users(struct context *c, const struct list_query *query, struct value *list, struct str *next,
			  bool for_page)
{
	struct list_result result;

	TRY(entity_list(c->tx, &user_entity, query, c->errors, &result));
	for (size_t i = 0; i < result.count; i++) {
		struct value *map = value_map(c->arena);

		record_to_value(result.records[i], map);
		if (for_page) {
			enum role role = ROLE_VIEWER;

			value_put_url(map, "url",
				      arena_printf(c->arena, "/settings/users/%.*s",
						   STR_FMT_ARG(uuid_text(c->arena, record_id(result.records[i])))));
			if (role_find(record_text(result.records[i], "role"), &role))
				value_put_text(map, "role_label", role_label(role));
			page_put_time_text(c, map, "last_login", record_text(result.records[i], "last_login_at"));
		}
		value_append(list, map);
	}
	*next = result.next_cursor;
	return OK;
}

enum err users_page(struct context *c)
{
	static const char *const also[] = {"done", NULL};
	struct list_query query;
	struct usage usage;
	struct str next;

	TRY(list_query_parse(c->arena, &user_entity, &c->query, also, &query, c->errors));
	query.limit = 100;
	TRY(put_users(c, &query, value_put_list(c->page, "users"), &next, true));
	value_put_url(c->page, "next_url",
		      str_absent(next) ? STR_NONE
				       : arena_printf(c->arena, "/settings/users?cursor=%.*s", STR_FMT_ARG(next)));
	value_put_bool(c->page, "has_next", !str_absent(next));
	TRY(usage_read(c->tx, &usage));
	value_put_int(c->page, "users_used", usage.users);
	value_put_int(c->page, "users_limit", usage.max_users);
	value_put_bool(c->page, "users_full", usage.max_users > 0 && usage.users >= usage.max_users);
	return OK;
}

static struct str user_path(struct context *c)
{
	return arena_printf(c->arena, "/settings/users/%.*s", STR_FMT_ARG(uuid_text(c->arena, c->id)));
}

static void form_view(struct context *c, const struct record *record, const struct form *typed, enum write_kind kind)
{
	bool create = kind == WRITE_CREATE;

	record_form_view(record, typed, c->errors, kind, value_put_list(c->page, "fields"));
	value_put_bool(c->page, "is_new", create);
	value_put_int(c->page, "version", create ? 0 : record_version(record));
	value_put_str(c->page, "person", create ? STR("") : record_text(record, "name"));
	value_put_url(c->page, "action_url", create ? STR("/settings/users") : user_path(c));
}

enum err user_new_page(struct context *c)
{
	form_view(c, record_new(c->arena, &user_entity), NULL, WRITE_CREATE);
	return OK;
}

/* A role that the person may not give is an error of the form, at its field. */
static enum err on_form(const struct context *c, enum err e)
{
	return e == E_FORBIDDEN && errors_any(c->errors) ? E_INVALID : e;
}

enum err user_create_page(struct context *c)
{
	struct record *input = record_new(c->arena, &user_entity);
	enum err e = record_from_form(input, WRITE_CREATE, &c->form, form_extras, c->errors);

	/* The API answers a link with which the person sets one; a page has nobody to hand it to. */
	if (str_absent(record_text(input, "password")) && !errors_for(c->errors, "password")) {
		errors_add(c->errors, "password", "required", "Give the person a first password.");
		e = E_INVALID;
	}
	if (e == OK)
		e = user_create(c->tx, c->tenant, c->principal, input, c->errors);
	if (e == OK)
		return context_redirect(c, STR("/settings/users?done=user_added"));
	form_view(c, input, &c->form, WRITE_CREATE);
	return on_form(c, e);
}

enum err user_edit_page(struct context *c)
{
	struct record *current;

	TRY(entity_get(c->tx, &user_entity, c->id, &current));
	form_view(c, current, NULL, WRITE_UPDATE);
	return OK;
}

enum err user_update_page(struct context *c)
{
	struct record *current, *updated, *change = record_new(c->arena, &user_entity);
	enum err e;

	TRY(entity_get(c->tx, &user_entity, c->id, &current));
	e = record_from_form(change, WRITE_UPDATE, &c->form, form_extras, c->errors);
	if (e == OK)
		e = conflict_settle(c, current, record_version(current), change);
	if (e == OK)
		e = user_update(c->tx, c->principal, current, change, c->errors, &updated);
	if (e == OK)
		return context_redirect(c, STR("/settings/users?done=saved"));
	form_view(c, current, &c->form, WRITE_UPDATE);
	conflict_frame(c, record_text(current, "name"), user_path(c), "/settings/users", record_version(current));
	return on_form(c, e);
}

enum err users_api(struct context *c)
{
	struct list_query query;
	struct str next;

	TRY(list_query_parse(c->arena, &user_entity, &c->query, NULL, &query, c->errors));
	TRY(put_users(c, &query, value_put_list(c->data, "data"), &next, false));
	value_put_str(c->data, "next_cursor", next);
	return OK;
}

static enum err answer(struct context *c, const struct record *record)
{
	record_to_value(record, c->data);
	context_etag(c, record_version(record));
	return OK;
}

/* Without a first password: where the person sets one. */
static enum err put_link(struct context *c, const struct record *user)
{
	struct str origin = config_origin(c->app->config, c->arena, arena_c_string(c->arena, c->tenant->slug));
	struct link link;

	TRY(link_make(c->tx, c->tenant, LINK_SET_PASSWORD, record_id(user), &link));
	value_put_str(c->data, "set_password_url",
		      arena_printf(c->arena, "%.*s/password?token=%.*s", STR_FMT_ARG(origin), STR_FMT_ARG(link.text)));
	value_put_str(c->data, "set_password_expires_at", clock_rfc3339(c->arena, link.expires_at));
	return OK;
}

enum err user_create_api(struct context *c)
{
	struct record *input = record_new(c->arena, &user_entity);

	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	TRY(user_create(c->tx, c->tenant, c->principal, input, c->errors));
	response_header(c->response, "Location",
			arena_printf(c->arena, "/api/users/%.*s", STR_FMT_ARG(uuid_text(c->arena, record_id(input)))));
	TRY(answer(c, input));
	return str_absent(record_text(input, "password")) ? put_link(c, input) : OK;
}

enum err user_update_api(struct context *c)
{
	struct record *current, *updated, *change = record_new(c->arena, &user_entity);

	TRY(entity_get(c->tx, &user_entity, c->id, &current));
	TRY(context_if_match(c, record_version(current), true));
	TRY(record_from_json(change, WRITE_UPDATE, c->json, c->errors));
	TRY(user_update(c->tx, c->principal, current, change, c->errors, &updated));
	return answer(c, updated);
}

enum err user_delete_api(struct context *c)
{
	struct record *current, *updated;

	TRY(entity_get(c->tx, &user_entity, c->id, &current));
	TRY(context_if_match(c, record_version(current), false));
	return user_deactivate(c->tx, c->principal, current, c->errors, &updated);
}
