/* API keys of a tenant, pages and API. A secret is in the answer to create and nowhere else. */
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/tenant/api_key.h"

/* Fills the list; for_page adds what only a page needs. */
static enum err put_keys(struct context *c, struct value *list, bool for_page)
{
	struct api_key *keys;
	size_t count;

	TRY(api_key_list(c->tx, &keys, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		api_key_to_value(&keys[i], map);
		if (for_page) {
			value_put_url(map, "revoke_url",
				      arena_printf(c->arena, "/settings/api-keys/%.*s/revoke",
						   STR_FMT_ARG(uuid_text(c->arena, keys[i].id))));
			page_put_time(c, map, "last_used", keys[i].last_used_at);
			page_put_time(c, map, "created", keys[i].created_at);
		}
		value_append(list, map);
	}
	return OK;
}

static enum err page_view(struct context *c, const struct record *input, const struct form *typed)
{
	TRY(put_keys(c, value_put_list(c->page, "keys"), true));
	record_form_view(input, typed, c->errors, WRITE_CREATE, value_put_list(c->page, "fields"));
	value_put_str(c->page, "api_origin", config_origin(c->app->config, c->arena, "api"));
	return OK;
}

enum err keys_page(struct context *c)
{
	return page_view(c, record_new(c->arena, &api_key_entity), NULL);
}

enum err key_create_page(struct context *c)
{
	static const char *const also[] = {"csrf", NULL};
	struct record *input = record_new(c->arena, &api_key_entity);
	struct api_key *key;
	enum err e = record_from_form(input, WRITE_CREATE, &c->form, also, c->errors);

	if (e == OK)
		e = api_key_create(c->tx, c->tenant, c->principal, input, c->errors, &key);
	/* A role above one's own is an error of the form, and so is one key too many. */
	if (e == E_FORBIDDEN && errors_any(c->errors))
		e = E_INVALID;
	if (e == E_INVALID || e == E_CONFLICT)
		TRY(page_view(c, input, &c->form));
	TRY(e);
	value_put_str(c->page, "key", key->secret);
	value_put_str(c->page, "name", key->name);
	value_put_str(c->page, "origin", c->origin);
	return OK;
}

enum err key_revoke_page(struct context *c)
{
	TRY(api_key_revoke(c->tx, c->id));
	return context_redirect(c, STR("/settings/api-keys?done=key_revoked"));
}

enum err keys_api(struct context *c)
{
	TRY(put_keys(c, value_put_list(c->data, "data"), false));
	return OK;
}

enum err key_create_api(struct context *c)
{
	struct record *input = record_new(c->arena, &api_key_entity);
	struct api_key *key;

	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	TRY(api_key_create(c->tx, c->tenant, c->principal, input, c->errors, &key));
	api_key_to_value(key, c->data);
	response_header(c->response, "Location",
			arena_printf(c->arena, "/api/api-keys/%.*s", STR_FMT_ARG(uuid_text(c->arena, key->id))));
	return OK;
}

enum err key_revoke_api(struct context *c)
{
	return api_key_revoke(c->tx, c->id);
}
