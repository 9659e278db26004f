/*
 * References to what a company has thousands of: a form takes what a person knows of the row (part of a name, a phone
 * number, an address) and the database finds it, with or without a script in the browser.
 */
#include "lib/base/utf8.h"
#include "lib/entity/entity_internal.h"

#define OFFERED 10
#define LIMIT " LIMIT 11"
#define INDEXED_LETTERS 3 /* what a trigram index can look for */

bool field_is_found(const struct field *field)
{
	return field->type == FIELD_REFERENCE && field->reference_search;
}

static struct str part_of(struct arena *arena, const struct form *form, const struct field *field, const char *part)
{
	struct str text = form_text(form, arena_printf(arena, "%s%s", field->name, part).p);

	return str_absent(text) ? text : str_trim(text);
}

/* ---- looking ---- */

static void add_word(struct sql *sql, const struct field *field, const struct search_word *word)
{
	const struct str patterns[] = {word->text, word->digits};

	sql_add(sql, " AND (");
	for (size_t i = 0; i < COUNT_OF(patterns) && !str_absent(patterns[i]); i++) {
		sql_add(sql, i ? " OR " : "");
		sql_add(sql, field->reference_search);
		sql_add(sql, " LIKE ");
		sql_argument(sql, arg_str(patterns[i]));
	}
	sql_add(sql, ")");
}

static void begin_select(struct sql *sql, const struct field *field)
{
	sql_add(sql, "SELECT id, ");
	sql_add(sql, field->reference_label);
	sql_add(sql, ", ");
	sql_add(sql, field->reference_details ? field->reference_details : "NULL::text");
	sql_add(sql, " FROM ");
	sql_add(sql, field->references);
	sql_add(sql, " WHERE tenant_id = $1");
	if (field->reference_condition) {
		sql_add(sql, " AND (");
		sql_add(sql, field->reference_condition);
		sql_add(sql, ")");
	}
}

static enum err take_rows(struct sql *sql, struct ttx *tx, const struct field *field, struct reference_offers *out)
{
	struct rows *rows;
	enum err err = sql_rows(sql, tx, field->references, &rows);

	while (err == OK && out->count < OFFERED && rows_next(rows)) {
		out->ids[out->count] = rows_str(rows, 0);
		out->labels[out->count] = rows_str(rows, 1);
		out->details[out->count++] = rows_str(rows, 2);
	}
	if (err == OK && rows_count(rows) > OFFERED)
		out->note = "There are more than these: type a little more.";
	return err;
}

/* In a long table, by the index of its search; the names in a short one need none. */
static bool is_indexed(const struct field *field)
{
	return strcmp(field->reference_search, "search_text") == 0;
}

/* An index finds three letters together, no fewer. */
static bool is_enough(const struct field *field, struct str search)
{
	bool enough = !is_indexed(field);

	while (!enough && !str_absent(search))
		enough = utf8_length(str_split(&search, ' ')) >= INDEXED_LETTERS;
	return enough;
}

/*
 * The rows that what was typed may mean, the newest where there are many, shown by their labels. The order keeps
 * PostgreSQL on an index: the first rows that happen to match may be far into the table.
 */
static enum err find(struct ttx *tx, const struct field *field, struct str search, struct reference_offers *out)
{
	struct sql sql = sql_new(ttx_arena(tx));
	struct search_word words[SEARCH_WORDS];
	size_t count;
	enum err err;

	if (!is_enough(field, search)) {
		out->note = "Type at least three letters or digits.";
		return OK;
	}
	count = search_words(sql.arena, search, words);
	sql_add(&sql, "SELECT * FROM (");
	begin_select(&sql, field);
	for (size_t i = 0; i < count; i++)
		add_word(&sql, field, &words[i]);
	if (is_indexed(field))
		sql_add(&sql, " ORDER BY created_at DESC, id DESC");
	sql_add(&sql, LIMIT ") AS found (id, label, details) ORDER BY label, id");
	err = take_rows(&sql, tx, field, out);
	if (err == OK && out->count == 0)
		out->note = "Nothing matches.";
	return err;
}

static struct reference_offers *offers_new(struct arena *arena)
{
	struct reference_offers *offers = ARENA_NEW(arena, struct reference_offers);

	offers->search = offers->searched = STR_NONE;
	offers->ids = arena_array(arena, OFFERED + 1, sizeof *offers->ids);
	offers->labels = arena_array(arena, OFFERED + 1, sizeof *offers->labels);
	offers->details = arena_array(arena, OFFERED + 1, sizeof *offers->details);
	return offers;
}

/* ---- what a form sent ---- */

/* The form with one more value in front, which takes the place of those of the same name. */
static void form_set(struct arena *arena, struct form *form, struct str name, struct str text)
{
	struct form_field *first = ARENA_NEW(arena, struct form_field);
	const struct form_field **end = &first->next;
	size_t count = 1;

	*first = (struct form_field){.name = name, .text = text, .file_name = STR_NONE, .content_type = STR_NONE};
	for (const struct form_field *field = form->first; field; field = field->next) {
		struct form_field *copy;

		if (str_equal(field->name, name))
			continue;
		copy = ARENA_NEW(arena, struct form_field);
		*copy = *field;
		copy->next = NULL;
		*end = copy;
		end = &copy->next;
		count++;
	}
	*form = (struct form){.first = first, .count = count};
}

static enum err find_one(struct ttx *tx, const struct field *field, struct str search, struct form *form,
			 struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);
	struct reference_offers *offers = offers_new(arena);
	enum err err = find(tx, field, search, offers);

	if (err)
		return err;
	if (offers->count == 1) {
		form_set(arena, form, str_from(field->name), offers->ids[0]);
		form_set(arena, form, arena_printf(arena, "%s" REFERENCE_SEARCHED, field->name), search);
	} else if (offers->count == 0) {
		errors_add(errors, field->name, "not_found", "%s: %s", field->label, offers->note);
	} else {
		errors_add(errors, field->name, "several", "%s: several match. Choose one.", field->label);
	}
	return OK;
}

enum err form_find_references(struct ttx *tx, const struct entity *entity, enum write_kind kind, struct form *form,
			      struct errors *errors)
{
	struct arena *arena = ttx_arena(tx);

	for (size_t i = 0; i < entity->field_count; i++) {
		const struct field *field = &entity->fields[i];
		struct str search;
		enum err err;

		if (!field_is_found(field) || !field_is_writable(field, kind))
			continue;
		search = utf8_prefix(part_of(arena, form, field, REFERENCE_SEARCH), REFERENCE_SEARCH_LENGTH);
		if (search.n == 0 || str_equal(search, part_of(arena, form, field, REFERENCE_SEARCHED)))
			continue;
		err = find_one(tx, field, search, form, errors);
		if (err)
			return err;
	}
	return OK;
}

/* ---- what a form offers ---- */

static bool is_offered(const struct reference_offers *offers, struct str id)
{
	for (size_t i = 0; i < offers->count; i++)
		if (str_equal(offers->ids[i], id))
			return true;
	return false;
}

/* The row that was chosen before the form came back. */
static enum err add_chosen(struct ttx *tx, const struct field *field, struct str chosen, struct reference_offers *out)
{
	struct sql sql = sql_new(ttx_arena(tx));
	const char *note = out->note;
	struct uuid id;
	enum err err;

	if (str_absent(chosen) || !uuid_parse(chosen, &id) || is_offered(out, chosen) || out->count > OFFERED)
		return OK;
	begin_select(&sql, field);
	sql_add(&sql, " AND id = ");
	sql_argument(&sql, arg_uuid(sql.arena, id));
	err = take_rows(&sql, tx, field, out);
	out->note = note;
	return err;
}

enum err record_load_offers(struct ttx *tx, struct record *record, const struct form *typed)
{
	struct arena *arena = ttx_arena(tx);

	record->offers = arena_array(arena, record->entity->field_count, sizeof *record->offers);
	for (size_t i = 0; i < record->entity->field_count; i++) {
		const struct field *field = &record->entity->fields[i];
		struct reference_offers *offers;
		struct str chosen = STR_NONE;
		enum err err = OK;

		if (!field_is_found(field) || !field_is_visible(field))
			continue;
		record->offers[i] = offers = offers_new(arena);
		if (!typed || !typed->count)
			continue;
		chosen = part_of(arena, typed, field, "");
		offers->search = utf8_prefix(part_of(arena, typed, field, REFERENCE_SEARCH), REFERENCE_SEARCH_LENGTH);
		if (offers->search.n) {
			offers->searched = offers->search;
			err = find(tx, field, offers->search, offers);
		}
		if (err == OK && !str_equal(chosen, record->values[i]))
			err = add_chosen(tx, field, chosen, offers);
		if (err)
			return err;
	}
	return OK;
}
