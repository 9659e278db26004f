/* The real templates folder loads: every page, partial and mail parses, finds what it includes, and is safe in its HTML context. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "lib/text/template.h"

static void every_template_of_the_product_loads(void **state)
{
	const char *source = getenv("srcdir");
	struct buffer complaints = BUFFER_IN(NULL);
	struct templates *templates;
	char folder[4096];

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s/templates", source ? source : ".");
	templates = templates_load(folder, TEMPLATE_STRICT, &complaints);
	if (!templates)
		(void)fprintf(stderr, "%.*s", STR_FMT_ARG(buffer_str(&complaints)));
	buffer_free(&complaints);
	assert_non_null(templates);
	assert_true(templates_has(templates, "dashboard"));
	templates_free(templates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_template_of_the_product_loads)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
