/* JSON bodies: what is taken is printed, and the printed text is taken and printed the same. */
#include "tests/fuzz/fuzz.h"

#include "lib/text/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str text = fuzz_copy(arena, bytes, length), why = STR_NONE;
	struct buffer first = BUFFER_IN(arena), second = BUFFER_IN(arena);
	struct value *value = NULL, *again = NULL;
	/* Escapes make a printed text longer than what was sent. */
	struct json_limits roomy = {8 * json_limits_request.bytes, json_limits_request.depth,
				    json_limits_request.members};

	if (json_parse(arena, text, &json_limits_request, &value, &why) != OK) {
		REQUIRE(why.n > 0 && why.n < 400);
		fuzz_require_text(why);
		return 0;
	}
	REQUIRE(utf8_valid(text));
	json_print(value, &first);
	fuzz_require_text(buffer_str(&first));
	REQUIRE(json_parse(arena, buffer_str(&first), &roomy, &again, &why) == OK);
	json_print(again, &second);
	REQUIRE(str_equal(buffer_str(&first), buffer_str(&second)));
	/* Inside a script element nothing could end it. */
	REQUIRE(!memchr(first.bytes, '<', first.length));
	return 0;
}
