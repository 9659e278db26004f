#include "fcgi/problem.h"
#include "fcgi/response.h"

#include "lib/text/json.h"

/* clang-format off */
static const struct {
	int status;
	const char *code, *heading, *detail;
} problems[] = {
	[OK] = {200, "ok", "", ""},
	[E_MALFORMED] = {400, "malformed", "That did not work", "The request cannot be read."},
	[E_INVALID] = {422, "invalid", "Please check what you sent", "Some fields are not right."},
	[E_UNAUTH] = {401, "unauthorized", "Please sign in", "The credential is missing, unknown, expired or revoked."},
	[E_LIMIT] = {402, "plan_limit", "Your plan does not cover this", "The plan does not cover this."},
	[E_FORBIDDEN] = {403, "forbidden", "You may not do this", "Your role does not allow this. An owner or admin of the workspace can change your role."},
	[E_NOTFOUND] = {404, "not_found", "Nothing here", "There is nothing at this address. It may have been deleted."},
	[E_METHOD] = {405, "method_not_allowed", "That did not work", "This address cannot be opened like that. Go back and try again."},
	[E_CONFLICT] = {409, "conflict", "That is taken", "This is in conflict with what is there already."},
	[E_PRECONDITION] = {412, "version_changed", "Somebody was faster", "It was changed since you read it. Read it again, then repeat the change."},
	[E_TOOBIG] = {413, "too_large", "That is too large", "The body may have at most 4 MiB, JSON at most 1 MiB, a file to import 50 MiB; a batch of rows may fill its 4 MiB."},
	[E_MEDIA] = {415, "unsupported_media_type", "That did not work", "The body must be application/json."},
	[E_NEEDMATCH] = {428, "if_match_required", "That did not work", "Send If-Match with the ETag of the version that you read."},
	[E_RATE] = {429, "rate_limited", "A little slower, please", "Too many requests. Wait for the seconds that Retry-After names, then go on."},
	[E_INTERNAL] = {500, "internal", "Something went wrong", "Something went wrong on our side. It is noted under the request's number."},
	[E_BUSY] = {503, "unavailable", "One moment, please", "We are busy at the moment. Please try again in a few seconds."},
};
/* clang-format on */

int problem_status(enum err e)
{
	return problems[e].status;
}

const char *problem_heading(enum err e)
{
	return problems[e].heading;
}

struct str problem_detail(const struct exchange *x, enum err e)
{
	const struct field_error *general = errors_for(x->context.errors, NULL);

	if (x->context.detail.n > 0)
		return x->context.detail;
	return general && e != E_INTERNAL && e != E_BUSY ? general->message : str_from(problems[e].detail);
}

static const char *code_of(const struct exchange *x, enum err e)
{
	const struct field_error *general = errors_for(x->context.errors, NULL);

	if (x->code)
		return x->code;
	return general && e != E_INTERNAL && e != E_BUSY ? general->code : problems[e].code;
}

void problem_print(struct exchange *x, enum err e)
{
	struct context *c = &x->context;
	struct value *problem = value_map(c->arena), *list = NULL;

	value_put_text(problem, "type", "about:blank");
	value_put_text(problem, "title", response_reason(problems[e].status));
	value_put_int(problem, "status", problems[e].status);
	value_put_str(problem, "detail", problem_detail(x, e));
	value_put_str(problem, "instance",
		      arena_printf(c->arena, "urn:demand:request:%.*s", STR_FMT_ARG(c->request->request_id)));
	value_put_text(problem, "code", code_of(x, e));
	value_put_str(problem, "request_id", c->request->request_id);
	for (const struct field_error *error = errors_first(c->errors); error && e != E_INTERNAL && e != E_BUSY;
	     error = error->next) {
		struct value *item;

		if (!error->field)
			continue;
		list = list ? list : value_put_list(problem, "errors");
		item = value_map(c->arena);
		value_put_text(item, "field", error->field);
		value_put_text(item, "code", error->code);
		value_put_str(item, "message", error->message);
		value_append(list, item);
	}
	for (size_t i = 0; c->problem && i < value_count(c->problem); i++) {
		struct str name;
		const struct value *member = value_member(c->problem, i, &name);

		/* The cast is of what the handler made. */
		value_put(problem, arena_c_string(c->arena, name), (struct value *)(uintptr_t)member);
	}
	json_print(problem, &c->response->body);
	response_header(c->response, "Content-Type", STR("application/problem+json"));
}
