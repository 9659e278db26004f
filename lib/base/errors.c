#include "lib/base/errors.h"

#include "lib/base/buffer.h"

struct errors {
	struct arena *arena;
	const struct field_error *first;
	const struct field_error **end; /* where the next one is linked */
};

struct errors *errors_new(struct arena *arena)
{
	struct errors *errors = ARENA_NEW(arena, struct errors);
	errors->arena = arena;
	errors->end = &errors->first;
	return errors;
}

void errors_add(struct errors *errors, const char *field, const char *code, const char *format, ...)
{
	struct buffer message = BUFFER_IN(errors->arena);
	va_list arguments;
	va_start(arguments, format);
	buffer_vprintf(&message, format, arguments);
	va_end(arguments);
	struct field_error *error = ARENA_NEW(errors->arena, struct field_error);
	error->field = field ? arena_c_string(errors->arena, str_from(field)) : NULL;
	error->code = code;
	error->message = buffer_str(&message);
	*errors->end = error;
	errors->end = &error->next;
}

bool errors_any(const struct errors *errors)
{
	return errors->first != NULL;
}

const struct field_error *errors_first(const struct errors *errors)
{
	return errors->first;
}

const struct field_error *errors_for(const struct errors *errors, const char *field)
{
	for (const struct field_error *error = errors->first; error != NULL; error = error->next) {
		bool same =
			field == NULL ? error->field == NULL : error->field != NULL && strcmp(error->field, field) == 0;
		if (same)
			return error;
	}
	return NULL;
}
