/*
 * The yardstick: a FastCGI worker that does nothing but the query and the printing. No host, key, permission, rate, log or metering; the
 * tenant stands in the query string. What the product's worker costs above this is what the product is.
 *
 *   bare CONNINFO SOCKET WORKERS FILE-WITH-STATEMENT
 */
#include <fcgiapp.h>
#include <libpq-fe.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define INT8 20u
#define INT4 23u
#define ROOM ((size_t)256 * 1024)

static char out[ROOM];
static size_t length;

static void add(const char *bytes, size_t n)
{
	if (n > ROOM - length)
		abort();
	memcpy(out + length, bytes, n);
	length += n;
}

static void add_string(const char *text)
{
	add("\"", 1);
	for (; *text; text++) {
		size_t plain = strcspn(text, "\"\\\n\r\t");

		add(text, plain);
		text += plain;
		if (!*text)
			break;
		add("\\", 1);
		add(*text == '\n' ? "n" : *text == '\r' ? "r" : *text == '\t' ? "t" : text, 1);
	}
	add("\"", 1);
}

static void print_rows(const PGresult *rows)
{
	int columns = PQnfields(rows), count = PQntuples(rows);

	add("{\"data\":[", 9);
	for (int row = 0; row < count && row < 25; row++) {
		add(row ? ",{" : "{", row ? 2 : 1);
		for (int column = 0; column < columns; column++) {
			const char *value = PQgetvalue(rows, row, column);
			bool number = PQftype(rows, column) == INT8 || PQftype(rows, column) == INT4;

			if (column)
				add(",", 1);
			add_string(PQfname(rows, column));
			add(":", 1);
			if (PQgetisnull(rows, row, column))
				add("null", 4);
			else if (number)
				add(value, strlen(value));
			else
				add_string(value);
		}
		add("}", 1);
	}
	add("]}", 2);
}

static bool take(PGconn *connection, ExecStatusType wanted, bool print)
{
	PGresult *result = PQgetResult(connection);
	bool good = PQresultStatus(result) == wanted;

	if (!good)
		(void)fprintf(stderr, "bare: %s", PQerrorMessage(connection));
	else if (print)
		print_rows(result);
	PQclear(result);
	if (wanted != PGRES_PIPELINE_SYNC)
		PQclear(PQgetResult(connection));
	return good;
}

/* One round trip: BEGIN, SET LOCAL, the statement, COMMIT. */
static bool query(PGconn *connection, const char *tenant)
{
	const char *const values[] = {tenant};
	char set[80];

	(void)snprintf(set, sizeof(set), "SET LOCAL app.tenant_id = '%s'", tenant);
	return PQsendQueryPrepared(connection, "b", 0, NULL, NULL, NULL, 0) &&
	       PQsendQueryParams(connection, set, 0, NULL, NULL, NULL, NULL, 0) &&
	       PQsendQueryPrepared(connection, "l", 1, values, NULL, NULL, 0) &&
	       PQsendQueryPrepared(connection, "c", 0, NULL, NULL, NULL, 0) && PQpipelineSync(connection) &&
	       take(connection, PGRES_COMMAND_OK, false) && take(connection, PGRES_COMMAND_OK, false) &&
	       take(connection, PGRES_TUPLES_OK, true) && take(connection, PGRES_COMMAND_OK, false) &&
	       take(connection, PGRES_PIPELINE_SYNC, false);
}

static PGconn *connect_to(const char *conninfo, const char *statement)
{
	static const char *const names[] = {"b", "l", "c"};
	const char *const statements[] = {"BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY", statement, "COMMIT"};
	PGconn *connection = PQconnectdb(conninfo);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		PGresult *result = PQprepare(connection, names[i], statements[i], 0, NULL);

		if (PQresultStatus(result) != PGRES_COMMAND_OK) {
			(void)fprintf(stderr, "bare: %s", PQerrorMessage(connection));
			exit(1);
		}
		PQclear(result);
	}
	if (!PQenterPipelineMode(connection))
		exit(1);
	return connection;
}

static void work(int listener, const char *conninfo, const char *statement)
{
	static const char head[] = "Content-Type: application/json\r\n\r\n";
	static const char failed[] = "Status: 503\r\n\r\n";
	PGconn *connection = connect_to(conninfo, statement);
	FCGX_Request request;

	if (setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "100", 1) != 0 || FCGX_Init() != 0 ||
	    FCGX_InitRequest(&request, listener, 0) != 0)
		exit(1);
	while (FCGX_Accept_r(&request) == 0) {
		const char *tenant = FCGX_GetParam("QUERY_STRING", request.envp);

		length = 0;
		if (tenant && strlen(tenant) == 36 && tenant[strspn(tenant, "0123456789abcdef-")] == '\0' &&
		    query(connection, tenant)) {
			FCGX_PutStr(head, (int)sizeof(head) - 1, request.out);
			FCGX_PutStr(out, (int)length, request.out);
		} else {
			FCGX_PutStr(failed, (int)sizeof(failed) - 1, request.out);
		}
		FCGX_Finish_r(&request);
	}
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	(void)unlink(path);
	(void)umask(0077);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(listener, 1024) != 0) {
		perror("bare: socket");
		exit(1);
	}
	return listener;
}

int main(int count, char **arguments)
{
	static char statement[8192];
	FILE *file = count == 5 ? fopen(arguments[4], "r") : NULL;
	int listener;

	if (!file || fread(statement, 1, sizeof(statement) - 1, file) == 0) {
		(void)fputs("usage: bare CONNINFO SOCKET WORKERS FILE\n", stderr);
		return 2;
	}
	(void)fclose(file);
	listener = listen_at(arguments[2]);
	for (long i = 0; i < strtol(arguments[3], NULL, 10); i++) {
		pid_t child = fork();

		if (child < 0)
			return 1;
		if (child == 0) {
			/* The parent is ended by whoever started it, and takes all with it. */
			(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
			work(listener, arguments[1], statement);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
