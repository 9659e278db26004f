/*
 * Search: one column search_text a row, lower-cased here so that the database needs no lower() (which no index can
 * serve under row level security), and words matched with LIKE through its trigram index.
 */
#include "lib/base/utf8.h"
#include "lib/entity/entity_internal.h"
#include "lib/entity/phone.h"

/*
 * Unicode's simple lower case of the two-byte letters: a range, the distance, and whether only each second letter
 * from `first` is a capital.
 */
/* clang-format off */
static const struct capital_range {
	uint32_t first, last;
	int32_t distance;
	bool alternates;
} capitals[] = {
	{0x00C0, 0x00D6, 32, false},   {0x00D8, 0x00DE, 32, false},                                /* Latin-1 */
	{0x0100, 0x012E, 1, true},     {0x0130, 0x0130, 'i' - 0x130, false}, {0x0132, 0x0136, 1, true}, /* Latin Extended-A */
	{0x0139, 0x0147, 1, true},     {0x014A, 0x0176, 1, true},
	{0x0178, 0x0178, -121, false}, {0x0179, 0x017D, 1, true},
	{0x0391, 0x03A1, 32, false},   {0x03A3, 0x03AB, 32, false},                                /* Greek */
	{0x0400, 0x040F, 80, false},   {0x0410, 0x042F, 32, false},                                /* Cyrillic */
};
/* clang-format on */

static uint32_t lower_letter(uint32_t letter)
{
	for (size_t i = 0; i < COUNT_OF(capitals); i++) {
		const struct capital_range *range = &capitals[i];

		if (letter >= range->first && letter <= range->last)
			return range->alternates && (letter - range->first) % 2
				       ? letter
				       : (uint32_t)((int32_t)letter + range->distance);
	}
	return letter;
}

struct str search_lower(struct arena *arena, struct str text)
{
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c >= 'A' && c <= 'Z') {
			buffer_add_char(&out, (char)(c + 32));
		} else if (c >= 0xC2 && c <= 0xDF && i + 1 < text.n) {
			uint32_t letter =
				lower_letter(((uint32_t)c & 0x1F) << 6 | ((uint32_t)(unsigned char)text.p[++i] & 0x3F));

			if (letter >= 0x80)
				buffer_add_char(&out, (char)(0xC0 | letter >> 6));
			buffer_add_char(&out, (char)(letter >= 0x80 ? 0x80 | (letter & 0x3F) : letter));
		} else {
			buffer_add_char(&out, (char)c);
		}
	}
	return buffer_str(&out);
}

/* A number is found however it was typed: its digits with the country code when it has one. */
static struct str searchable_digits(struct arena *arena, struct str phone)
{
	struct str e164 = phone_e164(arena, phone);

	return phone_digits(arena, str_absent(e164) ? phone : e164);
}

struct str search_text(const struct record *record)
{
	struct buffer out = BUFFER_IN(record->arena);

	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];
		struct str text = record->values[i];

		if (!field_is(field, FIELD_SEARCHABLE) || str_absent(text))
			continue;
		if (out.length)
			buffer_add_char(&out, '\n'); /* no word spans two fields */
		buffer_add_str(&out, search_lower(record->arena, text));
		if (field->type == FIELD_PHONE) {
			buffer_add_char(&out, '\n');
			buffer_add_str(&out, searchable_digits(record->arena, text));
		}
	}
	return buffer_str(&out);
}

struct str like_escaped(struct arena *arena, struct str text)
{
	struct buffer out = BUFFER_IN(arena);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '%' || text.p[i] == '_' || text.p[i] == '\\')
			buffer_add_char(&out, '\\');
		buffer_add_char(&out, text.p[i]);
	}
	return buffer_str(&out);
}

static struct str like_pattern(struct arena *arena, struct str word)
{
	return arena_printf(arena, "%%%.*s%%", STR_FMT_ARG(like_escaped(arena, word)));
}

/* Digits with what people put between them; plain digits need no second pattern. */
static bool is_punctuated_number(struct str word)
{
	size_t digits = 0;

	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] >= '0' && word.p[i] <= '9')
			digits++;
		else if (!strchr("()+-./", word.p[i]))
			return false;
	}
	return digits > 0 && digits < word.n;
}

size_t search_words(struct arena *arena, struct str typed, struct search_word out[SEARCH_WORDS])
{
	struct str rest = search_lower(arena, typed);
	size_t count = 0;

	for (size_t i = 0; i < rest.n && count < SEARCH_WORDS;) {
		size_t start = i;
		struct str word;

		while (i < rest.n && !strchr(" \t\n\r", rest.p[i]))
			i++;
		word = (struct str){rest.p + start, i - start};
		i++;
		if (word.n == 0)
			continue;
		out[count++] = (struct search_word){
			.text = like_pattern(arena, word),
			.digits =
				is_punctuated_number(word) ? like_pattern(arena, phone_digits(arena, word)) : STR_NONE,
		};
	}
	return count;
}
