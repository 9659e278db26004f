/* Merging as pages: which other row, what becomes of both, the list of merges and the way back. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/merge_view.h"
#include "fcgi/page.h"
#include "fcgi/timeline_view.h"
#include "fcgi/try.h"

#include "lib/crm/duplicate.h"
#include "lib/crm/entities.h"
#include "lib/entity/custom.h"
#include "lib/entity/history.h"

#define FOUND_MOST 10
#define FIELD_PREFIX "field."

/* ---- which other one ---- */

static enum err find(struct context *c, struct str q, struct list_result *out)
{
	struct form_field words = {.name = STR("q"), .text = q};
	struct form form = {&words, 1};
	struct list_query query;

	*out = (struct list_result){.count = 0};
	if (q.n == 0)
		return OK;
	TRY(list_query_parse(c->arena, c->entity, &form, NULL, &query, c->errors));
	query.limit = FOUND_MOST + 1;
	return entity_list(c->tx, c->entity, &query, c->errors, out);
}

static void put_hit(struct context *c, struct value *list, struct uuid other, struct str name, struct str facts)
{
	struct value *hit = value_map(c->arena);

	value_put_str(hit, "name", name);
	value_put_str(hit, "facts", facts);
	value_put_url(hit, "url",
		      arena_printf(c->arena, "/%s/%.*s/merge?with=%.*s", c->entity->plural,
				   STR_FMT_ARG(uuid_text(c->arena, c->id)), STR_FMT_ARG(uuid_text(c->arena, other))));
	value_append(list, hit);
}

/* Before anything was typed: those that look like the same. */
static enum err put_likely(struct context *c, const struct record *record, struct value *list)
{
	struct rows *sent = duplicate_send(c->tx, c->entity, record);
	struct duplicate *likely;
	size_t count;

	TRY(duplicate_read(c->tx, sent, &likely, &count));
	for (size_t i = 0; i < count; i++)
		if (!uuid_equal(likely[i].id, c->id))
			put_hit(c, list, likely[i].id, likely[i].title,
				duplicate_reasons_in_words(c->arena, likely[i].reasons));
	return OK;
}

static enum err find_page(struct context *c, const struct record *record)
{
	struct value *list = value_put_list(c->page, "hits");
	struct str q = str_trim(form_text(&c->query, "q"));
	struct list_result found;
	enum err e = find(c, q, &found);

	if (e && e != E_INVALID)
		return e;
	for (size_t i = 0; i < found.count && value_count(list) < FOUND_MOST; i++)
		if (!uuid_equal(record_id(found.records[i]), c->id))
			put_hit(c, list, record_id(found.records[i]), entity_title(found.records[i]),
				merge_facts(c, found.records[i]));
	if (q.n == 0)
		TRY(put_likely(c, record, list));
	c->template = "merge/find";
	value_put_str(c->page, "title", arena_printf(c->arena, "Merge %.*s", STR_FMT_ARG(entity_title(record))));
	value_put_str(c->page, "name", entity_title(record));
	value_put_str(c->page, "entity_label", entity_in_sentence(c, c->entity->label));
	value_put_str(c->page, "words", q.n ? q : STR(""));
	value_put_bool(c->page, "asked", q.n > 0);
	value_put_bool(c->page, "found", value_count(list) > 0);
	value_put_url(c->page, "action_url", entity_row_path(c, record, "/merge"));
	value_put_url(c->page, "back_url", entity_row_path(c, record, ""));
	return OK;
}

/* ---- both of them ---- */

/* Of the one in the path a 404, of the other one too: an id is there or it is not. */
static enum err show(struct context *c, const struct merge_order *order, struct merge_preview *preview)
{
	struct errors *errors = errors_new(c->arena);
	struct merge_order plain = {.entity = order->entity, .kept = order->kept, .gone = order->gone};
	enum err e = merge_preview(c->tx, order, c->errors, preview);

	/* What was chosen cannot be: it is shown with the error, over the default. */
	if (e == E_INVALID && preview->kept && preview->gone && order->count)
		e = merge_preview(c->tx, &plain, errors, preview);
	if (e == E_INVALID && (!preview->kept || !preview->gone)) {
		c->errors = errors_new(c->arena);
		return uuid_equal(order->kept, order->gone) ? context_fail(c, E_MALFORMED, "That is the same record.")
							    : E_NOTFOUND;
	}
	TRY(e);
	return merge_put_page(c, preview);
}

enum err merge_page(struct context *c)
{
	struct str with = form_text(&c->query, "with");
	struct merge_order order = {.entity = c->entity, .kept = c->id};
	struct merge_preview preview;
	struct record *record;

	if (with.n == 0) {
		TRY(entity_get(c->tx, c->entity, c->id, &record));
		return find_page(c, record);
	}
	if (!uuid_parse(with, &order.gone))
		return E_NOTFOUND;
	return show(c, &order, &preview);
}

static int64_t version_of(struct context *c, const char *name)
{
	int64_t version;

	return str_to_int64(form_text(&c->form, name), &version) && version > 0 ? version : 0;
}

static enum err read_form(struct context *c, struct merge_order *order)
{
	struct merge_choice *choices = arena_array(c->arena, c->entity->field_count + 1, sizeof *choices);
	struct str prefix = STR(FIELD_PREFIX);

	if (!uuid_parse(form_text(&c->form, "with"), &order->gone))
		return E_NOTFOUND;
	for (const struct form_field *sent = c->form.first; sent; sent = sent->next)
		if (str_starts(sent->name, prefix) && order->count < c->entity->field_count)
			merge_read_choice(c, c->entity, (struct str){sent->name.p + prefix.n, sent->name.n - prefix.n},
					  sent->text, choices, &order->count);
	order->choices = choices;
	order->kept_version = version_of(c, "version.keep");
	order->gone_version = version_of(c, "version.remove");
	return OK;
}

static enum err to_kept(struct context *c, struct uuid merge)
{
	return context_redirect(c, arena_printf(c->arena, "/%s/%.*s?done=merged&merge=%.*s", c->entity->plural,
						STR_FMT_ARG(uuid_text(c->arena, c->id)),
						STR_FMT_ARG(uuid_text(c->arena, merge))));
}

/* Sent twice: the first time has done it. */
static bool is_done_already(struct context *c, struct uuid gone, struct uuid *merge)
{
	struct uuid kept;

	return merge_went_to(c->tx, c->entity, gone, &kept) == OK && uuid_equal(kept, c->id) &&
	       merge_of_gone(c->tx, c->entity, gone, merge) == OK;
}

enum err merge_do_page(struct context *c)
{
	struct merge_order order = {.entity = c->entity, .kept = c->id};
	struct merge_preview preview;
	struct uuid merge;
	enum err e;

	TRY(read_form(c, &order));
	if (is_done_already(c, order.gone, &merge))
		return to_kept(c, merge);
	TRY(show(c, &order, &preview));
	if (errors_any(c->errors))
		return E_INVALID;
	e = merge_rows(c->tx, &order, c->errors, &merge);
	if (e == OK)
		return to_kept(c, merge);
	/* What it would be now, with the sentence that says why it is not. */
	if (e == E_PRECONDITION || e == E_INVALID)
		TRY(show(c, &order, &preview));
	return e;
}

/* ---- many, out of the queue ---- */

static const struct entity *entity_of(void *context, struct str plural)
{
	const struct context *c = context;

	return entity_with_custom(c->arena, entity_find(plural), c->tenant->custom_fields);
}

static enum err read_pairs(struct context *c, struct str *out)
{
	struct buffer ids = BUFFER_IN(c->arena);
	size_t count = 0;

	for (const struct form_field *pair = form_find(&c->form, "pair"); pair; pair = form_find_next(pair, "pair")) {
		struct uuid id;

		if (!uuid_parse(pair->text, &id))
			return E_MALFORMED;
		buffer_add_char(&ids, count++ ? ',' : '{');
		buffer_add_str(&ids, uuid_text(c->arena, id));
	}
	buffer_add_char(&ids, '}');
	*out = buffer_str(&ids);
	if (count == 0)
		errors_add(c->errors, "pair", "required", "Tick the pairs that are to be merged.");
	else if (count > MERGE_PAIRS_MOST)
		errors_add(c->errors, "pair", "too_long", "Merge %d pairs at a time at most.", MERGE_PAIRS_MOST);
	return errors_any(c->errors) ? E_INVALID : OK;
}

enum err merge_queued_page(struct context *c)
{
	struct merge_counts counts;
	struct str ids;

	value_put_text(c->page, "title", "Nothing was merged");
	value_put_text(c->page, "back_label", "Duplicates");
	value_put_url(c->page, "back_url", STR("/duplicates"));
	TRY(read_pairs(c, &ids));
	TRY(merge_queued(c->tx, ids, entity_of, c, &counts));
	return context_redirect(c, arena_printf(c->arena, "/merges?merged=%lld&refused=%lld", (long long)counts.merged,
						(long long)counts.refused));
}

static const char *pairs(int64_t count)
{
	return count == 1 ? "pair" : "pairs";
}

/* What the queue's button came to; null without. */
static void put_news(struct context *c)
{
	struct buffer out = BUFFER_IN(c->arena);
	int64_t merged, refused;

	if (!str_to_int64(form_text(&c->query, "merged"), &merged) || merged < 0 ||
	    !str_to_int64(form_text(&c->query, "refused"), &refused) || refused < 0) {
		value_put(c->page, "news", value_null(c->arena));
		return;
	}
	buffer_printf(&out, "%lld %s merged.", (long long)merged, pairs(merged));
	if (refused)
		buffer_printf(&out, " %lld %s could not be: open %s in the queue to see why.", (long long)refused,
			      pairs(refused), refused == 1 ? "it" : "them");
	value_put_str(c->page, "news", buffer_str(&out));
}

/* ---- the list, and the way back ---- */

enum err merges_page(struct context *c)
{
	struct value *rows = value_put_list(c->page, "rows");
	struct history_place after;
	struct merge *merges;
	size_t count;

	/* An address that was kept or typed: what cannot be read of it is as if it were not there. */
	if (!timeline_place(c, &after)) {
		c->errors = errors_new(c->arena);
		after = (struct history_place){0};
	}
	TRY(merge_list(c->tx, &after, &merges, &count));
	for (size_t i = 0; i < count && i < MERGE_LIST_MOST; i++) {
		struct value *map = value_map(c->arena);

		merge_put_row(c, &merges[i], map);
		value_append(rows, map);
	}
	value_put_text(c->page, "title", "Merges");
	put_news(c);
	value_put_bool(c->page, "has_rows", count > 0);
	value_put_bool(c->page, "has_next", count > MERGE_LIST_MOST);
	value_put_url(c->page, "next_url", STR("/merges"));
	if (count > MERGE_LIST_MOST)
		value_put_url(
			c->page, "next_url",
			arena_printf(c->arena, "/merges?cursor=%.*s",
				     STR_FMT_ARG(history_place_text(
					     c->arena, &(struct history_place){merges[MERGE_LIST_MOST - 1].created_at,
									       merges[MERGE_LIST_MOST - 1].id}))));
	return OK;
}

enum err merge_undo_page(struct context *c)
{
	struct merge_undone undone;
	struct merge *merge;
	enum err e = merge_take_back(c, c->id, &merge, &undone);

	value_put_text(c->page, "title", "The merge was not taken back");
	value_put_text(c->page, "back_label", "Merges");
	value_put_url(c->page, "back_url", STR("/merges"));
	TRY(e);
	return context_redirect(
		c, arena_printf(c->arena, "/%s/%.*s?done=%s", merge->entity->plural,
				STR_FMT_ARG(uuid_text(c->arena, merge->gone)),
				undone.left || !str_absent(undone.fields_left) ? "unmerged_partly" : "unmerged"));
}
