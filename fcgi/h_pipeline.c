/* The pipeline board, and moving a card on it: by dragging, by keys, by a form. */
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/sample_notice.h"
#include "fcgi/try.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/crm/board.h"
#include "lib/crm/inputs.h"
#include "lib/crm/lead.h"
#include "lib/crm/sample_data.h"
#include "lib/entity/money.h"
#include "lib/entity/phone.h"

static const char *const kinds[] = {[STAGE_OPEN] = "open", [STAGE_WON] = "won", [STAGE_LOST] = "lost"};

/* ---- what is asked for ---- */

static bool read_id(struct context *c, const char *name, struct str text, struct uuid *id)
{
	if (uuid_parse(text, id))
		return true;
	errors_add(c->errors, name, "not_an_id", "%s must be an id.", name);
	return false;
}

/* owner: "me" or an id; stage and after: the rest of one column. */
static enum err read_query(struct context *c, struct board_query *query)
{
	*query = (struct board_query){.owner = uuid_zero(), .stage = uuid_zero()};
	for (const struct form_field *sent = c->query.first; sent; sent = sent->next) {
		struct str text = sent->text;

		if (text.n == 0 || (str_is(sent->name, "done") && c->route->face == FACE_PAGE))
			continue;
		if (str_is(sent->name, "owner") && str_is(text, "me") && c->principal->kind == CREDENTIAL_SESSION)
			query->owner = c->principal->user_id;
		else if (str_is(sent->name, "owner"))
			(void)read_id(c, "owner", text, &query->owner);
		else if (str_is(sent->name, "stage"))
			(void)read_id(c, "stage", text, &query->stage);
		else if (!str_is(sent->name, "after"))
			errors_add(c->errors, arena_c_string(c->arena, utf8_prefix(sent->name, 64)), "unknown_field",
				   "There is no parameter of this name.");
		else if (!board_place_parse(text, query))
			errors_add(c->errors, "after", "not_a_place", "after is the place of a card.");
	}
	if (query->has_after && uuid_is_zero(query->stage))
		errors_add(c->errors, "after", "not_a_place", "after goes on in one stage: send stage as well.");
	return errors_any(c->errors) ? E_INVALID : OK;
}

static struct str board_url(struct context *c, const struct stage *stage, struct str after)
{
	struct buffer pairs = BUFFER_IN(c->arena);
	struct str owner = form_text(&c->query, "owner");

	if (owner.n)
		url_add_pair(&pairs, STR("owner"), owner);
	if (stage)
		url_add_pair(&pairs, STR("stage"), uuid_text(c->arena, stage->id));
	if (!str_absent(after))
		url_add_pair(&pairs, STR("after"), after);
	return pairs.length ? arena_printf(c->arena, "/pipeline?%.*s", STR_FMT_ARG(buffer_str(&pairs)))
			    : STR("/pipeline");
}

/* ---- as a page ---- */

static const struct choice *lead_choice(const char *field, struct str value)
{
	const struct choice *choice = lead_entity.fields[entity_field(&lead_entity, str_from(field))].choices;

	while (choice->value && !str_is(value, choice->value))
		choice++;
	return choice;
}

static void put_badge(struct value *card, const char *name, const char *field, struct str value)
{
	const struct choice *choice = str_absent(value) ? NULL : lead_choice(field, value);
	struct value *badge;

	if (!choice || !choice->value || !choice->tone) {
		value_put_text(card, name, NULL);
		return;
	}
	badge = value_put_map(card, name);
	value_put_text(badge, "text", choice->label);
	value_put_text(badge, "tone", choice->tone);
}

static struct str lead_url(struct context *c, struct uuid id, const char *suffix)
{
	return arena_printf(c->arena, "/leads/%.*s%s", STR_FMT_ARG(uuid_text(c->arena, id)), suffix);
}

/* The form to move it, which comes back to this board. */
static struct str move_url(struct context *c, struct uuid id, struct str board)
{
	struct buffer pairs = BUFFER_IN(c->arena);

	url_add_pair(&pairs, STR("return"), board);
	return lead_url(c, id, arena_printf(c->arena, "/move?%.*s", STR_FMT_ARG(buffer_str(&pairs))).p);
}

static struct value *page_card(struct context *c, const struct board_card *card, struct str board)
{
	struct value *map = value_map(c->arena);
	int64_t now = clock_now(), days = (now - card->stage_since) / (24 * 3600 * MICROSECONDS_PER_SECOND);
	bool waits = card->response_due_at && !card->first_response_at;

	value_put_str(map, "id", uuid_text(c->arena, card->id));
	value_put_int(map, "version", card->version);
	value_put_str(map, "name", card->name);
	value_put_str(map, "company", card->company);
	value_put_str(map, "owner", card->owner);
	value_put_str(map, "next_step", card->next_step);
	value_put_url(map, "url", lead_url(c, card->id, ""));
	value_put_url(map, "move_url", move_url(c, card->id, board));
	value_put_url(map, "call_url", str_absent(card->phone) ? STR_NONE : phone_tel_url(c->arena, card->phone));
	value_put_str(map, "value",
		      card->value_cents
			      ? money_label(c->arena, arena_printf(c->arena, "%lld", (long long)card->value_cents))
			      : STR_NONE);
	put_badge(map, "urgency", "urgency", card->urgency);
	put_badge(map, "tier", "tier", str_is(card->tier, "hot") ? card->tier : STR_NONE);
	value_put_bool(map, "is_late", waits && card->response_due_at < now);
	value_put_bool(map, "is_stale", card->is_stale);
	value_put_str(map, "days",
		      days < 1 ? STR("since today")
			       : arena_printf(c->arena, "for %lld day%s", (long long)days, days == 1 ? "" : "s"));
	return map;
}

static struct value *page_column(struct context *c, const struct board_column *column, struct str board)
{
	struct value *map = value_map(c->arena), *cards = value_put_list(map, "cards");
	struct str value = money_label(c->arena, arena_printf(c->arena, "%lld", (long long)column->value_cents));
	const char *plus = column->is_capped ? "+" : "";

	value_put_str(map, "id", uuid_text(c->arena, column->stage->id));
	value_put_str(map, "name", column->stage->name);
	value_put_text(map, "kind", kinds[column->stage->kind]);
	value_put_str(
		map, "count_text",
		arena_printf(c->arena, "%.*s%s",
			     STR_FMT_ARG(page_number(c->arena, column->is_capped ? BOARD_COUNT_MOST : column->count)),
			     plus));
	value_put_str(map, "value_text", arena_printf(c->arena, "%.*s%s", STR_FMT_ARG(value), plus));
	for (size_t i = 0; i < column->card_count; i++)
		value_append(cards, page_card(c, &column->cards[i], board));
	value_put_bool(map, "is_empty", column->card_count == 0);
	value_put_url(map, "more_url",
		      column->more ? board_url(c, column->stage,
					       board_place(c->arena, &column->cards[column->card_count - 1]))
				   : STR_NONE);
	return map;
}

enum err pipeline_page(struct context *c)
{
	struct value *columns = value_put_list(c->page, "columns");
	struct board_query query;
	struct rows *sample;
	struct board board;
	struct str here;
	int64_t leads = 0;

	if (read_query(c, &query) != OK)
		return context_fail(c, E_INVALID, "%.*s", STR_FMT_ARG(errors_first(c->errors)->message));
	sample = sample_present_send(c->tx);
	TRY(board_read(c->tx, &query, &board));
	here = board_url(c, uuid_is_zero(query.stage) ? NULL : board.columns[0].stage, form_text(&c->query, "after"));
	for (size_t i = 0; i < board.count; i++) {
		value_append(columns, page_column(c, &board.columns[i], here));
		leads += board.columns[i].count;
	}
	TRY(sample_notice_put(c, sample, leads == 0 && uuid_is_zero(query.owner)));
	value_put_url(c->page, "here_url", here);
	value_put_bool(c->page, "has_leads", leads > 0);
	value_put_bool(c->page, "one_column", !uuid_is_zero(query.stage));
	value_put_bool(c->page, "mine", !uuid_is_zero(query.owner));
	value_put_bool(c->page, "has_columns", board.count > 0);
	value_put_bool(c->page, "may_write", context_may(c, CAN_WRITE));
	value_put_bool(c->page, "may_settings", context_may(c, CAN_SETTINGS));
	return OK;
}

/* ---- as JSON ---- */

static void put_card(struct context *c, struct value *map, const struct board_card *card)
{
	value_put_str(map, "id", uuid_text(c->arena, card->id));
	value_put_int(map, "version", card->version);
	value_put_str(map, "name", card->name);
	value_put_str(map, "company", card->company);
	value_put_str(map, "phone", card->phone);
	value_put_str(map, "urgency", card->urgency);
	value_put_str(map, "tier", card->tier);
	value_put_str(map, "owner", card->owner);
	value_put_int(map, "value_cents", card->value_cents);
	value_put_str(map, "stage_since", clock_rfc3339(c->arena, card->stage_since));
	value_put_bool(map, "is_stale", card->is_stale);
}

enum err pipeline_api(struct context *c)
{
	struct value *columns = value_put_list(c->data, "data");
	struct board_query query;
	struct board board;

	TRY(read_query(c, &query));
	TRY(board_read(c->tx, &query, &board));
	for (size_t i = 0; i < board.count; i++) {
		const struct board_column *column = &board.columns[i];
		struct value *map = value_map(c->arena), *cards;

		value_put_str(map, "stage_id", uuid_text(c->arena, column->stage->id));
		value_put_str(map, "name", column->stage->name);
		value_put_text(map, "kind", kinds[column->stage->kind]);
		value_put_int(map, "count", column->is_capped ? BOARD_COUNT_MOST : column->count);
		value_put_int(map, "value_cents", column->value_cents);
		value_put_bool(map, "is_capped", column->is_capped);
		value_put_str(map, "after",
			      column->more ? board_place(c->arena, &column->cards[column->card_count - 1]) : STR_NONE);
		cards = value_put_list(map, "cards");
		for (size_t card = 0; card < column->card_count; card++) {
			struct value *row = value_map(c->arena);

			put_card(c, row, &column->cards[card]);
			value_append(cards, row);
		}
		value_append(columns, map);
	}
	return OK;
}

/* ---- moving ---- */

static enum err read_move(struct context *c, const struct record *input, struct board_move *move)
{
	struct str before = record_text(input, "before_id"), after = record_text(input, "after_id");

	*move = (struct board_move){
		.where = str_is(record_text(input, "place"), "bottom") ? MOVE_BOTTOM : MOVE_TOP,
		.lost_reason = record_text(input, "lost_reason"),
	};
	if (!uuid_parse(record_text(input, "stage_id"), &move->stage))
		return E_INTERNAL;
	if (!str_absent(before) && !str_absent(after)) {
		errors_add(c->errors, "after_id", "not_allowed", "Send before_id or after_id, not both.");
		return E_INVALID;
	}
	if (!str_absent(before) && uuid_parse(before, &move->neighbour))
		move->where = MOVE_BEFORE;
	else if (!str_absent(after) && uuid_parse(after, &move->neighbour))
		move->where = MOVE_AFTER;
	return OK;
}

static void put_move_form(struct context *c, const struct record *lead, const struct stages *stages)
{
	struct value *list = value_put_list(c->page, "stages");
	struct str chosen = form_text(&c->form, "stage_id"), typed = form_text(&c->form, "lost_reason");
	const struct field_error *error = errors_for(c->errors, "lost_reason");
	struct str back = context_return_path(c);

	if (str_absent(chosen))
		chosen = record_text(lead, "stage_id");
	for (size_t i = 0; i < stages->count; i++) {
		struct value *stage = value_map(c->arena);
		struct str id = uuid_text(c->arena, stages->items[i].id);

		value_put_str(stage, "id", id);
		value_put_str(stage, "name", stages->items[i].name);
		value_put_bool(stage, "selected", str_equal(id, chosen));
		value_append(list, stage);
	}
	value_put_str(c->page, "lead_name", record_text(lead, "name"));
	value_put_url(c->page, "lead_url", lead_url(c, c->id, ""));
	value_put_url(c->page, "cancel_url", str_absent(back) ? lead_url(c, c->id, "") : back);
	value_put_str(c->page, "return", back);
	value_put_url(c->page, "action_url", lead_url(c, c->id, "/move"));
	value_put_int(c->page, "version", record_version(lead));
	value_put_str(c->page, "lost_reason", str_absent(typed) ? record_text(lead, "lost_reason") : typed);
	value_put_str(c->page, "lost_error", error ? error->message : STR_NONE);
	value_put_bool(c->page, "to_bottom", str_is(form_text(&c->form, "place"), "bottom"));
}

static enum err read_lead(struct context *c, struct record **lead)
{
	struct rows *sent = stages_send(c->tx);
	struct stages stages;

	TRY(entity_get(c->tx, &lead_entity, c->id, lead));
	TRY(stages_read(c->tx, sent, &stages));
	put_move_form(c, *lead, &stages);
	return OK;
}

enum err lead_move_form(struct context *c)
{
	struct record *lead;

	return read_lead(c, &lead);
}

static enum err move_typed(struct context *c, const struct record *lead)
{
	static const char *const also[] = {"csrf", "version", "return", NULL};
	struct record *input = record_new(c->arena, &lead_move_entity), *moved;
	struct board_move move;
	int64_t version;

	TRY(record_from_form(input, WRITE_CREATE, &c->form, also, c->errors));
	TRY(read_move(c, input, &move));
	if (!str_to_int64(form_text(&c->form, "version"), &version) || version != record_version(lead)) {
		errors_add(c->errors, NULL, "changed",
			   "Somebody else has changed this lead meanwhile. It is shown as it is now.");
		return E_PRECONDITION;
	}
	return board_move(c->tx, lead, &move, c->errors, &moved);
}

enum err lead_move_page(struct context *c)
{
	struct rows *sent = stages_send(c->tx);
	struct stages stages;
	struct record *lead;
	enum err e;

	TRY(entity_get(c->tx, &lead_entity, c->id, &lead));
	TRY(stages_read(c->tx, sent, &stages));
	e = move_typed(c, lead);
	if (e == OK)
		return context_redirect_back(c, lead_url(c, c->id, ""), "moved");
	put_move_form(c, lead, &stages);
	return e;
}

enum err lead_move_api(struct context *c)
{
	struct record *lead, *moved, *input = record_new(c->arena, &lead_move_entity);
	struct board_move move;

	TRY(entity_get(c->tx, &lead_entity, c->id, &lead));
	TRY(context_if_match(c, record_version(lead), true));
	TRY(record_from_json(input, WRITE_CREATE, c->json, c->errors));
	TRY(read_move(c, input, &move));
	TRY(board_move(c->tx, lead, &move, c->errors, &moved));
	value_put_str(c->data, "id", uuid_text(c->arena, record_id(moved)));
	value_put_int(c->data, "version", record_version(moved));
	value_put_str(c->data, "stage_id", record_text(moved, "stage_id"));
	value_put_str(c->data, "status", record_text(moved, "status"));
	value_put_str(c->data, "stage_since", record_text(moved, "stage_since"));
	context_etag(c, record_version(moved));
	return OK;
}
