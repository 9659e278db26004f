/*
 * What a browser sends: query strings, application/x-www-form-urlencoded and multipart/form-data (RFC 7578),
 * read into one list of fields. Strict: bad percent escapes, invalid UTF-8 and NUL are errors, not repairs.
 * Line ends in text become LF.
 */
#ifndef DEMAND_FORM_H
#define DEMAND_FORM_H

#include "lib/base/buffer.h"

struct form_field {
	struct str name;
	struct str text;         /* text of the field, or the bytes of the file */
	struct str file_name;    /* absent when it is not a file; base name only */
	struct str content_type; /* of a file part, as sent */
	const struct form_field *next;
};

struct form {
	const struct form_field *first;
	size_t count;
};

struct form_limits {
	size_t fields, name_bytes, text_bytes, file_bytes;
};
/* A table of 1,000 columns that is looked over has an input for each (lib/text/csv.h), and some for all of them. */
#define FORM_FIELDS_MOST ((size_t)1200)
extern const struct form_limits form_limits_request; /* FORM_FIELDS_MOST, 200, 256 KiB, 3 MiB */

/* E_MALFORMED or E_TOOBIG with *why a sentence for the sender. text is borrowed: it must live as long as the form. */
enum err form_parse_urlencoded(struct arena *, struct str text, const struct form_limits *, struct form *out,
			       struct str *why) MUST_CHECK;
/* content_type is the header's whole value: the boundary is taken from it. */
enum err form_parse_multipart(struct arena *, struct str content_type, struct str body, const struct form_limits *,
			      struct form *out, struct str *why) MUST_CHECK;

const struct form_field *form_find(const struct form *, const char *name); /* the first; NULL when not there */
const struct form_field *form_find_next(const struct form_field *, const char *name);
struct str form_text(const struct form *, const char *name); /* absent when not there */

/* Percent-encodes everything but RFC 3986 unreserved characters. */
void url_encode(struct buffer *out, struct str);
/* %xx only (a path segment: '+' stays). False on a bad escape, NUL or bad UTF-8. */
bool url_decode(struct arena *, struct str, struct str *out) MUST_CHECK;
/* "name=value&…" with both encoded; adds '&' when out is not empty. */
void url_add_pair(struct buffer *out, struct str name, struct str value);

/* Value of the named cookie in a Cookie header. *duplicate is set when the name occurs twice (refuse such a request). */
struct str cookie_find(struct str header, const char *name, bool *duplicate);

#endif
