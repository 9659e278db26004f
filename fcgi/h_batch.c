/* Many new rows in one request, with what became of each. */
#include "fcgi/handlers.h"
#include "fcgi/problem.h"
#include "fcgi/response.h"
#include "fcgi/try.h"

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

static enum err insert_row(struct batch *batch, const struct value *row, struct errors *errors, struct record **out)
{
	struct context *c = batch->c;
	struct record *record = record_new(c->arena, c->entity);
	enum err e = record_from_json(record, WRITE_CREATE, row, errors);

	*out = record;
	if (e == E_MALFORMED)
		errors_add(errors, NULL, "not_an_object", "A row is a JSON object.");
	return e == OK ? entity_insert(c->tx, record, errors) : e;
}

/* What a caller can mend: the others fail the whole request. */
static bool is_the_rows_own(enum err e)
{
	return e == E_INVALID || e == E_MALFORMED || e == E_CONFLICT || e == E_LIMIT;
}

static void tell_success(struct batch *batch, size_t index, const struct record *record)
{
	struct value *result = value_map(batch->c->arena);

	value_put_int(result, "index", (int64_t)index);
	value_put_int(result, "status", 201);
	value_put_str(result, "id", uuid_text(batch->c->arena, record_id(record)));
	value_put_list(result, "errors");
	value_append(batch->results, result);
	batch->created++;
}

static void tell_failure(struct batch *batch, size_t index, enum err e, const struct errors *errors)
{
	struct value *result = value_map(batch->c->arena), *list;

	value_put_int(result, "index", (int64_t)index);
	value_put_int(result, "status", problem_status(e == E_MALFORMED ? E_INVALID : e));
	value_put_text(result, "id", NULL);
	list = value_put_list(result, "errors");
	for (const struct field_error *error = errors_first(errors); error; error = error->next) {
		struct value *map = value_map(batch->c->arena);

		value_put_text(map, "field", error->field);
		value_put_text(map, "code", error->code);
		value_put_str(map, "message", error->message);
		value_append(list, map);
	}
	value_append(batch->results, result);
}

/* Each row stands or falls alone. */
static enum err run_best_effort(struct batch *batch)
{
	struct context *c = batch->c;

	for (size_t i = 0; i < value_count(batch->rows); i++) {
		struct errors *errors = errors_new(c->arena);
		struct record *record;
		enum err e;

		TRY(ttx_savepoint(c->tx));
		e = insert_row(batch, value_at(batch->rows, i), errors, &record);
		if (e == OK) {
			tell_success(batch, i, record);
			continue;
		}
		if (!is_the_rows_own(e))
			return e;
		TRY(ttx_restore(c->tx));
		tell_failure(batch, i, e, errors);
	}
	return OK;
}

/* "rows[3].email": where in the body it is. Returns false when no more are taken. */
static bool tell_where(struct context *c, size_t index, const struct errors *errors, size_t *told)
{
	for (const struct field_error *error = errors_first(errors); error && *told < ERRORS_MOST;
	     error = error->next) {
		struct str field = error->field ? arena_printf(c->arena, "rows[%zu].%s", index, error->field)
						: arena_printf(c->arena, "rows[%zu]", index);

		errors_add(c->errors, field.p, error->code, "%.*s", STR_FMT_ARG(error->message));
		++*told;
	}
	return *told < ERRORS_MOST;
}

/* The first row that the database refuses ends it; what is wrong with the rows themselves is told of all. */
static enum err run_all_or_nothing(struct batch *batch)
{
	struct context *c = batch->c;
	enum err worst = OK;
	size_t told = 0;

	for (size_t i = 0; i < value_count(batch->rows); i++) {
		struct errors *errors = errors_new(c->arena);
		struct record *record = record_new(c->arena, c->entity);
		enum err e = record_from_json(record, WRITE_CREATE, value_at(batch->rows, i), errors);

		if (e == E_MALFORMED)
			errors_add(errors, NULL, "not_an_object", "A row is a JSON object.");
		if (e != OK)
			worst = E_INVALID;
		if (!tell_where(c, i, errors, &told))
			break;
	}
	if (worst)
		return worst;
	for (size_t i = 0; i < value_count(batch->rows); i++) {
		struct errors *errors = errors_new(c->arena);
		struct record *record;
		enum err e = insert_row(batch, value_at(batch->rows, i), errors, &record);

		(void)tell_where(c, i, errors, &told);
		if (e)
			return e;
		tell_success(batch, i, record);
	}
	return OK;
}

enum err entity_batch_api(struct context *c)
{
	struct batch batch = {.c = c};

	TRY(read_batch(&batch));
	batch.results = value_list(c->arena);
	TRY(batch.best_effort ? run_best_effort(&batch) : run_all_or_nothing(&batch));
	value_put_int(c->data, "created", (int64_t)batch.created);
	value_put_int(c->data, "failed", (int64_t)(value_count(batch.rows) - batch.created));
	value_put(c->data, "results", batch.results);
	return OK;
}
