/* Money between people ("$1,250.50") and the stored cents ("125050"). */
#include "lib/entity/entity_internal.h"

#define MOST_DIGITS 15 /* of dollars: keeps cents inside 64 bits */

static size_t count_digits(struct str text, size_t from)
{
	size_t count = 0;

	while (from + count < text.n && text.p[from + count] >= '0' && text.p[from + count] <= '9')
		count++;
	return count;
}

/* "1250" or "1,250" at the beginning of text: commas only between groups of three. 0 when it is neither. */
static size_t whole_dollars(struct str text, int64_t *dollars)
{
	size_t end = count_digits(text, 0), digits = end;

	if (end == 0)
		return 0;
	if (end <= 3)
		while (end < text.n && text.p[end] == ',' && count_digits(text, end + 1) == 3) {
			end += 4;
			digits += 3;
		}
	if (digits > MOST_DIGITS)
		return 0;
	*dollars = 0;
	for (size_t i = 0; i < end; i++)
		if (text.p[i] != ',')
			*dollars = *dollars * 10 + (text.p[i] - '0');
	return end;
}

bool money_parse(struct str typed, int64_t *cents, const char **complaint)
{
	struct str text = str_trim(typed);
	int64_t dollars = 0;
	size_t end, decimals;

	*complaint = "Enter an amount like 1,250.50.";
	if (text.n && text.p[0] == '-') {
		*complaint = "The amount cannot be negative.";
		return false;
	}
	if (text.n && text.p[0] == '$')
		text = str_trim((struct str){text.p + 1, text.n - 1});
	end = whole_dollars(text, &dollars);
	if (end == 0 && !(text.n && text.p[0] == '.'))
		return false;
	*cents = dollars * 100;
	if (end == text.n)
		return true;
	decimals = count_digits(text, end + 1);
	if (text.p[end] != '.' || decimals == 0 || end + 1 + decimals != text.n)
		return false;
	if (decimals > 2) {
		*complaint = "Use at most two digits after the point.";
		return false;
	}
	*cents += (text.p[end + 1] - '0') * 10;
	if (decimals == 2)
		*cents += text.p[end + 2] - '0';
	return true;
}

struct str money_text(struct arena *arena, struct str cents)
{
	int64_t number;

	if (!str_to_int64(cents, &number) || number < 0)
		return STR_NONE;
	if (number % 100 == 0)
		return arena_printf(arena, "%lld", (long long)(number / 100));
	return arena_printf(arena, "%lld.%02d", (long long)(number / 100), (int)(number % 100));
}

struct str money_label(struct arena *arena, struct str cents)
{
	struct str text = money_text(arena, cents);
	struct buffer out = BUFFER_IN(arena);
	size_t whole = 0;

	if (str_absent(text))
		return STR_NONE;
	whole = count_digits(text, 0);
	buffer_add_char(&out, '$');
	for (size_t i = 0; i < whole; i++) {
		if (i && (whole - i) % 3 == 0)
			buffer_add_char(&out, ',');
		buffer_add_char(&out, text.p[i]);
	}
	buffer_add(&out, text.p + whole, text.n - whole);
	return buffer_str(&out);
}
