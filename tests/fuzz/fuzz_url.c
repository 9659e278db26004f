/* Percent escapes and addresses: what is decoded is text and comes back from our encoding; a safe address cannot run or lead elsewhere unseen. */
#include "tests/fuzz/fuzz.h"

#include "lib/text/form.h"
#include "lib/text/url.h"

#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str text = fuzz_copy(arena, bytes, length), decoded, again;
	struct buffer encoded = BUFFER_IN(arena);

	if (url_decode(arena, text, &decoded)) {
		fuzz_require_text(decoded);
		url_encode(&encoded, decoded);
		REQUIRE(url_decode(arena, buffer_str(&encoded), &again) && str_equal(again, decoded));
	}
	if (url_unescape(arena, text, true, &decoded))
		REQUIRE(decoded.n <= text.n);
	if (url_is_safe(text)) {
		REQUIRE(text.n > 0);
		for (size_t i = 0; i < text.n; i++)
			REQUIRE((unsigned char)text.p[i] > ' ' && text.p[i] != 0x7f);
		REQUIRE(!(text.n > 1 && text.p[0] == '/' && (text.p[1] == '/' || text.p[1] == '\\')));
		REQUIRE(text.n < 11 || strncasecmp(text.p, "javascript:", 11) != 0);
		REQUIRE(text.n < 5 || strncasecmp(text.p, "data:", 5) != 0);
	}
	return 0;
}
