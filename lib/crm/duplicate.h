/*
 * Rows that look like the same person or place: those like one that is about to be made, and the queue of pairs that a
 * job finds. What is compared stands in columns of its own (phone_e164, email_norm, place_norm), so that an index
 * answers.
 */
#ifndef DEMAND_DUPLICATE_H
#define DEMAND_DUPLICATE_H

#include "lib/entity/entity.h"
#include "lib/tenant/job.h"

/* Plurals of the entities that are looked through, ended by NULL. */
extern const char *const duplicate_entities[];
bool duplicate_fits(const struct entity *);

enum duplicate_reason {
	DUPLICATE_PHONE = 1 << 0,
	DUPLICATE_EMAIL = 1 << 1,
	DUPLICATE_ADDRESS_NAME = 1 << 2 /* the same name at the same address */
};
/* Each reason has a word for programs and one for people ("same phone"). */
struct duplicate_reason_words {
	enum duplicate_reason reason;
	const char *word, *label;
};
extern const struct duplicate_reason_words duplicate_reasons[];
extern const size_t duplicate_reason_count;
/* "same phone, same e-mail" */
struct str duplicate_reasons_in_words(struct arena *, unsigned reasons);

/* ---- before a row is made ---- */

#define DUPLICATES_MOST 3 /* that are told */

struct duplicate {
	struct uuid id;
	struct str title;
	unsigned reasons;
	int64_t created_at;
};
/*
 * The living rows of the entity that are like this one, which need not be stored nor be of the same entity. Queued: it shares a round trip with what is
 * waited for next. NULL: there is nothing to look by.
 */
struct rows *duplicate_send(struct ttx *, const struct entity *, const struct record *);
/* Contacts that the row may be about, where it has a field for its contact and names none. NULL otherwise. */
struct rows *duplicate_contacts_send(struct ttx *, const struct record *);
/* The name of that field; NULL: it has none. */
const char *duplicate_contact_field(const struct entity *);
/* The best first, at most DUPLICATES_MOST; none for NULL. */
enum err duplicate_read(struct ttx *, struct rows *sent, struct duplicate **out, size_t *count) MUST_CHECK;

/* ---- the queue ---- */

struct duplicate_pair {
	struct uuid id, first, second;
	const struct entity *entity;
	unsigned reasons;
	struct str state; /* "open", "dismissed" */
	int64_t score;    /* 0 to 100 */
	int64_t version, created_at, updated_at;
};
struct duplicate_place {
	int64_t score;
	struct uuid id;
};
/* "75-<uuid>"; an absent text is the beginning. */
struct str duplicate_place_text(struct arena *, const struct duplicate_pair *);
bool duplicate_place_parse(struct str, struct duplicate_place *out) MUST_CHECK;

struct duplicate_query {
	const struct entity *entity; /* NULL: all */
	struct str state;
	struct duplicate_place after;
	size_t most;
};
#define DUPLICATE_PAIRS_MOST 100
/* Pairs of which both rows are alive, the likeliest first. One statement. */
enum err duplicate_list(struct ttx *, const struct duplicate_query *, struct duplicate_pair **out, size_t *count,
			bool *more) MUST_CHECK;
/* Open pairs of each of duplicate_entities, counted to at most DUPLICATE_COUNT_MOST. */
#define DUPLICATE_COUNT_MOST 1000
enum err duplicate_counts(struct ttx *, int64_t *counts) MUST_CHECK;
/* "open" or "dismissed"; a dismissed pair is not found again. E_NOTFOUND. */
enum err duplicate_decide(struct ttx *, struct uuid id, const char *state, struct duplicate_pair *out) MUST_CHECK;

/* ---- the search ---- */

#define DUPLICATE_JOB "duplicates.find"

struct duplicate_search {
	bool looking;        /* it runs or waits for its turn */
	bool stuck;          /* it was given up */
	int64_t found;       /* new pairs of this search, or of the last */
	int64_t finished_at; /* of the last; 0: there was none, or it runs */
};
enum err duplicate_search_get(struct ttx *, struct duplicate_search *out) MUST_CHECK;
/* One is made as soon as may be; where one runs, another after it. */
enum err duplicate_search_request(struct ttx *) MUST_CHECK;
/* Goes on with the search for a second or so; begins one where none runs. */
enum err duplicate_search_step(struct ttx *, bool *more) MUST_CHECK;
/* The job: one step. Every company's rows are looked through once a day. */
enum err duplicate_run(struct job_run *) MUST_CHECK;

#endif
