/*
 * Peers that begin a request on the workers' own socket and do not go on: hold SOCKET COUNT SECONDS HEX [drip]. Each sends the bytes given in
 * hexadecimal and is then silent; dripping ones send one of them each second, the last again and again. Prints how many connections stand, how many
 * were closed by the other side after how many seconds, and ends after the time.
 */
#include "lib/base/base.h"
#include "lib/base/id.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	return connect(fd, (const struct sockaddr *)(const void *)&address, sizeof(address)) == 0 ? fd : -1;
}

static int64_t closed;

/* From each peer; one that was closed is -1 from then on. */
static void send_all(int *peers, int64_t count, const uint8_t *bytes, size_t length)
{
	for (int64_t i = 0; i < count; i++)
		if (peers[i] >= 0 && send(peers[i], bytes, length, MSG_NOSIGNAL) != (ssize_t)length) {
			(void)close(peers[i]);
			peers[i] = -1;
			closed++;
		}
}

static void drip(int *peers, int64_t count, int64_t seconds, const uint8_t *bytes, size_t length)
{
	for (int64_t at = 1; at <= seconds; at++) {
		int64_t before = closed;

		(void)sleep(1);
		send_all(peers, count, bytes + ((size_t)at < length ? (size_t)at : length - 1), 1);
		if (closed != before) {
			printf("%lld of them closed after %lld s\n", (long long)closed, (long long)at);
			(void)fflush(stdout);
		}
	}
}

int main(int count, char **arguments)
{
	int64_t peers, seconds;
	uint8_t bytes[512];
	size_t length;
	bool drips = count == 6 && strcmp(arguments[5], "drip") == 0;
	int *connections;

	if ((count != 5 && !drips) || !str_to_int64(str_from(arguments[2]), &peers) || peers < 1 || peers > 10000 ||
	    !str_to_int64(str_from(arguments[3]), &seconds) || (length = strlen(arguments[4]) / 2) > sizeof(bytes) ||
	    !hex_decode(str_from(arguments[4]), bytes, length) || (drips && length == 0)) {
		(void)fputs("usage: hold SOCKET COUNT SECONDS HEX [drip]\n", stderr);
		return 2;
	}
	connections = calloc((size_t)peers, sizeof(*connections));
	for (int64_t i = 0; connections && i < peers; i++)
		if ((connections[i] = connect_to(arguments[1])) < 0) {
			perror(arguments[1]);
			return 1;
		}
	if (!connections)
		return 1;
	send_all(connections, peers, bytes, drips ? 1 : length);
	printf("%lld connections\n", (long long)peers);
	(void)fflush(stdout);
	if (drips)
		drip(connections, peers, seconds, bytes, length);
	else
		(void)sleep((unsigned)seconds);
	free(connections);
	return 0;
}
