/* The files of a migration folder, read whole and in order. */
#include "lib/pg/migrate_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define FILE_MOST ((size_t)4 * 1024 * 1024)
#define VERSION_DIGITS 4

enum err migrate_read_file(struct arena *arena, const char *path, struct str *out, struct buffer *report)
{
	FILE *file = fopen(path, "re");
	struct buffer bytes = BUFFER_IN(arena);
	char chunk[16384];
	size_t got;

	if (!file) {
		buffer_printf(report, "%s: %s\n", path, strerror(errno));
		return E_INTERNAL;
	}
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0 && bytes.length <= FILE_MOST)
		buffer_add(&bytes, chunk, got);
	if (ferror(file) || bytes.length > FILE_MOST || memchr(buffer_str(&bytes).p, '\0', bytes.length)) {
		buffer_printf(report, "%s: cannot be read, is larger than 4 MiB or holds NUL\n", path);
		fclose(file);
		return E_INTERNAL;
	}
	fclose(file);
	*out = buffer_str(&bytes);
	return OK;
}

static bool is_sql(const char *name)
{
	return name[0] != '.' && str_ends(str_from(name), STR(".sql"));
}

/* 0001_lower_case_name.sql */
static bool parse_name(struct arena *arena, const char *name, struct migration *out)
{
	struct str digits = {name, VERSION_DIGITS};
	size_t length = strlen(name), stem = length - strlen(".sql");

	if (stem < VERSION_DIGITS + 2 || strspn(name, "0123456789") != VERSION_DIGITS || name[VERSION_DIGITS] != '_' ||
	    strspn(name + VERSION_DIGITS + 1, "abcdefghijklmnopqrstuvwxyz0123456789_") != stem - VERSION_DIGITS - 1)
		return false;
	if (!str_to_int64(digits, &out->version))
		return false;
	out->file = arena_c_string(arena, str_from(name));
	out->name = (struct str){out->file, stem};
	return out->version > 0;
}

static int by_version(const void *a, const void *b)
{
	const struct migration *left = a, *right = b;

	return (left->version > right->version) - (left->version < right->version);
}

static enum err list(struct arena *arena, DIR *directory, struct migrations *out, struct buffer *report)
{
	const struct dirent *entry;
	size_t room = 0;

	while ((entry = readdir(directory)) != NULL) {
		if (!is_sql(entry->d_name))
			continue;
		if (out->count == room) {
			struct migration *grown = arena_array(arena, room = room ? room * 2 : 64, sizeof(*grown));

			if (out->count)
				memcpy(grown, out->items, out->count * sizeof(*grown));
			out->items = grown;
		}
		if (!parse_name(arena, entry->d_name, &out->items[out->count])) {
			buffer_printf(report, "%s: a migration is called like 0007_what_it_does.sql\n", entry->d_name);
			return E_INTERNAL;
		}
		out->count++;
	}
	if (out->count > 1)
		qsort(out->items, out->count, sizeof(*out->items), by_version);
	for (size_t i = 1; i < out->count; i++)
		if (out->items[i].version == out->items[i - 1].version) {
			buffer_printf(report, "%s and %s have the same number\n", out->items[i - 1].file,
				      out->items[i].file);
			return E_INTERNAL;
		}
	return OK;
}

enum err migrate_files(struct arena *arena, const char *folder, struct migrations *out, struct buffer *report)
{
	DIR *directory = opendir(folder);
	enum err err;

	*out = (struct migrations){.count = 0};
	if (!directory) {
		buffer_printf(report, "%s: %s\n", folder, strerror(errno));
		return E_INTERNAL;
	}
	err = list(arena, directory, out, report);
	closedir(directory);
	for (size_t i = 0; i < out->count && err == OK; i++) {
		struct migration *migration = &out->items[i];

		err = migrate_read_file(arena, arena_printf(arena, "%s/%s", folder, migration->file).p,
					&migration->text, report);
		if (err == OK)
			migration->no_transaction = str_starts(migration->text, STR("-- no transaction\n"));
	}
	return err;
}
