#include "lib/text/template_html.h"

typedef bool feed_function(struct html_context *, char, const char **why);

/* Elements whose content is not parsed as tags. variables: entities are decoded in it, so escaped text is safe. */
struct html_raw {
	const char *name;
	bool variables;
};

static const struct html_raw raw_elements[] = {
	{"script", false}, {"style", false},   {"textarea", true},  {"title", true},      {"iframe", false},
	{"xmp", false},    {"noembed", false}, {"noframes", false}, {"plaintext", false},
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Longer names are cut; none of the tables holds one that long, so a cut name equals no entry. */
static void name_add(struct html_context *h, char c)
{
	if (h->name_length < HTML_NAME_MAX)
		h->name[h->name_length++] = lower(c);
}

static struct str name_of(const struct html_context *h)
{
	return (struct str){h->name, h->name_length};
}

static bool refuse(const char **why, const char *message)
{
	*why = message;
	return false;
}

static bool go(struct html_context *h, enum html_state state)
{
	h->state = state;
	return true;
}

/* --- outside tags --- */

static bool feed_text(struct html_context *h, char c, const char **why)
{
	(void)why;
	return c != '<' || go(h, HTML_TAG_OPEN);
}

static void tag_begin(struct html_context *h, char c, bool end_tag)
{
	h->state = HTML_TAG_NAME;
	h->end_tag = end_tag;
	h->raw = NULL;
	h->name_length = 0;
	h->tags++;
	name_add(h, c);
}

static bool feed_tag_open(struct html_context *h, char c, const char **why)
{
	if (c == '!' || c == '/' || c == '?') {
		h->matched = 0;
		return go(h, c == '!' ? HTML_MARKUP : c == '/' ? HTML_END_TAG_OPEN : HTML_DECLARATION);
	}
	if (is_letter(c)) {
		tag_begin(h, c, false);
		return true;
	}
	h->state = HTML_TEXT;
	return feed_text(h, c, why);
}

static bool feed_end_tag_open(struct html_context *h, char c, const char **why)
{
	if (!is_letter(c))
		return refuse(why, "</ without a tag name");
	tag_begin(h, c, true);
	return true;
}

static bool feed_declaration(struct html_context *h, char c, const char **why)
{
	(void)why;
	return c != '>' || go(h, HTML_TEXT);
}

static bool feed_markup(struct html_context *h, char c, const char **why)
{
	if (c == '-' && h->matched == 0) {
		h->matched = 1;
		return true;
	}
	if (c == '-') {
		h->matched = 4;
		return go(h, HTML_COMMENT);
	}
	h->state = HTML_DECLARATION;
	return feed_declaration(h, c, why);
}

/*
 * matched: 1 and 2 dashes; 3 for "--!"; 4 and 5 at the beginning, where "<!-->" and "<!--->" are whole comments.
 * From 2 on, '>' ends it.
 */
static bool feed_comment(struct html_context *h, char c, const char **why)
{
	static const uint32_t after_dash[] = {1, 2, 2, 1, 5, 2};

	(void)why;
	if (c == '>' && h->matched >= 2)
		return go(h, HTML_TEXT);
	if (c == '-')
		h->matched = after_dash[h->matched];
	else
		h->matched = c == '!' && h->matched == 2 ? 3 : 0;
	return true;
}

/* Everything is content until "</name" followed by white space, '/' or '>'. */
static bool feed_raw(struct html_context *h, char c, const char **why)
{
	size_t length = strlen(h->raw->name);

	(void)why;
	if (h->matched == 0 || c == '<') {
		h->matched = c == '<';
	} else if (h->matched == 1) {
		h->matched = c == '/' ? 2 : 0;
	} else if (h->matched < length + 2) {
		h->matched = lower(c) == h->raw->name[h->matched - 2] ? h->matched + 1 : 0;
	} else if (is_space(c) || c == '/' || c == '>') {
		h->matched = 0;
		h->raw = NULL;
		h->end_tag = true;
		h->tags++;
		return go(h, c == '>' ? HTML_TEXT : HTML_TAG_SPACE);
	} else {
		h->matched = 0;
	}
	return true;
}

/* --- in a tag --- */

static void tag_name_done(struct html_context *h)
{
	for (size_t i = 0; i < COUNT_OF(raw_elements) && !h->end_tag; i++) {
		if (str_is(name_of(h), raw_elements[i].name))
			h->raw = &raw_elements[i];
	}
}

static bool tag_close(struct html_context *h)
{
	h->matched = 0;
	return go(h, h->raw ? HTML_RAW : HTML_TEXT);
}

/* White space, '/' and '>' mean the same wherever a name or value ends. */
static bool tag_separator(struct html_context *h, char c)
{
	if (c == '>')
		return tag_close(h);
	return (is_space(c) || c == '/') && go(h, HTML_TAG_SPACE);
}

static bool feed_tag_name(struct html_context *h, char c, const char **why)
{
	if (is_space(c) || c == '/' || c == '>') {
		tag_name_done(h);
		return tag_separator(h, c);
	}
	if (c == '<')
		return refuse(why, "'<' inside a tag");
	name_add(h, c);
	return true;
}

static bool feed_name(struct html_context *h, char c, const char **why)
{
	if (is_space(c))
		return go(h, HTML_NAME_END);
	if (tag_separator(h, c))
		return true;
	if (c == '=')
		return go(h, HTML_VALUE_START);
	if (c == '"' || c == '\'' || c == '<')
		return refuse(why, "a quote or '<' inside a tag where an attribute name is expected");
	name_add(h, c);
	return true;
}

static bool feed_tag_space(struct html_context *h, char c, const char **why)
{
	if (tag_separator(h, c))
		return true;
	if (c == '=')
		return refuse(why, "'=' without an attribute name");
	h->name_length = 0;
	h->attributes++;
	h->state = HTML_NAME;
	return feed_name(h, c, why);
}

static bool feed_tag_gap(struct html_context *h, char c, const char **why)
{
	return tag_separator(h, c) ||
	       refuse(why, "white space is missing between two attributes, or a name is put together from pieces");
}

static bool feed_name_end(struct html_context *h, char c, const char **why)
{
	if (is_space(c))
		return true;
	if (c == '=')
		return go(h, HTML_VALUE_START);
	return feed_tag_space(h, c, why);
}

static void value_begin(struct html_context *h, enum html_state state)
{
	h->attribute = html_attribute_kind(name_of(h));
	memcpy(h->attribute_name, h->name, h->name_length);
	h->attribute_name[h->name_length] = '\0';
	h->name_length = 0;
	h->begun = false;
	h->scheme_open = true;
	h->scheme_other = false;
	h->state = state;
}

static void value_add(struct html_context *h, char c)
{
	h->begun = true;
	if (!h->scheme_open)
		return;
	if (c == ':')
		h->scheme_other = !html_scheme_safe(name_of(h));
	if (c == ':' || c == '/' || c == '?' || c == '#')
		h->scheme_open = false;
	else if (!is_space(c))
		name_add(h, c);
}

static bool feed_quoted(struct html_context *h, char c, char quote)
{
	if (c == quote)
		return go(h, HTML_TAG_GAP);
	value_add(h, c);
	return true;
}

static bool feed_value_double(struct html_context *h, char c, const char **why)
{
	(void)why;
	return feed_quoted(h, c, '"');
}

static bool feed_value_single(struct html_context *h, char c, const char **why)
{
	(void)why;
	return feed_quoted(h, c, '\'');
}

static bool feed_value_bare(struct html_context *h, char c, const char **why)
{
	if (is_space(c))
		return go(h, HTML_TAG_SPACE);
	if (c == '>')
		return tag_close(h);
	if (c == '"' || c == '\'' || c == '<' || c == '=' || c == '`')
		return refuse(why, "a quote, '<' or '=' in an attribute value without quotes");
	value_add(h, c);
	return true;
}

static bool feed_value_start(struct html_context *h, char c, const char **why)
{
	if (is_space(c))
		return true;
	if (c == '>')
		return refuse(why, "'=' without an attribute value");
	value_begin(h, c == '"' ? HTML_VALUE_DOUBLE : c == '\'' ? HTML_VALUE_SINGLE : HTML_VALUE_BARE);
	return h->state != HTML_VALUE_BARE || feed_value_bare(h, c, why);
}

/* --- what the checker asks --- */

/* clang-format off */
/* One row for each state: how a character moves it, and why a variable or a section's edge cannot stand there. */
static const struct state_row {
	feed_function *feed;
	const char *no_variable, *no_boundary;
} states[] = {
	[HTML_TEXT] = {feed_text, NULL, NULL},
	[HTML_TAG_OPEN] = {feed_tag_open, "stands in a tag name", "splits a tag's name"},
	[HTML_END_TAG_OPEN] = {feed_end_tag_open, "stands in a tag name", "splits a tag's name"},
	[HTML_TAG_NAME] = {feed_tag_name, "stands in a tag name", NULL},
	[HTML_TAG_SPACE] = {feed_tag_space, "stands where an attribute name is expected", NULL},
	[HTML_TAG_GAP] = {feed_tag_gap, "stands where an attribute name is expected", NULL},
	[HTML_NAME] = {feed_name, "stands in an attribute name", NULL},
	[HTML_NAME_END] = {feed_name_end, "stands where an attribute name is expected", NULL},
	[HTML_VALUE_START] = {feed_value_start, "stands in an attribute value without quotes", "splits an attribute from its value"},
	[HTML_VALUE_DOUBLE] = {feed_value_double, NULL, NULL},
	[HTML_VALUE_SINGLE] = {feed_value_single, NULL, NULL},
	[HTML_VALUE_BARE] = {feed_value_bare, "stands in an attribute value without quotes", NULL},
	[HTML_MARKUP] = {feed_markup, "stands in a declaration", "stands in a declaration"},
	[HTML_COMMENT] = {feed_comment, "stands in an HTML comment", "stands in an HTML comment"},
	[HTML_DECLARATION] = {feed_declaration, "stands in a declaration", "stands in a declaration"},
	[HTML_RAW] = {feed_raw, NULL, NULL},
};
/* clang-format on */

void html_context_start(struct html_context *h)
{
	*h = (struct html_context){.state = HTML_TEXT, .attribute = ATTRIBUTE_TEXT};
}

bool html_context_feed(struct html_context *h, char c, const char **why)
{
	return states[h->state].feed(h, c, why);
}

static bool variable_in_raw(const struct html_context *h, const char **why)
{
	if (h->matched)
		return refuse(why, "stands in a tag name");
	return h->raw->variables || refuse(why, "stands inside script, style or another element that is not text");
}

static bool variable_in_value(struct html_context *h, enum op_print *print, const char **why)
{
	bool begun = h->begun;

	h->begun = true;
	h->scheme_open = false;
	if (h->attribute == ATTRIBUTE_REFUSED)
		return refuse(why, "stands in an attribute that takes no variable");
	if (h->attribute != ATTRIBUTE_URL)
		return true;
	if (begun && h->scheme_other)
		return refuse(why, "follows a URL scheme other than http, https, mailto and tel");
	*print = begun ? PRINT_SEGMENT : PRINT_URL;
	return true;
}

bool html_context_variable(struct html_context *h, enum op_print *print, const char **why)
{
	*print = PRINT_ESCAPED;
	if (states[h->state].no_variable)
		return refuse(why, states[h->state].no_variable);
	if (h->state == HTML_RAW)
		return variable_in_raw(h, why);
	return h->state == HTML_TEXT || variable_in_value(h, print, why);
}

bool html_context_boundary(struct html_context *h, const char **why)
{
	if (states[h->state].no_boundary)
		return refuse(why, states[h->state].no_boundary);
	if (h->state == HTML_RAW && h->matched)
		return refuse(why, "splits a tag's name");
	if (h->state == HTML_TAG_NAME)
		tag_name_done(h);
	if (h->state == HTML_TAG_NAME || h->state == HTML_NAME || h->state == HTML_VALUE_BARE)
		h->state = HTML_TAG_GAP;
	else if (h->state == HTML_NAME_END)
		h->state = HTML_TAG_SPACE;
	return true;
}

static bool in_tag(const struct html_context *h)
{
	return h->state == HTML_TAG_SPACE || h->state == HTML_TAG_GAP;
}

static bool in_value(const struct html_context *h)
{
	return h->state == HTML_VALUE_DOUBLE || h->state == HTML_VALUE_SINGLE;
}

bool html_context_join(struct html_context *a, const struct html_context *b)
{
	bool same_tag = a->tags == b->tags && a->raw == b->raw;

	if (in_tag(a) && in_tag(b)) {
		if (a->state != b->state)
			a->state = HTML_TAG_GAP;
		a->attributes = b->attributes > a->attributes ? b->attributes : a->attributes;
		return same_tag;
	}
	if (a->state != b->state)
		return false;
	a->begun = a->begun && b->begun;
	a->scheme_open = a->scheme_open && b->scheme_open;
	a->scheme_other = a->scheme_other || b->scheme_other;
	if (in_value(a))
		return same_tag && a->attributes == b->attributes;
	if (a->state == HTML_RAW)
		return same_tag;
	a->tags = b->tags > a->tags ? b->tags : a->tags;
	a->attributes = b->attributes > a->attributes ? b->attributes : a->attributes;
	return true;
}

void html_context_blur(struct html_context *h)
{
	h->scheme_open = false;
	if (in_tag(h))
		h->state = HTML_TAG_GAP;
}
