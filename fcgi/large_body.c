#include "fcgi/large_body.h"

#include "fcgi/request.h"
#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEBIBYTE ((size_t)1024 * 1024)
#define UPLOAD_MEBIBYTES (UPLOAD_MOST / MEBIBYTE + 2)
#define CHUNK ((size_t)64 * 1024)

static const struct large_body {
	enum method method;
	const char *path;
	size_t mebibytes;
} large_bodies[] = {
	{METHOD_POST, "/imports", UPLOAD_MEBIBYTES},
	{METHOD_POST, "/api/imports", UPLOAD_MEBIBYTES},
};

const struct form_limits form_limits_upload = {FORM_FIELDS_MOST, 200, (size_t)256 * 1024, UPLOAD_MOST};

size_t body_most(enum method method, struct str path)
{
	for (size_t i = 0; i < COUNT_OF(large_bodies); i++)
		if (large_bodies[i].method == method && str_is(path, large_bodies[i].path))
			return large_bodies[i].mebibytes * MEBIBYTE;
	return REQUEST_BODY_MOST;
}

void large_body_locations(struct buffer *out)
{
	for (size_t i = 0; i < COUNT_OF(large_bodies); i++)
		buffer_printf(out, "= %s %zum\n", large_bodies[i].path, large_bodies[i].mebibytes);
}

bool large_bodies_check(struct buffer *complaints)
{
	size_t count;
	const struct route *rows = routes(&count);
	bool good = true;

	for (size_t i = 0; i < COUNT_OF(large_bodies); i++) {
		bool there = false;

		for (size_t r = 0; r < count && !there; r++)
			there = rows[r].method == large_bodies[i].method &&
				strcmp(rows[r].path, large_bodies[i].path) == 0;
		if (!there)
			buffer_printf(complaints, "%s takes large bodies and is no route\n", large_bodies[i].path);
		good = good && there;
	}
	return good;
}

/* ---- reading ---- */

/* A file that has no name and is gone when it is closed. */
static int nameless_file(void)
{
	const char *folder = getenv("TMPDIR");
	char path[] = "/tmp/demand-body-XXXXXX";
	int file = open(folder ? folder : "/var/tmp", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);

	if (file >= 0)
		return file;
	file = mkostemp(path, O_CLOEXEC);
	if (file >= 0)
		(void)unlink(path);
	return file;
}

static bool put(int file, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = write(file, bytes, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes += put;
		length -= (size_t)put;
	}
	return true;
}

static bool fill(int file, body_source *source, void *from, size_t length)
{
	char chunk[CHUNK];

	while (length > 0) {
		int got = source(from, chunk, (int)(length < CHUNK ? length : CHUNK));

		if (got <= 0)
			return false;
		if (!put(file, chunk, (size_t)got)) {
			log_event(LOG_ERROR, "body", "cannot be kept: %s", strerror(errno));
			return false;
		}
		length -= (size_t)got;
	}
	return true;
}

struct mapping {
	void *bytes;
	size_t length;
};

static void unmap(void *argument)
{
	struct mapping *mapping = argument;

	(void)munmap(mapping->bytes, mapping->length);
}

bool large_body_read(struct arena *arena, body_source *source, void *from, size_t length, struct str *out)
{
	struct mapping *mapping = ARENA_NEW(arena, struct mapping);
	int file = nameless_file();
	bool filled = file >= 0 && fill(file, source, from, length);

	if (file < 0)
		log_event(LOG_ERROR, "body", "no room for it: %s", strerror(errno));
	*mapping = (struct mapping){filled ? mmap(NULL, length, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED, length};
	if (file >= 0)
		(void)close(file);
	if (mapping->bytes == MAP_FAILED)
		return false;
	arena_defer(arena, unmap, mapping);
	*out = (struct str){mapping->bytes, length};
	return true;
}
