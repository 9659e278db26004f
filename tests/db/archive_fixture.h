/* Two companies that share a database, one with something of everything, and ways to take archives apart and put others together. */
#ifndef DEMAND_ARCHIVE_FIXTURE_H
#define DEMAND_ARCHIVE_FIXTURE_H

#include "tests/db/tenant_fixture.h"

#include "lib/tenant/archive_internal.h"
#include "tests/support/database.h"

extern struct world *world;
extern struct pg *jobs; /* as demand_jobs */
extern struct arena *arena;
extern const struct tenant *shop, *neighbour;
extern struct str shop_archive;
extern const char *why_not; /* the sentence of the last import */

int archive_start(void **state);
int archive_stop(void **state);

struct item {
	struct str name, bytes;
};
struct items {
	struct item list[200];
	size_t count;
};

struct str exported(const struct tenant *tenant, bool gzip);
enum err imported(const struct tenant *tenant, struct str bytes);
struct items unpacked(struct str bytes);
struct str packed(const struct items *items);
struct item *item_of(struct items *items, const char *name);
struct str replaced(struct str text, const char *what, const char *by);
void forge(struct items *items, const char *name, struct str bytes, int rows_more);
const char *id_text(const struct tenant *tenant);
const struct tenant *fresh(struct tenant_made *made);
int64_t count_of(const struct tenant *tenant, const char *table);
void assert_untouched(const struct tenant *tenant);

#define REFUSED(tenant, bytes, err, sentence)                                                                          \
	do {                                                                                                           \
		assert_int_equal(imported((tenant), (bytes)), (err));                                                  \
		if (!strstr(why_not, (sentence)))                                                                      \
			fail_msg("“%s” does not say “%s”", why_not, (sentence));                                       \
		assert_untouched(tenant);                                                                              \
	} while (0)

#endif
