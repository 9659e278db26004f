#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/tenant/logo.h"
#include "lib/tenant/logo_child.h"
#include "lib/tenant/tenant_internal.h"

#define DEADLINE (5 * MICROSECONDS_PER_SECOND)
#define ANSWER_MOST_BYTES (2 * 1024 * 1024) /* 512 x 512 x 4 and some */

/* ---- the parent's side of the pipe ---- */

/* Reads to the end or the deadline. False when the child said too much or too late. */
static bool read_answer(int from, struct buffer *answer)
{
	int64_t end = clock_monotonic() + DEADLINE;
	char chunk[16384];

	for (;;) {
		struct pollfd pollfd = {.fd = from, .events = POLLIN};
		int64_t left = end - clock_monotonic();
		int ready = left > 0 ? poll(&pollfd, 1, (int)(left / 1000 + 1)) : 0;
		ssize_t n;

		if (ready == 0)
			return false;
		if (ready < 0 && errno != EINTR)
			return false;
		if (ready < 0)
			continue;
		n = read(from, chunk, sizeof(chunk));
		if (n == 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			buffer_add(answer, chunk, (size_t)n);
		if (answer->length > ANSWER_MOST_BYTES)
			return false;
	}
}

static void reap(pid_t child)
{
	kill(child, SIGKILL); /* it has answered, or will not */
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

static enum err decode_elsewhere(struct str bytes, struct buffer *answer)
{
	bool answered;
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return E_BUSY;
	child = fork();
	if (child == 0)
		logo_child(bytes, ends[1]);
	close(ends[1]);
	answered = child > 0 && read_answer(ends[0], answer);
	close(ends[0]);
	if (child > 0)
		reap(child);
	if (answered)
		return OK;
	log_event(LOG_WARNING, "logo_unanswered", child > 0 ? "decoding took too long" : "no process for decoding");
	return E_BUSY;
}

/* ---- accept ---- */

static enum err refuse(struct errors *errors, const char *code, const char *message)
{
	errors_add(errors, "logo", code, "%s", message);
	return E_INVALID;
}

static enum err judge(enum logo_verdict verdict, struct errors *errors)
{
	switch (verdict) {
	case LOGO_FINE:
		return OK;
	case LOGO_TOO_LARGE:
		return refuse(errors, "too_many_pixels",
			      "The picture has more than 16 megapixels. Please make it smaller.");
	case LOGO_NO_MEMORY:
		return refuse(errors, "too_complex",
			      "The picture takes too much memory to read. Please make it smaller.");
	case LOGO_BROKEN:
		break;
	}
	return refuse(errors, "broken",
		      "The picture is damaged and cannot be read. Please save it again as PNG or JPEG.");
}

enum err logo_accept(struct arena *arena, struct str bytes, struct errors *errors, struct str *png)
{
	struct buffer answer = BUFFER_IN(arena);
	struct str result;
	enum err err;

	if (bytes.n == 0)
		return refuse(errors, "empty", "The file is empty.");
	if (bytes.n > LOGO_MOST_BYTES)
		return refuse(errors, "too_large", "The file is larger than 2 MB.");
	if (!logo_is_png(bytes) && !logo_is_jpeg(bytes))
		return refuse(errors, "type", "Please choose a PNG or JPEG picture.");
	err = decode_elsewhere(bytes, &answer);
	if (err)
		return err;
	result = buffer_str(&answer);
	/* The first byte is the verdict, the last one says that all of it arrived; a child that died has sent less. */
	if (result.n < 2 || result.p[result.n - 1] != LOGO_CHILD_END)
		return judge(LOGO_BROKEN, errors);
	err = judge((enum logo_verdict)result.p[0], errors);
	if (err)
		return err;
	*png = (struct str){result.p + 1, result.n - 2};
	return logo_is_png(*png) ? OK : judge(LOGO_BROKEN, errors);
}

/* ---- storage ---- */

STATEMENT(insert_logo, INSERT_LOGO);
STATEMENT(set_logo, "UPDATE tenants SET logo_id = $2, updated_at = $3 WHERE tenant_id = $1");
STATEMENT(delete_logos,
	  "DELETE FROM tenant_files WHERE tenant_id = $1 AND kind = 'logo' AND ($2::uuid IS NULL OR id <> $2::uuid)");
STATEMENT(load_logo, "SELECT bytes FROM tenant_files WHERE tenant_id = $1 AND id = $2 AND kind = 'logo'");

/* The tenant's row first: two uploads at once follow one another, and the later one stays. */
static enum err change_logo(struct ttx *tx, struct argument id, struct argument now)
{
	enum err err = ttx_exec(tx, &set_logo, ARGS(id, now), NULL);

	if (!err)
		err = ttx_exec(tx, &delete_logos, ARGS(id), NULL);
	return err ? err : tenant_changed(tx);
}

enum err logo_store(struct ttx *tx, struct str png, struct uuid *id)
{
	struct arena *arena = ttx_arena(tx);
	struct argument now = arg_instant(arena, clock_now());
	enum err err;

	*id = uuid_new();
	err = change_logo(tx, arg_uuid(arena, *id), now);
	return err ? err : ttx_exec(tx, &insert_logo, ARGS(arg_uuid(arena, *id), arg_bytes(png), now), NULL);
}

enum err logo_remove(struct ttx *tx)
{
	return change_logo(tx, arg_null(), arg_instant(ttx_arena(tx), clock_now()));
}

enum err logo_load(struct ttx *tx, struct uuid id, struct str *png)
{
	struct rows *row;
	enum err err = ttx_one(tx, &load_logo, ARGS(arg_uuid(ttx_arena(tx), id)), &row);

	if (!err)
		*png = rows_bytes(row, 0);
	return err;
}
