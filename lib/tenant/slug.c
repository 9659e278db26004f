#include <stdlib.h>

#include "lib/tenant/slug.h"
#include "lib/tenant/slug_internal.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

bool slug_valid(struct str slug)
{
	if (slug.n < SLUG_LEAST || slug.n > SLUG_MOST)
		return false;
	for (size_t i = 0; i < slug.n; i++)
		if (!is_letter(slug.p[i]) && !is_digit(slug.p[i]) && slug.p[i] != '-')
			return false;
	if (slug.p[0] == '-' || slug.p[slug.n - 1] == '-')
		return false;
	return !(slug.n >= 4 && slug.p[2] == '-' && slug.p[3] == '-');
}

/* ---- reserved ---- */

struct fold {
	char text[SLUG_MOST + 1];
	size_t length;
};

/* What a hasty reader sees: hyphens gone, 0 as o, 1 and i as l, 5 as s, "rn" as m, "vv" as w. */
static struct fold slug_fold(struct str slug)
{
	struct fold fold = {{0}, 0};

	for (size_t i = 0; i < slug.n && fold.length < SLUG_MOST; i++) {
		char c = slug.p[i];
		char *last = fold.length ? &fold.text[fold.length - 1] : NULL;

		if (c == '-')
			continue;
		if (c == '0')
			c = 'o';
		else if (c == '1' || c == 'i')
			c = 'l';
		else if (c == '5')
			c = 's';
		if (last && *last == 'r' && c == 'n')
			*last = 'm';
		else if (last && *last == 'v' && c == 'v')
			*last = 'w';
		else
			fold.text[fold.length++] = c;
	}
	return fold;
}

/* "mail", "mail2", "ns01": a stem and digits. "wwww": any number of w. */
static bool reserved_by_pattern(struct str slug)
{
	struct str stem = slug;

	while (stem.n && is_digit(stem.p[stem.n - 1]))
		stem.n--;
	if (stem.n && stem.p[stem.n - 1] == '-')
		stem.n--;
	if (stem.n == 0)
		return true; /* digits alone look like an address */
	for (size_t i = 0; i < slug_reserved_stem_count; i++)
		if (str_is(stem, slug_reserved_stems[i]))
			return true;
	while (stem.n && stem.p[stem.n - 1] == 'w')
		stem.n--;
	return stem.n == 0;
}

static int by_fold(const void *a, const void *b)
{
	return strcmp(((const struct fold *)a)->text, ((const struct fold *)b)->text);
}

/* Made and sorted once: every request's host is looked up in them. */
static const struct fold *reserved_folds(void)
{
	static struct fold *folds;

	if (folds)
		return folds;
	folds = calloc(slug_reserved_count, sizeof(*folds));
	if (!folds)
		abort();
	for (size_t i = 0; i < slug_reserved_count; i++)
		folds[i] = slug_fold(str_from(slug_reserved_names[i]));
	qsort(folds, slug_reserved_count, sizeof(*folds), by_fold);
	return folds;
}

bool slug_reserved(struct str slug)
{
	struct fold fold = slug_fold(slug);

	if (slug.n > SLUG_MOST)
		return true;
	return reserved_by_pattern(slug) ||
	       bsearch(&fold, reserved_folds(), slug_reserved_count, sizeof(fold), by_fold) != NULL;
}

bool slug_acceptable(struct str slug, const char *field, struct errors *errors)
{
	if (slug.n < SLUG_LEAST)
		errors_add(errors, field, "too_short", "Use at least %d characters.", SLUG_LEAST);
	else if (slug.n > SLUG_MOST)
		errors_add(errors, field, "too_long", "Use at most %d characters.", SLUG_MOST);
	else if (!slug_valid(slug))
		errors_add(errors, field, "invalid",
			   "Use small letters a to z, digits and hyphens, with a letter or digit at both ends and no "
			   "two hyphens at places 3 and 4.");
	else if (slug_reserved(slug))
		errors_add(errors, field, "reserved", "This name is reserved. Please choose another.");
	else
		return true;
	return false;
}

/* ---- from a company's name ---- */

/* Latin-1 and Latin Extended-A letters to ASCII, two bytes of UTF-8 each: what North American company names hold. */
static const struct {
	const char *letters, *ascii;
} latin[] = {
	{"ÀÁÂÃÄÅàáâãäåĀāĂăĄą", "a"},
	{"ÇçĆćĈĉĊċČč", "c"},
	{"ĎďĐđÐð", "d"},
	{"ÈÉÊËèéêëĒēĔĕĖėĘęĚě", "e"},
	{"ĜĝĞğĠġĢģ", "g"},
	{"ĤĥĦħ", "h"},
	{"ÌÍÎÏìíîïĨĩĪīĬĭĮįİı", "i"},
	{"Ĵĵ", "j"},
	{"Ķķ", "k"},
	{"ĹĺĻļĽľŁł", "l"},
	{"ÑñŃńŅņŇň", "n"},
	{"ÒÓÔÕÖØòóôõöøŌōŎŏŐő", "o"},
	{"ŔŕŖŗŘř", "r"},
	{"ŚśŜŝŞşŠš", "s"},
	{"ŢţŤťŦŧ", "t"},
	{"ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲų", "u"},
	{"Ŵŵ", "w"},
	{"ÝýÿŶŷŸ", "y"},
	{"ŹźŻżŽž", "z"},
	{"ß", "ss"},
	{"Ææ", "ae"},
	{"Œœ", "oe"},
	{"Þþ", "th"},
};

static const char *latin_to_ascii(const char *two_bytes)
{
	for (size_t i = 0; i < COUNT_OF(latin); i++)
		for (const char *letter = latin[i].letters; *letter; letter += 2)
			if (letter[0] == two_bytes[0] && letter[1] == two_bytes[1])
				return latin[i].ascii;
	return NULL;
}

/* Lower-case words joined by hyphens; "joe's" is one word. Not yet cut. */
static struct str words_of(struct arena *arena, struct str name)
{
	struct buffer out = BUFFER_IN(arena);
	bool gap = false;

	for (size_t i = 0; i < name.n; i++) {
		char letter[2] = {name.p[i], 0};
		const char *add = NULL;

		if (letter[0] >= 'A' && letter[0] <= 'Z')
			letter[0] = (char)(letter[0] + ('a' - 'A'));
		if (is_letter(letter[0]) || is_digit(letter[0])) {
			add = letter;
		} else if (letter[0] == '\'' || (name.n - i >= 3 && memcmp(name.p + i, "’", 3) == 0)) {
			i += letter[0] == '\'' ? 0 : 2;
			continue;
		} else if (i + 1 < name.n && (add = latin_to_ascii(name.p + i)) != NULL) {
			i++;
		}
		if (!add) {
			gap = true;
			continue;
		}
		if (gap && out.length)
			buffer_add_char(&out, '-');
		gap = false;
		buffer_add(&out, add, strlen(add));
	}
	return buffer_str(&out);
}

/* "Inc." and the like say nothing about a company: dropped from the end while something is left. */
static struct str without_legal_form(struct str slug)
{
	static const char *const forms[] = {"-inc",  "-llc",     "-ltd",          "-corp",        "-co",    "-llp",
					    "-pllc", "-limited", "-incorporated", "-corporation", "-l-l-c", "-and"};

	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		struct str form = str_from(forms[i]);

		if (slug.n > form.n && str_ends(slug, form)) {
			slug.n -= form.n;
			i = (size_t)-1; /* from the start: "…-co-inc" */
		}
	}
	return slug;
}

/* Cut to SLUG_MOST at a word's end where there is one in the second half. */
static struct str cut(struct str slug, size_t most)
{
	size_t n;

	if (slug.n > most) {
		slug.n = most;
		for (n = most; n > most / 2; n--)
			if (slug.p[n] == '-') {
				slug.n = n;
				break;
			}
	}
	while (slug.n && slug.p[slug.n - 1] == '-')
		slug.n--;
	return slug;
}

struct str slug_from_name(struct arena *arena, struct str name)
{
	struct str slug = cut(without_legal_form(words_of(arena, name)), SLUG_MOST);

	if (slug.n >= 4 && slug.p[2] == '-' && slug.p[3] == '-')
		slug = STR("company");
	if (slug_valid(slug) && !slug_reserved(slug))
		return slug;
	/* "App" or "3M" alone: a word of the trade makes it a name of its own. */
	if (slug.n && slug.n <= SLUG_MOST - 8)
		slug = arena_printf(arena, "%.*s-service", STR_FMT_ARG(slug));
	return slug_valid(slug) && !slug_reserved(slug) ? slug : STR("company");
}
