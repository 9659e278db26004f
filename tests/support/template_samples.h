/* Templates from memory for tests: what they give, or why they do not load. */
#ifndef DEMAND_TEMPLATE_SAMPLES_H
#define DEMAND_TEMPLATE_SAMPLES_H

#include "lib/text/template.h"

#define SAMPLE_ARENA_BYTES ((size_t)16 * 1024 * 1024)
#define SAMPLE_TEXTS_MAX 10

/* "page" is rendered; the others are its partials and parents. */
struct sample {
	const char *texts[SAMPLE_TEXTS_MAX];
	const char *data;     /* JSON */
	const char *expected; /* NULL: rendering fails */
};

struct value *sample_json(struct arena *, const char *text);
/* Must load without a complaint. */
struct templates *sample_load(struct arena *, const char *const *texts, enum template_mode);
void samples_run(const struct sample *, size_t count, enum template_mode);
/* Must not load, and complain in these words. */
void sample_refuse(const char *const *texts, const char *expected);

#endif
