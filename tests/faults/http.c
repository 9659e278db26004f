#include "tests/faults/http.h"

#include "lib/base/buffer.h"

/* Its checks of types are statements that our warnings do not take. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define ANSWER_SECONDS 30L

struct line {
	CURL *easy;
	struct curl_slist *headers;
	struct call *call;
	struct buffer body;
	struct answer answer;
	bool again;
};

struct http {
	CURLM *multi;
	const char *origin, *authority;
	char *credential;
	struct line *lines;
	size_t *idle; /* places in lines, in the order in which they became so: each address comes to its turn */
	size_t most, idle_first, idle_count;
};

NORETURN void http_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments);
	va_end(arguments);
	(void)fputc('\n', stderr);
	exit(2);
}

static const char *wanted(const char *name)
{
	const char *value = getenv(name);

	if (!value || !value[0])
		http_fail("%s is not set", name);
	return value;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *argument)
{
	struct line *line = argument;

	buffer_add(&line->body, bytes, size * count);
	return size * count;
}

static bool begins(const char *bytes, size_t length, const char *with)
{
	struct str start = {bytes, strlen(with)};

	return start.n <= length && str_equal_nocase(start, str_from(with));
}

static size_t take_header(char *bytes, size_t size, size_t count, void *argument)
{
	struct answer *answer = &((struct line *)argument)->answer;
	size_t length = size * count;

	if (begins(bytes, length, "retry-after: "))
		answer->retry_after = true;
	else if (begins(bytes, length, "idempotent-replayed: true"))
		answer->replayed = true;
	else if (begins(bytes, length, "content-type: application/problem+json"))
		answer->problem = true;
	return length;
}

static void set_up(struct http *http, struct line *line, const char *address)
{
	CURL *easy = curl_easy_init();

	if (!easy)
		http_fail("curl does not start");
	line->easy = easy;
	line->body = BUFFER_IN(NULL);
	curl_easy_setopt(easy, CURLOPT_INTERFACE, address);
	curl_easy_setopt(easy, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
	curl_easy_setopt(easy, CURLOPT_CAINFO, http->authority);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, ANSWER_SECONDS);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, line);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, line);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, line);
}

struct http *http_new(size_t most)
{
	/* Of a flood the first has more than nginx lets wait of one address, the others together more than the workers' queue holds. */
	static const char *const addresses[] = {"host!127.0.0.1", "host!127.0.0.2", "host!127.0.0.1", "host!127.0.0.3"};
	struct http *http = calloc(1, sizeof(*http));
	struct rlimit files;
	struct buffer credential = BUFFER_IN(NULL);

	if (!http || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(http->multi = curl_multi_init()) ||
	    !(http->lines = calloc(most, sizeof(*http->lines))) || !(http->idle = calloc(most, sizeof(*http->idle))))
		http_fail("no memory");
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	http->origin = wanted("FAULTS_ORIGIN");
	http->authority = wanted("FAULTS_CA");
	buffer_printf(&credential, "Authorization: Bearer %s", wanted("FAULTS_KEY"));
	http->credential = credential.bytes;
	http->most = http->idle_count = most;
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)most);
	for (size_t i = 0; i < most; i++) {
		http->idle[i] = i;
		set_up(http, &http->lines[i], addresses[i % COUNT_OF(addresses)]);
	}
	return http;
}

void http_free(struct http *http)
{
	for (size_t i = 0; i < http->most; i++) {
		curl_easy_cleanup(http->lines[i].easy);
		buffer_free(&http->lines[i].body);
	}
	(void)curl_multi_cleanup(http->multi);
	curl_global_cleanup();
	free(http->credential);
	free(http->lines);
	free(http->idle);
	free(http);
}

bool http_full(const struct http *http)
{
	return http->idle_count == 0;
}

size_t http_busy(const struct http *http)
{
	return http->most - http->idle_count;
}

static void add_header(struct line *line, const char *text)
{
	line->headers = curl_slist_append(line->headers, text);
	if (!line->headers)
		http_fail("no memory");
}

void http_start(struct http *http, struct call *call)
{
	struct line *line = &http->lines[http->idle[http->idle_first]];
	struct buffer text = BUFFER_IN(NULL);

	http->idle_first = (http->idle_first + 1) % http->most;
	http->idle_count--;
	line->call = call;
	line->answer = (struct answer){0};
	line->body.length = 0;
	line->again = false;
	curl_easy_setopt(line->easy, CURLOPT_FRESH_CONNECT, 0L);
	add_header(line, http->credential);
	add_header(line, "Expect:");
	if (call->body)
		add_header(line, "Content-Type: application/json");
	if (call->idempotency_key) {
		buffer_printf(&text, "Idempotency-Key: %s", call->idempotency_key);
		add_header(line, text.bytes);
		text.length = 0;
	}
	buffer_printf(&text, "%s%s", http->origin, call->path);
	curl_easy_setopt(line->easy, CURLOPT_URL, text.bytes);
	curl_easy_setopt(line->easy, CURLOPT_HTTPHEADER, line->headers);
	if (call->body) {
		curl_easy_setopt(line->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(call->body));
		curl_easy_setopt(line->easy, CURLOPT_POSTFIELDS, call->body);
	} else {
		curl_easy_setopt(line->easy, CURLOPT_HTTPGET, 1L);
	}
	if (curl_multi_add_handle(http->multi, line->easy) != CURLM_OK)
		http_fail("curl takes no request");
	buffer_free(&text);
}

/*
 * A server may close a connection at any time while nothing is asked on it, also while the next request is on its way. Where nothing of an answer
 * came, a GET is sent once more, as a browser does (RFC 9110, 9.2.2), and so is a write whose key has it done once.
 */
static bool was_closed(const struct line *line, CURLcode result, long status)
{
	return (result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR || result == CURLE_GOT_NOTHING) &&
	       status == 0 && (!line->call->body || line->call->repeatable) && !line->again;
}

static void finish(struct http *http, CURL *easy, CURLcode result)
{
	struct line *line = NULL;
	struct call *call;
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &line);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_multi_remove_handle(http->multi, easy);
	if (was_closed(line, result, status)) {
		/* Not on another one that stood: the server may have closed them all. */
		line->again = true;
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		if (curl_multi_add_handle(http->multi, easy) == CURLM_OK)
			return;
	}
	curl_slist_free_all(line->headers);
	line->headers = NULL;
	call = line->call;
	line->answer.status = result == CURLE_OK ? (int)status : 0;
	buffer_add(&line->body, "", 1);
	line->answer.body = result == CURLE_OK ? line->body.bytes : curl_easy_strerror(result);
	call->done(call->context, call, &line->answer);
	http->idle[(http->idle_first + http->idle_count++) % http->most] = (size_t)(line - http->lines);
}

void http_wait(struct http *http, int milliseconds)
{
	CURLMsg *message;
	int running, left;

	if (curl_multi_poll(http->multi, NULL, 0, milliseconds, NULL) != CURLM_OK ||
	    curl_multi_perform(http->multi, &running) != CURLM_OK)
		http_fail("curl does not go on");
	while ((message = curl_multi_info_read(http->multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE)
			finish(http, message->easy_handle, message->data.result);
}
