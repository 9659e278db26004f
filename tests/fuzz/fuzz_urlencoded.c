/* Query strings and urlencoded forms: what is taken is text within its caps, and comes back the same from our own encoding. */
#include "tests/fuzz/fuzz.h"

#include "lib/text/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str text = fuzz_copy(arena, bytes, length), why = STR_NONE;
	struct form form, again;
	struct buffer encoded = BUFFER_IN(arena);
	const struct form_field *other;
	size_t count = 0;

	if (form_parse_urlencoded(arena, text, &form_limits_request, &form, &why) != OK) {
		REQUIRE(why.n > 0 && why.n < 400);
		fuzz_require_text(why);
		return 0;
	}
	for (const struct form_field *field = form.first; field; field = field->next, count++) {
		fuzz_require_text(field->name);
		fuzz_require_text(field->text);
		REQUIRE(field->name.n <= form_limits_request.name_bytes &&
			field->text.n <= form_limits_request.text_bytes);
		REQUIRE(str_absent(field->file_name));
		url_add_pair(&encoded, field->name, field->text);
	}
	REQUIRE(count == form.count && count <= form_limits_request.fields);
	REQUIRE(form_parse_urlencoded(arena, buffer_str(&encoded), &form_limits_request, &again, &why) == OK);
	REQUIRE(again.count == form.count);
	other = again.first;
	for (const struct form_field *field = form.first; field; field = field->next, other = other->next)
		REQUIRE(str_equal(field->name, other->name) && str_equal(field->text, other->text));
	return 0;
}
