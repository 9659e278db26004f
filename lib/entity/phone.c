#include "lib/entity/phone.h"

#include "lib/base/buffer.h"

#define E164_MOST_DIGITS 15
#define E164_LEAST_DIGITS 8

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where an extension begins: "x", "X", "e" of "ext", "#" or ";"; the length when there is none. */
static size_t number_end(struct str typed)
{
	size_t end = 0;

	while (end < typed.n && !(typed.p[end] != '\0' && strchr("xXeE#;", typed.p[end])))
		end++;
	return end;
}

static bool is_extension(struct str text)
{
	static const struct str marks[] = {{"extension", 9}, {"ext.", 4}, {"ext", 3}, {";ext=", 5}, {"x", 1}, {"#", 1}};

	for (size_t i = 0; i < COUNT_OF(marks); i++) {
		struct str mark = marks[i], digits;

		if (text.n <= mark.n || !str_equal_nocase((struct str){text.p, mark.n}, mark))
			continue;
		digits = str_trim((struct str){text.p + mark.n, text.n - mark.n});
		for (size_t d = 0; d < digits.n; d++)
			if (!is_digit(digits.p[d]))
				return false;
		return digits.n >= 1 && digits.n <= 8;
	}
	return false;
}

bool phone_shape(struct str typed)
{
	size_t end = number_end(typed);

	for (size_t i = 0; i < end; i++) {
		char c = typed.p[i];

		if (is_digit(c) || (c == '+' && i == 0))
			continue;
		if (c == '\0' || !strchr(" ()-./", c))
			return false;
	}
	return end > 0 && (end == typed.n || is_extension((struct str){typed.p + end, typed.n - end}));
}

static struct str digits_of(struct arena *arena, struct str text)
{
	struct buffer digits = BUFFER_IN(arena);

	for (size_t i = 0; i < text.n; i++)
		if (is_digit(text.p[i]))
			buffer_add_char(&digits, text.p[i]);
	return buffer_str(&digits);
}

struct str phone_digits(struct arena *arena, struct str typed)
{
	return digits_of(arena, (struct str){typed.p, number_end(typed)});
}

/* "+44 (0)20…": the zero is dialled inside the country only. */
static struct str without_trunk_zero(struct arena *arena, struct str text)
{
	for (size_t i = 0; i + 3 <= text.n; i++)
		if (memcmp(text.p + i, "(0)", 3) == 0)
			return arena_printf(arena, "%.*s%.*s", (int)i, text.p, (int)(text.n - i - 3), text.p + i + 3);
	return text;
}

/* NXX-NXX-XXXX, N from 2 to 9. */
static bool is_north_american(struct str ten)
{
	return ten.n == 10 && ten.p[0] >= '2' && ten.p[3] >= '2';
}

struct str phone_e164(struct arena *arena, struct str typed)
{
	struct str text = str_trim((struct str){typed.p, number_end(typed)}), digits;
	bool international = text.n > 0 && text.p[0] == '+';

	if (!phone_shape(str_trim(typed)))
		return STR_NONE;
	digits = digits_of(arena, international ? without_trunk_zero(arena, text) : text);
	if (!international && str_starts(digits, STR("011"))) { /* as dialled from North America */
		digits = (struct str){digits.p + 3, digits.n - 3};
		international = true;
	}
	if (!international && is_north_american(digits))
		return arena_printf(arena, "+1%.*s", STR_FMT_ARG(digits));
	if (digits.n > 0 && digits.p[0] == '1') {
		if (!is_north_american((struct str){digits.p + 1, digits.n - 1}))
			return STR_NONE;
		return arena_printf(arena, "+%.*s", STR_FMT_ARG(digits));
	}
	if (!international || digits.n < E164_LEAST_DIGITS || digits.n > E164_MOST_DIGITS || digits.p[0] == '0')
		return STR_NONE;
	return arena_printf(arena, "+%.*s", STR_FMT_ARG(digits));
}

struct str phone_national(struct arena *arena, struct str typed)
{
	struct str number = phone_e164(arena, typed), extension;
	size_t end = number_end(typed);

	if (number.n != sizeof "+15125550123" - 1 || !str_starts(number, STR("+1")))
		return STR_NONE;
	extension = (struct str){typed.p + end, typed.n - end};
	return arena_printf(arena, "(%.3s) %.3s-%.4s%s%.*s", number.p + 2, number.p + 5, number.p + 8,
			    extension.n ? " " : "", STR_FMT_ARG(extension));
}

struct str phone_tel_url(struct arena *arena, struct str typed)
{
	struct str number = phone_e164(arena, typed);

	if (str_absent(number))
		number = phone_digits(arena, typed);
	return arena_printf(arena, "tel:%.*s", STR_FMT_ARG(number));
}
