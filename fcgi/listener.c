#include "fcgi/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define VARIABLE "DEMAND_LISTENERS"
#define BACKLOG 1024 /* deep: a burst waits here instead of being refused */
#define INHERITED_MOST 8

static int inherited[INHERITED_MOST];
static size_t inherited_count;

static bool fill_address(struct sockaddr_un *address, const char *path, const char *suffix)
{
	size_t length = strlen(path), more = strlen(suffix);

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (length + more >= sizeof(address->sun_path))
		return false;
	memcpy(address->sun_path, path, length);
	memcpy(address->sun_path + length, suffix, more);
	return true;
}

void listeners_inherit(void)
{
	struct str list = str_from(getenv(VARIABLE));
	int64_t fd;

	while (!str_absent(list) && inherited_count < INHERITED_MOST)
		if (str_to_int64(str_split(&list, ','), &fd) && fd > 2 && fd < 1024 &&
		    fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0)
			inherited[inherited_count++] = (int)fd;
	(void)unsetenv(VARIABLE);
}

static int take_inherited(const char *path)
{
	for (size_t i = 0; i < inherited_count; i++) {
		struct sockaddr_un address = {0};
		socklen_t length = sizeof(address);
		struct stat status;
		int fd = inherited[i];

		if (fd < 0 || getsockname(fd, (struct sockaddr *)(void *)&address, &length) != 0 ||
		    address.sun_family != AF_UNIX)
			continue;
		/* It was bound under its first name and renamed. */
		address.sun_path[sizeof(address.sun_path) - 1] = '\0';
		if (strncmp(address.sun_path, path, strlen(path)) != 0 ||
		    strcmp(address.sun_path + strlen(path), ".new") != 0)
			continue;
		if (lstat(path, &status) != 0)
			continue;
		inherited[i] = -1;
		return fd;
	}
	return -1;
}

static bool set_group(const char *path, const char *name, struct buffer *complaints)
{
	struct group *group;

	if (name[0] == '\0')
		return true;
	group = getgrnam(name);
	if (group && chown(path, (uid_t)-1, group->gr_gid) == 0)
		return true;
	buffer_printf(complaints, "%s: cannot give it to the group %s: %s\n", path, name,
		      group ? strerror(errno) : "there is no such group");
	return false;
}

/* Bound under another name and then renamed: who connects finds the old socket or the new one, never none. */
static bool bind_socket(int fd, const char *path, const char *group, struct buffer *complaints)
{
	struct sockaddr_un address;
	mode_t before;
	int bound;

	if (!fill_address(&address, path, ".new")) {
		buffer_printf(complaints, "%s: the path of a unix socket holds at most 103 bytes\n", path);
		return false;
	}
	(void)unlink(address.sun_path);
	before = umask(0117);
	bound = bind(fd, (const struct sockaddr *)(const void *)&address, sizeof(address));
	(void)umask(before);
	if (bound != 0 || listen(fd, BACKLOG) != 0) {
		buffer_printf(complaints, "%s: %s\n", path, strerror(errno));
		return false;
	}
	if (!set_group(address.sun_path, group, complaints))
		return false;
	if (rename(address.sun_path, path) == 0)
		return true;
	buffer_printf(complaints, "%s: %s\n", path, strerror(errno));
	return false;
}

int listener_open(const char *path, const char *group, struct buffer *complaints)
{
	int fd = take_inherited(path);

	if (fd >= 0)
		return fd;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		buffer_printf(complaints, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	if (bind_socket(fd, path, group, complaints))
		return fd;
	(void)close(fd);
	return -1;
}

void listeners_close_rest(void)
{
	for (size_t i = 0; i < inherited_count; i++)
		if (inherited[i] >= 0)
			(void)close(inherited[i]);
	inherited_count = 0;
}

void listeners_hand_over(const int *listeners, size_t count)
{
	struct buffer list = BUFFER_IN(NULL);

	for (size_t i = 0; i < count; i++) {
		(void)fcntl(listeners[i], F_SETFD, 0);
		buffer_printf(&list, "%s%d", i ? "," : "", listeners[i]);
	}
	if (setenv(VARIABLE, list.bytes ? list.bytes : "", 1) != 0)
		abort();
	buffer_free(&list);
}
