/* Pairs of rows that look alike, for programs. */
#include "fcgi/duplicate_view.h"
#include "fcgi/handlers.h"
#include "fcgi/try.h"

static bool read_limit(struct context *c, size_t *most)
{
	struct str sent = form_text(&c->query, "limit");
	int64_t limit = 25;

	if (!str_absent(sent) && (!str_to_int64(sent, &limit) || limit < 1 || limit > DUPLICATE_PAIRS_MOST)) {
		errors_add(c->errors, "limit", "out_of_range", "limit is 1 to %d.", DUPLICATE_PAIRS_MOST);
		return false;
	}
	*most = (size_t)limit;
	return true;
}

enum err duplicates_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	struct duplicate_query query;
	struct duplicate_pair *pairs;
	struct record **rows;
	size_t count, most = 0;
	bool asked = duplicates_read_query(c, &query), more;

	if (!read_limit(c, &most) || !asked)
		return E_INVALID;
	query.most = most;
	TRY(duplicate_list(c->tx, &query, &pairs, &count, &more));
	rows = arena_array(c->arena, 2 * count + 1, sizeof(struct record *));
	TRY(duplicates_read_rows(c, pairs, count, rows));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		if (!rows[2 * i] || !rows[2 * i + 1])
			continue;
		duplicates_put_pair(c, &pairs[i], map);
		value_put_str(map, "first_title", record_title(rows[2 * i]));
		value_put_str(map, "second_title", record_title(rows[2 * i + 1]));
		value_append(list, map);
	}
	value_put_str(c->data, "next_cursor", more ? duplicate_place_text(c->arena, &pairs[count - 1]) : STR_NONE);
	return OK;
}

static enum err decide(struct context *c, const char *state)
{
	struct duplicate_pair pair;

	TRY(duplicate_decide(c->tx, c->id, state, &pair));
	duplicates_put_pair(c, &pair, c->data);
	return OK;
}

enum err duplicate_dismiss_api(struct context *c)
{
	return decide(c, "dismissed");
}

enum err duplicate_reopen_api(struct context *c)
{
	return decide(c, "open");
}

enum err duplicates_search_get_api(struct context *c)
{
	struct duplicate_search search;

	TRY(duplicate_search_get(c->tx, &search));
	value_put_bool(c->data, "looking", search.looking);
	value_put_bool(c->data, "stuck", search.stuck);
	value_put_int(c->data, "found", search.found);
	value_put_instant(c->data, "finished_at", search.finished_at);
	return OK;
}

enum err duplicates_search_api(struct context *c)
{
	TRY(duplicate_search_request(c->tx));
	return duplicates_search_get_api(c);
}
