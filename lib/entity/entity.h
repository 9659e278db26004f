/*
 * Entity: a const table of field descriptions. From it come JSON and form parsing, validation, storage, lists, forms
 * and OpenAPI.
 *
 * An entity with a table is stored under tenant_id, id, version, created_at, updated_at (these five are the layer's
 * own and never listed in fields, except that created_at and updated_at may be listed READ_ONLY to be shown and
 * sorted), and deleted_at and custom where `trash` and `custom` say so. An entity without a table (table NULL) describes an input only: a log-in, a sign-up step.
 */
#ifndef DEMAND_ENTITY_H
#define DEMAND_ENTITY_H

#include "lib/base/errors.h"
#include "lib/base/id.h"
#include "lib/pg/pg.h"
#include "lib/text/form.h"
#include "lib/text/value.h"

enum field_type {
	FIELD_TEXT = 1,
	FIELD_LONG_TEXT,
	FIELD_EMAIL,
	FIELD_PHONE, /* kept as typed; 7 to 15 digits, see phone.h for E.164 */
	FIELD_URL,   /* http and https; a bare host gets https:// */
	FIELD_SLUG,
	FIELD_PASSWORD, /* never printed, never trimmed */
	FIELD_INTEGER,
	FIELD_NUMBER, /* decimal, 15 digits, six of them behind the point; exact */
	FIELD_MONEY,  /* integer cents in JSON and column; dollars and cents ("1,250.50") in forms */
	FIELD_BOOL,
	FIELD_DATE,      /* date; "2026-11-23" */
	FIELD_INSTANT,   /* timestamptz; RFC 3339 */
	FIELD_CHOICE,    /* text column, one of choices */
	FIELD_REFERENCE, /* uuid of another entity's row of the same tenant */
	FIELD_TAGS,      /* names of tags, one a line in order; a list of strings in JSON; kept in tags_table */
	FIELD_IDS        /* ids of rows, of an input only: a list of strings in JSON, or one with commas; "{…}" */
};

enum field_flag {
	FIELD_REQUIRED = 1 << 0,
	FIELD_SEARCHABLE = 1 << 1, /* goes into search_text */
	FIELD_SORTABLE = 1 << 2,   /* column is NOT NULL and has the index (tenant_id, column, id) */
	FIELD_FILTERABLE = 1 << 3, /* by query parameters of the field's name, see filter.h */
	FIELD_LISTED = 1 << 4,     /* a column of the list page */
	FIELD_EXPORTABLE = 1 << 5,
	FIELD_IMPORTABLE = 1 << 6,
	FIELD_READ_ONLY = 1 << 7, /* a body that names it is refused */
	FIELD_CREATE_ONLY = 1 << 8,
	FIELD_WRITE_ONLY = 1 << 9, /* not stored in the column of its name, never printed */
	FIELD_INTERNAL = 1 << 10,  /* a column the API does not show or take */
	FIELD_API_ONLY = 1 << 11,  /* in JSON, not on pages */
	FIELD_FILLED = 1 << 12,    /* never null: a hook fills it where nothing was sent */
	FIELD_OWNING = 1 << 13,  /* a reference: the row belongs to that one, and goes to the trash and back with it */
	FIELD_MINE = 1 << 14,    /* a reference to a user: a new row that says nothing is of the person who makes it */
	FIELD_UNASKED = 1 << 15, /* on a form only when there is something in it, or wrong with it */
	FIELD_CUSTOM = 1 << 16   /* a company's own: in the column `custom` (custom.h), never in a table of ours */
};

struct choice {
	const char *value, *label;
	const char *tone; /* badge colour name for lists: "green", "red"…; NULL: none */
};

struct field {
	const char *name;  /* JSON key, form name, SQL column: one word for all */
	const char *label; /* for people */
	const char *help;  /* under the input; NULL: none */
	const char *group; /* heading of the form and detail page section; NULL: the previous field's */
	enum field_type type;
	unsigned flags;
	int64_t minimum, maximum; /* length in code points for text, value for numbers; maximum 0: the type's default */
	const struct choice *choices;    /* ended by a NULL value */
	const char *references;          /* FIELD_REFERENCE: table of the other row */
	const char *default_value;       /* for create when absent; NULL: null */
	const char *autocomplete;        /* HTML autocomplete token; NULL: off */
	const char *reference_label;     /* SQL over the other table's columns: what names its row to a person */
	const char *reference_condition; /* SQL over the same: which rows may be chosen; NULL: all */
	const char *
		reference_search; /* lower-case SQL text that typed words are looked for in; NULL: a select, 200 rows */
	const char *reference_details; /* SQL: what tells rows of the same label apart; NULL: nothing */
	const char *tick;              /* FIELD_BOOL: what a ticked box sends; NULL: "t" */
};

#define TAGS_MOST 20 /* a row */

struct record;
struct write; /* insert_many.h */
/* WRITE_RESTORE: out of the trash, with the values it had; record_before() is the row as it lay there. */
enum write_kind { WRITE_CREATE = 1, WRITE_UPDATE, WRITE_DELETE, WRITE_RESTORE };

struct entity {
	const char *name, *plural; /* "lead", "leads": the address /leads and /api/leads */
	const char *label, *label_plural;
	const char *icon;  /* name in the sprite */
	const char *table; /* NULL: input only */
	const struct field *fields;
	size_t field_count;
	const char *title_field;   /* the field that names a row to a person */
	const char *title_instead; /* the one that does where that is empty; NULL: none */
	const char *default_sort;  /* "-created_at" */
	const char *empty_hint;    /* teaches on an empty list */
	bool trash;                /* has deleted_at: a deleted row can be restored, and is nowhere else until then */
	bool history;              /* who changed what is kept in record_changes */
	bool custom;               /* has custom: a company adds fields of its own */
	const char *visible;    /* SQL: which rows whoever acts may see; @me is their id. NULL: all of the company's */
	const char *tags_table; /* joins its rows (row_id) with tags (tag_id); NULL: it has none */
	/* Hooks; each may be NULL. An error other than OK rolls everything back. */
	enum err (*before_write)(struct ttx *, enum write_kind, struct record *, struct errors *);
	enum err (*after_write)(struct ttx *, enum write_kind, const struct record *);
	enum err (*decorate)(struct ttx *, const struct record *, struct value *page_map);
	/*
	 * The first two for many rows at once (insert_many.h), where they send statements; NULL: they are called for each.
	 * A row that cannot be written gets its err; those that have one are left alone. WRITE_RESTORE never comes.
	 */
	enum err (*before_write_many)(struct ttx *, enum write_kind, struct write *, size_t count);
	enum err (*after_write_many)(struct ttx *, enum write_kind, struct write *, size_t count);
};

/* Complaints, one a line, about a table that contradicts itself; true when there are none. */
bool entity_check(const struct entity *, struct buffer *complaints) MUST_CHECK;
/* Index of the field, or -1. */
int entity_field(const struct entity *, struct str name);

/* ---- record: the values of one row or one input; lives in its arena ---- */

struct record *record_new(struct arena *, const struct entity *);
const struct entity *record_entity(const struct record *);
struct uuid record_id(const struct record *);
int64_t record_version(const struct record *);
/* The stored text form: integer digits, "t"/"f", RFC 3339; absent is null. Index as in fields. */
struct str record_get(const struct record *, int field);
/* Aborts on a name that is not there: a programming error. */
struct str record_text(const struct record *, const char *name);
bool record_given(const struct record *, int field);     /* was in the body or form */
void record_set(struct record *, int field, struct str); /* marks it given; borrowed */
void record_set_text(struct record *, const char *name, struct str);
/* What names the row to a person: the title field's first line, cut to a line's length; never empty. */
struct str record_title(const struct record *);
/* A label inside a sentence: "e-mail template". */
struct str label_in_sentence(struct arena *, const char *label);
/* For a row that the program itself makes: what is absent gets its default_value. */
void record_set_defaults(struct record *);
/* Before an update hook: the row as it was; NULL on create. */
const struct record *record_before(const struct record *);
/* Null is a value of its own. `b` NULL: a row that says nothing. */
bool record_differs(const struct record *a, const struct record *b, int field);
/* From the row as it was; of a new row: whether there is a value. */
bool record_has_changed(const struct record *, const char *name);

/*
 * Parse and validate. WRITE_CREATE fills defaults and checks required fields; WRITE_UPDATE takes what is given.
 * Unknown names, READ_ONLY ones, CREATE_ONLY ones on update, wrong JSON types: an error at that field. Returns
 * E_INVALID when errors has any, E_MALFORMED when the body is no object.
 * A form ignores the names of `also` (ended by NULL: "csrf", "version"); absent checkboxes are false when form
 * carries "<name>.present" or on create.
 */
enum err record_from_json(struct record *, enum write_kind, const struct value *body, struct errors *) MUST_CHECK;
enum err record_from_form(struct record *, enum write_kind, const struct form *, const char *const *also,
			  struct errors *) MUST_CHECK;
/*
 * After record_from_form of an update: an input shows an instant by the minute, and one that was left as it was shown
 * stays what it is to the millisecond.
 */
void record_keep_as_shown(struct record *change, const struct record *current);
/* A new row's value as it would be typed; left out when it may not be sent or is no value of the field. */
void record_prefill(struct record *, int field, struct str typed);
/* What JSON shows: id, the visible fields in order, version, created_at, updated_at (for a stored entity). */
void record_to_value(const struct record *, struct value *map);
/* The list of what record_to_value shows of rows of one stored entity, printed. */
struct value *records_to_json(struct arena *, struct record *const *records, size_t count);
/*
 * What the generic pages read (docs/front-end.md): fields for a form, with errors and what was typed; cells for a
 * detail page.
 */
void record_form_view(const struct record *, const struct form *typed, const struct errors *, enum write_kind,
		      struct value *list);
/* One input of a form, by its field's index. */
void record_input_view(const struct record *, int field, const struct form *typed, struct value *map);
void record_show_view(const struct record *, struct value *list);
/* The value as the field's input of a form has it; absent when there is none. */
struct str record_input_text(const struct record *, int field);
/* What a person reads as the field's value ("$1,250.50", "Won"); absent when it has none. */
struct str record_field_text(const struct record *, int field);
/* The LISTED fields of one row, in order, for the list page; the same maps as record_show_view gives. */
void record_cells_view(const struct record *, struct value *list);
/* The same for chosen fields, by index. */
void record_cells_of(const struct record *, const int *columns, size_t count, struct value *list);
/*
 * Before a view of rows with FIELD_REFERENCE fields: reads what names the rows they point at and, with choices, what
 * a form may offer (at most 200). One statement a field, for all records at once.
 */
enum err record_load_references(struct ttx *, struct record *const *records, size_t count, bool choices) MUST_CHECK;

/* The same without choices, for the fields of a list's columns alone. */
enum err record_load_labels(struct ttx *, struct record *const *records, size_t count, const int *columns,
			    size_t column_count) MUST_CHECK;
/* What may be chosen for a reference: at most 200, by their names. */
struct reference_choices {
	struct str *ids, *labels;
	size_t count;
};
struct rows *reference_choices_send(struct ttx *, const struct field *);
enum err reference_choices_read(struct ttx *, struct rows *sent, struct reference_choices *out) MUST_CHECK;
/*
 * References with reference_search. What was typed to find the row becomes the value of the field in *form, when one
 * row matches; otherwise there is an error at the field. Before record_from_form.
 */
enum err form_find_references(struct ttx *, const struct entity *, enum write_kind, struct form *,
			      struct errors *) MUST_CHECK;
/* The matches of what was typed, to choose from. Before record_form_view, after record_load_references. */
enum err record_load_offers(struct ttx *, struct record *, const struct form *typed) MUST_CHECK;

/* ---- store ---- */

enum err entity_get(struct ttx *, const struct entity *, struct uuid, struct record **out) MUST_CHECK;
/* Gives the record its id (UUIDv7), version 1 and times. */
enum err entity_insert(struct ttx *, struct record *, struct errors *) MUST_CHECK;
/*
 * `current` came from entity_get, `change` from a parser. E_PRECONDITION when the row has moved on from current's
 * version. *out is the new row.
 */
enum err entity_update(struct ttx *, const struct record *current, struct record *change, struct errors *,
		       struct record **out) MUST_CHECK;
/* E_CONFLICT, with an error where the entity's hook says why. */
enum err entity_delete(struct ttx *, const struct record *current, struct errors *) MUST_CHECK;

/* ---- list ---- */

/* Signs cursors; call once in each process. */
void entity_list_key(const uint8_t key[32]);

struct list_filter; /* filter.h */

struct list_query {
	int64_t limit;        /* 1 to 200; 25 */
	struct str cursor, q; /* absent when not given */
	int sort_field;
	bool descending;
	struct list_filter *filters; /* all of them hold */
	size_t filter_count;
};
/*
 * Reads limit, cursor, sort ("name", "-created_at"), q and filters (filter.h); anything else is an error at that
 * name. Names in `also` (may be NULL) are skipped. E_INVALID.
 */
enum err list_query_parse(struct arena *, const struct entity *, const struct form *, const char *const *also,
			  struct list_query *out, struct errors *) MUST_CHECK;

struct list_result {
	struct record **records;
	size_t count;
	struct str next_cursor; /* absent on the last page */
};
/* One statement, keyset, no OFFSET. E_INVALID for a forged, foreign or mismatched cursor (error at "cursor"). */
enum err entity_list(struct ttx *, const struct entity *, const struct list_query *, struct errors *,
		     struct list_result *out) MUST_CHECK;
/* The same in two halves: the statement shares a round trip with whatever is waited for next. */
enum err entity_list_send(struct ttx *, const struct entity *, const struct list_query *, struct errors *,
			  struct rows **sent) MUST_CHECK;
enum err entity_list_read(struct ttx *, const struct entity *, const struct list_query *, struct rows *sent,
			  struct list_result *out) MUST_CHECK;
/* Rows that match, counted to at most `cap`. */
enum err entity_count(struct ttx *, const struct entity *, const struct list_query *, int64_t cap,
		      int64_t *out) MUST_CHECK;

/* ---- OpenAPI 3.1 ---- */

/* WRITE_DELETE: the answer's schema. */
void entity_openapi_schema(const struct entity *, enum write_kind, struct value *schema);
void entity_openapi_list_parameters(const struct entity *, struct value *parameters);
/* Which rows and in what order, without the pages. */
void entity_openapi_match_parameters(const struct entity *, struct value *parameters);

#endif
