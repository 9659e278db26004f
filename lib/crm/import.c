/* An import's own row: made from a file, read, changed on its way from draft to done. */
#include "lib/crm/import_internal.h"

#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/entity/custom.h"
#include "lib/tenant/data_file.h"

#define KEPT_DAYS 30
#define HEADER_MOST 100 /* characters of a heading */

#define COLUMNS                                                                                                        \
	" i.id, i.entity, i.state, i.source, i.file_id, i.file_name, i.file_bytes, i.encoding, i.delimiter,"           \
	" i.header_at, i.headers, i.mapping, i.options, i.position, i.row_count, i.created_count, i.updated_count,"    \
	" i.unchanged_count, i.failed_count, i.held_count, i.undone_count, i.left_count, i.complaint, i.time_zone,"    \
	" i.actor_kind, i.actor_id, i.actor_name, i.created_at, i.started_at, i.finished_at, i.fingerprint,"           \
	" t.custom_fields, decode(i.letters, 'hex') FROM imports i JOIN tenants t ON t.tenant_id = $1 WHERE "          \
	"i.tenant_id = $1"

STATEMENT(insert_import,
	  "INSERT INTO imports (tenant_id, id, entity, state, file_id, file_name, file_bytes, encoding, delimiter,"
	  " header_at, headers, fingerprint, mapping, options, position, time_zone, actor_kind, actor_id, actor_name,"
	  " created_at, letters, file_sha256) VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
	  "$9, $14, $15,"
	  " $16, $17, $18, encode($19, 'hex'), (SELECT encode(f.sha256, 'hex') FROM data_files f WHERE f.tenant_id = $1"
	  " AND f.id = $4))");
STATEMENT(read_import, "SELECT" COLUMNS " AND i.id = $2");
STATEMENT(lock_import, "SELECT" COLUMNS " AND i.id = $2 FOR NO KEY UPDATE OF i");
STATEMENT(list_imports, "SELECT" COLUMNS " AND (i.created_at, i.id) < ($2::timestamptz, $3::uuid)"
			" ORDER BY i.created_at DESC, i.id DESC LIMIT $4");
STATEMENT(list_held, "SELECT" COLUMNS " AND i.held_count > 0 AND i.state IN ('done', 'stopped', 'broken')"
		     " ORDER BY i.created_at DESC, i.id DESC LIMIT 5");
STATEMENT(store_draft, "UPDATE imports SET encoding = $3, delimiter = $4, header_at = $5, headers = $6, fingerprint = "
		       "$7, mapping = $8,"
		       " options = $9, position = $5 WHERE tenant_id = $1 AND id = $2 AND state = 'draft'");
STATEMENT(delete_draft, "DELETE FROM imports WHERE tenant_id = $1 AND id = $2 AND state = 'draft'");
STATEMENT(find_mapping, "SELECT mapping, options FROM import_mappings WHERE tenant_id = $1 AND entity = $2"
			" AND fingerprint = $3");
STATEMENT(read_company_fields, "SELECT custom_fields FROM tenants WHERE tenant_id = $1");

bool import_is(const struct import *import, const char *state)
{
	return str_is(import->state, state);
}

int import_percent(const struct import *import)
{
	int64_t written = import->counts.created + import->counts.updated;

	if (import_is(import, "draft"))
		return 0;
	if (import_is(import, "undoing") && written > 0)
		return (int)((import->counts.undone + import->counts.left) * 100 / written);
	if (!import_is(import, "running") || import->file_bytes == 0)
		return 100;
	if (str_is(import->source, "held"))
		return 99;
	return (int)(import->position * 100 / import->file_bytes);
}

/* ---- reading ---- */

static struct import *import_of(struct arena *arena, const struct rows *row)
{
	struct import *import = ARENA_NEW(arena, struct import);
	const struct entity *entity = import_entity(rows_str(row, 1));

	if (!entity)
		return NULL;
	*import = (struct import){
		.id = rows_uuid(row, 0),
		.entity = entity_with_custom(arena, entity, rows_str(row, 31)),
		.state = rows_str(row, 2),
		.source = rows_str(row, 3),
		.file = rows_uuid(row, 4),
		.file_name = rows_str(row, 5),
		.file_bytes = rows_int(row, 6),
		.form = {CSV_UTF8, rows_str(row, 8).p[0], rows_int(row, 9)},
		.position = rows_int(row, 13),
		.counts = {rows_int(row, 14), rows_int(row, 15), rows_int(row, 16), rows_int(row, 17),
			   rows_int(row, 18), rows_int(row, 19), rows_int(row, 20), rows_int(row, 21)},
		.complaint = rows_str(row, 22),
		.time_zone = rows_str(row, 23),
		.actor = {actor_kind_named(rows_str(row, 24)), rows_uuid(row, 25), rows_str(row, 26)},
		.created_at = rows_instant(row, 27),
		.started_at = rows_instant(row, 28),
		.finished_at = rows_instant(row, 29),
		.fingerprint = rows_uuid(row, 30),
		.letters = rows_bytes(row, 32),
	};
	if (!csv_encoding_find(rows_str(row, 7), &import->form.encoding))
		return NULL;
	import_read_columns(arena, rows_str(row, 10), rows_str(row, 11), &import->columns, &import->column_count);
	import_read_options(arena, import->entity, rows_str(row, 12), &import->options);
	return import;
}

enum err import_get(struct ttx *tx, struct uuid id, bool lock, struct import **out)
{
	struct rows *row;
	enum err err = ttx_one(tx, lock ? &lock_import : &read_import, ARGS(arg_uuid(ttx_arena(tx), id)), &row);

	if (err)
		return err;
	*out = import_of(ttx_arena(tx), row);
	return *out ? OK : E_INTERNAL;
}

static enum err take_list(struct arena *arena, struct rows *rows, struct import ***out, size_t *count)
{
	*count = 0;
	*out = arena_array(arena, rows_count(rows) + 1, sizeof **out);
	while (rows_next(rows)) {
		(*out)[*count] = import_of(arena, rows);
		*count += (*out)[*count] != NULL;
	}
	return OK;
}

enum err import_list(struct ttx *tx, const struct history_place *after, size_t most, struct import ***out,
		     size_t *count)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err = ttx_rows(tx, &list_imports,
				ARGS(after->at ? arg_instant(arena, after->at) : arg_text("infinity"),
				     arg_uuid(arena, after->id), arg_int(arena, (int64_t)most)),
				&rows);

	return err ? err : take_list(arena, rows, out, count);
}

enum err import_list_held(struct ttx *tx, struct import ***out, size_t *count)
{
	struct rows *rows;
	enum err err = ttx_rows(tx, &list_held, NO_ARGS, &rows);

	return err ? err : take_list(ttx_arena(tx), rows, out, count);
}

/* ---- a new one ---- */

struct header {
	struct arena *arena;
	struct import_column *columns;
	size_t count;
	int64_t start; /* in the file: blank rows may be in front of it */
	const char *complaint;
};

static bool take_header(void *context, const struct csv_row *row)
{
	struct header *header = context;

	header->complaint = row->complaint;
	header->columns = arena_array(header->arena, row->count + 1, sizeof *header->columns);
	header->count = row->count;
	header->start = row->start;
	for (size_t i = 0; i < row->count && !row->complaint; i++) {
		struct str name = utf8_prefix(str_trim(row->cells[i]), HEADER_MOST);

		header->columns[i].header =
			name.n ? arena_copy(header->arena, name) : arena_printf(header->arena, "Column %zu", i + 1);
		header->columns[i].target = STR("");
	}
	return false;
}

/* The first row. `bytes` begin where the form does. */
static bool read_header(struct arena *arena, const struct csv_form *form, struct str bytes, struct header *out,
			struct errors *errors)
{
	struct csv_reader *reader;

	*out = (struct header){.arena = arena};
	reader = csv_reader_new(arena, form, form->start, take_header, out);
	if (csv_reader_feed(reader, bytes) == CSV_MORE)
		(void)csv_reader_end(reader);
	if (csv_reader_complaint(reader))
		out->complaint = csv_reader_complaint(reader);
	if (out->count && !out->complaint)
		return true;
	errors_add(errors, "file", "not_readable", "%s",
		   out->complaint ? out->complaint : "The file has no row of headings.");
	return false;
}

static void take(struct import *import, const struct header *header)
{
	import->columns = header->columns;
	import->column_count = header->count;
	import->form.start = header->start;
}

/* As the last time that a table had these headings, else guessed. */
static enum err find_meaning(struct ttx *tx, struct import *import)
{
	struct arena *arena = ttx_arena(tx);
	struct rows *rows;
	enum err err;

	import->fingerprint = import_fingerprint(arena, import->columns, import->column_count);
	import->options = (struct import_options){.mode = IMPORT_BOTH, .tags = STR(""), .defaults = value_map(arena)};
	err = ttx_rows(tx, &find_mapping, ARGS(arg_text(import->entity->plural), arg_uuid(arena, import->fingerprint)),
		       &rows);
	if (err)
		return err;
	if (rows_next(rows)) {
		struct str *targets;
		size_t count = strings_read(arena, rows_str(rows, 0), &targets);

		/* A company's own field may be gone. */
		for (size_t i = 0; i < import->column_count && i < count; i++)
			if (import_target_valid(import->entity, targets[i]))
				import->columns[i].target = targets[i];
		import_read_options(arena, import->entity, rows_str(rows, 1), &import->options);
		/* That is said of a list, not of its headings. */
		import->options.new_enquiries = false;
		return OK;
	}
	import_guess(arena, import->entity, import->columns, import->column_count);
	import->options.key = import_guess_key(import);
	return OK;
}

static enum err insert(struct ttx *tx, const struct import *import)
{
	struct arena *arena = ttx_arena(tx);
	const struct ttx_actor *actor = ttx_actor(tx);
	const char delimiter[2] = {import->form.delimiter, '\0'};

	return ttx_exec(tx, &insert_import,
			ARGS(arg_uuid(arena, import->id), arg_text(import->entity->plural),
			     arg_uuid(arena, import->file), arg_str(import->file_name),
			     arg_int(arena, import->file_bytes), arg_text(csv_encoding_name(import->form.encoding)),
			     arg_text(delimiter), arg_int(arena, import->form.start),
			     arg_str(import_print_headers(arena, import->columns, import->column_count)),
			     arg_uuid(arena, import->fingerprint),
			     arg_str(import_print_mapping(arena, import->columns, import->column_count)),
			     arg_str(import_print_options(arena, &import->options)), arg_str(import->time_zone),
			     arg_text(actor_kind_name(actor->kind)),
			     uuid_is_zero(actor->id) ? arg_null() : arg_uuid(arena, actor->id),
			     arg_str(str_absent(actor->name) ? STR("") : actor->name), arg_instant(arena, ttx_now(tx)),
			     arg_bytes(import->letters)),
			NULL);
}

static enum err keep_file(struct ttx *tx, const struct import_upload *upload, struct uuid *file)
{
	struct data_file_writer *writer;
	enum err err = data_file_create(tx, "import", upload->file_name, "text/csv",
					ttx_now(tx) + KEPT_DAYS * DATA_FILE_DAY, &writer);

	if (err == OK)
		err = data_file_write(writer, upload->bytes);
	if (err == OK)
		err = data_file_finish(writer);
	if (err == OK)
		*file = data_file_writer_id(writer);
	return err;
}

static enum err with_company_fields(struct ttx *tx, const struct entity *entity, const struct entity **out)
{
	struct rows *row;
	enum err err = ttx_one(tx, &read_company_fields, NO_ARGS, &row);

	if (err == OK)
		*out = entity_with_custom(ttx_arena(tx), entity, rows_str(row, 0));
	return err;
}

enum err import_create(struct ttx *tx, const struct import_upload *upload, struct errors *errors, struct uuid *id)
{
	struct import import = {
		.id = uuid_new(),
		.file_name = utf8_prefix(upload->file_name, 200),
		.file_bytes = (int64_t)upload->bytes.n,
		.time_zone = str_absent(upload->time_zone) ? STR("UTC") : upload->time_zone,
	};
	struct header header;
	const char *why;
	enum err err;

	if (csv_sniff(upload->bytes, &import.form, &why) != OK) {
		errors_add(errors, "file", "not_readable", "%s", why);
		return E_INVALID;
	}
	if (!read_header(ttx_arena(tx), &import.form,
			 (struct str){upload->bytes.p + import.form.start, upload->bytes.n - (size_t)import.form.start},
			 &header, errors))
		return E_INVALID;
	take(&import, &header);
	import.letters = csv_foreign_words(ttx_arena(tx), &import.form, upload->bytes);
	err = with_company_fields(tx, upload->entity, &import.entity);
	if (err == OK)
		err = find_meaning(tx, &import);
	if (err == OK)
		err = keep_file(tx, upload, &import.file);
	if (err == OK)
		err = insert(tx, &import);
	*id = import.id;
	return err;
}

/* ---- a draft changed ---- */

enum err import_store(struct ttx *tx, const struct import *import)
{
	struct arena *arena = ttx_arena(tx);
	const char delimiter[2] = {import->form.delimiter, '\0'};
	int64_t stored;
	enum err err = ttx_exec(tx, &store_draft,
				ARGS(arg_uuid(arena, import->id), arg_text(csv_encoding_name(import->form.encoding)),
				     arg_text(delimiter), arg_int(arena, import->form.start),
				     arg_str(import_print_headers(arena, import->columns, import->column_count)),
				     arg_uuid(arena, import->fingerprint),
				     arg_str(import_print_mapping(arena, import->columns, import->column_count)),
				     arg_str(import_print_options(arena, &import->options))),
				&stored);

	return err == OK && stored == 0 ? E_CONFLICT : err;
}

enum err import_discard(struct ttx *tx, const struct import *import)
{
	int64_t deleted;
	enum err err = ttx_exec(tx, &delete_draft, ARGS(arg_uuid(ttx_arena(tx), import->id)), &deleted);

	if (err == OK && deleted == 0)
		return E_CONFLICT;
	return err ? err : data_file_delete(tx, import->file);
}

enum err import_reread(struct ttx *tx, struct import *import, enum csv_encoding encoding, char delimiter,
		       struct errors *errors)
{
	struct header header;
	struct str bytes;
	enum err err;

	if (!import_is(import, "draft"))
		return E_CONFLICT;
	if (import->form.encoding == encoding && import->form.delimiter == delimiter)
		return OK;
	import->form.encoding = encoding;
	import->form.delimiter = delimiter;
	err = data_file_read(tx, import->file, import->form.start, &bytes);
	if (err)
		return err;
	if (str_absent(bytes) || !read_header(ttx_arena(tx), &import->form, bytes, &header, errors))
		return E_INVALID;
	take(import, &header);
	import->position = import->form.start;
	err = find_meaning(tx, import);
	return err ? err : import_store(tx, import);
}
