/* The whole company as one file: asked for, watched, fetched. Owners only. */
#include "fcgi/h_export_log.h"
#include "fcgi/handlers.h"
#include "fcgi/page.h"
#include "fcgi/try.h"

#include "lib/tenant/archive_request.h"
#include "lib/tenant/data_file.h"

/* ---- one archive, for programs ---- */

static void put(struct context *c, const struct archive_request *request, struct value *map)
{
	bool there = !uuid_is_zero(request->file);

	value_put_str(map, "id", uuid_text(c->arena, request->id));
	value_put_str(map, "state", request->state);
	value_put_str(map, "at_work", request->at_work);
	value_put_int(map, "rows", request->rows);
	value_put_str(map, "file_name", request->file_name);
	value_put_int(map, "bytes", request->bytes);
	value_put_str(map, "sha256", request->sha256);
	value_put_bool(map, "is_there", there);
	value_put_str(map, "actor", request->actor_name);
	value_put_instant(map, "created_at", request->created_at);
	value_put_instant(map, "finished_at", request->finished_at);
	value_put_instant(map, "expires_at", there ? request->expires_at : 0);
}

enum err archives_api(struct context *c)
{
	struct value *list = value_put_list(c->data, "data");
	struct archive_request *requests;
	size_t count;

	TRY(archive_request_list(c->tx, &requests, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		put(c, &requests[i], map);
		value_append(list, map);
	}
	return OK;
}

enum err archive_api(struct context *c)
{
	struct archive_request request;

	TRY(archive_request_get(c->tx, c->id, &request));
	put(c, &request, c->data);
	return OK;
}

static enum err ask(struct context *c, struct uuid *id)
{
	enum err e = archive_request(c->tx, c->tenant, id);

	return e == E_CONFLICT ? context_fail(c, e, "An archive is being made already: wait until it is done.") : e;
}

enum err archive_request_api(struct context *c)
{
	struct archive_request request;

	TRY(ask(c, &c->id));
	TRY(archive_request_get(c->tx, c->id, &request));
	put(c, &request, c->data);
	response_header(c->response, "Location",
			arena_printf(c->arena, "/api/archives/%.*s", STR_FMT_ARG(uuid_text(c->arena, c->id))));
	return OK;
}

/* ---- the page ---- */

static const struct {
	const char *state, *label, *tone;
} states[] = {
	{"waiting", "Waiting", "azure"},
	{"running", "Being made", "azure"},
	{"done", "Ready", "green"},
	{"failed", "Failed", "red"},
};

static struct str size_of(struct arena *arena, int64_t bytes)
{
	if (bytes < (int64_t)10 * 1024)
		return arena_printf(arena, "%lld bytes", (long long)bytes);
	if (bytes < (int64_t)10 * 1024 * 1024)
		return arena_printf(arena, "%lld KB", (long long)(bytes / 1024));
	return arena_printf(arena, "%lld MB", (long long)(bytes / (1024 * 1024)));
}

static void put_page(struct context *c, const struct archive_request *request, struct value *map)
{
	bool there = !uuid_is_zero(request->file);
	size_t at = 0;

	while (at + 1 < COUNT_OF(states) && !str_is(request->state, states[at].state))
		at++;
	value_put_text(map, "label", there || at != 2 ? states[at].label : "Deleted");
	value_put_text(map, "tone", there || at != 2 ? states[at].tone : "secondary");
	value_put_bool(map, "works", archive_request_works(request));
	value_put_bool(map, "failed", str_is(request->state, "failed"));
	value_put_bool(map, "is_there", there);
	value_put_str(map, "rows", page_number(c->arena, request->rows));
	value_put_str(map, "size", size_of(c->arena, request->bytes));
	value_put_str(map, "sha256", request->sha256);
	value_put_str(map, "file_name", request->file_name);
	value_put_str(map, "actor", request->actor_name);
	value_put_url(map, "file_url",
		      arena_printf(c->arena, "/settings/data/archives/%.*s/file",
				   STR_FMT_ARG(uuid_text(c->arena, request->id))));
	page_put_time(c, map, "made", request->created_at);
	page_put_time(c, map, "expires", there ? request->expires_at : 0);
}

static enum err put_archives(struct context *c, bool *works)
{
	struct value *list = value_put_list(c->page, "archives");
	struct archive_request *requests;
	size_t count;

	TRY(archive_request_list(c->tx, &requests, &count));
	for (size_t i = 0; i < count; i++) {
		struct value *map = value_map(c->arena);

		put_page(c, &requests[i], map);
		value_append(list, map);
		*works = *works || archive_request_works(&requests[i]);
	}
	return OK;
}

/* Admins see who took lists out; the whole company is the owners' to take. */
enum err archives_page(struct context *c)
{
	bool owner = principal_can(c->principal, CAN_ARCHIVE), works = false;

	value_put_text(c->page, "title", "Data");
	value_put_bool(c->page, "may_archive", owner);
	if (owner)
		TRY(put_archives(c, &works));
	value_put_bool(c->page, "works", works);
	return export_log_put(c);
}

enum err archive_request_page(struct context *c)
{
	struct uuid id;

	TRY(ask(c, &id));
	return context_redirect(c, STR("/settings/data?done=archive_started"));
}

/* ---- the file ---- */

struct sending {
	struct uuid file;
	int64_t at, length;
};

static enum err next_piece(struct context *c, void *state, struct buffer *out, bool *more)
{
	struct sending *sending = state;
	struct str bytes;

	TRY(data_file_read(c->tx, sending->file, sending->at, &bytes));
	/* It was deleted while it was sent: what is short does not look complete. */
	if (bytes.n == 0 && sending->at < sending->length)
		return E_NOTFOUND;
	buffer_add_str(out, bytes);
	sending->at += (int64_t)bytes.n;
	*more = sending->at < sending->length;
	return OK;
}

enum err archive_file(struct context *c)
{
	struct sending *sending = ARENA_NEW(c->arena, struct sending);
	struct archive_request request;

	TRY(archive_request_get(c->tx, c->id, &request));
	if (uuid_is_zero(request.file))
		return context_fail(c, E_NOTFOUND,
				    "The file of this archive is not there: it is not made yet, or was "
				    "deleted after a week.");
	*sending = (struct sending){.file = request.file, .length = request.bytes};
	response_header(c->response, "Content-Disposition",
			arena_printf(c->arena, "attachment; filename=\"%.*s\"", STR_FMT_ARG(request.file_name)));
	context_stream(c, "application/gzip", next_piece, sending);
	return OK;
}
