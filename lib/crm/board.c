#include "lib/crm/board.h"

#include "lib/base/clock.h"
#include "lib/crm/lead.h"

#define GAP (INT64_C(1) << 20) /* between a card and one that is put beside it */

#define CARD                                                                                                           \
	"SELECT l.id, l.version, l.name, l.company, l.phone, l.urgency, l.tier, l.next_step, l.value_cents, "          \
	"l.stage_since,"                                                                                               \
	" l.response_due_at, l.first_response_at, l.stage_position, coalesce(u.name, u.email) FROM leads l"            \
	" LEFT JOIN tenant_users u ON u.tenant_id = $1 AND u.id = l.owner_id"                                          \
	" WHERE l.tenant_id = $1 AND l.stage_id = $2 AND l.deleted_at IS NULL"
#define BY_PLACE " ORDER BY l.stage_position, l.id LIMIT 26"

/* By whether the board is one person's, and whether it begins behind a card. */
STATEMENT(cards_all, CARD BY_PLACE);
STATEMENT(cards_behind, CARD " AND (l.stage_position, l.id) > ($3, $4)" BY_PLACE);
STATEMENT(cards_owned, CARD " AND l.owner_id = $3" BY_PLACE);
STATEMENT(cards_owned_behind, CARD " AND l.owner_id = $3 AND (l.stage_position, l.id) > ($4, $5)" BY_PLACE);

#define TOTAL                                                                                                          \
	"SELECT count(*), coalesce(sum(v.value_cents), 0)::bigint FROM (SELECT l.value_cents FROM leads l"             \
	" WHERE l.tenant_id = $1 AND l.stage_id = $2 AND l.deleted_at IS NULL"
STATEMENT(total_all, TOTAL " LIMIT 5001) v");
STATEMENT(total_owned, TOTAL " AND l.owner_id = $3 LIMIT 5001) v");

/* ---- reading ---- */

static void read_card(const struct rows *row, const struct stage *stage, int64_t now, struct board_card *card)
{
	*card = (struct board_card){
		.id = rows_uuid(row, 0),
		.version = rows_int(row, 1),
		.name = rows_str(row, 2),
		.company = rows_str(row, 3),
		.phone = rows_str(row, 4),
		.urgency = rows_str(row, 5),
		.tier = rows_str(row, 6),
		.next_step = rows_str(row, 7),
		.value_cents = rows_int(row, 8),
		.stage_since = rows_instant(row, 9),
		.response_due_at = rows_instant(row, 10),
		.first_response_at = rows_instant(row, 11),
		.position = rows_int(row, 12),
		.owner = rows_str(row, 13),
	};
	card->is_stale = stage->stale_days > 0 &&
			 now - card->stage_since > stage->stale_days * (24 * 3600 * MICROSECONDS_PER_SECOND);
}

struct sent {
	struct rows *cards, *total;
};

static struct sent send_column(struct ttx *tx, const struct board_query *query, const struct stage *stage)
{
	struct arena *arena = ttx_arena(tx);
	struct argument id = arg_uuid(arena, stage->id), owner = arg_uuid(arena, query->owner);
	struct argument position = arg_int(arena, query->after_position), after = arg_uuid(arena, query->after_id);
	struct sent sent;

	if (uuid_is_zero(query->owner)) {
		sent.cards = query->has_after ? ttx_send(tx, &cards_behind, ARGS(id, position, after))
					      : ttx_send(tx, &cards_all, ARGS(id));
		sent.total = ttx_send(tx, &total_all, ARGS(id));
	} else {
		sent.cards = query->has_after ? ttx_send(tx, &cards_owned_behind, ARGS(id, owner, position, after))
					      : ttx_send(tx, &cards_owned, ARGS(id, owner));
		sent.total = ttx_send(tx, &total_owned, ARGS(id, owner));
	}
	return sent;
}

static enum err read_column(struct ttx *tx, const struct stage *stage, struct sent sent, struct board_column *column)
{
	int64_t now = clock_now();
	enum err err = rows_wait(sent.cards);

	if (err == OK)
		err = rows_wait(sent.total);
	if (err || !rows_next(sent.total))
		return err ? err : E_INTERNAL;
	*column = (struct board_column){
		.stage = stage,
		.cards = arena_array(ttx_arena(tx), BOARD_CARDS, sizeof *column->cards),
		.more = rows_count(sent.cards) > BOARD_CARDS,
		.count = rows_int(sent.total, 0),
		.value_cents = rows_int(sent.total, 1),
	};
	column->is_capped = column->count > BOARD_COUNT_MOST;
	while (column->card_count < BOARD_CARDS && rows_next(sent.cards))
		read_card(sent.cards, stage, now, &column->cards[column->card_count++]);
	return OK;
}

enum err board_read(struct ttx *tx, const struct board_query *query, struct board *out)
{
	struct arena *arena = ttx_arena(tx);
	struct stages stages;
	struct sent sent[STAGES_MOST];
	const struct stage *wanted[STAGES_MOST];
	size_t count = 0;
	enum err err = stages_read(tx, stages_send(tx), &stages);

	if (err)
		return err;
	for (size_t i = 0; i < stages.count; i++)
		if (uuid_is_zero(query->stage) || uuid_equal(stages.items[i].id, query->stage))
			wanted[count++] = &stages.items[i];
	if (count == 0 && !uuid_is_zero(query->stage))
		return E_NOTFOUND;
	for (size_t i = 0; i < count; i++)
		sent[i] = send_column(tx, query, wanted[i]);
	*out = (struct board){.columns = arena_array(arena, count, sizeof *out->columns), .count = count};
	for (size_t i = 0; err == OK && i < count; i++)
		err = read_column(tx, wanted[i], sent[i], &out->columns[i]);
	return err;
}

struct str board_place(struct arena *arena, const struct board_card *card)
{
	return arena_printf(arena, "%lld_%.*s", (long long)card->position, STR_FMT_ARG(uuid_text(arena, card->id)));
}

bool board_place_parse(struct str text, struct board_query *query)
{
	struct str id = text, position = str_split(&id, '_');

	query->has_after =
		str_to_int64(position, &query->after_position) && !str_absent(id) && uuid_parse(id, &query->after_id);
	return query->has_after;
}

/* ---- moving ---- */

STATEMENT(read_place,
	  "SELECT stage_position FROM leads WHERE tenant_id = $1 AND id = $2 AND stage_id = $3 AND deleted_at IS NULL");
/* The moved card itself is no neighbour. */
STATEMENT(read_above,
	  "SELECT stage_position, id FROM leads WHERE tenant_id = $1 AND stage_id = $2 AND deleted_at IS NULL"
	  " AND (stage_position, id) < ($3, $4) AND id <> $5 ORDER BY stage_position DESC, id DESC LIMIT 1");
STATEMENT(read_below,
	  "SELECT stage_position, id FROM leads WHERE tenant_id = $1 AND stage_id = $2 AND deleted_at IS NULL"
	  " AND (stage_position, id) > ($3, $4) AND id <> $5 ORDER BY stage_position, id LIMIT 1");
STATEMENT(read_last,
	  "SELECT stage_position, id FROM leads WHERE tenant_id = $1 AND stage_id = $2 AND deleted_at IS NULL"
	  " AND id <> $3 ORDER BY stage_position DESC, id DESC LIMIT 1");
STATEMENT(read_first,
	  "SELECT stage_position, id FROM leads WHERE tenant_id = $1 AND stage_id = $2 AND deleted_at IS NULL"
	  " AND id <> $3 ORDER BY stage_position, id LIMIT 1");
/* Where two cards have no place between them, what is above makes room; a card is put near the top, so that is little. */
STATEMENT(make_room,
	  "UPDATE leads SET stage_position = stage_position - $5::bigint WHERE tenant_id = $1 AND stage_id = $2"
	  " AND deleted_at IS NULL AND (stage_position, id) < ($3, $4)");

struct place {
	bool found;
	int64_t position;
	struct uuid id;
};

static enum err read_place_of(struct ttx *tx, const struct statement *statement, struct arguments arguments,
			      struct place *out)
{
	struct rows *rows;
	enum err err = ttx_rows(tx, statement, arguments, &rows);

	*out = (struct place){.found = err == OK && rows_next(rows)};
	if (out->found) {
		out->position = rows_int(rows, 0);
		out->id = rows_uuid(rows, 1);
	}
	return err;
}

/* Between two cards, of which the lower one is there. */
static enum err between(struct ttx *tx, struct argument stage, const struct place *above, const struct place *below,
			int64_t *position)
{
	struct arena *arena = ttx_arena(tx);

	if (!above->found) {
		*position = below->position - GAP;
		return OK;
	}
	if (below->position - above->position >= 2) {
		*position = above->position + (below->position - above->position) / 2;
		return OK;
	}
	*position = below->position - GAP / 2;
	return ttx_exec(tx, &make_room,
			ARGS(stage, arg_int(arena, below->position), arg_uuid(arena, below->id), arg_int(arena, GAP)),
			NULL);
}

static enum err beside(struct ttx *tx, struct uuid lead, const struct board_move *move, struct errors *errors,
		       int64_t *position)
{
	struct arena *arena = ttx_arena(tx);
	struct argument stage = arg_uuid(arena, move->stage), self = arg_uuid(arena, lead);
	struct argument neighbour = arg_uuid(arena, move->neighbour);
	bool before = move->where == MOVE_BEFORE;
	struct place at, other;
	struct rows *row;
	enum err err = ttx_one(tx, &read_place, ARGS(neighbour, stage), &row);

	if (err == E_NOTFOUND) {
		errors_add(errors, before ? "before_id" : "after_id", "not_found",
			   "That card is not in this stage any more.");
		return E_INVALID;
	}
	if (err)
		return err;
	at = (struct place){true, rows_int(row, 0), move->neighbour};
	err = read_place_of(tx, before ? &read_above : &read_below,
			    ARGS(stage, arg_int(arena, at.position), neighbour, self), &other);
	if (err)
		return err;
	if (before)
		return between(tx, stage, &other, &at, position);
	if (other.found)
		return between(tx, stage, &at, &other, position);
	*position = at.position + GAP;
	return OK;
}

static enum err at_end(struct ttx *tx, struct uuid lead, const struct board_move *move, int64_t *position)
{
	struct arena *arena = ttx_arena(tx);
	bool top = move->where == MOVE_TOP;
	struct place end;
	enum err err = read_place_of(tx, top ? &read_first : &read_last,
				     ARGS(arg_uuid(arena, move->stage), arg_uuid(arena, lead)), &end);

	*position = !end.found ? -clock_now() : top ? end.position - GAP : end.position + GAP;
	return err;
}

enum err board_move(struct ttx *tx, const struct record *lead, const struct board_move *move, struct errors *errors,
		    struct record **out)
{
	struct arena *arena = ttx_arena(tx);
	struct record *change = record_new(arena, &lead_entity);
	bool beside_one = move->where == MOVE_BEFORE || move->where == MOVE_AFTER;
	int64_t position = 0;
	enum err err;

	if (beside_one && uuid_equal(move->neighbour, record_id(lead))) {
		errors_add(errors, move->where == MOVE_BEFORE ? "before_id" : "after_id", "not_found",
			   "A card cannot stand beside itself.");
		return E_INVALID;
	}
	err = beside_one ? beside(tx, record_id(lead), move, errors, &position)
			 : at_end(tx, record_id(lead), move, &position);
	if (err)
		return err;
	record_set_text(change, "stage_id", uuid_text(arena, move->stage));
	record_set_text(change, "stage_position", arena_printf(arena, "%lld", (long long)position));
	if (!str_absent(move->lost_reason))
		record_set_text(change, "lost_reason", move->lost_reason);
	return entity_update(tx, lead, change, errors, out);
}
