/*
 * Where in an HTML document a place of a template is: a tokenizer (WHATWG HTML, section 13.2.5) reduced to what decides
 * whether a variable may stand there and how it is printed. Fed with the literal text, asked at each tag of a template.
 */
#ifndef DEMAND_TEMPLATE_HTML_H
#define DEMAND_TEMPLATE_HTML_H

#include "lib/text/template_internal.h"

#define HTML_NAME_MAX 40

enum html_state {
	HTML_TEXT = 1,
	HTML_TAG_OPEN,     /* behind '<' */
	HTML_END_TAG_OPEN, /* behind '</' */
	HTML_TAG_NAME,
	HTML_TAG_SPACE,   /* in a tag: an attribute may begin */
	HTML_TAG_GAP,     /* in a tag: a separator must come first */
	HTML_NAME,        /* attribute name */
	HTML_NAME_END,    /* white space behind an attribute name */
	HTML_VALUE_START, /* behind '=' */
	HTML_VALUE_DOUBLE,
	HTML_VALUE_SINGLE,
	HTML_VALUE_BARE,
	HTML_MARKUP, /* behind '<!' */
	HTML_COMMENT,
	HTML_DECLARATION, /* doctype and the like, to the next '>' */
	HTML_RAW          /* script, style, textarea, title… */
};

enum html_attribute { ATTRIBUTE_TEXT = 1, ATTRIBUTE_URL, ATTRIBUTE_REFUSED };

struct html_context {
	enum html_state state;
	const struct html_raw *raw; /* the element in HTML_RAW, or the one whose start tag is being read */
	bool end_tag;
	uint32_t matched;          /* characters of an end tag, or of a comment's dashes */
	uint32_t tags, attributes; /* serial numbers: two places in a tag are the same only when these agree */
	enum html_attribute attribute;
	bool begun;                     /* the value surely holds something already */
	bool scheme_open, scheme_other; /* reading what may be a scheme; it is none of http, https, mailto, tel */
	char name[HTML_NAME_MAX + 1];   /* of the tag, the attribute, or the scheme; lower case, cut */
	uint32_t name_length;
	char attribute_name[HTML_NAME_MAX + 1]; /* for messages */
};

void html_context_start(struct html_context *);
/* One character of literal text. False with *why when the text cannot stand there. */
bool html_context_feed(struct html_context *, char, const char **why);
/* A variable here: how to print it; false with *why when it may not stand here. */
bool html_context_variable(struct html_context *, enum op_print *, const char **why);
/* A section or block begins or ends here. False with *why where that would split a token. */
bool html_context_boundary(struct html_context *, const char **why);
/* Both are at a boundary. True when they are the same place of the document; *a then stands for either. */
bool html_context_join(struct html_context *a, const struct html_context *b);
/* Something whose text is not known here was put in: a block that another template may override. */
void html_context_blur(struct html_context *);

/* name is in lower case. */
enum html_attribute html_attribute_kind(struct str name);
bool html_scheme_safe(struct str scheme);

#endif
