/* Templates: whatever a template says, a value never becomes markup. What loads renders or says why not. */
#include "tests/fuzz/fuzz.h"

#include "lib/text/template.h"

#define MARK "zq7"
#define EVIL "\"><" MARK " x='y'>`=&"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str text = fuzz_copy(arena, bytes, length);
	const char *const source[] = {"page", arena_c_string(arena, text), "part", "<b>{{name}}</b>{{$hole}}-{{/hole}}",
				      NULL};
	struct buffer complaints = BUFFER_IN(arena), out = BUFFER_IN(arena);
	struct value *data = value_map(arena), *list = value_put_list(data, "rows");
	struct templates *templates;

	/* A NUL would end it early: then it is another input. */
	if (memchr(bytes, 0, length) || length > 4096 || memmem(text.p, text.n, "<" MARK, strlen("<" MARK)))
		return 0;
	templates = templates_from_memory(source, TEMPLATE_LENIENT, &complaints);
	if (!templates) {
		REQUIRE(complaints.length > 0);
		return 0;
	}
	value_put_text(data, "name", EVIL);
	value_put_text(data, "a", EVIL);
	value_put_url(data, "url", STR("/leads?x=\"'&"));
	value_put_bool(data, "yes", true);
	for (int i = 0; i < 2; i++) {
		struct value *row = value_map(arena);

		value_put_text(row, "name", EVIL);
		value_append(list, row);
	}
	if (template_render(templates, "page", data, NULL, &out) == OK)
		REQUIRE(!memmem(out.bytes ? out.bytes : "", out.length, "<" MARK, strlen("<" MARK)));
	else
		REQUIRE(out.length == 0);
	templates_free(templates);
	return 0;
}
