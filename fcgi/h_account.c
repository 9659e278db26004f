/* What a person changes of themselves, whatever their role: name, phone, time zone and password. */
#include "fcgi/conflict.h"
#include "fcgi/handlers.h"
#include "fcgi/rate.h"
#include "fcgi/try.h"

#include "lib/tenant/user.h"

static enum err read_account(struct context *c, struct record **out)
{
	return entity_get(c->tx, &account_entity, c->principal->user_id, out);
}

/* Both forms; `typed` is what was sent by the first. */
static void put_page(struct context *c, const struct record *account, const struct form *typed)
{
	record_form_view(account, typed, c->errors, WRITE_UPDATE, value_put_list(c->page, "fields"));
	record_form_view(record_new(c->arena, &password_change_entity), NULL, c->errors, WRITE_CREATE,
			 value_put_list(c->page, "password_fields"));
	value_put_int(c->page, "version", record_version(account));
	value_put_str(c->page, "email", record_text(account, "email"));
	value_put_bool(c->page, "may_change", context_may(c, CAN_NOTHING));
}

enum err account_page(struct context *c)
{
	struct record *account;

	TRY(read_account(c, &account));
	put_page(c, account, NULL);
	return OK;
}

enum err account_save(struct context *c)
{
	static const char *const also[] = {"csrf", "version", NULL};
	struct record *account, *updated, *change = record_new(c->arena, &account_entity);
	enum err e;

	TRY(read_account(c, &account));
	e = record_from_form(change, WRITE_UPDATE, &c->form, also, c->errors);
	if (e == OK)
		e = conflict_settle(c, account, record_version(account), change);
	if (e == OK)
		e = entity_update(c->tx, account, change, c->errors, &updated);
	if (e == OK)
		return context_redirect(c, STR("/account?done=saved"));
	put_page(c, account, &c->form);
	conflict_frame(c, STR("Your account"), STR("/account"), "/account", record_version(account));
	return e;
}

/* Who has somebody's session does not find out the password by it: guesses count as those at the log-in do. */
static enum err change_password(struct context *c, const struct record *input)
{
	TRY(rate_account(c, c->principal->email));
	return user_change_password(c->tx, c->tenant, c->principal, input, c->errors);
}

enum err account_password(struct context *c)
{
	static const char *const also[] = {"csrf", NULL};
	struct record *account, *input = record_new(c->arena, &password_change_entity);
	enum err e;

	TRY(read_account(c, &account));
	e = record_from_form(input, WRITE_CREATE, &c->form, also, c->errors);
	if (e == OK)
		e = change_password(c, input);
	if (e == OK)
		return context_redirect(c, STR("/account?done=password_changed"));
	put_page(c, account, NULL);
	return e;
}

static enum err answer(struct context *c, const struct record *account)
{
	record_to_value(account, c->data);
	context_etag(c, record_version(account));
	return OK;
}

enum err account_api(struct context *c)
{
	struct record *account;

	TRY(read_account(c, &account));
	return answer(c, account);
}

enum err account_update_api(struct context *c)
{
	struct record *account, *updated, *change = record_new(c->arena, &account_entity);

	TRY(read_account(c, &account));
	TRY(context_if_match(c, record_version(account), true));
	TRY(record_from_json(change, WRITE_UPDATE, c->json, c->errors));
	TRY(entity_update(c->tx, account, change, c->errors, &updated));
	return answer(c, updated);
}

enum err account_password_api(struct context *c)
{
	struct record *input = record_new(c->arena, &password_change_entity);

	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	return change_password(c, input);
}
