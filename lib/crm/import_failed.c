/* The rows that were not taken, for somebody to mend and bring again. */
#include <inttypes.h>

#include "lib/crm/import_internal.h"
#include "lib/entity/sheet.h"

STATEMENT(read_refused,
	  "SELECT number, cells, reasons, outcome FROM import_rows WHERE tenant_id = $1 AND import_id = $2 AND "
	  "outcome IN ('failed', 'held') AND number > $3 ORDER BY number LIMIT 500");

/* What a spreadsheet would take for a formula is guarded, but in what comes from a raw export and is to stay one. */
static void add_cell(struct arena *arena, const struct import *import, struct str cell, bool first, struct buffer *out)
{
	bool raw = import_is_raw(import->columns, import->column_count);

	csv_write_cell(out, raw ? cell : sheet_guarded(arena, cell), first);
}

static void add_header(struct arena *arena, const struct import *import, struct buffer *out)
{
	for (size_t i = 0; i < import->column_count; i++)
		add_cell(arena, import, import->columns[i].header, i == 0, out);
	csv_write_cell(out, STR("Row"), false);
	csv_write_cell(out, STR("Reason"), false);
	csv_write_end(out);
}

enum err import_refused_rows(struct ttx *tx, const struct import *import, int64_t after, struct import_refused **out,
			     size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err = ttx_rows(tx, &read_refused, ARGS(arg_uuid(arena, import->id), arg_int(arena, after)), &rows);

	*count = 0;
	if (err)
		return err;
	*out = arena_array(arena, rows_count(rows) + 1, sizeof **out);
	while (rows_next(rows)) {
		struct import_refused *row = &(*out)[(*count)++];

		row->number = rows_int(rows, 0);
		row->count = strings_read(arena, rows_str(rows, 1), &row->cells);
		row->reasons = rows_str(rows, 2);
		row->held = str_is(rows_str(rows, 3), "held");
	}
	return OK;
}

enum err import_failed_rows(struct ttx *tx, const struct import *import, int64_t *after, struct buffer *out)
{
	struct arena *arena = ttx_arena(tx);
	struct import_refused *rows;
	size_t count;
	enum err err = import_refused_rows(tx, import, *after, &rows, &count);

	if (err)
		return err;
	if (*after == 0)
		add_header(arena, import, out);
	for (size_t r = 0; r < count; r++) {
		for (size_t i = 0; i < import->column_count; i++)
			add_cell(arena, import, i < rows[r].count ? rows[r].cells[i] : STR(""), i == 0, out);
		csv_write_cell(out, arena_printf(arena, "%" PRId64, rows[r].number), false);
		csv_write_cell(out, sheet_guarded(arena, rows[r].reasons), false);
		/* What has no heading comes last, so that it is neither lost nor in the way. */
		for (size_t i = import->column_count; i < rows[r].count; i++)
			add_cell(arena, import, rows[r].cells[i], false, out);
		csv_write_end(out);
		*after = rows[r].number;
	}
	if (count < IMPORT_REFUSED_MOST)
		*after = -1;
	return OK;
}
