/*
 * Lists that never die: with 100,000 leads in one company among 1,000,000 rows of others, what PostgreSQL reads for
 * every order, every operator on every filterable field, searches, counts, choices and the board, as the role of the
 * workers. The statements are those that the product sent, with its arguments. DEMAND_TEST_FIGURES prints what each reads.
 */
#include "tests/db/lead_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/crm/board.h"
#include "lib/crm/duplicate.h"
#include "lib/crm/entities.h"
#include "lib/entity/entity_internal.h"
#include "tests/db/crowd.h"
#include "tests/support/sent.h"

static struct crowd crowd;
static struct scope big;

static int fill_database(void **state)
{
	static const uint8_t key[32] = {7};

	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	crowd = crowd_create(arena);
	big = scope_of(crowd.tenant);
	entity_list_key(key);
	arena_free(arena);
	arena = NULL;
	return 0;
}

/* ---- what a statement reads ---- */

struct reading {
	int64_t rows; /* of leads that scans took up, those they threw away included */
	bool whole;   /* a sequential scan of leads, or of their tags where those are many */
	bool foreign; /* an index by which rows of other companies are met */
	struct str plan;
};

static struct str text_in(const struct value *node, const char *name)
{
	return value_as_str(value_get(node, str_from(name)));
}

static int64_t number_in(const struct value *node, const char *name)
{
	struct str text = text_in(node, name);
	double number = text.n ? strtod(arena_c_string(arena, text), NULL) : 0;

	return (int64_t)number;
}

static bool has(struct str text, const char *part)
{
	return text.n && memmem(text.p, text.n, part, strlen(part)) != NULL;
}

static void add_node(const struct value *node, struct reading *reading)
{
	static const char *const taken[] = {"Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"};
	struct str type = text_in(node, "Node Type"), relation = text_in(node, "Relation Name");
	const struct value *below = value_get(node, STR("Plans")), *plan;
	bool leads = str_is(relation, "leads");

	if (str_is(type, "Seq Scan") && (leads || (crowd.full && str_is(relation, "lead_tags"))))
		reading->whole = true;
	if (has(text_in(node, "Index Name"), "lead") && !has(text_in(node, "Index Cond"), "tenant_id ="))
		reading->foreign = true;
	/* A bitmap's rows are counted where they are fetched. */
	for (size_t i = 0; leads && i < COUNT_OF(taken); i++)
		reading->rows += number_in(node, taken[i]) * number_in(node, "Actual Loops");
	for (size_t i = 0; (plan = value_at(below, i)) != NULL; i++)
		add_node(plan, reading);
}

static void run(struct stx *tx, const char *sql)
{
	const struct statement statement = {"plan", sql};

	assert_int_equal(stx_exec(tx, &statement, NO_ARGS, NULL), OK);
}

static const char *execute_text(struct arguments arguments)
{
	struct buffer text = BUFFER_IN(arena);

	buffer_printf(&text, "EXECUTE looked_at");
	for (size_t i = 0; i < arguments.count; i++) {
		struct str value = arguments.items[i].text;

		buffer_printf(&text, i ? ", " : " (");
		if (str_absent(value))
			buffer_printf(&text, "NULL");
		else
			buffer_printf(&text, "'%.*s'", STR_FMT_ARG(value));
	}
	buffer_printf(&text, arguments.count ? ")" : "");
	return arena_c_string(arena, buffer_str(&text));
}

static struct reading explained(struct stx *tx, const char *execute)
{
	static const struct json_limits limits = {1024 * 1024, 64, 20000};
	struct statement explain = {"explain", NULL};
	struct reading reading = {0};
	struct value *json;
	struct rows *rows;
	struct str why;

	explain.sql = arena_printf(arena, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) %s", execute).p;
	assert_int_equal(stx_rows(tx, &explain, NO_ARGS, &rows), OK);
	assert_true(rows_next(rows));
	reading.plan = arena_copy(arena, rows_str(rows, 0));
	assert_int_equal(json_parse(arena, reading.plan, &limits, &json, &why), OK);
	add_node(value_get(value_at(json, 0), STR("Plan")), &reading);
	return reading;
}

/* The first time, and as a worker that has run the statement often: PostgreSQL has settled for a plan. The worse of both. */
static struct reading read_by(const struct sent *sent)
{
	struct stx *tx = stx_begin(test_pg_app(), arena, "look at a plan", TX_READ);
	const char *execute = execute_text(sent->arguments);
	struct reading first, later;

	assert_int_equal(stx_enter_tenant(tx, &big), OK);
	run(tx, arena_printf(arena, "PREPARE looked_at AS %s", sent->sql).p);
	first = explained(tx, execute);
	for (int i = 0; i < 5; i++)
		run(tx, arena_printf(arena, "EXPLAIN %s", execute).p); /* planned counts as run */
	later = explained(tx, execute);
	run(tx, "DEALLOCATE looked_at");
	stx_rollback(tx);
	return first.whole || first.foreign || (first.rows > later.rows && !later.whole && !later.foreign) ? first
													   : later;
}

/* ---- the promise ---- */

/* A page and a little. */
#define FEW 100

/*
 * Each statement on leads that was kept. How few rows that is shows where there are many: a company of some thousand is
 * rightly read as a whole now and then, but never the table, and no row of others.
 */
static void sent_read_at_most(const char *what, int64_t most)
{
	size_t looked_at = 0;

	sent_pause();
	if (!crowd.full && most > FEW)
		most = crowd.leads;
	for (size_t i = 0; i < sent_count(); i++) {
		const struct sent *sent = sent_at(i);
		struct reading reading;

		if (!strstr(sent->sql, " leads "))
			continue;
		looked_at++;
		reading = read_by(sent);
		if (getenv("DEMAND_TEST_FIGURES"))
			(void)printf("%8lld  %s: %.60s\n", (long long)reading.rows, what, sent->sql);
		if (reading.whole || reading.foreign || reading.rows > most)
			fail_msg("%s reads %lld rows of at most %lld%s%s:\n%s\n%.*s", what, (long long)reading.rows,
				 (long long)most, reading.whole ? ", the whole table" : "",
				 reading.foreign ? ", rows of others" : "", sent->sql, STR_FMT_ARG(reading.plan));
	}
	assert_true(looked_at > 0);
}

static void list_reads_at_most(const char *text, int64_t most)
{
	struct list_query query = query_of(text);

	sent_keep(arena);
	(void)listed(&big, &query);
	sent_read_at_most(text, most);
}

static void count_reads_at_most(const char *text, int64_t most)
{
	struct list_query query = query_of(text);
	struct ttx *tx = begin(&big, TX_READ);
	int64_t count;

	sent_keep(arena);
	assert_int_equal(entity_count(tx, &lead_entity, &query, 1001, &count), OK);
	commit(tx);
	sent_read_at_most(arena_printf(arena, "count of %s", text).p, most);
}

static void every_order_reads_a_page(void **state)
{
	(void)state;
	for (size_t i = 0; i < lead_entity.field_count; i++)
		for (int descending = 0; descending < 2; descending++) {
			const char *text;
			struct list_query query;
			struct str cursor;

			if (!field_is(&lead_entity.fields[i], FIELD_SORTABLE))
				continue;
			text = arena_printf(arena, "sort=%s%s", descending ? "-" : "", lead_entity.fields[i].name).p;
			list_reads_at_most(text, 26);
			query = query_of(text);
			cursor = listed(&big, &query).next_cursor;
			list_reads_at_most(arena_printf(arena, "%s&cursor=%.*s", text, STR_FMT_ARG(cursor)).p, 30);
		}
}

/* A value that occurs; of a choice, all of them in turn. */
static const char *value_of(const struct field *field, size_t turn)
{
	size_t choices = 0;

	for (const struct choice *choice = field->choices; choice && choice->value; choice++)
		choices++;
	if (choices)
		return turn < choices ? field->choices[turn].value : NULL;
	if (turn > 0)
		return NULL;
	if (field->type == FIELD_TAGS)
		return "VIP";
	return arena_c_string(
		arena,
		test_sql_value(
			"SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY %s)%s FROM leads WHERE tenant_id = '%s'",
			field->name, field->type == FIELD_INSTANT ? "::date" : "", id_of(crowd.tenant)));
}

static const char *parameter_of(const struct field *field, enum list_operator operation, size_t turn)
{
	const char *value = operation == LIST_EMPTY            ? (turn == 0   ? "true"
								  : turn == 1 ? "false"
									      : NULL)
			    : list_operator_is_span(operation) ? (turn == 0   ? "2d"
								  : turn == 1 ? "400d"
									      : NULL)
							       : value_of(field, turn);
	struct buffer text = BUFFER_IN(arena);

	if (!value)
		return NULL;
	url_add_pair(&text, list_filter_name(arena, field, operation), str_from(value));
	return arena_c_string(arena, buffer_str(&text));
}

typedef void with_filter(const char *parameter, const struct field *, enum list_operator);

static void each_filter(with_filter *then)
{
	for (size_t i = 0; i < lead_entity.field_count; i++)
		for (enum list_operator o = LIST_IS; o < LIST_OPERATORS; o++)
			for (size_t turn = 0; field_is(&lead_entity.fields[i], FIELD_FILTERABLE) &&
					      list_operator_fits(&lead_entity.fields[i], o);
			     turn++) {
				const char *parameter = parameter_of(&lead_entity.fields[i], o, turn);

				if (!parameter)
					break;
				then(parameter, &lead_entity.fields[i], o);
			}
}

/*
 * Equality finds its rows by an index, rare or frequent; in another order than the list's own a part of the company's
 * rows is passed over where they are neither.
 */
#define MOST_EQUAL 1500
#define MOST_FILTERED 12000

/* Other operators leave out half of the rows at most here, and those may come first in the index of the order. */
static void in_its_own_order(const char *parameter, const struct field *field, enum list_operator operation)
{
	int64_t most = operation == LIST_IS ? MOST_EQUAL : crowd.leads / 2 + MOST_FILTERED;

	list_reads_at_most(parameter, most);
	/* Tags lie in a table of their own, against which an index of the company's leads may be held. */
	count_reads_at_most(parameter, field->type == FIELD_TAGS ? crowd.leads : most);
}

static void every_operator_on_every_field_reads_a_part(void **state)
{
	(void)state;
	each_filter(in_its_own_order);
}

static void in_every_order(const char *parameter, const struct field *field, enum list_operator operation)
{
	(void)field;
	for (size_t i = 0; operation == LIST_IS && i < lead_entity.field_count; i++)
		if (field_is(&lead_entity.fields[i], FIELD_SORTABLE))
			list_reads_at_most(arena_printf(arena, "%s&sort=-%s", parameter, lead_entity.fields[i].name).p,
					   MOST_FILTERED);
}

static void a_filter_in_another_order_reads_a_part(void **state)
{
	(void)state;
	each_filter(in_every_order);
}

static void searches_read_what_they_find(void **state)
{
	static const struct {
		const char *query;
		int64_t most;
	} cases[] = {
		{"q=karen+walker", 3000}, {"q=karen104729%40example.com", 300}, {"q=%28614%29+104-7290", 300},
		{"q=6141047290", 300},    {"q=schmidt+street", 12000},          {"q=4711+walker+street", 3000},
		{"q=zzzzqqqq", 100},      {"q=romero&status=won", 12000},       {"q=romero&sort=name", 12000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		list_reads_at_most(cases[i].query, cases[i].most);
		count_reads_at_most(cases[i].query, cases[i].most);
	}
}

static void filters_together_read_a_part(void **state)
{
	static const char *const cases[] = {
		"status=won&tier=hot",
		"status[in]=new,contacted&score[gte]=50&sort=-score",
		"source=radio&urgency[empty]=true&created_at[within]=30d",
		"zip[starts]=4301&trade=hvac",
		"owner_id[empty]=true&status=new&value_cents[gt]=500000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		list_reads_at_most(cases[i], crowd.leads / 2); /* of two rare things, one is passed over */
		count_reads_at_most(cases[i], crowd.leads / 2);
	}
}

/* What a form offers where somebody types to find a lead, in each entity that points at one. */
static void choices_read_what_they_find(void **state)
{
	static const char *const typed[] = {"karen+walker", "%28614%29+104-7290", "4711+walker+street", "romero"};
	size_t fields = 0;

	(void)state;
	for (size_t i = 0; i < entities_count; i++)
		for (size_t k = 0; k < entities[i]->field_count * COUNT_OF(typed); k++) {
			const struct field *field = &entities[i]->fields[k / COUNT_OF(typed)];
			const char *text = arena_printf(arena, "%s" REFERENCE_SEARCH "=%s", field->name,
							typed[k % COUNT_OF(typed)])
						   .p;
			struct record *record = record_new(arena, entities[i]);
			struct ttx *tx;
			struct form form;
			struct str why;

			if (!field_is_found(field) || !field_is_visible(field) ||
			    strcmp(field->references, "leads") != 0)
				continue;
			fields++;
			assert_int_equal(
				form_parse_urlencoded(arena, str_from(text), &form_limits_request, &form, &why), OK);
			tx = begin(&big, TX_READ);
			sent_keep(arena);
			assert_int_equal(record_load_offers(tx, record, &form), OK);
			commit(tx);
			sent_read_at_most(arena_printf(arena, "%s?%s", entities[i]->plural, text).p, MOST_FILTERED);
		}
	assert_true(fields > 0);
}

/* The cards of each column and what they come to, which is counted to BOARD_COUNT_MOST. */
static void board_reads(const char *what, const struct board_query *query, struct board *board)
{
	struct ttx *tx = begin(&big, TX_READ);

	sent_keep(arena);
	assert_int_equal(board_read(tx, query, board), OK);
	commit(tx);
	sent_read_at_most(what, BOARD_COUNT_MOST + 1);
}

static void the_board_reads_its_cards_and_counts_to_its_cap(void **state)
{
	struct uuid owner;
	struct str id =
		test_sql_value("SELECT owner_id::text FROM leads WHERE tenant_id = '%s' AND owner_id IS NOT NULL"
			       " LIMIT 1",
			       id_of(crowd.tenant));
	size_t full = 0;

	(void)state;
	assert_true(uuid_parse(id, &owner));
	for (int owned = 0; owned < 2; owned++) {
		struct board_query query = {0};
		struct board board, behind;

		if (owned)
			query.owner = owner;
		board_reads(owned ? "board of a person" : "board", &query, &board);
		for (size_t i = 0; i < board.count; i++) {
			const struct board_column *column = &board.columns[i];

			if (!column->more)
				continue;
			full++;
			query.stage = column->stage->id;
			assert_true(
				board_place_parse(board_place(arena, &column->cards[column->card_count - 1]), &query));
			board_reads(owned ? "more cards of a person" : "more cards", &query, &behind);
		}
	}
	assert_int_equal(full, 2);
}

static void what_is_like_a_new_row_is_read_by_its_keys(void **state)
{
	struct record *like =
		parsed(WRITE_CREATE, "{\"name\": \"Nobody Knows\", \"phone\": \"512 555 0123\", \"email\": "
				     "\"nobody@example.com\", \"address\": \"1 Nowhere Street\"}");
	struct ttx *tx = begin(&big, TX_READ);
	struct duplicate *found;
	size_t count;

	(void)state;
	sent_keep(arena);
	assert_int_equal(duplicate_read(tx, duplicate_send(tx, record_entity(like), like), &found, &count), OK);
	commit(tx);
	sent_read_at_most("rows like a new one", FEW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_order_reads_a_page),
		TEST(every_operator_on_every_field_reads_a_part),
		TEST(a_filter_in_another_order_reads_a_part),
		TEST(searches_read_what_they_find),
		TEST(filters_together_read_a_part),
		TEST(choices_read_what_they_find),
		TEST(the_board_reads_its_cards_and_counts_to_its_cap),
		TEST(what_is_like_a_new_row_is_read_by_its_keys),
	};

	return cmocka_run_group_tests(tests, fill_database, close_database);
}
