/* Reads an archive to its end and compares it with its manifest. Nothing of it is believed before; its names are compared and never used. */
#include <inttypes.h>
#include <sodium.h>

#include "lib/base/utf8.h"
#include "lib/tenant/archive_internal.h"
#include "lib/text/json.h"

#define MEMBERS_MOST 5000
#define SPOOL_MOST ((int64_t)64 * 1024 * 1024 * 1024)
#define MANIFEST_MOST ((int64_t)4 * 1024 * 1024)
#define LINE_MOST ((size_t)16 * 1024 * 1024)
#define BLOCK ((size_t)64 * 1024)

static const struct json_limits manifest_limits = {(size_t)MANIFEST_MOST, 8, 200000};
static const struct json_limits row_limits = {LINE_MOST, 32, 200000};

struct check {
	struct arena *arena;
	const struct archive_tables *tables;
	struct archive_content *content;
	struct str manifest; /* absent until it was read */
	struct str *why;
};

/* For a sentence: a name out of the file may hold anything. */
static struct str shown(struct arena *arena, struct str name)
{
	char *copy = arena_c_string(arena, (struct str){name.p, name.n < 80 ? name.n : 80});

	for (char *c = copy; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	return str_from(copy);
}

/* ---- members ---- */

static const struct archive_member *find(const struct archive_content *content, struct str name)
{
	for (size_t i = 0; i < content->count; i++)
		if (str_equal(content->members[i].name, name))
			return &content->members[i];
	return NULL;
}

static bool between(struct str name, const char *prefix, const char *suffix, struct str *out)
{
	struct str begin = str_from(prefix), end = str_from(suffix);

	if (name.n <= begin.n + end.n || !str_starts(name, begin) || !str_ends(name, end))
		return false;
	*out = (struct str){name.p + begin.n, name.n - begin.n - end.n};
	return true;
}

/* Only what an archive of this program can hold; there is no path in it that would be followed. */
static enum err know(struct check *c, struct str name, struct archive_member *member)
{
	struct str inner;

	if (find(c->content, name))
		return REFUSE(c, E_MALFORMED, "The archive holds %.*s twice.", STR_FMT_ARG(shown(c->arena, name)));
	if (between(name, FILES_FOLDER, "", &inner) && uuid_parse(inner, &member->file))
		return OK;
	if (between(name, TABLES_FOLDER, TABLES_SUFFIX, &inner)) {
		member->table = archive_table_find(c->tables, inner);
		if (member->table)
			return OK;
	}
	return REFUSE(c, E_INVALID, "The archive holds %.*s, which this version does not know.",
		      STR_FMT_ARG(shown(c->arena, name)));
}

static enum err read_member(struct check *c, struct tar_reader *tar, struct archive_member *member)
{
	struct spool *spool = c->content->spool;
	char *block = arena_alloc(c->arena, BLOCK);
	crypto_hash_sha256_state hash;
	int64_t got;

	crypto_hash_sha256_init(&hash);
	member->start = spool_length(spool);
	while ((got = tar_read(tar, block, BLOCK)) > 0) {
		crypto_hash_sha256_update(&hash, (const unsigned char *)block, (size_t)got);
		if (spool_length(spool) + got > SPOOL_MOST)
			return REFUSE(c, E_TOOBIG, "The archive is too large.");
		if (!spool_add(spool, block, (size_t)got))
			return REFUSE(c, E_TOOBIG, "There is no room on the disk for what the archive holds.");
	}
	if (got < 0)
		return REFUSE(c, E_MALFORMED, "The archive is damaged or cut off.");
	member->bytes = spool_length(spool) - member->start;
	crypto_hash_sha256_final(&hash, member->sha256);
	return OK;
}

static enum err read_manifest(struct check *c, struct tar_reader *tar)
{
	struct archive_member member = {.rows = 0};
	char *bytes;
	enum err err = read_member(c, tar, &member);

	if (err)
		return err;
	if (member.bytes > MANIFEST_MOST)
		return REFUSE(c, E_MALFORMED, "The archive's manifest is too large.");
	bytes = arena_alloc(c->arena, (size_t)member.bytes + 1);
	if (spool_read(c->content->spool, member.start, bytes, (size_t)member.bytes) != member.bytes)
		return REFUSE(c, E_TOOBIG, "What was read of the archive cannot be read again.");
	c->manifest = (struct str){bytes, (size_t)member.bytes};
	return OK;
}

static enum err read_next(struct check *c, struct tar_reader *tar, struct str name)
{
	struct archive_content *content = c->content;
	struct arena_mark mark;
	enum err err;

	if (!str_absent(c->manifest))
		return REFUSE(c, E_MALFORMED, "The archive goes on behind its manifest.");
	if (str_absent(name))
		return REFUSE(c, E_MALFORMED, "The archive holds something that is no plain file.");
	if (str_is(name, MANIFEST_NAME))
		return read_manifest(c, tar);
	if (content->count == MEMBERS_MOST)
		return REFUSE(c, E_MALFORMED, "The archive holds too many files.");
	content->members[content->count] = (struct archive_member){.name = arena_copy(c->arena, name)};
	err = know(c, content->members[content->count].name, &content->members[content->count]);
	if (err)
		return err;
	mark = arena_mark(c->arena);
	err = read_member(c, tar, &content->members[content->count]);
	if (!err)
		arena_rewind(c->arena, mark);
	content->count++;
	return err;
}

static enum err read_all(struct check *c, int file)
{
	struct tar_reader *tar = tar_reader_new(c->arena, file);
	enum tar_found found;
	struct str name;
	enum err err = OK;

	if (!tar)
		return REFUSE(c, E_MALFORMED, "The file is no archive.");
	while (!err && (found = tar_next(tar, &name)) != TAR_NO_MORE) {
		if (found == TAR_BROKEN)
			return REFUSE(c, E_MALFORMED, "The file is no archive, or it is damaged or cut off.");
		err = read_next(c, tar, name);
	}
	if (!err && str_absent(c->manifest))
		return REFUSE(c, E_MALFORMED,
			      "The archive has no manifest: it is not complete. Make or fetch it once more.");
	return err;
}

/* ---- the manifest ---- */

static int64_t number(const struct value *map, const char *name)
{
	int64_t value;

	return str_to_int64(value_as_str(value_get(map, str_from(name))), &value) ? value : -1;
}

static enum err take_columns(struct check *c, const struct value *list, struct archive_member *member)
{
	member->column_count = value_type(list) == VALUE_LIST ? value_count(list) : 0;
	member->columns = arena_array(c->arena, member->column_count + 1, sizeof *member->columns);
	for (size_t i = 0; i < member->column_count; i++) {
		const struct archive_column *column;

		member->columns[i] = value_as_str(value_at(list, i));
		column = archive_column_find(member->table, member->columns[i]);
		if (!column || column->bytes)
			return REFUSE(c, E_INVALID, "%s has a column %.*s, which this version does not know.",
				      member->table->name, STR_FMT_ARG(shown(c->arena, member->columns[i])));
		for (size_t before = 0; before < i; before++)
			if (str_equal(member->columns[before], member->columns[i]))
				return REFUSE(c, E_MALFORMED, "%s names a column twice.", member->table->name);
	}
	if (member->column_count == 0)
		return REFUSE(c, E_MALFORMED, "The manifest names no columns for %s.", member->table->name);
	return OK;
}

static enum err compare_member(struct check *c, const struct value *entry)
{
	struct str name = value_as_str(value_get(entry, STR("name"))), sum;
	const struct archive_member *found = find(c->content, name);
	struct archive_member *member;

	if (!found || found->column_count > 0)
		return REFUSE(c, E_MALFORMED, "The archive lacks %.*s, which its manifest names.",
			      STR_FMT_ARG(shown(c->arena, name)));
	member = &c->content->members[found - c->content->members];
	sum = hex_encode(c->arena, member->sha256, sizeof member->sha256);
	if (number(entry, "bytes") != member->bytes || !str_equal(value_as_str(value_get(entry, STR("sha256"))), sum))
		return REFUSE(c, E_MALFORMED, "%.*s was changed or damaged: its checksum is another.",
			      STR_FMT_ARG(name));
	member->rows = member->table ? number(entry, "rows") : 0;
	return member->table ? take_columns(c, value_get(entry, STR("columns")), member) : OK;
}

static enum err compare(struct check *c)
{
	const struct value *list;
	struct value *manifest;
	struct str why;
	enum err err = OK;

	if (json_parse(c->arena, c->manifest, &manifest_limits, &manifest, &why) != OK ||
	    !str_is(value_as_str(value_get(manifest, STR("product"))), "demand-engine"))
		return REFUSE(c, E_MALFORMED, "The archive's manifest cannot be read.");
	if (number(manifest, "format") != ARCHIVE_FORMAT)
		return REFUSE(c, E_INVALID, "The archive is of format %" PRId64 "; this version reads format %d.",
			      number(manifest, "format"), ARCHIVE_FORMAT);
	if (number(manifest, "schema_version") < 1 || number(manifest, "schema_version") > c->tables->schema_version)
		return REFUSE(c, E_INVALID,
			      "The archive is of a newer version (schema %" PRId64 ", here %" PRId64 "): update this "
			      "installation first.",
			      number(manifest, "schema_version"), c->tables->schema_version);
	list = value_get(manifest, STR("members"));
	if (!list || value_type(list) != VALUE_LIST || value_count(list) != c->content->count)
		return REFUSE(c, E_MALFORMED, "The archive's manifest does not name what the archive holds.");
	for (size_t i = 0; !err && i < value_count(list); i++)
		err = compare_member(c, value_at(list, i));
	return err;
}

/* ---- rows ---- */

enum err archive_line(struct archive_lines *lines, struct str *line)
{
	struct buffer *held = lines->held;
	size_t looked = lines->used;

	for (;;) {
		char *from = held->bytes ? held->bytes + looked : NULL;
		char *end = held->length > looked ? memchr(from, '\n', held->length - looked) : NULL;
		int64_t left = lines->end - lines->at, got;

		if (end) {
			*line = (struct str){held->bytes + lines->used, (size_t)(end - held->bytes) - lines->used};
			lines->used = (size_t)(end - held->bytes) + 1;
			return OK;
		}
		if (left == 0) {
			*line = STR_NONE;
			return held->length > lines->used ? E_MALFORMED : OK;
		}
		if (held->length - lines->used > LINE_MOST)
			return E_TOOBIG;
		looked = held->length - lines->used;
		if (looked > 0 && lines->used > 0)
			memmove(held->bytes, held->bytes + lines->used, looked);
		held->length = looked;
		lines->used = 0;
		from = buffer_extend(held, left < (int64_t)BLOCK ? (size_t)left : BLOCK);
		got = spool_read(lines->spool, lines->at, from, left < (int64_t)BLOCK ? (size_t)left : BLOCK);
		if (got <= 0)
			return E_TOOBIG;
		held->length = looked + (size_t)got;
		lines->at += got;
	}
}

static bool named(const struct archive_member *member, struct str key)
{
	for (size_t i = 0; i < member->column_count; i++)
		if (str_equal(member->columns[i], key))
			return true;
	return false;
}

static enum err check_row(struct check *c, const struct archive_member *member, struct str line, int64_t number_of)
{
	struct value *row;
	struct str why, key;

	if (json_parse(c->arena, line, &row_limits, &row, &why) != OK || value_type(row) != VALUE_MAP)
		return REFUSE(c, E_MALFORMED, "%.*s: row %" PRId64 " is no JSON object.", STR_FMT_ARG(member->name),
			      number_of);
	for (size_t i = 0; value_member(row, i, &key); i++)
		if (!named(member, key))
			return REFUSE(c, E_INVALID, "%.*s: row %" PRId64 " has %.*s, which the manifest does not name.",
				      STR_FMT_ARG(member->name), number_of, STR_FMT_ARG(shown(c->arena, key)));
	return OK;
}

static enum err check_rows(struct check *c, const struct archive_member *member, struct buffer *held)
{
	struct archive_lines lines = {
		.spool = c->content->spool, .at = member->start, .end = member->start + member->bytes, .held = held};
	struct arena_mark mark = arena_mark(c->arena);
	int64_t count = 0;
	struct str line;

	buffer_clear(held);
	for (;;) {
		enum err err = archive_line(&lines, &line);

		if (err)
			return REFUSE(c, E_MALFORMED, "%.*s: row %" PRId64 " has no end or is too long.",
				      STR_FMT_ARG(member->name), count + 1);
		if (str_absent(line))
			break;
		err = check_row(c, member, line, ++count);
		if (err)
			return err;
		arena_rewind(c->arena, mark);
	}
	if (count != member->rows)
		return REFUSE(c, E_MALFORMED, "%.*s has %" PRId64 " rows; its manifest says %" PRId64 ".",
			      STR_FMT_ARG(member->name), count, member->rows);
	return OK;
}

enum err archive_check(struct arena *arena, int file, const struct archive_tables *tables, struct archive_content *out,
		       struct str *why)
{
	struct check c = {.arena = arena, .tables = tables, .content = out, .manifest = STR_NONE, .why = why};
	struct buffer held = BUFFER_IN(NULL);
	enum err err;

	out->count = 0;
	out->members = arena_array(arena, MEMBERS_MOST, sizeof *out->members);
	out->spool = spool_new(arena);
	if (!out->spool)
		return REFUSE(&c, E_TOOBIG, "There is no room on the disk for what the archive holds.");
	err = read_all(&c, file);
	if (!err)
		err = compare(&c);
	for (size_t i = 0; !err && i < out->count; i++)
		if (out->members[i].table)
			err = check_rows(&c, &out->members[i], &held);
	buffer_free(&held);
	return err;
}

const struct archive_member *archive_member_of(const struct archive_content *content, const struct archive_table *table)
{
	for (size_t i = 0; i < content->count; i++)
		if (content->members[i].table == table)
			return &content->members[i];
	return NULL;
}

const struct archive_member *archive_member_file(const struct archive_content *content, struct uuid file)
{
	for (size_t i = 0; i < content->count; i++)
		if (!content->members[i].table && uuid_equal(content->members[i].file, file))
			return &content->members[i];
	return NULL;
}
