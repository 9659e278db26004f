/* operator-key create | list | revoke. */
#include "ctl/ctl.h"

#include "lib/base/clock.h"
#include "lib/tenant/operator.h"

#include <stdio.h>
#include <stdlib.h>

int command_operator_create(struct ctl *ctl)
{
	struct str name = str_from(option_value(ctl, "--name")), secret = STR_NONE;
	struct operator_key *key;
	struct stx *stx;
	enum err e;

	if (!options_done(ctl))
		return EXIT_USAGE;
	if (str_absent(name))
		return fail("whose key is it? give --name");
	stx = stx_begin(ctl->auth, ctl->arena, "demandctl operator-key create", TX_WRITE);
	e = operator_key_create(stx, name, &key, &secret);
	if (e == OK)
		e = stx_commit(stx);
	if (e != OK)
		return fail("%s", err_sentence(e));
	printf("%.*s\n", STR_FMT_ARG(secret));
	fputs("This key is not shown again. Use it on the admin host: Authorization: Bearer <key>\n", stderr);
	return EXIT_SUCCESS;
}

int command_operator_list(struct ctl *ctl)
{
	struct operator_key *keys;
	size_t count;
	struct stx *stx;
	enum err e;

	if (!options_done(ctl))
		return EXIT_USAGE;
	stx = stx_begin(ctl->auth, ctl->arena, "demandctl operator-key list", TX_READ);
	e = operator_key_list(stx, &keys, &count);
	if (e == OK)
		e = stx_commit(stx);
	if (e != OK)
		return fail("%s", err_sentence(e));
	for (size_t i = 0; i < count; i++)
		printf("%-20.*s %-30.*s %-26.*s %s\n", STR_FMT_ARG(keys[i].prefix), STR_FMT_ARG(keys[i].name),
		       STR_FMT_ARG(clock_rfc3339(ctl->arena, keys[i].created_at)), keys[i].revoked_at ? "revoked" : "");
	return EXIT_SUCCESS;
}

int command_operator_revoke(struct ctl *ctl)
{
	struct str prefix = ctl->argument_count == 1 ? str_from(ctl->arguments[0]) : STR_NONE;
	struct operator_key *keys;
	size_t count, found = 0, at = 0;
	struct stx *stx;
	enum err e;

	if (str_absent(prefix)) {
		fail("which key? give its prefix (demandctl operator-key list)");
		return EXIT_USAGE;
	}
	stx = stx_begin(ctl->auth, ctl->arena, "demandctl operator-key revoke", TX_WRITE);
	e = operator_key_list(stx, &keys, &count);
	for (size_t i = 0; e == OK && i < count; i++)
		if (str_starts(keys[i].prefix, prefix) && !keys[i].revoked_at) {
			found++;
			at = i;
		}
	if (e == OK && found != 1)
		return fail(found ? "more than one key begins like that" : "no working key begins like that");
	if (e == OK)
		e = operator_key_revoke(stx, keys[at].id);
	if (e == OK)
		e = stx_commit(stx);
	if (e != OK)
		return fail("%s", err_sentence(e));
	printf("revoked %.*s\n", STR_FMT_ARG(keys[at].prefix));
	return EXIT_SUCCESS;
}
