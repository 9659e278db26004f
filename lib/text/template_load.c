#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/utf8.h"
#include "lib/text/template_internal.h"

#define FILE_BYTES_MAX (256 * 1024)
#define TOTAL_BYTES_MAX (8 * 1024 * 1024)
#define TEMPLATES_MAX 2000
#define FOLDER_DEPTH_MAX 8
#define ARENA_BYTES_MAX ((size_t)1024 * 1024 * 1024)

struct loader {
	struct templates *set;
	struct buffer *complaints;
	size_t capacity, bytes;
	bool failed;
};

static void fail(struct loader *l, const char *what, const char *why)
{
	buffer_printf(l->complaints, "%s: %s\n", what, why);
	l->failed = true;
}

void template_complain(const struct template *t, uint32_t line, struct buffer *complaints, const char *format, ...)
{
	va_list arguments;

	buffer_printf(complaints, "%s:%u: ", t->file, line);
	va_start(arguments, format);
	buffer_vprintf(complaints, format, arguments);
	va_end(arguments);
	buffer_add_char(complaints, '\n');
}

static struct templates *set_new(enum template_mode mode)
{
	struct arena *arena = arena_new(ARENA_BYTES_MAX);
	struct templates *set = ARENA_NEW(arena, struct templates);

	set->arena = arena;
	set->mode = mode;
	return set;
}

void templates_free(struct templates *set)
{
	if (set)
		arena_free(set->arena);
}

/* The name is the path without its ending. False when the ending is none of ours. */
static bool name_and_kind(struct arena *arena, const char *path, struct template *t)
{
	struct str name = str_from(path);

	t->html = !str_ends(name, STR(".txt"));
	if (!t->html)
		name.n -= strlen(".txt");
	else if (str_ends(name, STR(".html")))
		name.n -= strlen(".html");
	else
		return false;
	t->name = arena_c_string(arena, name);
	return true;
}

static void add(struct loader *l, struct template t)
{
	struct templates *set = l->set;

	l->bytes += t.source.n;
	if (t.source.n > FILE_BYTES_MAX || l->bytes > TOTAL_BYTES_MAX || set->count == TEMPLATES_MAX) {
		fail(l, t.file, "too large, or one template too many");
		return;
	}
	if (!utf8_valid(t.source)) {
		fail(l, t.file, "not UTF-8");
		return;
	}
	if (set->count == l->capacity)
		set->items = template_grow(set->arena, set->items, set->count, &l->capacity, sizeof(*set->items));
	set->items[set->count++] = t;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct template *)a)->name, ((const struct template *)b)->name);
}

struct template *template_find(const struct templates *set, struct str name)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct str here = str_from(set->items[middle].name);
		int order = memcmp(here.p, name.n ? name.p : "", here.n < name.n ? here.n : name.n);

		if (order == 0 && here.n == name.n)
			return &set->items[middle];
		if (order < 0 || (order == 0 && here.n < name.n))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool templates_has(const struct templates *set, const char *name)
{
	return template_find(set, str_from(name)) != NULL;
}

/* Sorts, parses and checks what was added. Frees the set when there is a complaint. */
static struct templates *finish(struct loader *l)
{
	struct templates *set = l->set;

	if (set->count)
		qsort(set->items, set->count, sizeof(*set->items), by_name);
	for (size_t i = 1; i < set->count; i++) {
		if (strcmp(set->items[i - 1].name, set->items[i].name) == 0)
			fail(l, set->items[i].file, "another template has the same name");
	}
	for (size_t i = 0; i < set->count; i++) {
		if (!template_parse(set->arena, set->mode, &set->items[i], l->complaints))
			l->failed = true;
	}
	if (!l->failed && template_check_all(set, l->complaints))
		return set;
	templates_free(set);
	return NULL;
}

/* --- from memory --- */

struct templates *templates_from_memory(const char *const *names_and_texts, enum template_mode mode,
					struct buffer *complaints)
{
	struct loader l = {.set = set_new(mode), .complaints = complaints};

	for (size_t i = 0; names_and_texts[i]; i += 2) {
		struct template t = {.file = arena_c_string(l.set->arena, str_from(names_and_texts[i]))};

		if (!name_and_kind(l.set->arena, t.file, &t))
			t.name = t.file;
		t.html = t.html && mode != TEMPLATE_SPEC;
		t.source = arena_copy(l.set->arena, str_from(names_and_texts[i + 1]));
		add(&l, t);
	}
	return finish(&l);
}

/* --- from a folder --- */

static void load_folder(struct loader *, int folder, const char *path, size_t root, unsigned depth);

/* Closes the file. */
static bool read_all(int file, char *bytes, size_t length)
{
	size_t have = 0;

	while (have < length) {
		ssize_t got = read(file, bytes + have, length - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	(void)close(file);
	return have == length;
}

static void load_file(struct loader *l, int file, const struct stat *status, const char *path, size_t root)
{
	struct template t = {.file = path};
	char *bytes;

	if (!name_and_kind(l->set->arena, path + root, &t) || status->st_size > FILE_BYTES_MAX) {
		(void)close(file);
		if (t.name)
			fail(l, path, "too large");
		return;
	}
	t.html = t.html && l->set->mode != TEMPLATE_SPEC;
	t.source.n = (size_t)status->st_size;
	bytes = arena_alloc(l->set->arena, t.source.n + 1);
	t.source.p = bytes;
	if (read_all(file, bytes, t.source.n))
		add(l, t);
	else
		fail(l, path, "cannot be read");
}

static void load_entry(struct loader *l, int folder, const char *name, const char *folder_path, size_t root,
		       unsigned depth)
{
	const char *path = arena_printf(l->set->arena, "%s/%s", folder_path, name).p;
	int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	if (file < 0 || fstat(file, &status) != 0) {
		if (file >= 0)
			(void)close(file);
		fail(l, path, strerror(errno));
	} else if (S_ISDIR(status.st_mode)) {
		load_folder(l, file, path, root, depth + 1);
	} else if (S_ISREG(status.st_mode)) {
		load_file(l, file, &status, path, root);
	} else {
		(void)close(file);
	}
}

/* Takes over the descriptor. */
static void load_folder(struct loader *l, int folder, const char *path, size_t root, unsigned depth)
{
	DIR *directory = depth <= FOLDER_DEPTH_MAX ? fdopendir(folder) : NULL;
	const struct dirent *entry;

	if (!directory) {
		(void)close(folder);
		fail(l, path, depth <= FOLDER_DEPTH_MAX ? strerror(errno) : "folders nested too deep");
		return;
	}
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] != '.')
			load_entry(l, dirfd(directory), entry->d_name, path, root, depth);
	}
	(void)closedir(directory);
}

struct templates *templates_load(const char *folder, enum template_mode mode, struct buffer *complaints)
{
	struct loader l = {.set = set_new(mode), .complaints = complaints};
	int descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	if (descriptor < 0)
		fail(&l, folder, strerror(errno));
	else
		load_folder(&l, descriptor, arena_c_string(l.set->arena, str_from(folder)), strlen(folder) + 1, 0);
	return finish(&l);
}
