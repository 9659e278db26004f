#include "lib/base/log.h"
#include "lib/text/template_internal.h"

#define RECURSION_MAX 32

/* One value on the context stack; of a list's section also which item it is. */
struct frame {
	const struct value *value;
	size_t index, count; /* count 0: not an item of a list */
	const struct frame *below;
};

/* The blocks a {{<parent}} fills, and where its body stood. */
struct overrides {
	const struct template *template;
	size_t from, to;
	const struct overrides *outer;
};

struct indentation {
	struct str text;
	const struct indentation *outer;
};

struct render {
	const struct templates *set;
	struct buffer *out;
	unsigned depth;
};

/* Where rendering is; copied and changed on the way in. */
struct place {
	const struct template *template;
	const struct frame *top;
	const struct overrides *overrides;
	const struct indentation *indentation;
};

static enum err render_range(struct render *, const struct place *, size_t from, size_t to);

/* --- names --- */

static const struct value *look_up(const struct frame *top, const struct name *name)
{
	const struct value *value = NULL;

	if (name->count == 0)
		return top->value;
	for (const struct frame *f = top; f && !value; f = f->below)
		value = f->value ? value_get(f->value, name->parts[0]) : NULL;
	for (size_t i = 1; i < name->count && value && value_type(value) != VALUE_NULL; i++)
		value = value_get(value, name->parts[i]);
	return value;
}

/* The number behind @first, @last (0 or 1) and @index (from 1). False outside a list. */
static bool look_up_iteration(const struct frame *top, enum iteration_name name, int64_t *number)
{
	while (top && top->count == 0)
		top = top->below;
	if (!top)
		return false;
	*number = name == ITERATION_FIRST  ? top->index == 0
		  : name == ITERATION_LAST ? top->index + 1 == top->count
					   : (int64_t)top->index + 1;
	return true;
}

/* A name that cannot be printed: an error where templates are tested, one line in the log in production. */
static enum err misfit(const struct render *r, const struct template *t, const struct op *op, const char *what)
{
	struct str name = t->names[op->name].text;
	bool strict = r->set->mode == TEMPLATE_STRICT;

	if (r->set->mode == TEMPLATE_SPEC || (!strict && t->reported[op->name]))
		return OK;
	t->reported[op->name] = true;
	log_event(strict ? LOG_ERROR : LOG_WARNING, "template", "%s:%u: {{%.*s}} %s", t->file, op->line,
		  STR_FMT_ARG(name), what);
	return strict ? E_INTERNAL : OK;
}

/* --- output --- */

static void put_indentation(struct buffer *out, const struct indentation *indentation)
{
	if (!indentation)
		return;
	put_indentation(out, indentation->outer);
	buffer_add_str(out, indentation->text);
}

static void render_text(struct render *r, const struct place *place, const struct op *op)
{
	struct str rest = op->text;

	if (!place->indentation) {
		buffer_add_str(r->out, rest);
		return;
	}
	for (bool line_start = op->line_start; rest.n; line_start = true) {
		const char *newline = memchr(rest.p, '\n', rest.n);
		size_t length = newline ? (size_t)(newline - rest.p) + 1 : rest.n;

		if (line_start && rest.p[0] != '\n')
			put_indentation(r->out, place->indentation);
		buffer_add(r->out, rest.p, length);
		rest.p += length;
		rest.n -= length;
	}
}

/* RFC 3986 unreserved characters stay; everything else becomes %XX. Safe in HTML without further escaping. */
static void put_segment(struct buffer *out, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		const char encoded[3] = {'%', digits[c >> 4], digits[c & 15]};
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			     (c && strchr("-._~", c));

		if (plain)
			buffer_add_char(out, s.p[i]);
		else
			buffer_add(out, encoded, sizeof(encoded));
	}
}

static enum err put_value(struct render *r, const struct template *t, const struct op *op, const struct value *value)
{
	enum value_type type = value_type(value);
	struct str s = value_as_str(value);

	if (type == VALUE_NULL)
		return OK;
	if (type == VALUE_LIST || type == VALUE_MAP)
		return misfit(r, t, op, "is a list or a map, not text");
	switch (op->print) {
	case PRINT_ESCAPED:
		html_escape(r->out, s);
		return OK;
	case PRINT_RAW:
		buffer_add_str(r->out, s);
		return OK;
	case PRINT_SEGMENT:
		put_segment(r->out, s);
		return OK;
	case PRINT_URL:
		break;
	}
	if (type != VALUE_URL) {
		log_event(LOG_ERROR, "template", "%s:%u: {{%.*s}} begins a link and must be a URL value", t->file,
			  op->line, STR_FMT_ARG(t->names[op->name].text));
		return E_INTERNAL;
	}
	html_escape(r->out, s);
	return OK;
}

static enum err render_value(struct render *r, const struct place *place, const struct op *op)
{
	const struct name *name = &place->template->names[op->name];
	const struct value *value;
	int64_t number;

	if (name->iteration) {
		if (!look_up_iteration(place->top, name->iteration, &number))
			return misfit(r, place->template, op, "stands outside of a list");
		buffer_add_int(r->out, number);
		return OK;
	}
	value = look_up(place->top, name);
	return value ? put_value(r, place->template, op, value) : misfit(r, place->template, op, "is unknown");
}

/* --- bodies --- */

static enum err render_item(struct render *r, const struct place *place, const struct op *op, const struct frame *frame)
{
	struct place inner = *place;

	inner.top = frame;
	return render_range(r, &inner, (size_t)(op - place->template->ops) + 1, op->end);
}

static enum err render_list(struct render *r, const struct place *place, const struct op *op, const struct value *list)
{
	struct frame frame = {.count = value_count(list), .below = place->top};
	enum err error = OK;

	for (; frame.index < frame.count && error == OK; frame.index++) {
		frame.value = value_at(list, frame.index);
		error = render_item(r, place, op, &frame);
	}
	return error;
}

static enum err render_section(struct render *r, const struct place *place, const struct op *op)
{
	const struct name *name = &place->template->names[op->name];
	const struct value *value = NULL;
	bool inverted = op->type == OP_INVERTED, truth;
	enum err error = OK;
	int64_t number = 0;

	if (name->iteration) {
		if (!look_up_iteration(place->top, name->iteration, &number))
			error = misfit(r, place->template, op, "stands outside of a list");
		truth = number != 0;
	} else {
		value = look_up(place->top, name);
		if (!value)
			error = misfit(r, place->template, op, "is unknown");
		truth = value_truth(value);
	}
	if (error != OK || truth == inverted)
		return error;
	if (inverted || !value)
		return render_item(r, place, op, place->top);
	if (value_type(value) == VALUE_LIST)
		return render_list(r, place, op, value);
	return render_item(r, place, op, &(struct frame){.value = value, .below = place->top});
}

/* The outermost template that fills the block decides. */
static const struct op *find_override(const struct place *place, struct str name, const struct overrides **from)
{
	const struct op *found = NULL;

	for (const struct overrides *o = place->overrides; o; o = o->outer) {
		for (size_t i = o->from; i < o->to; i = o->template->ops[i].end) {
			const struct op *op = &o->template->ops[i];

			if (op->type == OP_BLOCK && str_equal(op->text, name)) {
				found = op;
				*from = o;
			}
		}
	}
	return found;
}

/* What fills a block sees the blocks that were filled where it is written, and the values of where it is put. */
static enum err render_block(struct render *r, const struct place *place, const struct op *op)
{
	const struct overrides *from = NULL;
	const struct op *override = find_override(place, op->text, &from);
	struct place inner = *place;

	if (override) {
		inner.template = from->template;
		inner.overrides = from->outer;
		op = override;
	}
	return render_range(r, &inner, (size_t)(op - inner.template->ops) + 1, op->end);
}

static enum err render_other(struct render *r, const struct place *place, const struct op *op)
{
	const struct overrides filled = {.template = place->template,
					 .from = (size_t)(op - place->template->ops) + 1,
					 .to = op->end,
					 .outer = place->overrides};
	const struct indentation indentation = {.text = op->indent, .outer = place->indentation};
	struct place inner = *place;
	enum err error;

	if (!op->target)
		return OK;
	if (r->depth == RECURSION_MAX) {
		log_event(LOG_ERROR, "template", "%s:%u: {{%.*s}} calls itself too often", place->template->file,
			  op->line, STR_FMT_ARG(op->text));
		return E_INTERNAL;
	}
	inner.template = op->target;
	inner.overrides = op->type == OP_PARENT ? &filled : NULL;
	if (op->indent.n)
		inner.indentation = &indentation;
	else if (str_absent(op->indent))
		inner.indentation = NULL;
	r->depth++;
	error = render_range(r, &inner, 0, inner.template->op_count);
	r->depth--;
	return error;
}

static enum err render_op(struct render *r, const struct place *place, const struct op *op)
{
	if (op->type != OP_TEXT && op->line_start)
		put_indentation(r->out, place->indentation);
	switch (op->type) {
	case OP_TEXT:
		render_text(r, place, op);
		return OK;
	case OP_VALUE:
		return render_value(r, place, op);
	case OP_SECTION:
	case OP_INVERTED:
		return render_section(r, place, op);
	case OP_PARTIAL:
	case OP_PARENT:
		return render_other(r, place, op);
	case OP_BLOCK:
		return render_block(r, place, op);
	}
	return E_INTERNAL;
}

static enum err render_range(struct render *r, const struct place *place, size_t from, size_t to)
{
	const struct op *ops = place->template->ops;
	enum err error = OK;

	for (size_t i = from; i < to && error == OK; i = ops[i].end)
		error = render_op(r, place, &ops[i]);
	return error;
}

enum err template_render(const struct templates *set, const char *name, const struct value *data,
			 const struct value *page, struct buffer *out)
{
	const struct frame bottom = {.value = page};
	const struct frame top = {.value = data, .below = page ? &bottom : NULL};
	struct render r = {.set = set, .out = out};
	struct place place = {.template = template_find(set, str_from(name)), .top = &top};
	size_t length = out->length;
	enum err error;

	if (!place.template)
		return E_NOTFOUND;
	error = render_range(&r, &place, 0, place.template->op_count);
	if (error != OK && out->bytes) {
		out->length = length; /* no half page */
		out->bytes[length] = '\0';
	}
	return error;
}
