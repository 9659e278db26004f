/*
 * Loaded into the campaign's PostgreSQL (LD_PRELOAD): while the file named by FAULTS_DISK_FULL is there, the disk is full for it. What lies on the
 * disk can be written over; whatever would make a file of the data longer fails with ENOSPC, as on a file system without a free block.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Below the folder that a server works in, its data: its log, which tells of a full disk, lies elsewhere. */
static bool of_the_data(int fd)
{
	static const char *const folders[] = {"/base/", "/pg_wal/", "/global/", "/pg_xact/"};
	char link[64], path[4096], data[4096];
	ssize_t length;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length <= 0 || !getcwd(data, sizeof(data)) || (size_t)length <= strlen(data) ||
	    strncmp(path, data, strlen(data)) != 0)
		return false;
	path[length] = '\0';
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strncmp(path + strlen(data), folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

static bool refused(int fd, off_t end)
{
	const char *flag = getenv("FAULTS_DISK_FULL");
	struct stat status;

	if (!flag || access(flag, F_OK) != 0 || !of_the_data(fd) || fstat(fd, &status) != 0 || end <= status.st_size)
		return false;
	errno = ENOSPC;
	return true;
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
