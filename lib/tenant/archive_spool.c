#include "lib/tenant/archive_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define HELD ((size_t)64 * 1024)

struct spool {
	int file;
	int64_t written;
	size_t held;
	char bytes[HELD];
};

/* A file that has no name and is gone when it is closed. */
static int nameless_file(void)
{
	const char *folder = getenv("TMPDIR");
	char path[] = "/tmp/demand-archive-XXXXXX";
	int file = open(folder ? folder : "/var/tmp", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);

	if (file >= 0)
		return file;
	file = mkostemp(path, O_CLOEXEC);
	if (file >= 0)
		(void)unlink(path);
	return file;
}

static void release(void *argument)
{
	struct spool *spool = argument;

	(void)close(spool->file);
}

struct spool *spool_new(struct arena *arena)
{
	struct spool *spool = ARENA_NEW(arena, struct spool);

	spool->file = nameless_file();
	if (spool->file < 0)
		return NULL;
	arena_defer(arena, release, spool);
	return spool;
}

static bool put(struct spool *spool, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = pwrite(spool->file, bytes, length, (off_t)spool->written);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes += put;
		length -= (size_t)put;
		spool->written += put;
	}
	return true;
}

static bool flush(struct spool *spool)
{
	size_t held = spool->held;

	spool->held = 0;
	return put(spool, spool->bytes, held);
}

bool spool_add(struct spool *spool, const void *bytes, size_t length)
{
	if (spool->held + length > HELD && !flush(spool))
		return false;
	if (length >= HELD)
		return put(spool, bytes, length);
	memcpy(spool->bytes + spool->held, bytes, length);
	spool->held += length;
	return true;
}

int64_t spool_length(const struct spool *spool)
{
	return spool->written + (int64_t)spool->held;
}

int64_t spool_read(struct spool *spool, int64_t at, void *out, size_t room)
{
	ssize_t got;

	if (spool->held > 0 && !flush(spool))
		return -1;
	do
		got = pread(spool->file, out, room, (off_t)at);
	while (got < 0 && errno == EINTR);
	return got;
}

void spool_clear(struct spool *spool)
{
	spool->held = 0;
	spool->written = 0;
	if (ftruncate(spool->file, 0) != 0)
		return; /* the old bytes are written over all the same */
}
