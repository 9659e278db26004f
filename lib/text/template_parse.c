/* From text to operations. One pass; open sections, blocks and parents stand on a small stack. */
#include "lib/text/template_internal.h"

#define NESTING_MAX 64
#define DELIMITER_MAX 8

struct tag {
	char sigil; /* 0 for a plain variable */
	struct str content;
	size_t start, end; /* with its delimiters */
	uint32_t line;
};

struct parser {
	struct arena *arena;
	enum template_mode mode;
	struct template *template;
	struct buffer *complaints;
	size_t at;
	uint32_t line;   /* of at */
	bool line_start; /* nothing was put out on this line yet */
	struct str open, close;
	size_t op_capacity, name_capacity;
	uint32_t stack[NESTING_MAX];
	size_t depth;
};

static const char sigils[] = "#^/!>&$<";
static const char white_space[] = " \t\r\n\f\v";

static struct op *op_add(struct parser *p, enum op_type type, uint32_t line)
{
	struct template *t = p->template;
	struct op *op;

	if (t->op_count == p->op_capacity)
		t->ops = template_grow(p->arena, t->ops, t->op_count, &p->op_capacity, sizeof(*t->ops));
	op = &t->ops[t->op_count++];
	*op = (struct op){.type = type, .line = line, .end = (uint32_t)t->op_count};
	return op;
}

/* --- scanning --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t find(struct str s, size_t from, struct str what)
{
	const char *hit = from < s.n ? memmem(s.p + from, s.n - from, what.p, what.n) : NULL;

	return hit ? (size_t)(hit - s.p) : s.n;
}

static uint32_t count_lines(struct str s, size_t from, size_t to)
{
	uint32_t lines = 0;

	for (size_t i = from; i < to; i++)
		lines += s.p[i] == '\n';
	return lines;
}

/* Start of the white space before a tag that begins its line; the tag's own start when something else is there. */
static size_t blank_before(struct str s, size_t start)
{
	size_t i = start;

	while (i > 0 && is_blank(s.p[i - 1]))
		i--;
	return i == 0 || s.p[i - 1] == '\n' ? i : start + 1;
}

/* Behind the line's end when only white space follows; 0 otherwise. */
static size_t blank_after(struct str s, size_t end)
{
	while (end < s.n && is_blank(s.p[end]))
		end++;
	if (end == s.n)
		return end;
	if (s.p[end] == '\r' && end + 1 < s.n && s.p[end + 1] == '\n')
		end++;
	return s.p[end] == '\n' ? end + 1 : 0;
}

static enum op_type container(const struct parser *p)
{
	return p->depth ? p->template->ops[p->stack[p->depth - 1]].type : OP_TEXT;
}

static bool only_white_space(struct str s)
{
	return str_trim(s).n == 0;
}

/* Literal text from p->at. Directly in a parent only blocks count. */
static bool add_text(struct parser *p, size_t to)
{
	struct str text = {p->template->source.p + p->at, to > p->at ? to - p->at : 0};
	struct op *op;

	if (text.n == 0)
		return true;
	if (container(p) == OP_PARENT) {
		if (p->mode == TEMPLATE_SPEC || only_white_space(text))
			return true;
		while (strchr(white_space, text.p[0])) {
			p->line += text.p[0] == '\n';
			text.p++;
		}
		template_complain(p->template, p->line, p->complaints,
				  "text between {{<…}} and its end stands in no block");
		return false;
	}
	op = op_add(p, OP_TEXT, p->line);
	op->text = text;
	op->line_start = p->line_start;
	p->line_start = text.p[text.n - 1] == '\n';
	return true;
}

/* What the delimiter after the tag's content is; the content begins at *at. */
static struct str closing(struct parser *p, size_t *at, char *sigil)
{
	struct str s = p->template->source;

	*sigil = *at < s.n ? s.p[*at] : '\0';
	if (*sigil == '{' && str_is(p->open, "{{") && str_is(p->close, "}}")) {
		++*at;
		return STR("}}}");
	}
	if (*sigil == '=') {
		++*at;
		return arena_printf(p->arena, "=%.*s", STR_FMT_ARG(p->close));
	}
	*sigil = '\0';
	return p->close;
}

static bool read_tag(struct parser *p, struct tag *tag)
{
	struct str s = p->template->source, close;
	size_t at = tag->start + p->open.n, end;

	close = closing(p, &at, &tag->sigil);
	end = find(s, at, close);
	if (end == s.n) {
		template_complain(p->template, tag->line, p->complaints, "a tag is not closed by %.*s",
				  STR_FMT_ARG(close));
		return false;
	}
	tag->end = end + close.n;
	tag->content = str_trim((struct str){s.p + at, end - at});
	if (tag->sigil == '\0' && tag->content.n && strchr(sigils, tag->content.p[0])) {
		tag->sigil = tag->content.p[0];
		tag->content = str_trim((struct str){tag->content.p + 1, tag->content.n - 1});
	}
	if (tag->content.n == 0 && tag->sigil != '!') {
		template_complain(p->template, tag->line, p->complaints, "an empty tag");
		return false;
	}
	return true;
}

/* --- one function for each kind of tag --- */

static bool intern(struct parser *p, const struct tag *tag, uint32_t *name)
{
	if (template_name(p->arena, p->mode, p->template, &p->name_capacity, tag->content, name))
		return true;
	template_complain(p->template, tag->line, p->complaints, "\"%.*s\" is not a name, or one name too many",
			  STR_FMT_ARG(tag->content));
	return false;
}

static bool push(struct parser *p, struct op *op)
{
	if (p->depth == NESTING_MAX) {
		template_complain(p->template, op->line, p->complaints, "nested too deep");
		return false;
	}
	p->stack[p->depth++] = (uint32_t)(op - p->template->ops);
	return true;
}

static void mark_line_start(struct parser *p, struct op *op, bool standalone)
{
	op->line_start = p->line_start && !standalone;
	p->line_start = p->line_start && standalone;
}

static bool tag_variable(struct parser *p, const struct tag *tag)
{
	bool raw = tag->sigil == '{' || tag->sigil == '&';
	struct op *op;
	uint32_t name;

	if (raw && p->mode != TEMPLATE_SPEC) {
		template_complain(p->template, tag->line, p->complaints, "{{%s%.*s}}%s would print without escaping",
				  tag->sigil == '{' ? "{" : "&", STR_FMT_ARG(tag->content),
				  tag->sigil == '{' ? "}" : "");
		return false;
	}
	if (!intern(p, tag, &name))
		return false;
	op = op_add(p, OP_VALUE, tag->line);
	op->name = name;
	op->print = raw || (!p->template->html && p->mode != TEMPLATE_SPEC) ? PRINT_RAW : PRINT_ESCAPED;
	mark_line_start(p, op, false);
	return true;
}

static bool tag_section(struct parser *p, const struct tag *tag, bool standalone)
{
	struct op *op;
	uint32_t name;

	if (!intern(p, tag, &name))
		return false;
	op = op_add(p, tag->sigil == '#' ? OP_SECTION : OP_INVERTED, tag->line);
	op->name = name;
	op->text = tag->content;
	mark_line_start(p, op, standalone);
	return push(p, op);
}

/*
 * Partial, parent or block: text is the other template's or the block's name. A block puts out its line's indentation
 * itself, also when it is alone on the line, because its body may come from another template.
 */
static bool tag_named(struct parser *p, const struct tag *tag, bool standalone)
{
	enum op_type type = tag->sigil == '>' ? OP_PARTIAL : tag->sigil == '<' ? OP_PARENT : OP_BLOCK;
	struct str s = p->template->source;
	struct op *op = op_add(p, type, tag->line);

	op->text = tag->content;
	mark_line_start(p, op, standalone && type == OP_PARTIAL);
	if (type == OP_PARTIAL && standalone) {
		size_t blank = blank_before(s, tag->start);

		op->indent = (struct str){s.p + blank, tag->start - blank};
	}
	return type == OP_PARTIAL || push(p, op);
}

/*
 * A parent puts out nothing where its body stands, so it is alone on its line when nothing is before its first and
 * behind its last tag: the text operation with the white space before it then becomes the indentation.
 */
static bool close_parent(struct parser *p, struct op *op, const struct tag *tag)
{
	struct op *before = op == p->template->ops ? NULL : op - 1;

	p->line_start = !str_absent(op->indent) && blank_after(p->template->source, tag->end);
	if (!p->line_start) {
		op->indent = STR_NONE;
		return false;
	}
	if (before && before->type == OP_TEXT && before->text.p + before->text.n == op->indent.p + op->indent.n)
		before->text.n -= op->indent.n;
	op->line_start = false;
	return true;
}

/* *swallow: the rest of the line goes with the tag. */
static bool tag_close(struct parser *p, const struct tag *tag, bool *swallow)
{
	struct op *op = p->depth ? &p->template->ops[p->stack[p->depth - 1]] : NULL;

	if (!op) {
		template_complain(p->template, tag->line, p->complaints, "{{/%.*s}} closes nothing",
				  STR_FMT_ARG(tag->content));
		return false;
	}
	if (!str_equal(op->text, tag->content)) {
		template_complain(p->template, tag->line, p->complaints,
				  "{{/%.*s}} stands where %.*s of line %u must be closed first",
				  STR_FMT_ARG(tag->content), STR_FMT_ARG(op->text), op->line);
		return false;
	}
	op->end = (uint32_t)p->template->op_count;
	p->depth--;
	if (op->type == OP_PARENT)
		*swallow = close_parent(p, op, tag);
	return true;
}

static size_t word_length(struct str s)
{
	size_t i = 0;

	while (i < s.n && !strchr(white_space, s.p[i]))
		i++;
	return i;
}

static bool tag_delimiters(struct parser *p, const struct tag *tag)
{
	struct str open = tag->content, close;

	open.n = word_length(tag->content);
	close = str_trim((struct str){open.p + open.n, tag->content.n - open.n});
	if (open.n == 0 || open.n > DELIMITER_MAX || close.n == 0 || close.n > DELIMITER_MAX ||
	    memchr(open.p, '=', open.n) || memchr(close.p, '=', close.n) || word_length(close) != close.n) {
		template_complain(p->template, tag->line, p->complaints,
				  "delimiters must be two short words without '='");
		return false;
	}
	p->open = open;
	p->close = close;
	return true;
}

static bool dispatch(struct parser *p, const struct tag *tag, bool standalone, bool *swallow)
{
	if (container(p) == OP_PARENT && p->mode != TEMPLATE_SPEC && !(tag->sigil && strchr("$/!=", tag->sigil))) {
		template_complain(p->template, tag->line, p->complaints,
				  "{{%.1s%.*s}} between {{<…}} and its end stands in no block",
				  tag->sigil ? &tag->sigil : "", STR_FMT_ARG(tag->content));
		return false;
	}
	switch (tag->sigil) {
	case '!':
		return true;
	case '=':
		return tag_delimiters(p, tag);
	case '#':
	case '^':
		return tag_section(p, tag, standalone);
	case '>':
	case '<':
	case '$':
		return tag_named(p, tag, standalone);
	case '/':
		return tag_close(p, tag, swallow);
	default:
		return tag_variable(p, tag);
	}
}

/* One tag with the text before it. Tags other than variables, alone on their line, take the line with them. */
static bool step(struct parser *p, struct tag *tag)
{
	struct str s = p->template->source;
	size_t blank = blank_before(s, tag->start), rest, text_end = tag->start;
	bool alone, may_stand_alone, in_parent = container(p) == OP_PARENT, swallow;

	tag->line = p->line + count_lines(s, p->at, tag->start);
	if (!read_tag(p, tag))
		return false;
	rest = blank_after(s, tag->end);
	may_stand_alone = tag->sigil && tag->sigil != '{' && tag->sigil != '&';
	alone = may_stand_alone && rest && (blank <= tag->start || (in_parent && tag->sigil == '$'));
	swallow = alone;
	if (alone && blank <= tag->start && tag->sigil != '<')
		text_end = blank;
	if (!add_text(p, text_end))
		return false;
	p->line += count_lines(s, p->at, tag->end);
	p->at = tag->end;
	if (in_parent)
		p->line_start = true;
	if (!dispatch(p, tag, alone, &swallow))
		return false;
	if (tag->sigil == '<' && blank <= tag->start)
		p->template->ops[p->template->op_count - 1].indent = (struct str){s.p + blank, tag->start - blank};
	if (swallow && rest) {
		p->line += count_lines(s, p->at, rest);
		p->at = rest;
		p->line_start = tag->sigil != '$';
	}
	return true;
}

bool template_parse(struct arena *arena, enum template_mode mode, struct template *t, struct buffer *complaints)
{
	struct parser p = {
		.arena = arena, .mode = mode, .template = t, .complaints = complaints, .line = 1, .line_start = true};

	p.open = STR("{{");
	p.close = STR("}}");
	for (;;) {
		struct tag tag = {.start = find(t->source, p.at, p.open)};

		if (tag.start == t->source.n)
			break;
		if (!step(&p, &tag))
			return false;
	}
	if (!add_text(&p, t->source.n))
		return false;
	if (p.depth) {
		const struct op *op = &t->ops[p.stack[p.depth - 1]];

		template_complain(t, op->line, complaints, "{{%.*s}} is not closed", STR_FMT_ARG(op->text));
		return false;
	}
	t->reported = arena_array(arena, t->name_count ? t->name_count : 1, sizeof(*t->reported));
	return true;
}
