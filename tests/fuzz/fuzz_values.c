/* Single values as people type them: times, days, amounts, numbers, phones, ids, addresses of companies. What is taken means the same when it is printed and read. */
#include "tests/fuzz/fuzz.h"

#include "lib/base/clock.h"
#include "lib/base/id.h"
#include "lib/entity/local_time.h"
#include "lib/entity/money.h"
#include "lib/entity/phone.h"
#include "lib/tenant/slug.h"

#define YEAR ((int64_t)366 * 86400 * MICROSECONDS_PER_SECOND)

static void times(struct arena *arena, struct str text)
{
	int64_t instant, again;

	/* Printed to the millisecond. */
	if (clock_from_rfc3339(text, &instant)) {
		REQUIRE(clock_from_rfc3339(clock_rfc3339(arena, instant), &again));
		REQUIRE(again <= instant && instant - again < 1000);
	}
	local_time_zone(STR("America/New_York"));
	if (local_from_wall(text, &instant)) {
		REQUIRE(local_from_wall(local_wall(arena, instant), &again));
		REQUIRE(again <= instant && instant - again < 60 * MICROSECONDS_PER_SECOND);
		fuzz_require_text(local_time(arena, instant));
	}
	if (local_day_start(text, 0, &instant)) {
		REQUIRE(str_equal(local_day(arena, instant), text));
		REQUIRE(local_day_start(text, 366, &again) && again > instant && again - instant <= YEAR + YEAR / 300);
	}
	if (local_time_zone_valid(text))
		local_time_zone(text);
	if (clock_from_postgres(text, &instant))
		REQUIRE(text.n >= 10);
}

static void amounts(struct arena *arena, struct str text)
{
	const char *complaint = NULL;
	int64_t cents, again, number;

	if (money_parse(text, &cents, &complaint)) {
		struct str stored = arena_printf(arena, "%lld", (long long)cents);

		REQUIRE(money_parse(money_text(arena, stored), &again, &complaint) && again == cents);
		REQUIRE(money_parse(money_label(arena, stored), &again, &complaint) && again == cents);
	} else {
		REQUIRE(complaint && *complaint);
	}
	if (str_to_int64(text, &number)) {
		struct str printed = arena_printf(arena, "%lld", (long long)number);

		REQUIRE(str_to_int64(printed, &again) && again == number);
	}
}

static void phones(struct arena *arena, struct str text)
{
	struct str e164 = phone_e164(arena, text), digits = phone_digits(arena, text);

	if (!str_absent(e164)) {
		REQUIRE(e164.n >= 8 && e164.n <= 16 && e164.p[0] == '+');
		REQUIRE(str_equal(phone_e164(arena, e164), e164));
		for (size_t i = 1; i < e164.n; i++)
			REQUIRE(e164.p[i] >= '0' && e164.p[i] <= '9');
	}
	for (size_t i = 0; i < digits.n; i++)
		REQUIRE(digits.p[i] >= '0' && digits.p[i] <= '9');
	(void)phone_shape(text);
	(void)phone_tel_url(arena, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	struct str text = fuzz_copy(arena, bytes, length), decoded, slug;
	char canonical[UUID_TEXT_LENGTH + 1];
	struct uuid id;

	times(arena, text);
	amounts(arena, text);
	phones(arena, text);
	if (uuid_parse(text, &id)) {
		uuid_print(id, canonical);
		REQUIRE(str_equal_nocase(str_from(canonical), text));
	}
	if (base64url_decode(arena, text, &decoded))
		REQUIRE(str_equal(base64url_encode(arena, decoded), text));
	if (utf8_valid(text)) {
		REQUIRE(utf8_length(utf8_prefix(text, 3)) <= 3);
		slug = slug_from_name(arena, text);
		REQUIRE(slug.n == 0 || slug_valid(slug));
	}
	return 0;
}
