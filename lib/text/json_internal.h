/* Between the strict scan and the reader of JSON. */
#ifndef DEMAND_JSON_INTERNAL_H
#define DEMAND_JSON_INTERNAL_H

#include "lib/text/json.h"

struct json_token {
	size_t offset, length;
};

/* In the order of the document. */
struct json_tokens {
	struct json_token *items;
	size_t count, capacity;
};

struct json_scan {
	struct arena *arena;
	const struct json_limits *limits;
	struct str text;
	size_t at;
	size_t members;
	struct json_tokens numbers, keys;
	enum err status;
	struct str why; /* set when status is not OK */
};

/* Accepts exactly one JSON text within the limits; the tokens are then complete. */
enum err json_scan(struct json_scan *) MUST_CHECK;
/* Sets status and why; false, so that a caller can return it. */
bool json_refuse(struct json_scan *, enum err, size_t offset, const char *what);

#endif
