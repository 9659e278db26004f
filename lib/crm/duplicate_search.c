/*
 * The search for pairs. It goes through each key (telephone, e-mail, place) in the order of its index, a range of values
 * at a time, so that a step takes as long with a million rows as with a thousand. Pairs that are there stay as they are,
 * dismissed ones too; what became of their rows is looked at first.
 */
#include "lib/crm/duplicate.h"

#include "lib/base/clock.h"
#include "lib/crm/duplicate_sql.h"

#define RANGE_ROWS 4000 /* and those of the last value beyond */
#define RANGE "4000"
#define STEP_MICROSECONDS (MICROSECONDS_PER_SECOND * 4 / 5)
/*
 * Up to so many rows of one value are all compared with each other. More of them share the number of a landlord or a
 * call centre: each is paired with the next alone, and only the first of them, or the queue would hold nothing else.
 */
#define GROUP_WHOLE "20"
#define GROUP_MOST "100"

/* ---- the statements of one stage ---- */

/* Where the next range ends, and how many rows it has. */
#define BOUND                                                                                                          \
	"SELECT max(x.value), count(*) FROM (SELECT r.{column} AS value FROM {table} r WHERE r.tenant_id = $1"         \
	" AND r.deleted_at IS NULL AND r.{column} > $2 ORDER BY r.{column} LIMIT " RANGE ") x"
#define FIND                                                                                                           \
	"WITH ranged AS MATERIALIZED (SELECT r.id, r.{column} AS value, {columns},"                                    \
	" count(*) OVER (PARTITION BY r.{column}) AS size,"                                                            \
	" row_number() OVER (PARTITION BY r.{column} ORDER BY left(r.zip, 5), r.id) AS number FROM {table} r"          \
	" WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND r.{column} > $2 AND r.{column} <= $3),"                  \
	" found AS (SELECT least(a.id, b.id) AS first_id, greatest(a.id, b.id) AS second_id, {reasons} AS reasons,"    \
	" {score} AS score FROM ranged a JOIN ranged b ON b.value = a.value AND b.number > a.number"                   \
	" AND (a.size <= " GROUP_WHOLE " OR b.number = a.number + 1) WHERE a.size > 1 AND b.size > 1"                  \
	" AND a.number < " GROUP_MOST ")"                                                                              \
	" INSERT INTO duplicate_pairs (tenant_id, id, entity, first_id, second_id, reasons, score, created_at,"        \
	" updated_at) SELECT $1, gen_random_uuid(), '{table}', x.first_id, x.second_id, x.reasons, x.score,"           \
	" $4::timestamptz, $4::timestamptz FROM found x WHERE x.reasons <> '' ON CONFLICT DO NOTHING"
/*
 * Pairs whose rows are gone or unlike by now go; that somebody said no to a pair is remembered as long as both are
 * there. Of the others the reasons may be others.
 */
#define CHECK                                                                                                          \
	"WITH part AS MATERIALIZED (SELECT p.id, p.first_id, p.second_id, p.state, p.reasons, p.score"                 \
	" FROM duplicate_pairs p WHERE p.tenant_id = $1 AND p.entity = '{table}' AND p.id > $2::uuid"                  \
	" ORDER BY p.id LIMIT " RANGE "),"                                                                             \
	" fresh AS MATERIALIZED (SELECT p.id, p.state, p.reasons AS old_reasons, p.score AS old_score,"                \
	" a.id IS NOT NULL AND b.id IS NOT NULL AS alive, {reasons} AS reasons, {score} AS score FROM part p"          \
	" LEFT JOIN {table} a ON a.tenant_id = $1 AND a.id = p.first_id AND a.deleted_at IS NULL"                      \
	" LEFT JOIN {table} b ON b.tenant_id = $1 AND b.id = p.second_id AND b.deleted_at IS NULL),"                   \
	" dropped AS (DELETE FROM duplicate_pairs d USING fresh f WHERE d.tenant_id = $1 AND d.id = f.id"              \
	" AND (NOT f.alive OR (f.reasons = '' AND f.state = 'open'))),"                                                \
	" changed AS (UPDATE duplicate_pairs u SET reasons = f.reasons, score = f.score, version = u.version + 1,"     \
	" updated_at = $3::timestamptz FROM fresh f WHERE u.tenant_id = $1 AND u.id = f.id AND f.alive"                \
	" AND f.reasons <> '' AND (f.reasons <> f.old_reasons OR f.score <> f.old_score))"                             \
	" SELECT (SELECT p.id::text FROM part p ORDER BY p.id DESC LIMIT 1), (SELECT count(*) FROM part p)"

struct stage {
	const struct duplicate_rules *rules;
	const struct duplicate_key *key; /* NULL: the pairs that are there are looked at */
};

/* The stage of that number: the checks of all entities, then their keys in order. false: there is none. */
static bool stage_at(int64_t number, struct stage *out)
{
	if (number < (int64_t)duplicate_rules_count) {
		*out = (struct stage){&duplicate_rules[number], NULL};
		return true;
	}
	number -= (int64_t)duplicate_rules_count;
	for (size_t i = 0; i < duplicate_rules_count; i++) {
		const struct duplicate_rules *rules = &duplicate_rules[i];

		if (number < (int64_t)rules->count) {
			*out = (struct stage){rules, &rules->keys[number]};
			return true;
		}
		number -= (int64_t)rules->count;
	}
	return false;
}

/* ---- its row ---- */

STATEMENT(read_search, "SELECT requested_at, started_at, finished_at, found FROM duplicate_searches"
		       " WHERE tenant_id = $1");
STATEMENT(ask_search, "INSERT INTO duplicate_searches (tenant_id, requested_at) VALUES ($1, $2)"
		      " ON CONFLICT (tenant_id) DO UPDATE SET requested_at = excluded.requested_at");
#define ENDED "(duplicate_searches.started_at IS NULL OR duplicate_searches.finished_at IS NOT NULL)"
/* Holds it until the end of the transaction; one that is over begins anew. */
STATEMENT(take_search,
	  "INSERT INTO duplicate_searches (tenant_id, started_at) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE"
	  " SET stage = CASE WHEN " ENDED " THEN 0 ELSE duplicate_searches.stage END, after = CASE WHEN " ENDED
	  " THEN '' ELSE duplicate_searches.after END,"
	  " found = CASE WHEN " ENDED " THEN 0 ELSE duplicate_searches.found END, started_at = CASE WHEN " ENDED
	  " THEN excluded.started_at ELSE duplicate_searches.started_at END, finished_at = NULL"
	  " RETURNING duplicate_searches.stage, duplicate_searches.after, duplicate_searches.found, "
	  "duplicate_searches.requested_at > duplicate_searches.started_at");
STATEMENT(store_search, "UPDATE duplicate_searches SET stage = $2, after = $3, found = $4, finished_at = $5"
			" WHERE tenant_id = $1");

struct search {
	int64_t stage, found;
	struct str after;
	bool asked_again; /* since it began */
};

static enum err take(struct ttx *tx, struct search *search)
{
	struct rows *row;
	enum err err = ttx_one(tx, &take_search, ARGS(arg_instant(ttx_arena(tx), ttx_now(tx))), &row);

	if (err == OK)
		*search = (struct search){rows_int(row, 0), rows_int(row, 2), rows_str(row, 1), rows_bool(row, 3)};
	return err;
}

static enum err store(struct ttx *tx, const struct search *search, bool over)
{
	struct arena *arena = ttx_arena(tx);

	return ttx_exec(tx, &store_search,
			ARGS(arg_int(arena, search->stage), arg_str(search->after), arg_int(arena, search->found),
			     over ? arg_instant(arena, ttx_now(tx)) : arg_null()),
			NULL);
}

enum err duplicate_search_get(struct ttx *tx, struct duplicate_search *out)
{
	struct rows *row;
	bool dead = false;
	enum err err = ttx_one(tx, &read_search, NO_ARGS, &row);

	*out = (struct duplicate_search){0};
	if (err)
		return err == E_NOTFOUND ? OK : err;
	out->found = rows_int(row, 3);
	out->finished_at = rows_instant(row, 2);
	out->looking = rows_null(row, 2) || rows_instant(row, 0) > rows_instant(row, 2);
	if (!out->looking)
		return OK;
	err = job_state(tx, DUPLICATE_JOB, uuid_zero(), &dead);
	out->stuck = dead || err == E_NOTFOUND;
	out->looking = !out->stuck;
	return err == E_NOTFOUND ? OK : err;
}

enum err duplicate_search_request(struct ttx *tx)
{
	enum err err = ttx_exec(tx, &ask_search, ARGS(arg_instant(ttx_arena(tx), ttx_now(tx))), NULL);

	return err ? err : job_enqueue(tx, DUPLICATE_JOB, uuid_zero(), 0);
}

/* ---- one range ---- */

static void next_stage(struct search *search)
{
	search->stage++;
	search->after = STR("");
}

/* As ttx_one(), of SQL made from a pattern. */
static enum err one_of(struct ttx *tx, const char *name, const struct stage *stage, const char *pattern,
		       struct arguments arguments, struct rows **out)
{
	struct str sql = duplicate_sql(ttx_arena(tx), stage->rules, stage->key, pattern);
	enum err err = ttx_rows_text(tx, name, sql, arguments, out);

	return err == OK && !rows_next(*out) ? E_INTERNAL : err;
}

/* The range ended at `last` and had so many rows. */
static void move_on(struct search *search, struct str last, int64_t rows)
{
	if (rows < RANGE_ROWS)
		next_stage(search);
	else
		search->after = last;
}

static enum err check_range(struct ttx *tx, const struct stage *stage, struct search *search)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *row;
	enum err err = one_of(tx, "duplicates_check", stage, CHECK,
			      ARGS(search->after.n ? arg_str(search->after) : arg_uuid(arena, uuid_zero()),
				   arg_instant(arena, ttx_now(tx))),
			      &row);

	if (err == OK)
		move_on(search, rows_str(row, 0), rows_int(row, 1));
	return err;
}

static enum err find_range(struct ttx *tx, const struct stage *stage, struct search *search)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *bound, *made;
	enum err err = one_of(tx, "duplicates_bound", stage, BOUND, ARGS(arg_str(search->after)), &bound);

	if (err == OK && rows_int(bound, 1) > 0) {
		err = ttx_rows_text(
			tx, "duplicates_find", duplicate_sql(arena, stage->rules, stage->key, FIND),
			ARGS(arg_str(search->after), arg_str(rows_str(bound, 0)), arg_instant(arena, ttx_now(tx))),
			&made);
		if (err == OK)
			search->found += rows_affected(made);
	}
	if (err == OK)
		move_on(search, rows_str(bound, 0), rows_int(bound, 1));
	return err;
}

enum err duplicate_search_step(struct ttx *tx, bool *more)
{
	int64_t until = clock_monotonic() + STEP_MICROSECONDS;
	struct search search = {0};
	struct stage stage;
	enum err err = take(tx, &search);

	while (err == OK && stage_at(search.stage, &stage)) {
		err = stage.key ? find_range(tx, &stage, &search) : check_range(tx, &stage, &search);
		if (clock_monotonic() > until)
			break;
	}
	if (err)
		return err;
	*more = stage_at(search.stage, &stage);
	err = store(tx, &search, !*more);
	*more = *more || search.asked_again;
	return err;
}

enum err duplicate_run(struct job_run *run)
{
	struct ttx *tx = ttx_begin(run->pg, run->arena, run->tenant->scope, TX_WRITE);
	bool more = false;
	enum err err = duplicate_search_step(tx, &more);

	if (err) {
		ttx_rollback(tx);
		return err;
	}
	return job_commit(run, tx, more ? JOB_AGAIN : JOB_TOMORROW);
}
