/*
 * Templates: Mustache (sections, inverted sections, partials, comments, delimiters, inheritance), with differences that
 * make a page safe by construction.
 *
 * - {{{x}}} and {{&x}} are refused unless the loader was told to accept them (only the public spec's cases do); every
 *   value is escaped for text and quoted attributes.
 * - The parser follows the HTML context: a variable inside <script>, <style>, a comment, an unquoted attribute, a tag or
 *   attribute name does not load, nor does one in on*, hx-on*, style, srcset, srcdoc, hx-vals, hx-headers, hx-trigger.
 * - A variable that begins an href, src, action, formaction, poster, hx-get, hx-post… must be a URL value at render time
 *   (a string there is an error); a later one (href="/leads/{{id}}") is percent-encoded like a path segment.
 * - A section or block must end in the tag, attribute or element in which it began. Partials and parents stand in text
 *   only. A block that {{<parent}} fills must exist there, and between {{<parent}} and its end stand blocks alone.
 * - In a list {{@index}} counts from 1, and {{#@first}} and {{#@last}} are sections. A list or map is not printable: it
 *   counts as unknown.
 * - *.txt (mails) is plain text: values are printed as they are, and it includes other *.txt only.
 *
 * Parsed once, before the workers fork; immutable and shared afterwards.
 */
#ifndef DEMAND_TEMPLATE_H
#define DEMAND_TEMPLATE_H

#include "lib/text/value.h"

struct templates;

enum template_mode {
	TEMPLATE_STRICT = 1, /* an unknown name is an error at render: tests */
	TEMPLATE_LENIENT,    /* an unknown name is empty and logged once: production */
	TEMPLATE_SPEC        /* as the Mustache specification: raw tags, no HTML context, unknown is empty */
};

/*
 * Loads every *.html and *.txt below folder; a name is its path without the ending ("leads/list").
 * NULL with complaints ("file:line: …"), one a line.
 */
struct templates *templates_load(const char *folder, enum template_mode, struct buffer *complaints);
/* From memory: pairs of name and text, ended by a NULL name. An ending ".html" or ".txt" is cut; none means HTML. */
struct templates *templates_from_memory(const char *const *names_and_texts, enum template_mode,
					struct buffer *complaints);
void templates_free(struct templates *); /* NULL is fine */
bool templates_has(const struct templates *, const char *name);

/*
 * A name is looked up first in data, then in page (page may be NULL). Dotted names work in both ("tenant.name").
 * E_NOTFOUND: no such template. E_INTERNAL with a log line: unknown name in strict mode, a string where a URL must
 * stand, recursion past 32. After an error out is as it was.
 */
enum err template_render(const struct templates *, const char *name, const struct value *data, const struct value *page,
			 struct buffer *out) MUST_CHECK;

/* & < > " ' */
void html_escape(struct buffer *out, struct str);

#endif
