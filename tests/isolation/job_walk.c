#include "tests/isolation/job_walk.h"

#include "jobs/worker.h"
#include "lib/tenant/archive_internal.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct job_walk job_walk;

static struct planted company_a, company_b, company_e, company_t;
static const struct planted *const at_work[] = {&company_b, &company_e};

/* ---- the worker ---- */

static struct jobs_service *service;
static struct config config;
static struct jobs_plan plan;

void job_worker_start(void)
{
	config = (struct config){.database = test_conninfo(), .jobs_role = "demand_jobs"};
	plan = (struct jobs_plan){&config, job_kinds, job_kind_count, 1};
	service = jobs_service_new(&plan, 0);
	/* What comes every day is planned with the first turn, spread over an hour. */
	while (job_turn() == OK)
		;
	test_sql("UPDATE job_tickets SET run_at = now() + interval '1 day'");
}

void job_worker_stop(void)
{
	jobs_service_free(service);
}

enum err job_turn(void)
{
	return jobs_service_turn(service);
}

void job_tomorrow(const struct planted *planted)
{
	test_sql("UPDATE job_tickets SET run_at = now() + interval '1 day' WHERE tenant_id = '%s'",
		 uuid_text(web->arena, planted->company.id).p);
}

void job_today(const struct planted *planted, const char *kind)
{
	test_sql("%s",
		 planted_sql(planted, text("INSERT INTO job_tickets (tenant_id, id, kind, subject, state, run_at, "
					   "created_at) VALUES ('~', gen_random_uuid(), '%s', "
					   "'00000000-0000-0000-0000-000000000000', 'waiting', now(), now()) ON "
					   "CONFLICT (tenant_id, kind, subject) WHERE state <> 'dead' DO UPDATE SET "
					   "run_at = now(), state = 'waiting', attempts = 0",
					   kind)
					      .p)
			 .p);
}

/* ---- saying what is wrong ---- */

static void complain(const char *what, const char *format, ...) PRINTF(2, 3);
static void complain(const char *what, const char *format, ...)
{
	struct buffer out = BUFFER_IN(web->arena);
	va_list list;

	buffer_printf(&out, "%s: ", what);
	va_start(list, format);
	buffer_vprintf(&out, format, list);
	va_end(list);
	if (job_walk.failures++ == 0)
		(void)snprintf(job_walk.first, sizeof(job_walk.first), "%s", out.bytes);
	if (!job_walk.quiet)
		print_error("FAILED %s\n", out.bytes);
}

/* ---- what was made ---- */

/* "MARKER-A-", of any company but that one. */
static bool names_another(const struct buffer *bytes, const struct planted *planted)
{
	static const char marker[] = "marker-";

	for (size_t i = 0; i + sizeof(marker) + 1 <= bytes->length; i++)
		if (strncasecmp(bytes->bytes + i, marker, sizeof(marker) - 1) == 0 &&
		    toupper((unsigned char)bytes->bytes[i + sizeof(marker) - 1]) != planted->letter[0] &&
		    bytes->bytes[i + sizeof(marker)] == '-')
			return true;
	return false;
}

/* No table has more lines than the company has rows. */
static void count_lines(const char *what, const struct planted *planted, struct str member, const struct buffer *lines)
{
	struct str rest = member, table;
	int64_t rows, count = 0;

	if (!str_is(str_split(&rest, '/'), "tables"))
		return;
	table = str_split(&rest, '.');
	for (size_t i = 0; i < lines->length; i++)
		count += lines->bytes[i] == '\n';
	assert_true(str_to_int64(test_sql_value("SELECT count(*) FROM %.*s WHERE tenant_id = '%s'", STR_FMT_ARG(table),
						uuid_text(web->arena, planted->company.id).p),
				 &rows));
	if (count > rows)
		complain(what, "the archive of %s has %lld lines of %.*s, of %lld rows", planted->letter,
			 (long long)count, STR_FMT_ARG(table), (long long)rows);
}

static void read_archive(const char *what, const struct planted *planted, struct str id)
{
	const struct response *answer =
		ASK(.host = planted->company.slug, .path = text("/api/archives/%.*s/file", STR_FMT_ARG(id)).p,
		    .bearer = planted->company.session[ROLE_OWNER]);
	int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct tar_reader *tar;
	bool marked = false;
	char block[8192];
	struct str name;

	assert_true(file >= 0 && write(file, answer->body.bytes, answer->body.length) == (ssize_t)answer->body.length);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	tar = tar_reader_new(web->arena, file);
	while (tar_next(tar, &name) == TAR_MEMBER) {
		struct buffer member = BUFFER_IN(web->arena);

		for (int64_t got; (got = tar_read(tar, block, sizeof(block))) > 0;)
			buffer_add(&member, block, (size_t)got);
		marked = marked || memmem(member.bytes, member.length, text("MARKER-%s-", planted->letter).p, 9);
		if (names_another(&member, planted))
			complain(what, "%.*s in the archive of %s holds a row of another company", STR_FMT_ARG(name),
				 planted->letter);
		count_lines(what, planted, name, &member);
	}
	if (!marked)
		complain(what, "the archive of %s holds none of its rows", planted->letter);
	assert_int_equal(close(file), 0);
	job_walk.files++;
}

/* The one that was made last. */
static void read_last_archive(const char *what, const struct planted *planted)
{
	struct str id = arena_copy(
		web->arena,
		test_sql_value("SELECT a.id::text FROM archives a JOIN data_files f ON f.tenant_id = a.tenant_id AND "
			       "f.id = a.file_id AND f.kind = 'archive' WHERE a.tenant_id = '%s' ORDER BY a.created_at "
			       "DESC LIMIT 1",
			       uuid_text(web->arena, planted->company.id).p));

	if (!str_absent(id))
		read_archive(what, planted, id);
}

/* ---- one case ---- */

static void walls(bool up)
{
	if (job_walk.walls)
		job_walk.walls(up);
}

/* Until nothing is due. */
static void take_turns(const char *what)
{
	enum err err = OK;

	walls(false);
	for (int turns = 0; err == OK && turns < 100; turns++, job_walk.turns++)
		err = job_turn();
	walls(true);
	if (err != E_NOTFOUND)
		complain(what, "wanted an end, got %s", err ? "an error" : "none after 100 turns");
}

/* The twin is at the same step, by another worker. */
static void put_twin_beside(void)
{
	const char *of = uuid_text(web->arena, company_e.company.id).p,
		   *twin = uuid_text(web->arena, company_t.company.id).p;

	/* One is made at a time: the last one would keep out the copy. */
	test_sql("UPDATE archives SET state = 'done' WHERE tenant_id = '%s'", twin);
	(void)planted_twin(&company_t, "T", &company_e);
	/* What was brought says whose it is in bytes. */
	test_sql("%s", planted_sql(&company_t,
				   "UPDATE file_pieces p SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), "
				   "'MARKER-E-', 'MARKER-`-'), 'UTF8') FROM data_files f WHERE p.tenant_id = '~' AND "
				   "f.tenant_id = '~' AND f.id = p.file_id AND f.kind = 'import'")
			       .p);
	/* And goes on where E's ends: whichever first piece a look-up without the company finds, what comes next is the twin's. */
	test_sql("%s",
		 planted_sql(&company_t,
			     "INSERT INTO file_pieces (tenant_id, file_id, number, start_at, bytes) SELECT "
			     "p.tenant_id, p.file_id, 1, length(p.bytes), 'MARKER-`-more,more@jobs.example,\n' FROM "
			     "file_pieces p JOIN data_files f ON f.tenant_id = p.tenant_id AND f.id = p.file_id "
			     "WHERE p.tenant_id = '~' AND p.number = 0 AND f.kind = 'import' ON CONFLICT DO NOTHING")
			 .p);
	test_sql(
		"UPDATE job_tickets x SET state = 'running', worker = 'elsewhere', turn = r.turn + 1, run_at = now() + "
		"interval '1 day' FROM job_tickets r WHERE x.tenant_id = '%s' AND r.tenant_id = '%s' AND r.id = x.id",
		twin, of);
	if (!job_walk.shares_tickets)
		test_sql("UPDATE job_tickets SET id = gen_random_uuid() WHERE tenant_id = '%s'", twin);
}

struct onlooker {
	struct str a, twin;
};

static struct onlooker look(void)
{
	return (struct onlooker){planted_hash(&company_a), planted_versions(&company_t)};
}

static void compare(const char *what, const struct onlooker *before)
{
	struct onlooker now = look();

	if (!str_equal(before->a, now.a))
		complain(what, "A's rows: wanted as before, got %s", planted_difference(before->a, now.a));
	if (!str_equal(before->twin, now.twin))
		complain(what, "the twin's rows: wanted as before, got %s", planted_difference(before->twin, now.twin));
	for (size_t i = 0; i < COUNT_OF(at_work); i++) {
		struct str tables = planted_strangers(at_work[i]);

		if (!str_absent(tables))
			complain(what, "%s has texts of another company in %.*s", at_work[i]->letter,
				 STR_FMT_ARG(tables));
	}
}

/* It goes or waits for its next day, and nothing went wrong meanwhile. */
static void check_tickets(const struct job_case *job, const struct planted *planted)
{
	struct str left =
		test_sql_value("SELECT string_agg(state || ' ' || coalesce(last_error, ''), ', ') FROM "
			       "job_tickets WHERE tenant_id = '%s' AND kind = '%s' AND (state <> 'waiting' OR "
			       "last_error IS NOT NULL OR run_at <= now())",
			       uuid_text(web->arena, planted->company.id).p, job->kind);

	if (!str_absent(left))
		complain(job->what, "the ticket of %s is left behind: %.*s", planted->letter, STR_FMT_ARG(left));
}

static void walk_case(const struct job_case *job)
{
	struct onlooker before;

	job->prepare(&company_a);
	job_tomorrow(&company_a);
	for (size_t i = 0; i < COUNT_OF(at_work); i++)
		job->prepare(at_work[i]);
	put_twin_beside();
	before = look();
	take_turns(job->what);
	compare(job->what, &before);
	for (size_t i = 0; i < COUNT_OF(at_work); i++) {
		check_tickets(job, at_work[i]);
		if (!job->done(at_work[i]))
			complain(job->what, "it is not done for %s", at_work[i]->letter);
		if (strcmp(job->kind, job_cases[0].kind) == 0)
			read_last_archive(job->what, at_work[i]);
	}
}

/* ---- given up, and tried again ---- */

static int most_attempts(const char *kind)
{
	for (size_t i = 0; i < job_kind_count; i++)
		if (strcmp(job_kinds[i].name, kind) == 0)
			return job_kinds[i].attempts_most;
	fail_msg("no such kind: %s", kind);
	return 0;
}

static struct uuid ticket_of(const struct planted *planted, const char *kind, const char *state)
{
	struct uuid id = uuid_zero();
	struct str found = test_sql_value("SELECT id::text FROM job_tickets WHERE tenant_id = '%s' AND kind = '%s' AND "
					  "state = '%s' ORDER BY created_at DESC LIMIT 1",
					  uuid_text(web->arena, planted->company.id).p, kind, state);

	return !str_absent(found) && uuid_parse(found, &id) ? id : uuid_zero();
}

static void try_again(const char *what, const struct planted *planted, const char *kind)
{
	struct pg *pg = pg_new(test_conninfo(), "demand_jobs");
	struct uuid id = ticket_of(planted, kind, "dead");
	enum err err = uuid_is_zero(id) ? E_NOTFOUND : OK;

	if (err)
		complain(what, "wanted a ticket that was given up, got none");
	walls(false);
	if (!err)
		err = job_retry(pg, web->arena, job_kinds, job_kind_count, id);
	walls(true);
	pg_free(pg);
	if (err)
		complain(what, "it cannot be tried again");
}

static void walk_giving_up(const struct job_case *job)
{
	const char *what = text("%s, given up", job->what).p;
	struct onlooker before;

	job->prepare(&company_e);
	put_twin_beside();
	/* An operator names a ticket by its id alone. */
	test_sql("UPDATE job_tickets SET id = gen_random_uuid() WHERE tenant_id = '%s'",
		 uuid_text(web->arena, company_t.company.id).p);
	test_sql("UPDATE job_tickets SET attempts = %d WHERE tenant_id = '%s' AND kind = '%s' AND state = 'waiting'",
		 most_attempts(job->kind), uuid_text(web->arena, company_e.company.id).p, job->kind);
	before = look();
	take_turns(what);
	compare(what, &before);
	try_again(what, &company_e, job->kind);
	take_turns(what);
	compare(what, &before);
	if (!job->done(&company_e))
		complain(what, "it is not done after all");
}

/* ---- all ---- */

void job_walk_plant(void)
{
	planted_make(&company_a, "A");
	planted_make(&company_b, "B");
	planted_make(&company_e, "E");
	job_worker_start();
	(void)planted_twin(&company_t, "T", &company_e);
	job_tomorrow(&company_t);
	job_walk.shares_tickets = true;
}

/* Two cases of a kind are given up alike. */
static bool is_first_of_its_kind(size_t i)
{
	for (size_t at = 0; at < i; at++)
		if (strcmp(job_cases[at].kind, job_cases[i].kind) == 0)
			return false;
	return true;
}

static bool is_over(void)
{
	return job_walk.hasty && job_walk.failures > 0;
}

void job_walk_all(void)
{
	for (size_t i = 0; i < job_cases_count && !is_over(); i++)
		walk_case(&job_cases[i]);
	for (size_t i = 0; i < job_cases_count && !is_over(); i++)
		if (is_first_of_its_kind(i))
			walk_giving_up(&job_cases[i]);
}

void job_walk_alone(const struct planted *planted)
{
	for (size_t i = 0; i < job_cases_count; i++) {
		job_cases[i].prepare(planted);
		take_turns(job_cases[i].what);
		if (!job_cases[i].done(planted))
			complain(job_cases[i].what, "it is not done");
	}
}
