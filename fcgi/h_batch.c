/* Many new rows in one request, with what became of each. */
#include "fcgi/handlers.h"
#include "fcgi/problem.h"
#include "fcgi/response.h"
#include "fcgi/try.h"

#include "lib/entity/insert_many.h"

#define ROWS_MOST 500
#define ERRORS_MOST 100 /* of a refused batch; nobody reads more */

struct batch {
	struct context *c;
	const struct value *rows;
	bool best_effort;
	size_t created;
	struct value *results;
};

static enum err read_mode(struct batch *batch, const struct value *mode)
{
	struct str word = mode ? value_as_str(mode) : STR("all_or_nothing");

	batch->best_effort = str_is(word, "best_effort");
	if (batch->best_effort || (str_is(word, "all_or_nothing") && (!mode || value_type(mode) == VALUE_STRING)))
		return OK;
	errors_add(batch->c->errors, "mode", "not_a_choice", "mode is all_or_nothing or best_effort.");
	return E_INVALID;
}

/* {"mode": …, "rows": […]} and nothing else. */
static enum err read_batch(struct batch *batch)
{
	struct context *c = batch->c;
	struct str name = STR_NONE;

	if (!c->json || value_type(c->json) != VALUE_MAP)
		return context_fail(c, E_MALFORMED, "The body is a JSON object with rows.");
	for (size_t i = 0; value_member(c->json, i, &name); i++)
		if (!str_is(name, "mode") && !str_is(name, "rows"))
			errors_add(c->errors, arena_c_string(c->arena, name), "unknown_field",
				   "There is no field of this name.");
	batch->rows = value_get(c->json, STR("rows"));
	if (!batch->rows || value_type(batch->rows) != VALUE_LIST || value_count(batch->rows) == 0)
		errors_add(c->errors, "rows", "required", "rows is a list of what is to be created.");
	else if (value_count(batch->rows) > ROWS_MOST)
		errors_add(c->errors, "rows", "too_long", "rows holds %d at most.", ROWS_MOST);
	TRY(read_mode(batch, value_get(c->json, STR("mode"))));
	return errors_any(c->errors) ? E_INVALID : OK;
}

/* The rows as they were sent; what is wrong with one is its own. */
static struct write *read_rows(struct batch *batch)
{
	struct context *c = batch->c;
	size_t count = value_count(batch->rows);
	struct write *writes = arena_array(c->arena, count, sizeof *writes);

	for (size_t i = 0; i < count; i++) {
		struct write *write = &writes[i];
		enum err e;

		*write = (struct write){.record = record_new(c->arena, c->entity), .errors = errors_new(c->arena)};
		e = record_from_json(write->record, WRITE_CREATE, value_at(batch->rows, i), write->errors);
		if (e == E_MALFORMED)
			errors_add(write->errors, NULL, "not_an_object", "A row is a JSON object.");
		write->err = e == E_MALFORMED ? E_INVALID : e;
	}
	return writes;
}

/* "rows[3].email": where in the body it is. */
static void tell_where(struct context *c, size_t index, const struct errors *errors, size_t *told)
{
	for (const struct field_error *error = errors_first(errors); error && *told < ERRORS_MOST;
	     error = error->next, ++*told) {
		struct str field = error->field ? arena_printf(c->arena, "rows[%zu].%s", index, error->field)
						: arena_printf(c->arena, "rows[%zu]", index);

		errors_add(c->errors, field.p, error->code, "%.*s", STR_FMT_ARG(error->message));
	}
}

/* The first of the rows' errors, with all of them told; OK when there is none. */
static enum err first_error(struct context *c, const struct write *writes, size_t count)
{
	enum err first = OK;
	size_t told = 0;

	for (size_t i = 0; i < count; i++)
		if (writes[i].err) {
			first = first ? first : writes[i].err;
			tell_where(c, i, writes[i].errors, &told);
		}
	return first;
}

static void tell_row(struct batch *batch, size_t index, const struct write *write)
{
	struct arena *arena = batch->c->arena;
	struct value *result = value_map(arena), *list;
	bool made = write->err == OK;

	value_put_int(result, "index", (int64_t)index);
	value_put_int(result, "status", made ? 201 : problem_status(write->err));
	value_put_str(result, "id", made ? uuid_text(arena, record_id(write->record)) : STR_NONE);
	list = value_put_list(result, "errors");
	for (const struct field_error *error = made ? NULL : errors_first(write->errors); error; error = error->next) {
		struct value *map = value_map(arena);

		value_put_text(map, "field", error->field);
		value_put_text(map, "code", error->code);
		value_put_str(map, "message", error->message);
		value_append(list, map);
	}
	value_append(batch->results, result);
	batch->created += made;
}

enum err entity_batch_api(struct context *c)
{
	struct batch batch = {.c = c};
	struct write *writes;
	size_t count;

	TRY(read_batch(&batch));
	count = value_count(batch.rows);
	writes = read_rows(&batch);
	/* What the rows themselves say is told before the database is asked, and then what it says. */
	if (!batch.best_effort)
		TRY(first_error(c, writes, count));
	TRY(entity_insert_many(c->tx, writes, count));
	if (!batch.best_effort)
		TRY(first_error(c, writes, count));
	batch.results = value_list(c->arena);
	for (size_t i = 0; i < count; i++)
		tell_row(&batch, i, &writes[i]);
	value_put_int(c->data, "created", (int64_t)batch.created);
	value_put_int(c->data, "failed", (int64_t)(count - batch.created));
	value_put(c->data, "results", batch.results);
	return OK;
}
