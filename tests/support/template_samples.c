#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/text/json.h"
#include "tests/support/template_samples.h"

struct value *sample_json(struct arena *arena, const char *text)
{
	struct value *value = NULL;
	struct str why = STR_NONE;

	if (json_parse(arena, str_from(text), &json_limits_request, &value, &why) != OK)
		fail_msg("%s: %.*s", text, STR_FMT_ARG(why));
	return value;
}

struct templates *sample_load(struct arena *arena, const char *const *texts, enum template_mode mode)
{
	struct buffer complaints = BUFFER_IN(arena);
	struct templates *templates = templates_from_memory(texts, mode, &complaints);

	if (!templates)
		print_error("%.*s", STR_FMT_ARG(buffer_str(&complaints)));
	assert_non_null(templates);
	assert_int_equal(complaints.length, 0);
	return templates;
}

void samples_run(const struct sample *sample, size_t count, enum template_mode mode)
{
	for (size_t i = 0; i < count; i++) {
		struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);
		struct templates *templates = sample_load(arena, sample[i].texts, mode);
		struct buffer out = BUFFER_IN(arena);
		enum err error = template_render(templates, "page", sample_json(arena, sample[i].data), NULL, &out);

		if (sample[i].expected) {
			assert_int_equal(error, OK);
			assert_string_equal(out.bytes ? out.bytes : "", sample[i].expected);
		} else {
			assert_int_equal(error, E_INTERNAL);
			assert_int_equal(out.length, 0);
		}
		templates_free(templates);
		arena_free(arena);
	}
}

void sample_refuse(const char *const *texts, const char *expected)
{
	struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);
	struct buffer complaints = BUFFER_IN(arena);

	if (templates_from_memory(texts, TEMPLATE_STRICT, &complaints))
		fail_msg("was loaded, expected: %s", expected);
	assert_string_equal(complaints.bytes, expected);
	arena_free(arena);
}
