/* What the files of the list page share. */
#ifndef DEMAND_LIST_PAGE_H
#define DEMAND_LIST_PAGE_H

#include "fcgi/web.h"

#include "lib/entity/filter.h"

/* Beyond it a list says "1,000+": counting everything is the classic way to a slow page. */
#define LIST_COUNT_CAP 1000

/* A parameter that the list cannot take, and why. */
struct list_refusal {
	struct str label, message;
	bool is_filter;
	struct list_filter filter; /* where it is one: what was typed */
};

struct list_page {
	struct context *c;
	const struct entity *entity;
	struct list_query query;
	struct list_refusal *refused;
	size_t refused_count;
	int *columns; /* fields that are shown, in order */
	size_t column_count;
	struct rows **choices_sent; /* by field: what a filter by reference offers; NULL: nothing */
	struct reference_choices *choices;
	struct value **found; /* by field: the input of a reference that is found by typing; NULL: none */
	struct rows *views_sent;
};

/* The address of this list with one parameter replaced (value absent: left out). The place in it never survives. */
struct str list_page_url(const struct list_page *, const char *name, struct str value);
struct str list_url(struct context *, const struct entity *, const char *name, struct str value);
/* The list as it is now, without place, count, news and the view it began with: what a saved view keeps. */
struct str list_page_query(struct context *);

/* All that match, as far as the database's time limit lets them be counted. *late: it did not, and *count says nothing. */
enum err list_count_all(struct context *, const struct entity *, const struct list_query *, int64_t *count, bool *late);

/* A parameter that is about this one answer: a place, news. */
bool list_is_passing(struct str name);

/* "12 leads", "1,000+ leads". */
struct str list_count_words(struct context *, const struct entity *, int64_t count, int64_t cap);

/* ---- list_refused.c ---- */

/*
 * An address that was kept too long, or was typed: the list from its start where only the place in it is wrong, else the
 * parameter in words.
 */
enum err list_refused(struct context *, enum err);
/* Reads page.query of the list's page: what is refused is left out of it, and of the address, and told above the list. */
enum err list_page_parse(struct list_page *, const char *const *also) MUST_CHECK;
void list_put_refused(struct list_page *); /* refused, has_refused */

/* ---- list_typed.c ---- */

/*
 * A form sends rows of field, operator and value ("f.score.op=gte&f.score.value=50") and each column by itself. True
 * when the address holds such; *url is then the list's own address for it, to be redirected to.
 */
bool list_typed(struct context *, const struct entity *, struct str *url);

/* ---- list_found.c: references that are found by typing. Each has one row in the form ---- */

bool list_is_found(const struct list_page *, int field);
/* The words that the row holds, which name no row yet; NULL: none. */
const struct list_refusal *list_found_refused(const struct list_page *, int field);
/* Else the filter that it holds; NULL: none. What it has no place for goes along as it is. */
const struct list_filter *list_found_filter(const struct list_page *, int field);
/*
 * After list_page_parse: looks for what was typed. Where one row matches each and nothing else was refused, *url is the list's address with their ids;
 * else it is absent, and the refusals say what there is to choose from.
 */
enum err list_found_settle(struct list_page *, struct str *url) MUST_CHECK;
enum err list_found_read(struct list_page *) MUST_CHECK;
/* The row's own words, at its input. */
void list_found_refuse(struct list_page *, const struct list_refusal *);
/* What names the row to a person; the id where there is none. After list_found_read. */
struct str list_found_name(const struct list_page *, int field, struct str id);

/* ---- list_filters.c ---- */

void list_filters_send(struct list_page *);
enum err list_filters_read(struct list_page *) MUST_CHECK;
void list_put_filters(struct list_page *); /* quick, chips, filter_rows, refused_filter, kept */

/* ---- list_columns.c ---- */

void list_columns_read(struct list_page *);
void list_put_columns(struct list_page *); /* heads, columns, sorts */

/* ---- h_list_views.c ---- */

void list_views_page_send(struct list_page *);
enum err list_views_page_read(struct list_page *) MUST_CHECK; /* views, view, has_views, may_save_view… */

#endif
