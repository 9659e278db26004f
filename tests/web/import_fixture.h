/* Files brought by API and by page, and the job that takes their rows. */
#ifndef DEMAND_TESTS_IMPORT_FIXTURE_H
#define DEMAND_TESTS_IMPORT_FIXTURE_H

#include "tests/web/fixture.h"

#include "lib/crm/import.h"

/* What demand-jobs would do. */
static inline void work(const struct company *company, struct str id)
{
	struct tenant *tenant;
	struct uuid subject;
	bool more = true;

	assert_true(uuid_parse(id, &subject));
	MUST(resolver_by_slug(web->app.resolver, web->arena, company->slug, &tenant));
	while (more) {
		struct ttx *tx = ttx_begin(web->app.app_pg, web->arena, tenant->scope, TX_WRITE);

		MUST(import_step(tx, subject, 2, &more));
		MUST(ttx_commit(tx));
	}
}

static inline const struct response *post_file(const struct company *company, const char *const *pairs, const char *csv)
{
	struct buffer body = BUFFER_IN(web->arena);

	for (; *pairs; pairs += 2)
		buffer_printf(&body, "--xYx\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", pairs[0],
			      pairs[1]);
	buffer_printf(
		&body,
		"--xYx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n%s\r\n--xYx--"
		"\r\n",
		csv);
	return ASK(.method = METHOD_POST, .host = company->slug, .path = "/api/imports",
		   .bearer = company->key[ROLE_ADMIN], .type = "multipart/form-data; boundary=xYx",
		   .body = buffer_str(&body));
}
#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})

static inline const struct response *call(const struct company *company, enum method method, struct str id,
					  const char *suffix, const char *json)
{
	return ASK(.method = method, .host = company->slug,
		   .path = text("/api/imports/%.*s%s", STR_FMT_ARG(id), suffix).p, .bearer = company->key[ROLE_ADMIN],
		   .json = json);
}

#endif
