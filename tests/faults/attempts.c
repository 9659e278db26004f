/*
 * In the place of a PostgreSQL that is away: attempts SOCKET. Takes every connection, prints when it came in milliseconds, the process that asked and
 * the role that it asked for, and closes it. A server that is away leaves no trace of who knocks; this one does. Ends with SIGTERM.
 */
#include "lib/base/base.h"
#include "lib/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

NORETURN static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		fail(path);
	memcpy(address.sun_path, path, strlen(path));
	/* What a killed server has left. */
	(void)unlink(path);
	if (bind(fd, (const struct sockaddr *)(const void *)&address, sizeof(address)) != 0 || listen(fd, 128) != 0)
		fail(path);
	return fd;
}

/* The value of "user" in a start-up packet: length and version of four bytes each, then names and values that end in NUL. */
static const char *role_of(const char *packet, size_t length)
{
	const char *at = packet + 8, *end = packet + length;

	while (length > 8 && at < end && *at) {
		const char *value = at + strlen(at) + 1;

		if (value >= end)
			break;
		if (strcmp(at, "user") == 0)
			return value;
		at = value + strlen(value) + 1;
	}
	return "?";
}

static void note(int connection)
{
	const struct timeval limit = {.tv_sec = 1};
	struct ucred peer = {0};
	socklen_t size = sizeof(peer);
	char packet[1024];
	int64_t now = clock_monotonic();
	ssize_t length;

	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
	    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0)
		fail("socket");
	length = recv(connection, packet, sizeof(packet) - 1, 0);
	packet[length > 0 ? length : 0] = '\0';
	printf("%lld %d %s\n", (long long)(now / 1000), (int)peer.pid,
	       role_of(packet, length > 0 ? (size_t)length + 1 : 0));
	(void)fflush(stdout);
	(void)close(connection);
}

int main(int count, char **arguments)
{
	const struct sigaction action = {.sa_handler = end};
	int listener;

	if (count != 2) {
		(void)fputs("usage: attempts SOCKET\n", stderr);
		return 2;
	}
	if (sigaction(SIGTERM, &action, NULL) != 0)
		fail("sigaction");
	listener = listen_at(arguments[1]);
	while (!ended) {
		int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (connection >= 0)
			note(connection);
		else if (errno != EINTR && errno != ECONNABORTED)
			fail("accept");
	}
	(void)unlink(arguments[1]);
	return 0;
}
