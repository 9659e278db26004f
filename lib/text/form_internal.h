/* What the two readers of forms share: limits, line ends and the list. */
#ifndef DEMAND_FORM_INTERNAL_H
#define DEMAND_FORM_INTERNAL_H

#include "lib/text/form.h"

struct form_reader {
	struct arena *arena;
	const struct form_limits *limits;
	struct form form;
	const struct form_field **end; /* where the next field is linked */
	enum err status;
	struct str why; /* set when status is not OK */
};

struct form_reader form_reader(struct arena *, const struct form_limits *);
/* Sets status and why; false, so that a caller can return it. */
bool form_refuse(struct form_reader *, enum err, const char *format, ...) PRINTF(3, 4);
/* Checks a field whose values are already decoded and links it. False when it was refused. */
bool form_add(struct form_reader *, struct form_field field) MUST_CHECK;
enum err form_finish(struct form_reader *, struct form *out, struct str *why) MUST_CHECK;

#endif
