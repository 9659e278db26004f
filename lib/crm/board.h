/*
 * The pipeline board: a column for each stage, its cards by their place, and moving a card. Work is bounded however many leads there are: a column counts
 * at most BOARD_COUNT_MOST of them and reads BOARD_CARDS cards.
 */
#ifndef DEMAND_CRM_BOARD_H
#define DEMAND_CRM_BOARD_H

#include "lib/crm/pipeline.h"

#define BOARD_CARDS 25
#define BOARD_COUNT_MOST 5000

struct board_card {
	struct uuid id;
	int64_t version, value_cents, stage_since;
	int64_t response_due_at, first_response_at; /* 0: none */
	int64_t position;
	struct str name, company, phone, urgency, tier, next_step, owner; /* absent: none */
	bool is_stale; /* longer in its stage than the stage allows */
};

struct board_column {
	const struct stage *stage;
	struct board_card *cards;
	size_t card_count;
	bool more;                  /* there are further cards: ask with `after` the last */
	int64_t count, value_cents; /* of at most BOARD_COUNT_MOST leads */
	bool is_capped;             /* there are more than those */
};

struct board_query {
	struct uuid owner; /* zero: everybody's */
	struct uuid stage; /* zero: all stages */
	/* Cards behind this place, when has_after; for one stage. */
	bool has_after;
	int64_t after_position;
	struct uuid after_id;
};

struct board {
	struct board_column *columns;
	size_t count;
};
/* Two round trips: the stages, then everything. E_NOTFOUND when query->stage is none. */
enum err board_read(struct ttx *, const struct board_query *, struct board *out) MUST_CHECK;

/* "<position>_<id>" for `after`, and back. */
struct str board_place(struct arena *, const struct board_card *);
bool board_place_parse(struct str, struct board_query *) MUST_CHECK;

/* Where a card is put. */
struct board_move {
	struct uuid stage;
	enum { MOVE_TOP = 1, MOVE_BOTTOM, MOVE_BEFORE, MOVE_AFTER } where;
	struct uuid neighbour;  /* of MOVE_BEFORE and MOVE_AFTER */
	struct str lost_reason; /* absent: not given */
};
/*
 * Moves the lead as it was read. Errors at "stage_id", "before_id", "after_id" (the neighbour is not in that stage), "lost_reason"; E_PRECONDITION when the
 * lead has changed since.
 */
enum err board_move(struct ttx *, const struct record *lead, const struct board_move *, struct errors *,
		    struct record **out) MUST_CHECK;

#endif
