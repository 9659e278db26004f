/*
 * JSON (RFC 8259), strict. Reading: our own scan decides what is acceptable (strict UTF-8, no NUL, no raw control
 * character, exact grammar, caps, no duplicate key, no byte order mark, nothing behind the value) and keeps the raw text of every number; cJSON builds the
 * tree. Writing: straight into a buffer.
 */
#ifndef DEMAND_JSON_H
#define DEMAND_JSON_H

#include "lib/text/value.h"

struct json_limits {
	size_t bytes, depth, members; /* members: of all objects and arrays together */
};
extern const struct json_limits json_limits_request; /* 1 MiB, 16 deep, 20,000 members */
extern const struct json_limits json_limits_batch;   /* 4 MiB, 16 deep, 60,000 members: hundreds of rows at once */

/*
 * E_MALFORMED with *why a sentence for the sender that names the byte offset; E_TOOBIG when over the cap.
 * Strings and numbers of *out live in the arena and do not borrow from text.
 */
enum err json_parse(struct arena *, struct str text, const struct json_limits *, struct value **out,
		    struct str *why) MUST_CHECK;

void json_print(const struct value *, struct buffer *out);        /* compact */
void json_print_pretty(const struct value *, struct buffer *out); /* two spaces; for documents people read */
void json_string(struct str, struct buffer *out);                 /* with quotes; <, >, & and U+2028/9 as \u escapes */

#endif
