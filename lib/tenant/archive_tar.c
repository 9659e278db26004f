#include "lib/base/log.h"
#include "lib/tenant/archive_internal.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define BLOCK ((size_t)64 * 1024)
#define NAME_MOST 200

/* ---- writing ---- */

struct tar_writer {
	struct archive *archive;
	struct archive_entry *entry;
	archive_sink *sink;
	void *context;
};

static void writer_release(void *argument)
{
	struct tar_writer *writer = argument;

	/* What is not finished stays so: an end is not written by accident. */
	(void)archive_write_fail(writer->archive);
	(void)archive_write_free(writer->archive);
	archive_entry_free(writer->entry);
}

static la_ssize_t pass_on(struct archive *archive, void *context, const void *bytes, size_t length)
{
	struct tar_writer *writer = context;

	if (writer->sink(writer->context, bytes, length))
		return (la_ssize_t)length;
	archive_set_error(archive, ENOSPC, "the bytes were not taken");
	return -1;
}

struct tar_writer *tar_writer_new(struct arena *arena, bool gzip, archive_sink *sink, void *context)
{
	struct tar_writer *writer = ARENA_NEW(arena, struct tar_writer);

	writer->archive = archive_write_new();
	writer->entry = archive_entry_new();
	writer->sink = sink;
	writer->context = context;
	if (!writer->archive || !writer->entry)
		return NULL;
	arena_defer(arena, writer_release, writer);
	if (archive_write_set_format_pax_restricted(writer->archive) != ARCHIVE_OK ||
	    (gzip && archive_write_add_filter_gzip(writer->archive) != ARCHIVE_OK) ||
	    archive_write_set_bytes_in_last_block(writer->archive, 1) != ARCHIVE_OK ||
	    archive_write_open(writer->archive, writer, NULL, pass_on, NULL) != ARCHIVE_OK)
		return NULL;
	return writer;
}

bool tar_member(struct tar_writer *writer, const char *name, int64_t size, int64_t made_at)
{
	archive_entry_clear(writer->entry);
	archive_entry_set_pathname(writer->entry, name);
	archive_entry_set_filetype(writer->entry, AE_IFREG);
	archive_entry_set_perm(writer->entry, 0600);
	archive_entry_set_size(writer->entry, size);
	archive_entry_set_mtime(writer->entry, made_at / 1000000, 0);
	return archive_write_header(writer->archive, writer->entry) == ARCHIVE_OK;
}

bool tar_bytes(struct tar_writer *writer, const void *bytes, size_t length)
{
	return archive_write_data(writer->archive, bytes, length) == (la_ssize_t)length;
}

bool tar_end(struct tar_writer *writer)
{
	return archive_write_close(writer->archive) == ARCHIVE_OK;
}

/* ---- reading ---- */

struct tar_reader {
	struct archive *archive;
};

static void reader_release(void *argument)
{
	struct tar_reader *reader = argument;

	(void)archive_read_free(reader->archive);
}

/* Tar and gzip alone: no other reader of libarchive ever sees the bytes. */
struct tar_reader *tar_reader_new(struct arena *arena, int file)
{
	struct tar_reader *reader = ARENA_NEW(arena, struct tar_reader);

	reader->archive = archive_read_new();
	if (!reader->archive)
		return NULL;
	arena_defer(arena, reader_release, reader);
	if (archive_read_support_format_tar(reader->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_gzip(reader->archive) != ARCHIVE_OK ||
	    archive_read_open_fd(reader->archive, file, BLOCK) != ARCHIVE_OK)
		return NULL;
	return reader;
}

enum tar_found tar_next(struct tar_reader *reader, struct str *name)
{
	struct archive_entry *entry;
	int code = archive_read_next_header(reader->archive, &entry);
	const char *path;

	*name = STR_NONE;
	if (code == ARCHIVE_EOF)
		return TAR_NO_MORE;
	if (code != ARCHIVE_OK)
		return TAR_BROKEN;
	path = archive_entry_pathname(entry);
	if (path && archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
	    !archive_entry_symlink(entry) && strlen(path) <= NAME_MOST)
		*name = str_from(path);
	return TAR_MEMBER;
}

int64_t tar_read(struct tar_reader *reader, void *out, size_t room)
{
	la_ssize_t got = archive_read_data(reader->archive, out, room);

	return got < 0 ? -1 : (int64_t)got;
}
