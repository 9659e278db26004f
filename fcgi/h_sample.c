/* Sample data: offered where nothing is, announced where it is shown, taken out with one button. */
#include "fcgi/entity_view.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/sample_notice.h"
#include "fcgi/try.h"

#include "lib/crm/sample_data.h"
#include "lib/entity/local_time.h"

/* ---- on other pages ---- */

enum err sample_notice_put(struct context *c, struct rows *sent, bool is_empty)
{
	struct value *map = value_put_map(c->page, "sample");
	bool present, may = context_may(c, CAN_SETTINGS);

	TRY(sample_present_read(sent, &present));
	value_put_bool(map, "is_present", present);
	value_put_bool(map, "may_remove", may);
	value_put_bool(map, "is_offered", is_empty && !present && may);
	value_put_str(map, "return_to", c->request->path);
	return OK;
}

/* ---- in words ---- */

static struct str counted(struct context *c, const struct entity *entity, int64_t count)
{
	struct str label = entity_in_sentence(c, count == 1 ? entity->label : entity->label_plural);
	bool is_piece = strcmp(entity->label, entity->label_plural) == 0; /* "2 pieces of equipment" */

	return arena_printf(c->arena, "%.*s%s %.*s", STR_FMT_ARG(page_number(c->arena, count)),
			    !is_piece    ? ""
			    : count == 1 ? " piece of"
					 : " pieces of",
			    STR_FMT_ARG(label));
}

enum number { ROWS, ATTACHED, UNTAGGED };

static int64_t number_of(const struct sample_part *part, enum number which)
{
	const int64_t numbers[] = {[ROWS] = part->rows, [ATTACHED] = part->attached, [UNTAGGED] = part->untagged};

	return numbers[which];
}

/* "12 leads, 6 contacts and 1 note"; empty when there are none. */
static struct str enumerate(struct context *c, const struct sample_extent *extent, enum number which)
{
	struct buffer words = BUFFER_IN(c->arena);
	size_t left = 0;

	for (size_t i = 0; i < extent->count; i++)
		left += number_of(&extent->parts[i], which) > 0;
	for (size_t i = 0; i < extent->count; i++) {
		const struct sample_part *part = &extent->parts[i];
		int64_t count = number_of(part, which);

		if (count == 0)
			continue;
		left--;
		buffer_printf(&words, "%s%.*s",
			      !words.length ? ""
			      : left        ? ", "
					    : " and ",
			      STR_FMT_ARG(counted(c, part->entity, count)));
	}
	return buffer_str(&words);
}

/* ---- pages ---- */

enum err sample_page(struct context *c)
{
	struct str back = context_return_path(c);
	struct sample_extent extent;

	TRY(sample_extent(c->tx, &extent));
	value_put_text(c->page, "title", "Sample data");
	value_put_bool(c->page, "is_there", extent.rows > 0);
	value_put_str(c->page, "words", enumerate(c, &extent, ROWS));
	value_put_str(c->page, "attached_words", enumerate(c, &extent, ATTACHED));
	value_put_str(c->page, "untagged_words", enumerate(c, &extent, UNTAGGED));
	value_put_bool(c->page, "is_attached_one", extent.attached == 1);
	value_put_bool(c->page, "may_change", context_may(c, CAN_SETTINGS));
	value_put_int(c->page, "lead_count", (int64_t)sample_lead_count());
	value_put_str(c->page, "return_to", str_absent(back) ? STR("/") : back);
	return OK;
}

static enum err add(struct context *c, int64_t *added)
{
	enum err e;

	/* "Today" is the day of whoever looks at it. */
	local_time_zone(context_time_zone(c));
	e = sample_add(c->tx, c->errors, added);
	if (e == E_LIMIT)
		return context_fail(c, e, "The sample has %zu leads, and the plan has no room for them.",
				    sample_lead_count());
	return e;
}

enum err sample_add_page(struct context *c)
{
	int64_t added;

	TRY(add(c, &added));
	return context_redirect_back(c, STR("/"), added ? "sample_added" : "sample_there");
}

/* One click; but who has something of their own on a sample row, or a tag of the sample on a row of theirs, is told first. */
enum err sample_remove_page(struct context *c)
{
	struct str back = context_return_path(c);
	struct sample_extent extent;
	struct buffer query = BUFFER_IN(c->arena);

	if (!str_is(form_text(&c->form, "confirmed"), "yes")) {
		TRY(sample_extent(c->tx, &extent));
		if (extent.attached + extent.untagged > 0) {
			if (!str_absent(back))
				url_add_pair(&query, STR("return"), back);
			return context_redirect(c, arena_printf(c->arena, "/sample-data%s%.*s", query.length ? "?" : "",
								STR_FMT_ARG(buffer_str(&query))));
		}
	}
	TRY(sample_remove(c->tx, &extent));
	return context_redirect_back(c, STR("/"), "sample_removed");
}

/* ---- API ---- */

static void put_extent(struct context *c, const struct sample_extent *extent)
{
	struct value *list = value_put_list(c->data, "data");

	for (size_t i = 0; i < extent->count; i++) {
		struct value *part = value_map(c->arena);

		value_put_text(part, "entity", extent->parts[i].entity->plural);
		value_put_int(part, "rows", extent->parts[i].rows);
		value_put_int(part, "attached", extent->parts[i].attached);
		value_put_int(part, "untagged", extent->parts[i].untagged);
		value_append(list, part);
	}
}

enum err sample_api(struct context *c)
{
	struct sample_extent extent;

	TRY(sample_extent(c->tx, &extent));
	put_extent(c, &extent);
	return OK;
}

enum err sample_add_api(struct context *c)
{
	struct sample_extent extent;
	int64_t added;

	TRY(add(c, &added));
	TRY(sample_extent(c->tx, &extent));
	put_extent(c, &extent);
	return OK;
}

enum err sample_remove_api(struct context *c)
{
	struct sample_extent extent;

	TRY(sample_remove(c->tx, &extent));
	put_extent(c, &extent);
	return OK;
}
