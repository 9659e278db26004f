/*
 * What the files of the template engine share. A template is a flat list of operations; one with a body (section,
 * block, parent) holds the index of the first operation behind it, so walking the direct members is i = ops[i].end.
 */
#ifndef DEMAND_TEMPLATE_INTERNAL_H
#define DEMAND_TEMPLATE_INTERNAL_H

#include "lib/text/template.h"

enum op_type { OP_TEXT = 1, OP_VALUE, OP_SECTION, OP_INVERTED, OP_PARTIAL, OP_PARENT, OP_BLOCK };

enum op_print {
	PRINT_ESCAPED = 1, /* HTML text and quoted attributes */
	PRINT_RAW,         /* plain text templates; raw tags of the specification's mode */
	PRINT_URL,         /* begins a URL attribute: only a URL value may stand there */
	PRINT_SEGMENT      /* later in a URL attribute: percent-encoded like a path segment */
};

enum iteration_name { ITERATION_NONE = 0, ITERATION_FIRST, ITERATION_LAST, ITERATION_INDEX };

struct op {
	enum op_type type;
	enum op_print print; /* OP_VALUE */
	bool line_start;     /* the first output of its line: a partial's indentation goes before it */
	uint32_t line, end;
	uint32_t name;                 /* OP_VALUE, sections: index into the template's names */
	struct str text;               /* literal; name of the partial, parent or block */
	struct str indent;             /* OP_PARTIAL alone on its line: the white space before it */
	const struct template *target; /* OP_PARTIAL, OP_PARENT; NULL (nothing) only in the specification's mode */
};

/* A dotted name, split. No part: the implicit iterator ".". */
struct name {
	struct str text;
	const struct str *parts;
	size_t count;
	enum iteration_name iteration;
};

struct block_place; /* template_check.c: where a block stands */

struct template
{
	const char *name;
	const char *file; /* for messages */
	struct str source;
	bool html;
	struct op *ops;
	size_t op_count;
	struct name *names;
	size_t name_count;
	bool *reported; /* one for each name: already logged as unknown by this process */
	enum { CHECK_OPEN = 0, CHECK_RUNNING, CHECK_DONE } check;
	struct block_place *blocks; /* newest first */
};

struct templates {
	struct arena *arena;
	enum template_mode mode;
	struct template *items; /* sorted by name */
	size_t count;
};

/* Fills ops and names. False with a complaint. */
bool template_parse(struct arena *, enum template_mode, struct template *, struct buffer *complaints);
/* Index of a name in the template's table, which it enters when new. False when it is no name. */
bool template_name(struct arena *, enum template_mode, struct template *, size_t *capacity, struct str text,
		   uint32_t *index);
/* A copy of an array with twice the capacity. */
void *template_grow(struct arena *, const void *old, size_t count, size_t *capacity, size_t size);
/* Finds the target of every partial and parent, and proves the HTML context of every tag. False with complaints. */
bool template_check_all(struct templates *, struct buffer *complaints);
struct template *template_find(const struct templates *, struct str name);
void template_complain(const struct template *, uint32_t line, struct buffer *complaints, const char *format, ...)
	PRINTF(4, 5);

#endif
