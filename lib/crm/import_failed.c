/* The rows that were not taken, for somebody to mend and bring again. */
#include "lib/crm/import_internal.h"

STATEMENT(read_refused, "SELECT number, cells, reasons FROM import_rows WHERE tenant_id = $1 AND import_id = $2 AND "
			"outcome IN ('failed', 'held') AND number > $3 ORDER BY number LIMIT 500");

/* Quoted where it must be; what a spreadsheet would take for a formula is guarded. */
static void add_cell(struct buffer *out, struct str cell, bool first)
{
	bool guard = cell.n > 0 && strchr("=+-@\t\r", cell.p[0]) != NULL, quote = guard;

	for (size_t i = 0; i < cell.n; i++)
		quote = quote || strchr(",;\"\r\n\t|", cell.p[i]) != NULL;
	if (!first)
		buffer_add_char(out, ',');
	if (quote)
		buffer_add_char(out, '"');
	if (guard)
		buffer_add_char(out, '\'');
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"')
			buffer_add_char(out, '"');
		buffer_add_char(out, cell.p[i]);
	}
	if (quote)
		buffer_add_char(out, '"');
}

static void add_header(const struct import *import, struct buffer *out)
{
	for (size_t i = 0; i < import->column_count; i++)
		add_cell(out, import->columns[i].header, i == 0);
	add_cell(out, STR("Row"), false);
	add_cell(out, STR("Reason"), false);
	BUFFER_LITERAL(out, "\r\n");
}

enum err import_failed_rows(struct ttx *tx, const struct import *import, int64_t *after, struct buffer *out)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err = ttx_rows(tx, &read_refused, ARGS(arg_uuid(arena, import->id), arg_int(arena, *after)), &rows);

	if (err)
		return err;
	if (*after == 0)
		add_header(import, out);
	while (rows_next(rows)) {
		struct str *cells;
		size_t count = strings_read(arena, rows_str(rows, 1), &cells);

		for (size_t i = 0; i < import->column_count; i++)
			add_cell(out, i < count ? cells[i] : STR(""), i == 0);
		add_cell(out, rows_str(rows, 0), false);
		add_cell(out, rows_str(rows, 2), false);
		BUFFER_LITERAL(out, "\r\n");
		*after = rows_int(rows, 0);
	}
	if (rows_count(rows) < 500)
		*after = -1;
	return OK;
}
