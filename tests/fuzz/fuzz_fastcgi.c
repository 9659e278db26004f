/* The bytes of a FastCGI connection, as a peer of the socket may send them: a request or none, and never more waiting than the peer allows. */
#include "tests/fuzz/fuzz.h"

#include "fcgi/fastcgi_io.h"
#include "fcgi/request.h"

#include <sys/socket.h>
#include <unistd.h>

/* libfcgi 2.4 loses 48 bytes where a peer hangs up within a record; the front server does not, and workers are replaced anyway. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfcgi.so";
}

#define MOST ((size_t)96 * 1024) /* what a socket takes without a reader */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct fastcgi *fastcgi;
	struct arena *arena = fuzz_arena();
	struct request *request = NULL;
	int ends[2];

	if (!fastcgi)
		fastcgi = fastcgi_new(-1);
	if (length > MOST)
		return 0;
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	REQUIRE(length == 0 || send(ends[0], bytes, length, 0) == (ssize_t)length);
	/* The peer hangs up: nothing is waited for. */
	REQUIRE(shutdown(ends[0], SHUT_WR) == 0);
	if (fastcgi_head(fastcgi, ends[1]) == HEAD_WHOLE)
		request = fastcgi_next(fastcgi, arena, ends[1]);
	else
		(void)close(ends[1]);
	if (request) {
		REQUIRE(request->body_too_big || request->body.n <= REQUEST_BODY_MOST);
		fastcgi_drop(fastcgi);
	}
	(void)close(ends[0]);
	return 0;
}
