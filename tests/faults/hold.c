/*
 * Peers that begin a request on the workers' own socket and do not go on: hold SOCKET COUNT SECONDS HEX. Each sends the bytes given in
 * hexadecimal and is then silent. Prints how many connections stand, and after the time ends.
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

int main(int count, char **arguments)
{
	int64_t peers, seconds;
	uint8_t bytes[64];
	size_t length;

	if (count != 5 || !str_to_int64(str_from(arguments[2]), &peers) ||
	    !str_to_int64(str_from(arguments[3]), &seconds) || (length = strlen(arguments[4]) / 2) > sizeof(bytes) ||
	    !hex_decode(str_from(arguments[4]), bytes, length)) {
		(void)fputs("usage: hold SOCKET COUNT SECONDS HEX\n", stderr);
		return 2;
	}
	for (int64_t i = 0; i < peers; i++) {
		int fd = connect_to(arguments[1]);

		if (fd < 0 || write(fd, bytes, length) != (ssize_t)length) {
			perror(arguments[1]);
			return 1;
		}
	}
	printf("%lld connections\n", (long long)peers);
	(void)fflush(stdout);
	(void)sleep((unsigned)seconds);
	return 0;
}
