/* People of an archive and people who are here: one person where the e-mail address is one. */
#include "lib/tenant/archive_internal.h"
#include "lib/tenant/user.h"
#include "lib/text/json.h"

struct meeting {
	struct arena *arena;
	struct ttx *tx;
	struct person {
		struct uuid id;
		struct str email;
	} * here;
	size_t count;
	struct str *why;
};

STATEMENT(list_waiting,
	  "SELECT id, email FROM tenant_users WHERE tenant_id = $1 AND is_active AND password_hash IS NULL"
	  " ORDER BY created_at, id");
STATEMENT(list_people, "SELECT id, email_norm FROM tenant_users WHERE tenant_id = $1");
/* With what hangs on it, in one statement: a key to a row is looked at when all of it is done. */
STATEMENT(become, "WITH person AS (UPDATE tenant_users SET id = $3 WHERE tenant_id = $1 AND id = $2),"
		  " sessions AS (UPDATE tenant_sessions SET user_id = $3 WHERE tenant_id = $1 AND user_id = $2),"
		  " tokens AS (UPDATE tenant_tokens SET user_id = $3 WHERE tenant_id = $1 AND user_id = $2)"
		  " UPDATE tenant_api_keys SET created_by = $3 WHERE tenant_id = $1 AND created_by = $2");

static enum err meet(struct meeting *m, struct uuid id, struct str email)
{
	enum err err = OK;

	for (size_t i = 0; !err && i < m->count; i++) {
		bool same_id = uuid_equal(m->here[i].id, id), same_email = str_equal(m->here[i].email, email);

		if (same_id && !same_email)
			return REFUSE(m, E_INVALID, "tenant_users: somebody here has the id of somebody else there.");
		if (same_email && !same_id)
			err = ttx_exec(m->tx, &become, ARGS(arg_uuid(m->arena, m->here[i].id), arg_uuid(m->arena, id)),
				       NULL);
	}
	return err;
}

static enum err list_here(struct meeting *m)
{
	struct rows *rows;
	enum err err = ttx_rows(m->tx, &list_people, NO_ARGS, &rows);

	if (err)
		return err;
	m->here = arena_array(m->arena, rows_count(rows) + 1, sizeof *m->here);
	while (rows_next(rows))
		m->here[m->count++] = (struct person){rows_uuid(rows, 0), rows_str(rows, 1)};
	return OK;
}

static enum err meet_line(struct meeting *m, struct str line)
{
	static const struct json_limits limits = {(size_t)1024 * 1024, 32, 20000};
	struct str why, email, norm;
	struct value *row;
	struct uuid id;

	if (json_parse(m->arena, line, &limits, &row, &why) != OK)
		return REFUSE(m, E_MALFORMED, "tenant_users: a row is too large.");
	email = value_as_str(value_get(row, STR("email")));
	norm = value_as_str(value_get(row, STR("email_norm")));
	if (!uuid_parse(value_as_str(value_get(row, STR("id"))), &id) || str_absent(email) ||
	    !str_equal(norm, email_normal(m->arena, email)))
		return REFUSE(m, E_INVALID, "tenant_users: a row has no id, or no e-mail address in its normal form.");
	return meet(m, id, norm);
}

enum err archive_meet_people(struct ttx *tx, const struct archive_content *content, const struct archive_table *people,
			     struct str *why)
{
	const struct archive_member *member = archive_member_of(content, people);
	struct meeting m = {.arena = ttx_arena(tx), .tx = tx, .why = why};
	struct buffer held = BUFFER_IN(NULL);
	struct archive_lines lines = {.spool = content->spool, .held = &held};
	struct str line;
	enum err err = list_here(&m);

	if (err || !member)
		return err;
	lines.at = member->start;
	lines.end = member->start + member->bytes;
	do {
		err = archive_line(&lines, &line);
		if (!err && !str_absent(line))
			err = meet_line(&m, line);
	} while (!err && !str_absent(line));
	buffer_free(&held);
	return err;
}

enum err archive_people_waiting(struct ttx *tx, struct archive_person **out, size_t *count)
{
	struct rows *rows;
	enum err err = ttx_rows(tx, &list_waiting, NO_ARGS, &rows);

	*count = 0;
	if (err)
		return err;
	*out = arena_array(ttx_arena(tx), rows_count(rows) + 1, sizeof **out);
	while (rows_next(rows))
		(*out)[(*count)++] = (struct archive_person){rows_uuid(rows, 0), rows_str(rows, 1)};
	return OK;
}
