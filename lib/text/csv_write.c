/* Cells into a file that every reader of RFC 4180 takes apart again. */
#include <csv.h>

#include "lib/text/csv.h"

/* A separator of some program, a quote, a line end, or white space that a reader might cut off. */
static bool is_quoted(struct str cell)
{
	for (size_t i = 0; i < cell.n; i++)
		if (strchr(",;\t|\"\r\n", cell.p[i]) != NULL)
			return true;
	return cell.n > 0 && (cell.p[0] == ' ' || cell.p[cell.n - 1] == ' ' || cell.p[0] == '\'');
}

void csv_write_cell(struct buffer *out, struct str cell, bool first)
{
	size_t length;

	if (!first)
		buffer_add_char(out, ',');
	if (!is_quoted(cell)) {
		buffer_add_str(out, cell);
		return;
	}
	length = csv_write2(NULL, 0, cell.p, cell.n, '"');
	csv_write2(buffer_extend(out, length), length, cell.p, cell.n, '"');
}

void csv_write_end(struct buffer *out)
{
	BUFFER_LITERAL(out, "\r\n");
}
