/*
 * What the measurements need from the product itself: credentials with the hashes that only this stack's pepper gives, and the list
 * statement as the product sends it.
 *
 *   make_data CONFIG list          the statement of a list of 25 leads
 *   make_data CONFIG keys COUNT    one line for each tenant: number, slug, code, API key, hash, session, hash, password's hash
 */
#include "lib/base/id.h"
#include "lib/crm/lead.h"
#include "lib/entity/entity_internal.h"
#include "lib/tenant/password.h"
#include "lib/tenant/principal.h"

#include <sodium.h>
#include <stdio.h>

#define PASSWORD STR("bench-bench-bench-kettle") /* load.lua signs in with it */

static void print_list_statement(struct arena *arena)
{
	struct form no_parameters = {NULL, 0};
	struct errors *errors = errors_new(arena);
	struct list_query query;
	struct sql sql = sql_new(arena);

	if (list_query_parse(arena, &lead_entity, &no_parameters, NULL, &query, errors) != OK ||
	    list_statement(&sql, uuid_zero(), &lead_entity, &query, errors) != OK)
		abort();
	(void)printf("%.*s\n", STR_FMT_ARG(buffer_str(&sql.text)));
}

static void print_token(struct arena *arena, enum token_kind kind, struct str code)
{
	struct token token;

	token_make(arena, kind, code, &token);
	/* COPY takes one backslash off. */
	(void)printf("\t%.*s\t\\\\x%.*s", STR_FMT_ARG(token.text),
		     STR_FMT_ARG(hex_encode(arena, token.hash, sizeof(token.hash))));
}

static void print_keys(struct arena *arena, int64_t count)
{
	struct str password;

	if (password_hash(arena, PASSWORD, &password) != OK)
		abort();
	for (long long i = 1; i <= count; i++) {
		struct arena *one = arena_new((size_t)64 * 1024);
		struct str code = arena_printf(one, "b%07lld", i);

		(void)printf("%lld\tbench-%05lld\t%.*s", i, i, STR_FMT_ARG(code));
		print_token(one, TOKEN_API_KEY, code);
		print_token(one, TOKEN_SESSION, code);
		(void)printf("\t%.*s\n", STR_FMT_ARG(password));
		arena_free(one);
	}
}

int main(int count, char **arguments)
{
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct buffer complaints = BUFFER_IN(NULL);
	struct config config;
	uint8_t pepper[32];
	int64_t tenants = 0;

	if (count < 3 || sodium_init() < 0 || !config_load(&config, arguments[1], &complaints) ||
	    !config_pepper(&config, pepper, &complaints)) {
		(void)fputs(complaints.bytes ? complaints.bytes : "make_data CONFIG list | keys COUNT\n", stderr);
		return 2;
	}
	token_pepper(pepper);
	if (strcmp(arguments[2], "list") == 0)
		print_list_statement(arena);
	else if (count == 4 && str_to_int64(str_from(arguments[3]), &tenants))
		print_keys(arena, tenants);
	else
		return 2;
	arena_free(arena);
	return 0;
}
