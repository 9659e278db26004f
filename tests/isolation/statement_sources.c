/* STATEMENT(name, "…" MACRO "…") in the sources, put together. */
#include "tests/isolation/statement_sources.h"

#include "tests/isolation/fixture.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#define BEGIN "STATEMENT("

static struct buffer headers; /* all of lib, for their macros */

/* What stands behind "#define NAME" in the file or in a header; NULL: nothing. */
static const char *macro_text(const struct source *source, struct str name)
{
	struct str mark = text("#define %.*s ", STR_FMT_ARG(name));
	const char *at = strstr(source->text, mark.p);

	if (!at)
		at = strstr(headers.bytes, mark.p);
	return at ? at + mark.n : NULL;
}

/* A literal's bytes; *at stands behind its quote. */
static void read_literal(const char **at, struct buffer *sql)
{
	for ((*at)++; **at && **at != '"'; (*at)++) {
		if (**at == '\\')
			(*at)++;
		buffer_add_char(sql, **at == 'n' && (*at)[-1] == '\\' ? '\n' : **at);
	}
}

/* Literals, macros of literals and comments, up to the ')' or the end of the macro; false when there is anything else. */
static bool read_text(const struct source *source, const char *at, bool macro, struct buffer *sql)
{
	for (; *at; at++) {
		size_t word = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

		if ((!macro && *at == ')') || (macro && *at == '\n' && at[-1] != '\\'))
			return sql->length > 0;
		if (*at == '"') {
			read_literal(&at, sql);
		} else if (at[0] == '/' && at[1] == '*') {
			at = strstr(at, "*/");
			if (!at)
				return false;
			at++;
		} else if (word > 0) {
			const char *inner = macro_text(source, (struct str){at, word});

			if (!inner || !read_text(source, inner, true, sql))
				return false;
			at += word - 1;
		} else if (!strchr(" \t\n\\", *at)) {
			return false;
		}
	}
	return false;
}

bool source_passes(const struct source *source, const char *prefix)
{
	struct str mark = text("&%.*s", STR_FMT_ARG(source->name));

	for (const char *at = strstr(source->text, mark.p); at; at = strstr(at + 1, mark.p)) {
		const char *call = at;

		if (at[mark.n] == '_' || (at[mark.n] >= 'a' && at[mark.n] <= 'z') ||
		    (at[mark.n] >= '0' && at[mark.n] <= '9'))
			continue;
		while (call > source->text && *call != '(' && *call != ';')
			call--;
		while (call > source->text && (call[-1] == '_' || (call[-1] >= 'a' && call[-1] <= 'z')))
			call--;
		if (strncmp(call, prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

static void read_file(const char *path, struct buffer *out)
{
	FILE *file = fopen(path, "r");
	int c;

	assert_non_null(file);
	while ((c = getc(file)) != EOF)
		buffer_add_char(out, (char)c);
	(void)fclose(file);
}

/* The next one from there on, and not the macro's own definition: at the start of a line, if indented; NULL: none. */
static const char *next_statement(const struct source *source, const char *from)
{
	for (const char *at = strstr(from, BEGIN); at; at = strstr(at + 1, BEGIN)) {
		const char *line = at;

		while (line > source->text && (line[-1] == ' ' || line[-1] == '\t'))
			line--;
		if (line == source->text || line[-1] == '\n')
			return at;
	}
	return NULL;
}

static size_t each_of_file(const char *path, void (*act)(const struct source *))
{
	struct buffer whole = BUFFER_IN(web->arena);
	struct source source = {.file = path};
	size_t count = 0;

	read_file(path, &whole);
	source.text = whole.bytes ? whole.bytes : "";
	for (const char *at = next_statement(&source, source.text); at; at = next_statement(&source, at)) {
		const char *name = at + strlen(BEGIN);
		struct buffer sql = BUFFER_IN(web->arena);

		name += strspn(name, " \t\n");
		source.name = (struct str){name, strcspn(name, ",")};
		at = name + source.name.n;
		source.sql = read_text(&source, at + 1, false, &sql) ? buffer_str(&sql) : STR_NONE;
		act(&source);
		count++;
	}
	return count;
}

static glob_t files_like(const char *pattern)
{
	const char *root = getenv("srcdir");
	glob_t found;

	assert_int_equal(glob(text("%s/%s", root ? root : ".", pattern).p, 0, NULL, &found), 0);
	return found;
}

size_t each_source(void (*act)(const struct source *))
{
	static const char *const patterns[] = {"lib/*/*.c", "fcgi/*.c", "jobs/*.c", "ctl/*.c"};
	glob_t found = files_like("lib/*/*.h");
	size_t count = 0;

	headers = BUFFER_IN(web->arena);
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_file(found.gl_pathv[i], &headers);
	globfree(&found);
	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		found = files_like(patterns[i]);
		for (size_t file = 0; file < found.gl_pathc; file++)
			count += each_of_file(found.gl_pathv[file], act);
		globfree(&found);
	}
	return count;
}

static struct buffer system_statements; /* a line break before and behind each */

static void add_system_statement(const struct source *source)
{
	if (!str_absent(source->sql) && source_passes(source, "stx_"))
		buffer_printf(&system_statements, "\n%.*s\n", STR_FMT_ARG(source->sql));
}

bool source_is_of_system(struct str sql)
{
	if (!system_statements.length) {
		system_statements = BUFFER_IN(NULL);
		(void)each_source(add_system_statement);
	}
	return strstr(system_statements.bytes, text("\n%.*s\n", STR_FMT_ARG(sql)).p) != NULL;
}
