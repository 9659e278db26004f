/* Parameters that a list cannot take: the page leaves them out and says so, with what was typed still in the form. */
#include "fcgi/list_page.h"
#include "lib/base/utf8.h"

enum err list_refused(struct context *c, enum err e)
{
	const struct field_error *first = errors_first(c->errors);

	if (e != E_INVALID || !first)
		return e;
	if (first->field && strcmp(first->field, "cursor") == 0 && !first->next)
		return context_redirect(c, list_url(c, c->entity, "cursor", STR_NONE));
	return context_fail(c, e, "%s: %.*s", first->field ? first->field : "The address", STR_FMT_ARG(first->message));
}

/* ---- the page of the list ---- */

/* The name under which errors tell of a parameter. */
static struct str told_name(struct str name)
{
	return utf8_prefix(name, 64);
}

static bool is_refused(const struct context *c, struct str name)
{
	for (const struct field_error *error = errors_first(c->errors); error; error = error->next)
		if (error->field && str_is(told_name(name), error->field))
			return true;
	return false;
}

/*
 * Empty parameters of a submitted filter form mean "no filter", not "equal to nothing". Without what is refused the list is another, so that
 * a place in it is none.
 */
static struct form remaining(struct context *c)
{
	bool refused = errors_any(c->errors);
	struct form kept = {NULL, 0};
	const struct form_field **tail = &kept.first;

	for (const struct form_field *field = c->query.first; field; field = field->next)
		if (field->text.n > 0 && !(refused && (is_refused(c, field->name) || str_is(field->name, "cursor")))) {
			struct form_field *copy = ARENA_NEW(c->arena, struct form_field);

			*copy = *field;
			copy->next = NULL;
			*tail = copy;
			tail = &copy->next;
			kept.count++;
		}
	return kept;
}

/* What was typed, as the filter that it was to be: a row of the form shows it again. */
static struct list_filter typed_filter(int field, enum list_operator operation, const struct form_field *sent)
{
	struct list_filter filter = {
		.field = field, .operation = operation, .parameter = sent->name, .text = sent->text};
	char last = sent->text.n ? sent->text.p[sent->text.n - 1] : '\0';

	if (list_operator_is_span(operation) && last && strchr("hdwmy", last))
		filter.text = (struct str){sent->text.p, sent->text.n - 1};
	if (list_operator_is_span(operation) && filter.text.n < sent->text.n)
		filter.unit = last;
	return filter;
}

/* Parameters that are no filters, as a person calls them; message NULL: the parser's own. */
static void tell_own(struct list_refusal *refusal, const char *name)
{
	static const struct {
		const char *name, *label, *message;
	} own[] = {{"sort", "Order", "This list has no such order."},
		   {"limit", "Rows on a page", NULL},
		   {"q", "Search", NULL}};

	for (size_t i = 0; i < COUNT_OF(own); i++)
		if (strcmp(name, own[i].name) == 0) {
			refusal->label = str_from(own[i].label);
			if (own[i].message)
				refusal->message = str_from(own[i].message);
		}
}

static void note_refused(struct list_page *page, const struct form_field *sent)
{
	struct context *c = page->c;
	const char *name = arena_c_string(c->arena, told_name(sent->name));
	const struct field_error *error = errors_for(c->errors, name);
	struct list_refusal *refusal = &page->refused[page->refused_count++];
	enum list_operator operation;
	int field;

	*refusal = (struct list_refusal){.label = str_from(name), .message = error->message};
	refusal->is_filter = list_filter_target(page->entity, sent->name, &field, &operation);
	if (refusal->is_filter)
		refusal->filter = typed_filter(field, operation, sent);
	if (field >= 0)
		refusal->label = str_from(page->entity->fields[field].label);
	else if (strcmp(error->code, "unknown_field") == 0)
		refusal->message = STR("There is no such field in this list, or not any more.");
	tell_own(refusal, name);
}

enum err list_page_parse(struct list_page *page, const char *const *also)
{
	struct context *c = page->c;
	enum err err;

	c->query = remaining(c);
	err = list_query_parse(c->arena, page->entity, &c->query, also, &page->query, c->errors);
	if (err != E_INVALID)
		return err;
	page->refused = arena_array(c->arena, c->query.count, sizeof *page->refused);
	for (const struct form_field *sent = c->query.first; sent; sent = sent->next)
		if (is_refused(c, sent->name))
			note_refused(page, sent);
	c->query = remaining(c);
	c->errors = errors_new(c->arena);
	return list_query_parse(c->arena, page->entity, &c->query, also, &page->query, c->errors);
}

void list_put_refused(struct list_page *page)
{
	struct value *list = value_put_list(page->c->page, "refused");

	for (size_t i = 0; i < page->refused_count; i++) {
		struct value *map = value_map(page->c->arena);

		value_put_str(map, "label", page->refused[i].label);
		value_put_str(map, "message", page->refused[i].message);
		value_append(list, map);
	}
	value_put_bool(page->c->page, "has_refused", page->refused_count > 0);
}
