/* Pictures: what a logo's decoding child does, in the child's own caps. What is read is no larger than asked, and is written again. */
#include "tests/fuzz/fuzz.h"

#include "lib/tenant/logo_decode.h"

#define EDGE 64
#define PIXELS 250000

static void look(enum logo_verdict verdict, struct logo_scaler *scaler)
{
	uint32_t width = 0, height = 0;
	uint8_t *png = NULL;
	size_t length = 0;
	const uint8_t *small;

	if (verdict != LOGO_FINE) {
		logo_scaler_free(scaler);
		return;
	}
	small = logo_scaler_result(scaler, &width, &height);
	REQUIRE(small && width >= 1 && height >= 1 && width <= EDGE && height <= EDGE);
	if (logo_write_png(small, width, height, &png, &length) == LOGO_FINE) {
		REQUIRE(logo_is_png((struct str){(const char *)png, length}));
		free(png);
	}
	logo_scaler_free(scaler);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str picture = fuzz_copy(arena, bytes, length);
	struct logo_scaler *scaler = NULL;
	enum logo_verdict verdict = LOGO_BROKEN;

	if (logo_is_png(picture))
		verdict = logo_read_png(picture, PIXELS, EDGE, &scaler);
	else if (logo_is_jpeg(picture))
		verdict = logo_read_jpeg(picture, PIXELS, EDGE, &scaler);
	look(verdict, scaler);
	return 0;
}
