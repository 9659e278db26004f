/*
 * Loaded into the campaign's PostgreSQL (LD_PRELOAD): while the file named by FAULTS_DISK_FULL is there, its disk has only so much room left as
 * the number in it says. What lies on the disk can be written over; what would make a file of the data longer by more fails with ENOSPC, as on a file
 * system without a free block.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at);
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at);
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at);
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at);
ssize_t write(int fd, const void *bytes, size_t length);
int posix_fallocate(int fd, off_t at, off_t length);
int posix_fallocate64(int fd, off_t at, off_t length);

#define REAL(type, name) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

/*
 * What says how much room the disk of a file has, or "": the log of the database (pg_wal) is on a disk of its own, FAULTS_DISK_FULL with ".wal" behind it.
 * Files lie below the folder that a server works in, its data; its log of events, which tells of a full disk, lies elsewhere.
 */
static void find_flag(int fd, char *flag, size_t most)
{
	static const char *const folders[] = {"/pg_wal/", "/base/", "/global/", "/pg_xact/"};
	const char *name = getenv("FAULTS_DISK_FULL");
	char link[64], path[4096], data[4096];
	ssize_t length;

	flag[0] = '\0';
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = name ? readlink(link, path, sizeof(path) - 1) : -1;
	if (length <= 0 || !getcwd(data, sizeof(data)) || (size_t)length <= strlen(data) ||
	    strncmp(path, data, strlen(data)) != 0)
		return;
	path[length] = '\0';
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strncmp(path + strlen(data), folders[i], strlen(folders[i])) == 0)
			(void)snprintf(flag, most, "%s%s", name, i == 0 ? ".wal" : "");
}

/* Of the room that all processes of the server share. */
static bool room_for(int file, off_t bytes)
{
	char digits[32] = "";
	long long left = 0;
	int length;
	bool enough;

	if (flock(file, LOCK_EX) != 0)
		return false;
	if (pread(file, digits, sizeof(digits) - 1, 0) > 0)
		left = strtoll(digits, NULL, 10);
	enough = bytes <= left;
	if (enough) {
		length = snprintf(digits, sizeof(digits), "%-20lld\n", left - (long long)bytes);
		enough = pwrite(file, digits, (size_t)length, 0) == length;
	}
	return enough;
}

static bool refused(int fd, off_t end)
{
	char flag[4096];
	struct stat status;
	bool room;
	int file;

	find_flag(fd, flag, sizeof(flag));
	file = flag[0] ? open(flag, O_RDWR | O_CLOEXEC) : -1;
	if (file < 0)
		return false;
	room = fstat(fd, &status) != 0 || end <= status.st_size || room_for(file, end - status.st_size);
	(void)close(file);
	if (!room)
		errno = ENOSPC;
	return !room;
}

static off_t total(const struct iovec *parts, int count)
{
	off_t length = 0;

	for (int i = 0; i < count; i++)
		length += (off_t)parts[i].iov_len;
	return length;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
	typedef ssize_t (*call)(int, const void *, size_t, off_t);

	return refused(fd, at + (off_t)length) ? -1 : REAL(call, "pwrite")(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at)
{
	return pwrite(fd, bytes, length, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
	typedef ssize_t (*call)(int, const struct iovec *, int, off_t);

	return refused(fd, at + total(parts, count)) ? -1 : REAL(call, "pwritev")(fd, parts, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at)
{
	return pwritev(fd, parts, count, at);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	typedef ssize_t (*call)(int, const void *, size_t);
	off_t at = lseek(fd, 0, SEEK_CUR);

	return at >= 0 && refused(fd, at + (off_t)length) ? -1 : REAL(call, "write")(fd, bytes, length);
}

int posix_fallocate(int fd, off_t at, off_t length)
{
	typedef int (*call)(int, off_t, off_t);

	return refused(fd, at + length) ? ENOSPC : REAL(call, "posix_fallocate")(fd, at, length);
}

int posix_fallocate64(int fd, off_t at, off_t length)
{
	return posix_fallocate(fd, at, length);
}
