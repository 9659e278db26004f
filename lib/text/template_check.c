/*
 * After all templates are parsed: finds partials and parents, and follows the HTML context through every HTML template.
 *
 * A template begins and ends in text. A section or block ends where it began (the same tag, attribute or element), so
 * the context behind it does not depend on the data. What overrides a block is checked in the block's own context.
 */
#include <stdio.h>

#include "lib/text/template_html.h"

#define COMPLAINTS_MAX 50

struct block_place {
	struct str name;
	struct html_context context;
	uint32_t line;
	const struct block_place *next;
};

struct checker {
	struct templates *set;
	struct buffer *complaints;
	size_t count;
};

/* The walk through one template. */
struct walk {
	struct checker *checker;
	struct template *template;
	struct html_context html;
	bool lost; /* the context is unknown since a complaint: say no more about this template */
};

static void check_template(struct checker *, struct template *);
static void check_range(struct walk *, size_t from, size_t to);

static void complain(struct walk *w, const struct op *op, const char *sigil, const char *why)
{
	const struct template *t = w->template;
	struct str name = op->type == OP_VALUE ? t->names[op->name].text : op->text;

	if (w->checker->count++ < COMPLAINTS_MAX)
		template_complain(t, op->line, w->checker->complaints, "{{%s%.*s}} %s", sigil, STR_FMT_ARG(name), why);
}

static const char *sigil_of(const struct op *op)
{
	static const char *const sigils[] = {
		[OP_TEXT] = "",     [OP_VALUE] = "",   [OP_SECTION] = "#", [OP_INVERTED] = "^",
		[OP_PARTIAL] = ">", [OP_PARENT] = "<", [OP_BLOCK] = "$",
	};

	return sigils[op->type];
}

static bool boundary(struct walk *w, const struct op *op, const char *sigil)
{
	const char *why;

	if (!w->template->html || w->lost || html_context_boundary(&w->html, &why))
		return !w->lost;
	complain(w, op, sigil, why);
	w->lost = true;
	return false;
}

static void check_text(struct walk *w, const struct op *op)
{
	uint32_t line = op->line;
	const char *why;

	for (size_t i = 0; i < op->text.n && w->template->html && !w->lost; i++) {
		line += op->text.p[i] == '\n';
		if (html_context_feed(&w->html, op->text.p[i], &why))
			continue;
		w->lost = true;
		if (w->checker->count++ < COMPLAINTS_MAX)
			template_complain(w->template, line, w->checker->complaints, "%s", why);
	}
}

static void check_value(struct walk *w, struct op *op)
{
	bool in_value = w->html.state == HTML_VALUE_DOUBLE || w->html.state == HTML_VALUE_SINGLE;
	char message[200];
	const char *why;

	if (!w->template->html || w->lost || html_context_variable(&w->html, &op->print, &why))
		return;
	if (in_value) {
		struct str s = str_from(w->html.attribute_name);

		(void)snprintf(message, sizeof(message), "%s (%.*s)", why, STR_FMT_ARG(s));
		why = message;
	}
	complain(w, op, "", why);
}

/* The body of a section or block, from the context at its beginning; w->html is then the context behind it. */
static void check_body(struct walk *w, const struct op *op)
{
	struct html_context entered;
	size_t from = (size_t)(op - w->template->ops) + 1;

	if (!boundary(w, op, sigil_of(op)) && w->template->html)
		return;
	entered = w->html;
	check_range(w, from, op->end);
	if (!w->template->html || w->lost || !boundary(w, op, "/"))
		return;
	if (!html_context_join(&entered, &w->html)) {
		complain(w, op, sigil_of(op),
			 "does not end where it began: a section or block must close the tags, quotes and elements it "
			 "opens");
		w->lost = true;
	}
	w->html = entered;
}

static const struct block_place *block_find(const struct template *t, struct str name)
{
	const struct block_place *found;

	for (found = t->blocks; found; found = found->next) {
		if (str_equal(found->name, name))
			return found;
	}
	for (size_t i = 0; i < t->op_count && !found; i++) {
		if (t->ops[i].type == OP_PARENT && t->ops[i].target)
			found = block_find(t->ops[i].target, name);
	}
	return found;
}

/* Where the same block stands twice, what overrides it must fit both places. */
static void block_record(struct walk *w, const struct op *op)
{
	const struct block_place *known = block_find(w->template, op->text);
	struct block_place *place;
	struct html_context joined;

	if (known) {
		joined = known->context;
		if (w->template->html && !html_context_join(&joined, &w->html))
			complain(w, op, "$", "stands elsewhere in another HTML context: give it another name");
	}
	place = ARENA_NEW(w->checker->set->arena, struct block_place);
	*place = (struct block_place){
		.name = op->text, .context = w->html, .line = op->line, .next = w->template->blocks};
	w->template->blocks = place;
}

static void check_block(struct walk *w, const struct op *op)
{
	if (w->checker->set->mode != TEMPLATE_SPEC && boundary(w, op, "$"))
		block_record(w, op);
	check_body(w, op);
	if (w->template->html)
		html_context_blur(&w->html);
}

static struct template *link_target(struct walk *w, struct op *op)
{
	struct template *target = template_find(w->checker->set, op->text);

	op->target = target;
	if (w->checker->set->mode == TEMPLATE_SPEC)
		return NULL;
	if (!target) {
		complain(w, op, sigil_of(op), "is not there");
		return NULL;
	}
	if (target->html != w->template->html) {
		complain(w, op, sigil_of(op), "mixes plain text and HTML");
		return NULL;
	}
	if (w->template->html && !w->lost && w->html.state != HTML_TEXT)
		complain(w, op, sigil_of(op), "must stand in text, not inside a tag or a special element");
	return target;
}

/* One {{$block}} in a parent's body: the checks of check_body, begun where the block stands in the parent. */
static void check_override(struct walk *w, const struct op *parent, const struct op *block)
{
	const struct block_place *place = block_find(parent->target, block->text);
	struct walk inner = *w;

	for (const struct op *o = parent + 1; o < block; o = &w->template->ops[o->end]) {
		if (str_equal(o->text, block->text))
			complain(w, block, "$", "is filled twice");
	}
	if (!place) {
		complain(w, block, "$", "is no block of the parent");
		return;
	}
	inner.html = place->context;
	inner.lost = false;
	check_body(&inner, block);
}

static void check_parent(struct walk *w, struct op *op)
{
	struct template *target = link_target(w, op);
	const struct template *t = w->template;

	if (w->checker->set->mode == TEMPLATE_SPEC) {
		check_range(w, (size_t)(op - t->ops) + 1, op->end);
		return;
	}
	if (!target)
		return;
	if (target->check == CHECK_RUNNING) {
		complain(w, op, "<", "inherits from itself");
		op->target = NULL;
		return;
	}
	check_template(w->checker, target);
	for (const struct op *block = op + 1; block < &t->ops[op->end]; block = &t->ops[block->end])
		check_override(w, op, block);
}

static void check_range(struct walk *w, size_t from, size_t to)
{
	struct op *ops = w->template->ops;

	for (size_t i = from; i < to; i = ops[i].end) {
		switch (ops[i].type) {
		case OP_TEXT:
			check_text(w, &ops[i]);
			break;
		case OP_VALUE:
			check_value(w, &ops[i]);
			break;
		case OP_SECTION:
		case OP_INVERTED:
			check_body(w, &ops[i]);
			break;
		case OP_PARTIAL:
			(void)link_target(w, &ops[i]);
			break;
		case OP_PARENT:
			check_parent(w, &ops[i]);
			break;
		case OP_BLOCK:
			check_block(w, &ops[i]);
			break;
		}
	}
}

static void check_template(struct checker *c, struct template *t)
{
	struct walk w = {.checker = c, .template = t};
	struct op end = {.type = OP_TEXT, .line = 1};

	if (t->check != CHECK_OPEN)
		return;
	t->check = CHECK_RUNNING;
	html_context_start(&w.html);
	check_range(&w, 0, t->op_count);
	t->check = CHECK_DONE;
	if (!t->html || w.lost || w.html.state == HTML_TEXT)
		return;
	if (t->op_count)
		end = t->ops[t->op_count - 1];
	if (c->count++ < COMPLAINTS_MAX)
		template_complain(t, end.line, c->complaints,
				  "the file ends inside a tag, a comment or a special element");
}

bool template_check_all(struct templates *set, struct buffer *complaints)
{
	struct checker c = {.set = set, .complaints = complaints};

	for (size_t i = 0; i < set->count; i++)
		check_template(&c, &set->items[i]);
	return c.count == 0;
}
