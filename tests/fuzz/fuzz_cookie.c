/* The Cookie header: what is found lies within it, and has no character that a cookie cannot have. */
#include "tests/fuzz/fuzz.h"

#include "lib/text/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const char *const names[] = {"__Host-session", "__Host-draft", "a", ""};
	struct arena *arena = fuzz_arena();
	struct str header = fuzz_copy(arena, bytes, length);

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		bool duplicate = false;
		struct str found = cookie_find(header, names[i], &duplicate);

		if (str_absent(found)) {
			REQUIRE(!duplicate);
			continue;
		}
		REQUIRE(found.p >= header.p && found.p + found.n <= header.p + header.n);
		REQUIRE(!memchr(found.n ? found.p : "", ';', found.n));
	}
	return 0;
}
