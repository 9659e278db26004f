#include "fcgi/fastcgi_io.h"
#include "fcgi/large_body.h"
#include "fcgi/request.h"
#include "fcgi/response.h"

#include "lib/base/log.h"

#include <fcgiapp.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#define IO_SECONDS 10            /* of each read and write; the watchdog bounds the whole */
#define CLOSE_MILLISECONDS "100" /* how long libfcgi waits for the peer to close; 2 s by default */

/* Heads are below 32 KiB of headers and an address of 8: the front server sends none that is longer. */
#define HEAD_ROOM ((size_t)64 * 1024)
#define RECORD_MOST ((size_t)65528)
#define RECORDS_AT_ONCE 128 /* in one write: 8 MiB */
#define RECORD_HEADER 8     /* version, type, id (2), content length (2), padding length, reserved */
#define BEGIN_BODY 8        /* role (2), flags, reserved (5) */
#define END_BODY 8          /* application status (4), protocol status, reserved (3); all 0: it went well */
#define FASTCGI_VERSION 1
#define BEGIN_REQUEST 1 /* types; a request's first record */
#define END_REQUEST 3
#define PARAMS 4 /* an empty record ends a stream */
#define STDIN 5
#define STDOUT 6

struct fastcgi {
	int listener;
	unsigned char *head;
	struct buffer headers; /* of the answer */
	FCGX_Request request;
};

struct fastcgi *fastcgi_new(int listener)
{
	struct fastcgi *fastcgi = calloc(1, sizeof(*fastcgi));

	if (!fastcgi || !(fastcgi->head = malloc(HEAD_ROOM)) ||
	    setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", CLOSE_MILLISECONDS, 1) != 0 || FCGX_Init() != 0)
		abort();
	fastcgi->listener = listener;
	/* No listening socket: libfcgi must not accept by itself, since it would do so without deadlines. */
	if (FCGX_InitRequest(&fastcgi->request, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		abort();
	return fastcgi;
}

void fastcgi_free(struct fastcgi *fastcgi)
{
	if (!fastcgi)
		return;
	FCGX_Finish_r(&fastcgi->request);
	free(fastcgi->head);
	buffer_free(&fastcgi->headers);
	free(fastcgi);
}

int fastcgi_accept(const struct fastcgi *fastcgi)
{
	struct timeval limit = {.tv_sec = IO_SECONDS};
	int connection = accept4(fastcgi->listener, NULL, NULL, SOCK_CLOEXEC);

	if (connection < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			log_event(LOG_ERROR, "accept", "%s", strerror(errno));
		return -1;
	}
	if (setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
	    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0) {
		log_event(LOG_ERROR, "accept", "no deadline: %s", strerror(errno));
		(void)close(connection);
		return -1;
	}
	return connection;
}

/* A length of a name or value: one byte, or four with the highest bit set. False: it is not all there. */
static bool read_length(const unsigned char **at, const unsigned char *end, size_t *length)
{
	if (*at == end || (**at & 0x80 && end - *at < 4))
		return false;
	if (**at & 0x80) {
		*length = (size_t)(*at)[0] << 24 | (size_t)(*at)[1] << 16 | (size_t)(*at)[2] << 8 | (*at)[3];
		*length &= 0x7fffffff;
		*at += 4;
	} else {
		*length = *(*at)++;
	}
	return true;
}

/* libfcgi takes the lengths that a peer tells for granted, up to two gigabytes each (CVE-2025-23016): they must be of what was sent. */
static bool are_parameters(const unsigned char *bytes, size_t count)
{
	const unsigned char *at = bytes, *end = bytes + count;
	size_t name, value;

	while (at < end) {
		if (!read_length(&at, end, &name) || !read_length(&at, end, &value) ||
		    name + value > (size_t)(end - at))
			return false;
		at += name + value;
	}
	return true;
}

/* What comes in order: the beginning of one request, its parameters, its body. */
enum stage { STAGE_BEGIN, STAGE_PARAMETERS, STAGE_BODY };

/*
 * What libfcgi would step over is not for us; nor is a beginning with padding, which it does not step over: it would find
 * other records than we do.
 */
static bool is_next_record(const unsigned char *record, enum stage stage, const unsigned char id[2])
{
	static const unsigned char types[] = {BEGIN_REQUEST, PARAMS, STDIN};

	if (record[0] != FASTCGI_VERSION || record[1] != types[stage])
		return false;
	if (stage == STAGE_BEGIN)
		return (record[2] | record[3]) && record[4] == 0 && record[5] == BEGIN_BODY && record[6] == 0;
	return record[2] == id[0] && record[3] == id[1];
}

enum head fastcgi_head(struct fastcgi *fastcgi, int connection)
{
	ssize_t got = recv(connection, fastcgi->head, HEAD_ROOM, MSG_PEEK | MSG_DONTWAIT);
	unsigned char id[2] = {0, 0};
	size_t at = 0, parameters = 0;
	enum stage stage = STAGE_BEGIN;

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? HEAD_PART : HEAD_GONE;
	if (got == 0)
		return HEAD_GONE;
	while (at + RECORD_HEADER <= (size_t)got) {
		const unsigned char *record = fastcgi->head + at;
		size_t content = (size_t)record[4] << 8 | record[5], padding = record[6];

		if (!is_next_record(record, stage, id))
			return HEAD_GONE;
		memcpy(id, record + 2, sizeof id);
		if (stage == STAGE_BODY && content == 0)
			return HEAD_WHOLE;
		if (stage == STAGE_PARAMETERS && content == 0 && !are_parameters(fastcgi->head, parameters))
			return HEAD_GONE;
		if (at + RECORD_HEADER + content > (size_t)got)
			break;
		/* They go on from record to record: put together in front of where they were found. */
		if (stage == STAGE_PARAMETERS) {
			memmove(fastcgi->head + parameters, record + RECORD_HEADER, content);
			parameters += content;
		}
		if (stage == STAGE_BEGIN || (stage == STAGE_PARAMETERS && content == 0))
			stage++;
		at += RECORD_HEADER + content + padding;
	}
	if ((size_t)got < HEAD_ROOM)
		return HEAD_PART;
	/* The rest of a long body is read as it comes. */
	return stage == STAGE_BODY ? HEAD_WHOLE : HEAD_GONE;
}

bool fastcgi_given_up(const struct fastcgi *fastcgi)
{
	struct pollfd peer = {.fd = fastcgi->request.ipcFd};

	return poll(&peer, 1, 0) == 1 && peer.revents & POLLHUP;
}

/* What is longer lies in a file: an upload is not to be held in memory. */
#define BODY_IN_MEMORY ((size_t)1024 * 1024)

static int take_body(void *from, char *bytes, int most)
{
	struct fastcgi *fastcgi = from;

	return FCGX_GetStr(bytes, most, fastcgi->request.in);
}

/* The whole body, no more than the cap and no less than was announced. False: it did not come. */
static bool read_body(struct fastcgi *fastcgi, struct arena *arena, struct request *request)
{
	int64_t announced = request_content_length(request);
	size_t length, got = 0;
	char *bytes;

	if (announced < 0)
		return str_absent(request_header(request, "content-length", NULL));
	if ((uint64_t)announced > body_most(request->method, request->path)) {
		request->body_too_big = true;
		return true;
	}
	length = (size_t)announced;
	if (length > BODY_IN_MEMORY)
		return large_body_read(arena, take_body, fastcgi, length, &request->body);
	bytes = arena_alloc(arena, length + 1);
	while (got < length) {
		int n = take_body(fastcgi, bytes + got, (int)(length - got));

		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	request->body = (struct str){bytes, length};
	return true;
}

struct request *fastcgi_next(struct fastcgi *fastcgi, struct arena *arena, int connection)
{
	struct request *request;

	/* As if the connection had been kept from an earlier request: libfcgi then reads from it instead of accepting one. */
	fastcgi->request.ipcFd = connection;
	fastcgi->request.keepConnection = 1;
	if (FCGX_Accept_r(&fastcgi->request) != 0) {
		log_event(LOG_WARNING, "fastcgi", "a connection was dropped: no request came");
		return NULL;
	}
	/* A kept connection would pin this worker. */
	fastcgi->request.keepConnection = 0;
	request = request_from_parameters(arena, (const char *const *)fastcgi->request.envp);
	if (read_body(fastcgi, arena, request))
		return request;
	log_event(LOG_WARNING, "fastcgi", "a request was dropped: its body did not come");
	fastcgi_drop(fastcgi);
	return NULL;
}

/* ---- the answer ---- */

static void record_head(int id, int type, size_t length, unsigned char head[RECORD_HEADER])
{
	const unsigned char bytes[RECORD_HEADER] = {FASTCGI_VERSION,
						    (unsigned char)type,
						    (unsigned char)(id >> 8),
						    (unsigned char)id,
						    (unsigned char)(length >> 8),
						    (unsigned char)length,
						    0,
						    0};

	memcpy(head, bytes, sizeof(bytes));
}

/* All of it, though the peer takes it bit by bit. */
static bool write_parts(int connection, struct iovec *parts, int count)
{
	while (count > 0) {
		ssize_t n = writev(connection, parts, count);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		for (; count > 0 && (size_t)n >= parts->iov_len; parts++, count--)
			n -= (ssize_t)parts->iov_len;
		if (count > 0)
			*parts = (struct iovec){(char *)parts->iov_base + n, parts->iov_len - (size_t)n};
	}
	return true;
}

static void add_part(struct iovec *parts, int *count, const void *bytes, size_t length)
{
	/* writev only reads; iov_base lacks const since readv shares it. */
	parts[(*count)++] = (struct iovec){(void *)(uintptr_t)bytes, length};
}

/*
 * What stands in fastcgi->headers, then the bytes, where they lie; `last`: and the end of the request. In one piece, not in the 8 KiB of libfcgi's
 * streams: nginx (1.22) takes its timer off a connection of which it has read all there is, and a worker of nginx that is being replaced then
 * ends between two pieces, with half an answer sent.
 */
static bool send_records(struct fastcgi *fastcgi, struct str bytes, bool last)
{
	unsigned char heads[RECORDS_AT_ONCE][RECORD_HEADER], end[2 * RECORD_HEADER + END_BODY] = {0};
	struct iovec parts[2 * RECORDS_AT_ONCE + 1];
	struct str rest = buffer_str(&fastcgi->headers), *from = rest.n > 0 ? &rest : &bytes;
	int id = fastcgi->request.requestId;
	bool taken = true, more = true;

	record_head(id, STDOUT, 0, end);
	record_head(id, END_REQUEST, END_BODY, end + RECORD_HEADER);
	while (taken && more) {
		int count = 0;

		for (size_t i = 0; i < RECORDS_AT_ONCE && from->n > 0; i++) {
			size_t part = from->n > RECORD_MOST ? RECORD_MOST : from->n;

			record_head(id, STDOUT, part, heads[i]);
			add_part(parts, &count, heads[i], RECORD_HEADER);
			add_part(parts, &count, from->p, part);
			*from = (struct str){from->p + part, from->n - part};
			if (from->n == 0)
				from = &bytes;
		}
		more = from->n > 0;
		if (last && !more)
			add_part(parts, &count, end, sizeof(end));
		taken = write_parts(fastcgi->request.ipcFd, parts, count);
	}
	if (!taken)
		log_event(LOG_INFO, "fastcgi", "the answer was not taken");
	buffer_clear(&fastcgi->headers);
	return taken;
}

static void add_head(struct fastcgi *fastcgi, const struct response *response)
{
	buffer_clear(&fastcgi->headers);
	buffer_printf(&fastcgi->headers, "Status: %d %s\r\n", response->status, response_reason(response->status));
	buffer_add_str(&fastcgi->headers, buffer_str(&response->headers));
	BUFFER_LITERAL(&fastcgi->headers, "\r\n");
}

void fastcgi_answer(struct fastcgi *fastcgi, const struct response *response)
{
	add_head(fastcgi, response);
	(void)send_records(fastcgi, response->no_body ? STR("") : buffer_str(&response->body), true);
	/* Not FCGX_Finish_r, which would end the streams of libfcgi once more. */
	FCGX_Free(&fastcgi->request, 1);
}

bool fastcgi_begin(struct fastcgi *fastcgi, const struct response *response)
{
	add_head(fastcgi, response);
	return send_records(fastcgi, STR(""), false);
}

bool fastcgi_piece(struct fastcgi *fastcgi, struct str bytes)
{
	return send_records(fastcgi, bytes, false);
}

void fastcgi_end(struct fastcgi *fastcgi)
{
	(void)send_records(fastcgi, STR(""), true);
	FCGX_Free(&fastcgi->request, 1);
}

void fastcgi_break(struct fastcgi *fastcgi)
{
	FCGX_Free(&fastcgi->request, 1);
}

void fastcgi_drop(struct fastcgi *fastcgi)
{
	FCGX_Finish_r(&fastcgi->request);
}
