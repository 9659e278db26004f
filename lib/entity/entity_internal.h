/* Shared by the files of lib/entity and nobody else. */
#ifndef DEMAND_ENTITY_INTERNAL_H
#define DEMAND_ENTITY_INTERNAL_H

#include "lib/entity/filter.h"
#include "lib/entity/money.h"

/* What a form offers for a reference that is searched for (reference_find.c). */
struct reference_offers {
	struct str search, searched; /* what was typed; what the rows were found by. Absent: nothing */
	const char *note;            /* for the person; NULL: none */
	struct str *ids, *labels, *details;
	size_t count;
};

struct record {
	struct arena *arena;
	const struct entity *entity;
	struct uuid id;
	int64_t version, created_at, updated_at;
	struct str *values; /* by field, in stored form */
	bool *given;
	const struct record *before;
	/* By field; NULL until asked for, which a list over the API never does. */
	struct str *labels; /* what names the row a reference points at; see record_load_references, record_label */
	const struct reference_choices **choices;
	const struct reference_offers **offers;
	struct str custom; /* the column as it was read; absent for a new row */
	int told_as;       /* an enum history_kind for an update that is more than a change; 0: it is none */
	struct str tones;  /* of its tags: "VIP\tred" a line */
};

static inline bool field_is(const struct field *field, unsigned flags)
{
	return (field->flags & flags) != 0;
}
/* created_at and updated_at: listed to be shown and sorted, written by the layer. */
bool field_is_time_of_row(const struct field *);
/* Has a column that the layer reads and writes by the field's name. */
static inline bool field_is_column(const struct field *field)
{
	/* The type first: this is asked of each field of each row. */
	return !field_is(field, FIELD_WRITE_ONLY | FIELD_CUSTOM) && field->type != FIELD_TAGS &&
	       (field->type != FIELD_INSTANT || !field_is_time_of_row(field));
}
/* A client may see it; may send it. */
bool field_is_visible(const struct field *);
bool field_is_writable(const struct field *, enum write_kind);
/* The column is never null: the field is required or has a default. */
bool field_is_never_null(const struct field *);
/* The heading the field stands under: its own or the last one before it. */
const char *field_group(const struct entity *, size_t index);
bool entity_is_searchable(const struct entity *);
bool name_is_among(struct str name, const char *const *names); /* names may be NULL, ends with NULL */

/* ---- validate.c ---- */

/* What a type is in JSON. */
enum json_kind { JSON_STRING = 1, JSON_INTEGER, JSON_NUMBER, JSON_BOOLEAN, JSON_STRINGS };
enum json_kind field_json_kind(enum field_type);
int64_t field_minimum(const struct field *); /* with the type's default */
int64_t field_maximum(const struct field *);
bool field_is_text(enum field_type); /* minimum and maximum are lengths */
/*
 * From what JSON carried (number as its text, boolean as "t" or "f") to the stored form. Empty text becomes absent.
 * False: an error was added at the field.
 */
bool field_accept(struct arena *, const struct field *, struct str *text, struct errors *) MUST_CHECK;
/* The same from what a person typed: dollars, "on", a date and time in the zone of local_time_zone(). */
bool field_accept_typed(struct arena *, const struct field *, struct str *text, struct errors *) MUST_CHECK;
/* Defaults on create, then required fields. Returns E_INVALID when errors has any. */
enum err record_complete(struct record *, enum write_kind, struct errors *) MUST_CHECK;
/* The field, when a client may send it; else an error at the name and NULL. */
const struct field *record_input_field(const struct record *, enum write_kind, struct str name, struct errors *,
				       int *index);

/* ---- address.c: both take trimmed text ---- */

bool email_syntax(struct str);
/* *out with its scheme; false with a sentence for the person. */
bool url_normal(struct arena *, struct str, struct str *out, const char **complaint) MUST_CHECK;

/* ---- search.c ---- */

/* Lower case of Latin, Greek and Cyrillic letters; everything else stays. */
struct str search_lower(struct arena *, struct str);
/* search_text of the record's values. */
struct str search_text(const struct record *);
#define SEARCH_WORDS 5
struct search_word {
	struct str text;   /* LIKE pattern */
	struct str digits; /* LIKE pattern of a number typed with punctuation, matched as well; absent: none */
};
struct str like_escaped(struct arena *, struct str); /* LIKE takes each of its characters as itself */
size_t search_words(struct arena *, struct str typed, struct search_word out[SEARCH_WORDS]);

/* ---- query.c ---- */

#define LIST_DEFAULT_LIMIT 25
#define LIST_MOST_LIMIT 200
#define LIST_MOST_SEARCH_LENGTH 200

/* ---- filter.c, filter_sql.c ---- */

bool field_is_always_there(const struct field *); /* in each row that is stored */
/* What the operator means, behind "Only rows whose X ". */
const char *list_operator_meaning(enum list_operator);
bool list_operator_is_range(enum list_operator); /* compares by order */
/* What the operator takes, for the document: a number, a choice, or text of its own. */
bool list_operator_takes_value(enum list_operator);
/* False: an error was added at the parameter. */
bool list_filter_read(struct arena *, const struct entity *, const struct form_field *sent, struct list_filter *out,
		      struct errors *) MUST_CHECK;
struct sql;
void sql_add_filter(struct sql *, const struct entity *, const struct list_filter *); /* " AND …" */

/* ---- store.c ---- */

/* A living row, or where deleted_at is asked for one that lies in the trash. */
enum err store_get(struct ttx *, const struct entity *, struct uuid, struct record **out,
		   int64_t *deleted_at) MUST_CHECK;
/* What the database refused, told at the field. */
enum err store_explain(struct ttx *, const struct entity *, enum err, struct errors *);
/* created_at and updated_at as fields show what the layer wrote. */
void record_show_times(struct record *);
/* Which of the stored fields differ; all that has a value for a new row (before NULL). */
void record_mark_changed(const struct record *, const struct record *before, bool *changed);
/* ", column = $n" for each of them, and what is made of them. False when there is none. */
bool sql_add_changed(struct sql *, const struct record *, const bool *changed);
/* A new row's FIELD_MINE fields name whoever makes it. */
void record_fill_mine(struct ttx *, struct record *);
/* What was not given stays as it was, so that hooks see the whole row. */
void record_become_next(struct record *change, const struct record *current);

/* ---- insert_many.c ---- */

struct write;
/* An argument with one item a row, of those whose err is OK: "$n::text[]", as the field's column is. */
void sql_argument_field(struct sql *, const struct write *, size_t count, size_t field);
void sql_argument_ids(struct sql *, const struct write *, size_t count);
void sql_argument_custom(struct sql *, const struct write *, size_t count);
void sql_argument_search(struct sql *, const struct write *, size_t count);
/* References and tags by one statement a field, then the hook. */
enum err writes_check(struct ttx *, enum write_kind, struct write *, size_t count, bool *const *changed) MUST_CHECK;
enum err writes_hook(struct ttx *, enum write_kind, struct write *, size_t count) MUST_CHECK;
enum err writes_told(struct ttx *, enum write_kind, struct write *, size_t count) MUST_CHECK;
size_t writes_left(const struct write *, size_t count); /* whose err is OK */

/* ---- trash.c ---- */

const struct entity *const *entity_catalogue_list(size_t *count);
const struct entity *entity_of_table(const char *table); /* NULL */

/* ---- sql.c ---- */

/* How many columns sql_add_columns names. */
int sql_column_count(const struct entity *);

/* A statement under assembly, with the arguments it has so far. $1 is the tenant. */
struct sql {
	struct arena *arena;
	struct buffer text;
	struct argument *arguments;
	size_t count, capacity;
	struct uuid me; /* the user who asks, for filters by "me" */
};
struct sql sql_new(struct arena *);
struct sql sql_for(struct ttx *);                 /* with whoever acts in the transaction */
void sql_add(struct sql *, const char *constant); /* a constant of ours or of an entity table; never input */
void sql_argument(struct sql *, struct argument); /* "$n" */
/* "id, version, created_at, updated_at, " and the stored fields in order. */
void sql_add_columns(struct sql *, const struct entity *);
/* " AND …": not in the trash, and for the eyes of whoever acts. */
/* Its columns and its tags: what a SELECT reads and sql_record takes. */
void sql_add_selected(struct sql *, const struct entity *);
void sql_add_living(struct sql *, const struct entity *);
/* The second half alone. */
void sql_add_visible(struct sql *, const struct entity *);
/* The statement of entity_list; the tests look at its plan. `out` comes from sql_new. */
enum err list_statement(struct sql *out, struct uuid tenant, const struct entity *, const struct list_query *,
			struct errors *) MUST_CHECK;
/* " FROM … WHERE …" of the rows that match. */
void sql_add_matching(struct sql *, const struct entity *, const struct list_query *);
/* The statement of entity_count. */
void count_statement(struct sql *out, const struct entity *, const struct list_query *, int64_t cap);
enum err sql_rows(struct sql *, struct ttx *, const char *name, struct rows **out) MUST_CHECK;
/* What names the row that a reference points at; absent where it was not read. */
struct str record_label(const struct record *, size_t field);
/* The row `rows` stands on, selected by sql_add_columns. */
struct record *sql_record(struct arena *, const struct entity *, const struct rows *);
/* Number of a field's column in that order; times of the row too. */
int sql_column(const struct entity *, int field);

/* What stands for the field in SQL: its column, or the member of `custom` with its key as an argument. */
void sql_add_field(struct sql *, const struct field *);

/* ---- custom.c ---- */

/* The field's name in the column `custom`. */
const char *custom_key(const struct field *);
/* The company's own fields out of the column's text, and back. */
void custom_read(struct record *, struct str custom);
struct str custom_text(const struct record *);

/* ---- record_json.c ---- */

/* One value in its JSON form; null when absent. */
struct value *record_value(const struct record *, size_t index);

/* ---- form_view.c ---- */

/* "group", and "group_start": true where a heading goes above the field. *last is the field's before. */
void view_put_group(struct value *map, const struct entity *, size_t index, const char **last);

/* ---- reference.c ---- */

/* E_INVALID with errors at the fields whose row is not there or may not be chosen. */
enum err record_check_references(struct ttx *, const struct record *, const bool *changed, struct errors *) MUST_CHECK;

/* ---- reference_find.c ---- */

/* Beside a reference's own name in a form: what was typed to find a row, and what the offered ones were found by. */
#define REFERENCE_SEARCH ".search"
#define REFERENCE_SEARCHED ".searched"
#define REFERENCE_ANY ".any" /* the form is one of filters: nothing chosen means any, not none */
#define REFERENCE_SEARCH_LENGTH 100
bool field_is_found(const struct field *); /* by typing, not from a list of all */

/* ---- tags.c ---- */

#define TAG_NAME_MOST 40
/* Its field of type FIELD_TAGS, or -1. */
int entity_tags_field(const struct entity *);
/* Names in order, each once; absent without any. */
struct str tags_canonical(struct arena *, struct str lines);
bool tags_hold(struct str lines, struct str name);
/* With the name, or without it. */
struct str tags_with(struct arena *, struct str lines, struct str name, bool on);
/* ", (SELECT …)": the names and tones of the row's tags. */
void sql_add_tags(struct sql *, const struct entity *);
void tags_read(struct record *, struct str selected);
/* Errors at the field for names that are no tag. */
enum err tags_check(struct ttx *, const struct record *, const bool *changed, struct errors *) MUST_CHECK;
/* The same in two steps: which of these names are tags; an error at the record's field for each that is not among them. */
enum err tags_known(struct ttx *, struct str names, struct str *known) MUST_CHECK;
bool tags_all_known(const struct record *, struct str known, struct errors *);
/* The tags of many new rows, one item a tag. */
struct write;
size_t tags_pairs(struct arena *, const struct write *, size_t count, struct str **ids, struct str **names);
/* What the record holds becomes the row's; sent without waiting. */
void tags_send(struct ttx *, const struct record *);
struct argument arg_lines(struct arena *, struct str lines);

/* ---- cursor.c ---- */

/* Signed for the tenant, the order and the filters: a cursor serves the list it came from and no other. */
struct str cursor_make(struct arena *, struct uuid tenant, const struct entity *, const struct list_query *,
		       struct str key, struct uuid id);
bool cursor_open(struct arena *, struct uuid tenant, const struct entity *, const struct list_query *, struct str *key,
		 struct uuid *id) MUST_CHECK;

#endif
