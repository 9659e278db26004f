/* Uploads: the first line is the Content-Type header, the rest the body. File names are names alone, texts are text, nothing lies outside the body. */
#include "tests/fuzz/fuzz.h"

#include "lib/text/form.h"

static void look(const struct form_field *field, struct str body)
{
	fuzz_require_text(field->name);
	REQUIRE(field->name.n <= form_limits_request.name_bytes);
	if (str_absent(field->file_name)) {
		fuzz_require_text(field->text);
		REQUIRE(field->text.n <= form_limits_request.text_bytes);
		return;
	}
	fuzz_require_text(field->file_name);
	REQUIRE(!memchr(field->file_name.n ? field->file_name.p : "", '/', field->file_name.n));
	REQUIRE(!memchr(field->file_name.n ? field->file_name.p : "", '\\', field->file_name.n));
	REQUIRE(field->text.n <= form_limits_request.file_bytes && field->text.n <= body.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str rest = fuzz_copy(arena, bytes, length), type = str_split(&rest, '\n'), why = STR_NONE;
	struct str body = str_absent(rest) ? STR("") : fuzz_copy(arena, (const uint8_t *)rest.p, rest.n);
	struct form form;
	size_t count = 0;

	if (form_parse_multipart(arena, type, body, &form_limits_request, &form, &why) != OK) {
		REQUIRE(why.n > 0 && why.n < 400);
		fuzz_require_text(why);
		return 0;
	}
	for (const struct form_field *field = form.first; field; field = field->next, count++)
		look(field, body);
	REQUIRE(count == form.count && count <= form_limits_request.fields);
	return 0;
}
