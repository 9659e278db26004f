#include <stdlib.h>

#include "lib/base/utf8.h"
#include "lib/tenant/password.h"
#include "lib/tenant/password_internal.h"

/* Room for the longest password; what is compared here is ASCII in lower case. */
struct plain {
	char text[PASSWORD_MOST_BYTES + 1];
	size_t length;
};

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

enum keep { KEEP_ALL = 1, KEEP_LETTERS, KEEP_WORD_CHARACTERS };

static void plain_from(struct plain *out, struct str text, enum keep keep)
{
	out->length = 0;
	for (size_t i = 0; i < text.n && out->length < PASSWORD_MOST_BYTES; i++) {
		char c = lower(text.p[i]);
		bool wanted = keep == KEEP_ALL || is_letter(c) ||
			      (keep == KEEP_WORD_CHARACTERS && (is_digit(c) || (c & 0x80)));

		if (wanted)
			out->text[out->length++] = c;
	}
	out->text[out->length] = '\0';
}

static int compare(const void *wanted, const void *item)
{
	return strcmp(wanted, *(const char *const *)item);
}

static bool listed(const char *text, const char *const *list, size_t count)
{
	return bsearch(text, list, count, sizeof(*list), compare) != NULL;
}

/* ---- patterns ---- */

/* True when `next` follows `last` on a row of the keyboard, in the alphabet or in the digits, either way, or repeats it. */
static bool predictable(char last, char next)
{
	static const char *const rows[] = {"qwertyuiop", "asdfghjkl",  "zxcvbnm",
					   "qwertzuiop", "1234567890", "abcdefghijklmnopqrstuvwxyz"};

	if (last == next)
		return true;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *at = last ? strchr(rows[i], last) : NULL;

		if (at && (at[1] == next || (at > rows[i] && at[-1] == next)))
			return true;
	}
	return false;
}

/* Characters that could not be guessed from the one before. */
static size_t surprises(const struct plain *password)
{
	size_t count = 1;

	for (size_t i = 1; i < password->length; i++)
		count += !predictable(password->text[i - 1], password->text[i]);
	return count;
}

/* One unit of at most a third of the whole, again and again. */
static bool repeats(const struct plain *password)
{
	for (size_t unit = 1; unit <= password->length / 3; unit++) {
		size_t i = unit;

		while (i < password->length && password->text[i] == password->text[i - unit])
			i++;
		if (i == password->length)
			return true;
	}
	return false;
}

static size_t distinct(const struct plain *password)
{
	bool seen[256] = {false};
	size_t count = 0;

	for (size_t i = 0; i < password->length; i++) {
		bool *mark = &seen[(unsigned char)password->text[i]];

		count += !*mark;
		*mark = true;
	}
	return count;
}

/* ---- common words in disguise ---- */

static bool is_words(const struct plain *letters)
{
	char head[PASSWORD_MOST_BYTES + 1];

	if (listed(letters->text, common_words, common_word_count))
		return true;
	for (size_t cut = 4; cut + 4 <= letters->length && cut <= 16; cut++) {
		memcpy(head, letters->text, cut);
		head[cut] = '\0';
		if (listed(head, common_words, common_word_count) &&
		    listed(letters->text + cut, common_words, common_word_count))
			return true;
	}
	return false;
}

/* "p4ssw0rd!2024": digits and signs off both ends, then the usual replacements undone. */
static void undisguise(struct plain *word)
{
	static const char from[] = "013457@$!", to[] = "oieastasi";
	size_t start = 0;

	while (word->length && !is_letter(word->text[word->length - 1]))
		word->length--;
	while (start < word->length && !is_letter(word->text[start]))
		start++;
	word->length -= start;
	memmove(word->text, word->text + start, word->length);
	word->text[word->length] = '\0';
	for (size_t i = 0; i < word->length; i++) {
		const char *at = strchr(from, word->text[i]);

		if (at)
			word->text[i] = to[at - from];
	}
}

/* At most two common words, and too little around them to matter. */
static bool dressed_up_words(const struct plain *password)
{
	struct plain word;

	plain_from(&word, (struct str){password->text, password->length}, KEEP_LETTERS);
	if (word.length + 8 >= password->length && is_words(&word))
		return true;
	word = *password;
	undisguise(&word);
	return word.length + 8 >= password->length && is_words(&word);
}

/* ---- what others know about the person ---- */

/* True when the password is the name and fewer than ten characters more. */
static bool built_from(const struct plain *password, struct str name)
{
	struct plain own, known;

	plain_from(&own, (struct str){password->text, password->length}, KEEP_WORD_CHARACTERS);
	plain_from(&known, name, KEEP_WORD_CHARACTERS);
	return known.length >= 4 && own.length < known.length + 10 && strstr(own.text, known.text) != NULL;
}

static const char *name_used(const struct plain *password, const struct password_context *context)
{
	struct str rest = context->email;
	struct str local = str_absent(rest) ? STR_NONE : str_split(&rest, '@');

	if (built_from(password, local) || built_from(password, context->email))
		return "your e-mail address";
	if (built_from(password, context->person))
		return "your name";
	if (built_from(password, context->company))
		return "your company's name";
	if (built_from(password, STR("demandengine")))
		return "the name of this product";
	return NULL;
}

bool password_acceptable(struct str password, const struct password_context *context, const char *field,
			 struct errors *errors)
{
	struct plain plain;
	const char *name;

	if (!utf8_valid(password)) {
		errors_add(errors, field, "invalid", "The password holds characters that cannot be read.");
		return false;
	}
	if (password.n > PASSWORD_MOST_BYTES || utf8_length(password) > PASSWORD_MOST_CODE_POINTS) {
		errors_add(errors, field, "too_long", "Use at most %d characters.", PASSWORD_MOST_CODE_POINTS);
		return false;
	}
	if (utf8_length(password) < PASSWORD_LEAST_CODE_POINTS) {
		errors_add(errors, field, "too_short",
			   "Use at least %d characters: a few words in a row are easy to remember and hard to guess.",
			   PASSWORD_LEAST_CODE_POINTS);
		return false;
	}
	plain_from(&plain, password, KEEP_ALL);
	name = name_used(&plain, context);
	if (name)
		errors_add(errors, field, "too_personal",
			   "This password is built from %s, which others know. Choose one that is not.", name);
	else if (distinct(&plain) < 5 || repeats(&plain) || surprises(&plain) < 6)
		errors_add(errors, field, "too_simple",
			   "This password repeats itself or follows the keyboard. Mix in a few words that do not "
			   "belong together.");
	else if (listed(plain.text, common_passwords, common_password_count) || dressed_up_words(&plain))
		errors_add(errors, field, "too_common",
			   "This password is among the first that are tried. Add a few words that do not belong "
			   "together.");
	else
		return true;
	return false;
}
