#include "tests/isolation/statement_lint.h"

#include <ctype.h>

#define TOKENS_MOST 4000
#define RELATIONS_MOST 64

enum kind { WORD = 1, NUMBERED /* $1 */, TEXT, SIGN, END };

struct token {
	enum kind kind;
	struct str text; /* as it stands; compared without case */
	int group;       /* index of the '(' around it; -1: none */
	int close;       /* of a '(': its ')' */
};

struct relation {
	struct str table, alias;
	int at;      /* its token */
	int block;   /* the '(' that begins its query; -1: the statement itself */
	int part;    /* which side of a UNION */
	int on, end; /* of a LEFT JOIN: from ON to the end of its condition; 0: none */
	bool left, insert, proven;
};

struct parse {
	const char *const *tables;
	struct token tokens[TOKENS_MOST + 1];
	int count;
	struct relation relations[RELATIONS_MOST];
	int relation_count;
	struct buffer *complaints;
	size_t breaches;
};

#define COMPLAIN(p, ...) (buffer_printf((p)->complaints, __VA_ARGS__), (p)->breaches++)

/* ---- tokens ---- */

static size_t skip_comment(const char *c, size_t left)
{
	size_t n = 2;

	if (left < 2)
		return 0;
	if (c[0] == '-' && c[1] == '-') {
		while (n < left && c[n] != '\n')
			n++;
		return n;
	}
	if (c[0] != '/' || c[1] != '*')
		return 0;
	while (n + 1 < left && !(c[n] == '*' && c[n + 1] == '/'))
		n++;
	return n + 2 < left ? n + 2 : left;
}

static size_t quoted(const char *c, size_t left, char quote)
{
	size_t n = 1;

	while (n < left && (c[n] != quote || (n + 1 < left && c[n + 1] == quote)))
		n += c[n] == quote ? 2 : 1;
	return n < left ? n + 1 : left;
}

/* $tag$ … $tag$ */
static size_t dollar_quoted(const char *c, size_t left)
{
	size_t tag = 1, n;

	while (tag < left && (isalnum((unsigned char)c[tag]) || c[tag] == '_'))
		tag++;
	if (tag >= left || c[tag] != '$')
		return 0;
	tag++;
	for (n = tag; n + tag <= left; n++)
		if (memcmp(c + n, c, tag) == 0)
			return n + tag;
	return left;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t token_at(const char *c, size_t left, enum kind *kind)
{
	size_t n = 1;

	*kind = SIGN;
	if (*c == '\'') {
		*kind = TEXT;
		return quoted(c, left, '\'');
	}
	if (*c == '"') {
		*kind = WORD;
		return quoted(c, left, '"');
	}
	if (*c == '$' && left > 1 && isdigit((unsigned char)c[1]))
		*kind = NUMBERED;
	else if (*c == '$') {
		*kind = TEXT;
		return dollar_quoted(c, left) ? dollar_quoted(c, left) : 1;
	} else if (is_name(*c))
		*kind = WORD;
	else if (*c == ':' && left > 1 && c[1] == ':')
		return 2;
	else
		return 1;
	while (n < left && is_name(c[n]))
		n++;
	return n;
}

static void tokenize(struct parse *p, struct str sql)
{
	int group = -1;

	for (size_t i = 0; i < sql.n && p->count < TOKENS_MOST;) {
		struct token *token = &p->tokens[p->count];
		size_t n = isspace((unsigned char)sql.p[i]) ? 1 : skip_comment(sql.p + i, sql.n - i);

		if (n > 0) {
			i += n;
			continue;
		}
		n = token_at(sql.p + i, sql.n - i, &token->kind);
		token->text = (struct str){sql.p + i, n};
		if (token->kind == WORD && *token->text.p == '"')
			token->text = (struct str){token->text.p + 1, n - 2};
		token->group = group;
		token->close = p->count;
		if (str_is(token->text, "(")) {
			group = p->count;
		} else if (str_is(token->text, ")") && group >= 0) {
			p->tokens[group].close = p->count;
			group = p->tokens[group].group;
			token->group = group;
		}
		p->count++;
		i += n;
	}
	if (p->count == TOKENS_MOST)
		COMPLAIN(p, "the statement is too long to be read\n");
	p->tokens[p->count] = (struct token){.kind = END, .text = STR(""), .group = -1, .close = p->count};
}

static bool is(const struct parse *p, int at, const char *word)
{
	return at >= 0 && at < p->count && p->tokens[at].kind != TEXT &&
	       str_equal_nocase(p->tokens[at].text, str_from(word));
}

static bool is_any(const struct parse *p, int at, const char *const *words)
{
	for (; *words; words++)
		if (is(p, at, *words))
			return true;
	return false;
}
#define IS_ANY(p, at, ...) is_any(p, at, (const char *const[]){__VA_ARGS__, NULL})

/* ---- where a token stands ---- */

/* The '(' of the query around it: those that only group are passed. */
static int block_of(const struct parse *p, int at)
{
	int group = p->tokens[at].group;

	while (group >= 0 && !IS_ANY(p, group + 1, "select", "with", "insert", "update", "delete", "values"))
		group = p->tokens[group].group;
	return group;
}

static int block_end(const struct parse *p, int block)
{
	return block < 0 ? p->count : p->tokens[block].close;
}

/* How many UNIONs of its block stand before it, so that each side is judged alone. */
static int part_of(const struct parse *p, int at)
{
	int block = block_of(p, at), part = 0;

	for (int i = block + 1; i < at; i++)
		if (p->tokens[i].group == block && IS_ANY(p, i, "union", "intersect", "except"))
			part++;
	return part;
}

/* ---- relations ---- */

static bool is_table(const struct parse *p, int at)
{
	for (const char *const *table = p->tables; *table; table++)
		if (is(p, at, *table))
			return true;
	return false;
}

/* The end of what a join's ON says: with the brackets around the join at the latest. */
static int condition_end(const struct parse *p, int on)
{
	int at = on + 1, last = block_end(p, p->tokens[on].group);

	while (at < last && !(p->tokens[at].group == p->tokens[on].group &&
			      IS_ANY(p, at, "where", "left", "right", "full", "inner", "cross", "join", "group",
				     "order", "limit", "for", "union", "returning", ",", "on")))
		at++;
	return at;
}

static void add_relation(struct parse *p, int at, bool insert, bool left)
{
	struct relation *relation = &p->relations[p->relation_count];
	int next = at + 1;

	if (!is_table(p, at))
		return;
	if (p->relation_count == RELATIONS_MOST) {
		COMPLAIN(p, "the statement has too many relations\n");
		return;
	}
	*relation = (struct relation){.table = p->tokens[at].text,
				      .alias = p->tokens[at].text,
				      .at = at,
				      .block = block_of(p, at),
				      .part = part_of(p, at),
				      .insert = insert,
				      .left = left};
	if (is(p, next, "as"))
		next++;
	if (next < p->count && p->tokens[next].kind == WORD &&
	    !IS_ANY(p, next, "on", "where", "set", "join", "left", "right", "full", "inner", "cross", "using", "group",
		    "order", "limit", "for", "union", "returning", "values", "select", "default", "natural", "from",
		    "tablesample", "having", "intersect", "except"))
		relation->alias = p->tokens[next++].text;
	if (is(p, next, "on"))
		relation->on = next, relation->end = condition_end(p, next);
	p->relation_count++;
}

/* From the first relation behind FROM or JOIN: names with schema and ONLY, groups of joins. */
static int first_name(const struct parse *p, int at)
{
	while (IS_ANY(p, at, "only", "lateral") || (is(p, at, "(") && !IS_ANY(p, at + 1, "select", "with", "values")))
		at++;
	return is(p, at + 1, ".") ? at + 2 : at;
}

/* Those behind commas, on the same level, up to the end of the list. */
static void more_of_list(struct parse *p, int from)
{
	int group = p->tokens[from].group;

	for (int at = from + 1; at < p->count; at++) {
		if (p->tokens[at].group == group &&
		    (IS_ANY(p, at, "where", "group", "order", "limit", "for", "union", "returning", "set", "having",
			    "window", "intersect", "except", "on", ";") ||
		     at == block_end(p, group)))
			break;
		if (p->tokens[at].group == group && is(p, at, ","))
			add_relation(p, first_name(p, at + 1), false, false);
	}
}

static void find_relations(struct parse *p)
{
	for (int at = 0; at < p->count; at++) {
		if (p->tokens[at].kind != WORD)
			continue;
		if (is(p, at, "from") || is(p, at, "using")) {
			add_relation(p, first_name(p, at + 1), false, false);
			more_of_list(p, at);
		} else if (is(p, at, "join")) {
			bool outer = IS_ANY(p, at - 1, "outer");
			int side = outer ? at - 2 : at - 1;

			if (IS_ANY(p, side, "right", "full"))
				COMPLAIN(p, "a RIGHT or FULL JOIN hides which relation its condition limits\n");
			add_relation(p, first_name(p, at + 1), false, is(p, side, "left"));
		} else if (is(p, at, "update") && !IS_ANY(p, at - 1, "for", "key", "do")) {
			add_relation(p, first_name(p, at + 1), false, false);
		} else if (is(p, at, "into")) {
			add_relation(p, first_name(p, at + 1), true, false);
		}
	}
}

/* ---- predicates ---- */

/* Past casts: $1::uuid. */
static int past_cast(const struct parse *p, int at)
{
	while (is(p, at, "::"))
		at += 2;
	return at;
}

static bool is_tenant(const struct parse *p, int at)
{
	return at < p->count && p->tokens[at].kind == NUMBERED && str_is(p->tokens[at].text, "$1");
}

/* tenant_id = $1 or $1 = tenant_id around the word tenant_id; *first and *last are its tokens. */
static bool is_predicate(const struct parse *p, int at, int *first, int *last)
{
	int left = is(p, at - 1, ".") ? at - 2 : at;

	if (is(p, at + 1, "=") && is_tenant(p, at + 2)) {
		*first = left;
		*last = past_cast(p, at + 3);
	} else if (is(p, left - 1, "=") && is_tenant(p, left - 2)) {
		*first = left - 2;
		*last = at + 1;
	} else {
		return false;
	}
	return IS_ANY(p, *first - 1, "where", "and", "on", "(") && !IS_ANY(p, *last, "+", "||", "is", "<", ">", "=");
}

/* Whether that token, or the group around it, stands behind WHERE or ON of its query. */
static bool is_condition(const struct parse *p, int at, int block)
{
	for (; at > block; at--)
		if (p->tokens[at].group == block && IS_ANY(p, at, "where", "on", "select", "from", "set", "returning",
							   "having", "values", "by", "limit"))
			return IS_ANY(p, at, "where", "on");
	return false;
}

/* Nothing weakens it: no OR beside it or around it, no NOT in front of a group around it, up to its query. */
static bool is_binding(const struct parse *p, int at, int block)
{
	if (!is_condition(p, at, block))
		return false;
	for (int group = p->tokens[at].group;; group = p->tokens[group].group) {
		bool condition = group != block;

		for (int i = group + 1; i < block_end(p, group); i++) {
			if (p->tokens[i].group != group)
				continue;
			if (IS_ANY(p, i, "where", "on", "having"))
				condition = true;
			else if (condition && is(p, i, "or"))
				return false;
			else if (IS_ANY(p, i, "union", "intersect", "except", "select", "order"))
				condition = group != block;
		}
		if (group == block || group < 0)
			return true;
		if (!IS_ANY(p, group - 1, "where", "and", "on", "("))
			return false;
	}
}

static bool proves(const struct parse *p, const struct relation *relation, int at, int relations_there)
{
	bool named = is(p, at - 1, ".");

	if (named ? !str_equal_nocase(p->tokens[at - 2].text, relation->alias) : relations_there != 1)
		return false;
	/* Not by what another LEFT JOIN is joined on, and not after the fact. */
	for (int i = 0; i < p->relation_count; i++) {
		const struct relation *other = &p->relations[i];

		if (other != relation && other->left && other->on && at > other->on && at < other->end)
			return false;
	}
	return true;
}

static int relations_in(const struct parse *p, int block, int part)
{
	int count = 0;

	for (int i = 0; i < p->relation_count; i++)
		count += p->relations[i].block == block && p->relations[i].part == part && !p->relations[i].insert;
	return count;
}

static void find_predicates(struct parse *p)
{
	int first, last;

	for (int at = 0; at < p->count; at++) {
		int block, part, there;

		if (!is(p, at, "tenant_id") || !is_predicate(p, at, &first, &last))
			continue;
		block = block_of(p, at);
		part = part_of(p, at);
		there = relations_in(p, block, part);
		for (int i = 0; i < p->relation_count; i++)
			if (p->relations[i].block == block && p->relations[i].part == part && !p->relations[i].insert &&
			    proves(p, &p->relations[i], at, there) && is_binding(p, first, block))
				p->relations[i].proven = true;
	}
}

/* ---- inserts ---- */

/* The start of the nth item of a list; from is its first token. */
static int item_at(const struct parse *p, int from, int nth)
{
	int group = p->tokens[from].group;

	for (; nth > 0 && from < p->count; from++)
		if (p->tokens[from].group == group && is(p, from, ","))
			nth--;
	return from;
}

static bool gives_tenant(const struct parse *p, int item)
{
	int end = past_cast(p, item + 1);

	return is_tenant(p, item) && (IS_ANY(p, end, ",", ")", "from", "where", "as", "on") || end >= p->count);
}

static void check_insert(struct parse *p, struct relation *relation)
{
	int list = relation->at + 1, column = -1, at;

	for (int i = list + 1; is(p, list, "(") && i < p->tokens[list].close; i++)
		if (is(p, i, "tenant_id"))
			column = i - list - 1;
	if (column < 0 || column % 2 != 0)
		return;
	at = p->tokens[list].close + 1;
	if (is(p, at, "select")) {
		relation->proven = gives_tenant(p, item_at(p, at + 1, column / 2));
		return;
	}
	if (!is(p, at, "values"))
		return;
	relation->proven = true;
	for (at++; is(p, at, "("); at = p->tokens[at].close + 2)
		if (!gives_tenant(p, item_at(p, at + 1, column / 2)))
			relation->proven = false;
}

/* Neither UPDATE nor ON CONFLICT may move a row to another tenant. */
static void check_set(struct parse *p)
{
	for (int at = 0; at < p->count; at++) {
		int end = at + 1, group = p->tokens[at].group;

		if (!is(p, at, "set"))
			continue;
		for (; end < p->count &&
		       !(p->tokens[end].group <= group && IS_ANY(p, end, "where", "from", "returning", ")"));
		     end++)
			if (is(p, end, "tenant_id") && IS_ANY(p, end - 1, "set", ",", "(") &&
			    IS_ANY(p, end + 1, "=", ",", ")") && p->tokens[end].group == group)
				COMPLAIN(p, "it sets tenant_id\n");
	}
}

/* ---- the whole ---- */

static struct parse *parse_begin(const char *const *tables, struct str sql, struct buffer *complaints)
{
	static struct parse parse;

	memset(&parse, 0, sizeof(parse));
	parse.tables = tables;
	parse.complaints = complaints;
	tokenize(&parse, sql);
	return &parse;
}

size_t statement_lint(const char *const *tables, struct str sql, struct buffer *complaints)
{
	struct parse *p = parse_begin(tables, sql, complaints);
	bool known;

	known = IS_ANY(p, 0, "select", "with", "insert", "update", "delete", "values");
	for (int at = 0; !known && at < p->count; at++)
		if (is_table(p, at))
			COMPLAIN(p, "a statement of this kind may not name a table of tenants\n");
	find_relations(p);
	find_predicates(p);
	for (int i = 0; i < p->relation_count; i++) {
		struct relation *relation = &p->relations[i];

		if (relation->insert)
			check_insert(p, relation);
		if (!relation->proven)
			COMPLAIN(p, "%s %.*s has no tenant_id = $1 of its own\n",
				 relation->insert ? "the INSERT into" : "the relation", STR_FMT_ARG(relation->alias));
	}
	check_set(p);
	return p->breaches;
}

/* ---- what it is about, and without its predicates ---- */

void statement_tables(const char *const *tables, struct str sql, bool *named)
{
	struct buffer complaints = BUFFER_IN(NULL);
	struct parse *p = parse_begin(tables, sql, &complaints);

	find_relations(p);
	for (int i = 0; i < p->relation_count; i++)
		for (size_t at = 0; tables[at]; at++)
			if (!p->relations[i].insert && str_equal_nocase(p->relations[i].table, str_from(tables[at])))
				named[at] = true;
	buffer_free(&complaints);
}

/* Whether a predicate that stands there is the one of a relation of that table. */
static bool is_of(const struct parse *p, int at, const char *table)
{
	int block = block_of(p, at), part = part_of(p, at), there = relations_in(p, block, part);

	for (int i = 0; i < p->relation_count; i++)
		if (p->relations[i].block == block && p->relations[i].part == part && !p->relations[i].insert &&
		    proves(p, &p->relations[i], at, there) &&
		    (!table || str_equal_nocase(p->relations[i].table, str_from(table))))
			return true;
	return false;
}

size_t statement_strip(const char *const *tables, const char *table, struct str sql, struct buffer *out)
{
	struct buffer complaints = BUFFER_IN(NULL);
	struct parse *p = parse_begin(tables, sql, &complaints);
	const char *from = sql.p;
	size_t stripped = 0;
	int first, last;

	find_relations(p);
	for (int at = 0; at < p->count; at++) {
		struct str left;

		if (!is(p, at, "tenant_id") || !is_predicate(p, at, &first, &last) || !is_of(p, at, table))
			continue;
		left = p->tokens[first].text;
		buffer_add(out, from, (size_t)(left.p - from));
		BUFFER_LITERAL(out, "$1::uuid IS NOT NULL");
		from = p->tokens[last - 1].text.p + p->tokens[last - 1].text.n;
		stripped++;
	}
	buffer_add(out, from, (size_t)(sql.p + sql.n - from));
	buffer_free(&complaints);
	return stripped;
}

size_t statement_proven(const char *const *tables, const char *table, struct str sql)
{
	struct buffer complaints = BUFFER_IN(NULL);
	struct parse *p = parse_begin(tables, sql, &complaints);
	size_t proven = 0;

	find_relations(p);
	find_predicates(p);
	for (int i = 0; i < p->relation_count; i++)
		proven += !p->relations[i].insert && p->relations[i].proven &&
			  (!table || str_equal_nocase(p->relations[i].table, str_from(table)));
	buffer_free(&complaints);
	return proven;
}
