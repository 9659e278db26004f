/* Many pairs at once, each a merge with its own way back. */
#include "lib/crm/merge_internal.h"

#include "lib/entity/insert_many.h"

/* Where an earlier pair has merged it to. */
static struct uuid stands_for(const struct merge_pair *pairs, size_t before, struct uuid id)
{
	for (size_t i = 0; i < before; i++)
		if (pairs[i].done && !uuid_equal(pairs[i].kept, id) &&
		    (uuid_equal(pairs[i].first, id) || uuid_equal(pairs[i].second, id)))
			id = pairs[i].kept;
	return id;
}

/* By the time they were made; times in stored form sort as text. */
static bool is_older(const struct record *one, const struct record *other)
{
	struct str a = record_text(one, "created_at"), b = record_text(other, "created_at");
	struct uuid id = record_id(one), other_id = record_id(other);
	int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return order ? order < 0 : memcmp(&id, &other_id, sizeof id) < 0;
}

static enum err merge_pair(struct ttx *tx, const struct entity *entity, struct merge_pair *pair)
{
	struct uuid ids[] = {pair->first, pair->second};
	struct record *rows[COUNT_OF(ids)];
	struct merge_order order = {.entity = entity};
	enum err err = entity_get_many(tx, entity, ids, COUNT_OF(ids), false, rows);

	if (err)
		return err;
	if (!rows[0] || !rows[1]) {
		errors_add(pair->errors, NULL, "not_found", "One of the two is not there any more.");
		return E_INVALID;
	}
	order.kept = is_older(rows[0], rows[1]) ? ids[0] : ids[1];
	order.gone = uuid_equal(order.kept, ids[0]) ? ids[1] : ids[0];
	err = merge_rows(tx, &order, pair->errors, &pair->merge_id);
	pair->kept = order.kept;
	pair->done = err == OK;
	return err;
}

/* What is about the pair and not about the transaction. */
static bool is_its_own(enum err err)
{
	return err == E_INVALID || err == E_CONFLICT || err == E_PRECONDITION || err == E_LIMIT || err == E_NOTFOUND;
}

enum err merge_pairs(struct ttx *tx, const struct entity *entity, struct merge_pair *pairs, size_t count)
{
	enum err err = OK;

	for (size_t i = 0; err == OK && i < count; i++) {
		struct merge_pair *pair = &pairs[i];

		pair->errors = errors_new(ttx_arena(tx));
		pair->done = false;
		pair->first = stands_for(pairs, i, pair->first);
		pair->second = stands_for(pairs, i, pair->second);
		pair->kept = pair->first;
		/* Both are one by now. */
		if (uuid_equal(pair->first, pair->second))
			continue;
		err = ttx_savepoint(tx);
		if (err == OK)
			pair->err = err = merge_pair(tx, entity, pair);
		if (is_its_own(err))
			err = ttx_restore(tx);
	}
	return err;
}

/* ---- out of the queue ---- */

STATEMENT(read_queue, "SELECT entity, first_id, second_id FROM duplicate_pairs WHERE tenant_id = $1"
		      " AND id = ANY($2::uuid[]) AND state = 'open' ORDER BY entity, score DESC, id");

enum err merge_queued(struct ttx *tx, struct str ids, const struct entity *(*entity_of)(void *, struct str plural),
		      void *context, struct merge_counts *out)
{
	struct merge_pair *pairs = arena_array(ttx_arena(tx), MERGE_PAIRS_MOST, sizeof *pairs);
	struct rows *rows;
	enum err err = ttx_rows(tx, &read_queue, ARGS(arg_str(ids)), &rows);
	bool more = err == OK && rows_next(rows);

	*out = (struct merge_counts){0};
	while (err == OK && more) {
		struct str plural = rows_str(rows, 0);
		size_t count = 0;

		for (; more && count < MERGE_PAIRS_MOST && str_equal(rows_str(rows, 0), plural); more = rows_next(rows))
			pairs[count++] = (struct merge_pair){.first = rows_uuid(rows, 1), .second = rows_uuid(rows, 2)};
		err = merge_pairs(tx, entity_of(context, plural), pairs, count);
		for (size_t i = 0; i < count; i++) {
			out->merged += pairs[i].done;
			out->refused += pairs[i].err != OK;
		}
	}
	return err;
}
