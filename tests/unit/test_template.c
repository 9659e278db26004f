/* What templates print: names, sections, partials, inheritance, strictness, loading. The HTML context is test_template_html.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/template_samples.h"

static void names_and_values(void **state)
{
	static const struct sample samples[] = {
		{{"page", "Hi {{name}}!"},
		 "{\"name\":\"<b a='1' c=\\\"2\\\">&\"}",
		 "Hi &lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;!"},
		{{"page", "{{ a.b.c }}"}, "{\"a\":{\"b\":{\"c\":1.50}}}", "1.50"},
		{{"page", "[{{a}}{{b}}]"}, "{\"a\":null,\"b\":\"\"}", "[]"},
		{{"page", "[{{a.b}}]"}, "{\"a\":null}", "[]"},
		{{"page", "{{a}}{{b}}"}, "{\"a\":true,\"b\":false}", "truefalse"},
		{{"page", "{{nobody}}"}, "{\"name\":\"x\"}", NULL},
		{{"page", "{{a.nobody}}"}, "{\"a\":{\"b\":1}}", NULL},
		{{"page", "{{a.b}}"}, "{\"a\":\"text\"}", NULL},
		{{"page", "before {{a}}"}, "{\"a\":[1]}", NULL},
		{{"page", "{{a}}"}, "{\"a\":{}}", NULL},
		{{"page", "{{=<% %>=}}<% a %> {{a}} <%={{ }}=%>{{a}}"}, "{\"a\":1}", "1 {{a}} 1"},
		{{"page", "a{{! any {{thing }}b"}, "{}", "ab"},
	};

	(void)state;
	samples_run(samples, COUNT_OF(samples), TEMPLATE_STRICT);
}

static void sections(void **state)
{
	static const struct sample samples[] = {
		{{"page", "{{#a}}x{{/a}}{{^a}}y{{/a}}"}, "{\"a\":true}", "x"},
		{{"page", "{{#a}}x{{/a}}{{^a}}y{{/a}}"}, "{\"a\":null}", "y"},
		{{"page", "{{#a}}x{{/a}}{{^a}}y{{/a}}"}, "{\"a\":\"\"}", "y"},
		{{"page", "{{#a}}({{.}}{{b}}){{/a}}"}, "{\"a\":[1,2],\"b\":3}", "(13)(23)"},
		{{"page", "{{#a}}{{b}}{{/a}}"}, "{\"a\":{\"b\":1},\"b\":2}", "1"},
		{{"page", "{{#a}}{{#.}}{{.}}{{/.}};{{/a}}"}, "{\"a\":[[1,2],[3]]}", "12;3;"},
		{{"page", "{{#a}}{{@index}}{{^@last}},{{/@last}}{{#@first}}!{{/@first}}{{/a}}"},
		 "{\"a\":[7,7,7]}",
		 "1,!2,3"},
		{{"page", "{{#a}}{{#b}}{{@index}}{{/b}}{{/a}}"}, "{\"a\":[{\"b\":{}},{\"b\":{}}]}", "12"},
		{{"page", "{{@index}}"}, "{}", NULL},
		{{"page", "{{#@last}}x{{/@last}}"}, "{}", NULL},
		{{"page", "{{#nobody}}x{{/nobody}}"}, "{}", NULL},
		{{"page", "{{^nobody}}x{{/nobody}}"}, "{}", NULL},
		{{"page", "<ul>\n\t{{#a}}\n\t<li>{{.}}</li>\n\t{{/a}}\n</ul>\n"},
		 "{\"a\":[1,2]}",
		 "<ul>\n\t<li>1</li>\n\t<li>2</li>\n</ul>\n"},
	};

	(void)state;
	samples_run(samples, COUNT_OF(samples), TEMPLATE_STRICT);
}

static void partials(void **state)
{
	static const struct sample samples[] = {
		{{"page", "a\n  {{>p}}\nz", "p", "x\n{{v}}\n\n{{#v}}\ny{{v}}\n{{/v}}\n"},
		 "{\"v\":\"1\\n2\"}",
		 "a\n  x\n  1\n2\n\n  y1\n2\nz"},
		{{"page", " {{>p}}\n", "p", "1\n {{>q}}\n2\n", "q", "a\nb\n"}, "{}", " 1\n  a\n  b\n 2\n"},
		{{"page", "{{>tree}}", "tree", "({{v}}{{#sub}}{{>tree}}{{/sub}})"},
		 "{\"v\":1,\"sub\":[{\"v\":2,\"sub\":[]},{\"v\":3,\"sub\":[]}]}",
		 "(1(2)(3))"},
		{{"page", "kept {{>page}}"}, "{}", NULL}, /* for ever */
	};

	(void)state;
	samples_run(samples, COUNT_OF(samples), TEMPLATE_STRICT);
}

#define LAYOUT                                                                                                         \
	"<title>{{$title}}CRM{{/title}}</title>\n<body "                                                               \
	"class=\"{{$class}}plain{{/class}}\">{{$main}}{{/main}}</body>\n"

static void inheritance(void **state)
{
	static const struct sample samples[] = {
		{{"page", "{{<l}}{{/l}}", "l", LAYOUT}, "{}", "<title>CRM</title>\n<body class=\"plain\"></body>\n"},
		{{"page", "{{<l}}\n{{$title}}Leads of {{name}}{{/title}}\n{{$main}}<p>{{name}}</p>{{/main}}\n{{/l}}\n",
		  "l", LAYOUT},
		 "{\"name\":\"A&B\"}",
		 "<title>Leads of A&amp;B</title>\n<body class=\"plain\"><p>A&amp;B</p></body>\n"},
		{{"page", "{{<l}}{{$class}}wide {{c}}{{/class}}{{/l}}", "l", LAYOUT},
		 "{\"c\":\"x\"}",
		 "<title>CRM</title>\n<body class=\"wide x\"></body>\n"},
		/* The outermost template decides; a template between may fill, and define blocks of its own. */
		{{"page", "{{<b}}{{$a}}page{{/a}}{{/b}}", "b", "{{<c}}{{$a}}b{{/a}}{{/c}}", "c", "{{$a}}c{{/a}}"},
		 "{}",
		 "page"},
		{{"page", "{{<b}}{{/b}}", "b", "{{<c}}{{$a}}b{{/a}}{{/c}}", "c", "{{$a}}c{{/a}}"}, "{}", "b"},
		{{"page", "{{<b}}{{$inner}}page{{/inner}}{{/b}}", "b",
		  "{{<c}}{{$a}}[{{$inner}}b{{/inner}}]{{/a}}{{/c}}", "c", "{{$a}}c{{/a}}"},
		 "{}",
		 "[page]"},
		/* A block in a section sees the section's values. */
		{{"page", "{{<l}}{{$row}}<i>{{n}}</i>{{/row}}{{/l}}", "l", "{{#rows}}{{$row}}{{n}}{{/row}}{{/rows}}"},
		 "{\"rows\":[{\"n\":1},{\"n\":2}]}",
		 "<i>1</i><i>2</i>"},
		{{"page", "{{<l}}{{$f}}1{{/f}}{{/l}}{{<l}}{{$f}}2{{/f}}{{/l}}", "l", "|{{$f}}{{/f}}{{$g}} d{{/g}}|"},
		 "{}",
		 "|1 d||2 d|"},
		/* What fills a block is not filled by its own parent's blocks; partials start afresh. */
		{{"page", "{{<l}}{{$a}}{{<card}}{{/card}}{{/a}}{{/l}}", "l", "{{$a}}l{{/a}}", "card",
		  "{{$a}}card{{/a}}"},
		 "{}",
		 "card"},
		{{"page", "{{<l}}{{$a}}1{{/a}}{{/l}}", "l", "{{$a}}{{/a}}{{>p}}", "p", "{{$a}}2{{/a}}"}, "{}", "12"},
		/* White space: tags alone on a line go with it. */
		{{"page", "{{<l}}\n{{$a}}\none\ntwo\n{{/a}}\n{{/l}}\nend", "l", "<b>\n{{$a}}\ndefault\n{{/a}}\n</b>\n"},
		 "{}",
		 "<b>\none\ntwo\n</b>\nend"},
		{{"page", "Hi,\n  {{<l}}{{/l}}\n", "l", "one\ntwo\n"}, "{}", "Hi,\n  one\n  two\n"},
		{{"page", "Hi,\n  {{<l}}{{/l}}.\n", "l", "one"}, "{}", "Hi,\n  one.\n"},
		{{"page", "a {{<l}}{{$x}}b{{/x}}{{/l}}\n", "l", "-{{$x}}{{/x}}-"}, "{}", "a -b-\n"},
	};
	static const struct sample recursive = {
		{"page", "{{<p}}{{$foo}}override{{/foo}}{{/p}}", "p",
		 "{{$foo}}default{{/foo}} {{$bar}}{{<q}}{{/q}}{{/bar}}", "q",
		 "{{$foo}}q default{{/foo}} {{<p}}{{$bar}}don't recurse{{/bar}}{{/p}}"},
		"{}",
		"override override override don't recurse",
	};

	(void)state;
	samples_run(samples, COUNT_OF(samples), TEMPLATE_STRICT);
	samples_run(&recursive, 1, TEMPLATE_SPEC);
}

static void plain_text_is_not_escaped(void **state)
{
	static const struct sample samples[] = {
		{{"page.txt", "Dear {{name}},\n<script>{{name}}</script> {{>foot}}", "foot.txt", "-- {{name}}"},
		 "{\"name\":\"A & B\"}",
		 "Dear A & B,\n<script>A & B</script> -- A & B"},
		{{"page.txt", "{{<l}}{{$a}}{{n}}{{/a}}{{/l}}", "l.txt", "[{{$a}}{{/a}}]"}, "{\"n\":\"<\"}", "[<]"},
	};

	(void)state;
	samples_run(samples, COUNT_OF(samples), TEMPLATE_STRICT);
}

static void mistakes_name_file_and_line(void **state)
{
	static const struct {
		const char *texts[7], *complaint;
	} bad[] = {
		{{"a", "\n{{{v}}}"}, "a:2: {{{v}}} would print without escaping\n"},
		{{"a", "\n\n{{& v}}"}, "a:3: {{&v}} would print without escaping\n"},
		{{"a", "{{#b}}\n"}, "a:1: {{b}} is not closed\n"},
		{{"a", "{{/b}}"}, "a:1: {{/b}} closes nothing\n"},
		{{"a", "{{#b}}\n{{/c}}"}, "a:2: {{/c}} stands where b of line 1 must be closed first\n"},
		{{"a", "\n{{b"}, "a:2: a tag is not closed by }}\n"},
		{{"a", "{{=<% %>=}}\n<%b}}"}, "a:2: a tag is not closed by %>\n"},
		{{"a", "{{ }}"}, "a:1: an empty tag\n"},
		{{"a", "{{b c}}"}, "a:1: \"b c\" is not a name, or one name too many\n"},
		{{"a", "{{b..c}}"}, "a:1: \"b..c\" is not a name, or one name too many\n"},
		{{"a", "{{#@other}}{{/@other}}"}, "a:1: \"@other\" is not a name, or one name too many\n"},
		{{"a", "{{=<%=}}"}, "a:1: delimiters must be two short words without '='\n"},
		{{"a", "\n{{>b}}"}, "a:2: {{>b}} is not there\n"},
		{{"a", "{{<b}}{{/b}}"}, "a:1: {{<b}} is not there\n"},
		{{"a", "<p {{>b}}>", "b", ""},
		 "a:1: {{>b}} must stand in text, not inside a tag or a special element\n"},
		{{"a", "<p title=\"{{>b}}\">", "b", ""},
		 "a:1: {{>b}} must stand in text, not inside a tag or a special element\n"},
		{{"a", "<textarea>{{>b}}</textarea>", "b", ""},
		 "a:1: {{>b}} must stand in text, not inside a tag or a special element\n"},
		{{"a", "<title>{{<b}}{{/b}}</title>", "b", ""},
		 "a:1: {{<b}} must stand in text, not inside a tag or a special element\n"},
		{{"a", "{{>b}}", "b.txt", ""}, "a:1: {{>b}} mixes plain text and HTML\n"},
		{{"a.txt", "{{>b}}", "b.html", ""}, "a.txt:1: {{>b}} mixes plain text and HTML\n"},
		{{"a", "{{<b}}{{$x}}{{/x}}{{/b}}", "b", "{{$y}}{{/y}}"}, "a:1: {{$x}} is no block of the parent\n"},
		{{"a.txt", "{{<b}}{{$x}}{{/x}}{{/b}}", "b.txt", "{{$y}}{{/y}}"},
		 "a.txt:1: {{$x}} is no block of the parent\n"},
		{{"a", "{{<b}}{{$x}}{{/x}}\n{{$x}}{{/x}}{{/b}}", "b", "{{$x}}{{/x}}"}, "a:2: {{$x}} is filled twice\n"},
		{{"a", "{{<b}}\n lost {{/b}}", "b", ""}, "a:2: text between {{<…}} and its end stands in no block\n"},
		{{"a", "{{<b}}\n{{v}}{{/b}}", "b", ""}, "a:2: {{v}} between {{<…}} and its end stands in no block\n"},
		{{"a", "{{<b}}{{#v}}{{/v}}{{/b}}", "b", ""},
		 "a:1: {{#v}} between {{<…}} and its end stands in no block\n"},
		{{"a", "{{<b}}{{/b}}", "b", "{{<a}}{{/a}}"}, "b:1: {{<a}} inherits from itself\n"},
		{{"a", "<title>{{$x}}{{/x}}</title>{{$x}}{{/x}}"},
		 "a:1: {{$x}} stands elsewhere in another HTML context: give it another name\n"},
		{{"a", "{{<b}}{{$x}}\n<p {{v}}>{{/x}}{{/b}}", "b", "{{$x}}{{/x}}"},
		 "a:2: {{v}} stands where an attribute name is expected\n"},
		{{"a", "{{<b}}{{$x}}{{v}}{{/x}}{{/b}}", "b", "<p {{$x}}{{/x}}>"},
		 "a:1: {{v}} stands where an attribute name is expected\n"},
		{{"a", "{{<b}}{{$x}}<i>{{/x}}{{/b}}", "b", "<p class=\"{{$x}}{{/x}}\" style=\"{{$y}}{{/y}}\">", "c",
		  "{{<b}}{{$y}}{{v}}{{/y}}{{/b}}"},
		 "c:1: {{v}} stands in an attribute that takes no variable (style)\n"},
		{{"a", "", "a.txt", ""}, "a.txt: another template has the same name\n"},
		{{"a", "\xFF"}, "a: not UTF-8\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		sample_refuse(bad[i].texts, bad[i].complaint);
}

static void data_is_seen_before_page(void **state)
{
	struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);
	struct templates *templates =
		sample_load(arena, (const char *const[]){"page", "{{a}} {{b.c}} {{#list}}{{a}}{{d}}{{/list}}", NULL},
			    TEMPLATE_STRICT);
	struct value *data = sample_json(arena, "{\"a\":1,\"list\":[{\"a\":2}]}"),
		     *page = sample_json(arena, "{\"a\":7,\"b\":{\"c\":8},\"d\":9}");
	struct buffer out = BUFFER_IN(arena);

	(void)state;
	assert_int_equal(template_render(templates, "page", data, page, &out), OK);
	assert_string_equal(out.bytes, "1 8 29");
	assert_int_equal(template_render(templates, "page", data, NULL, &out), E_INTERNAL);
	assert_string_equal(out.bytes, "1 8 29"); /* what was there before stays */
	assert_int_equal(template_render(templates, "nobody", data, page, &out), E_NOTFOUND);
	assert_true(templates_has(templates, "page"));
	assert_false(templates_has(templates, "pag"));
	templates_free(templates);
	arena_free(arena);
}

static void lenient_mode_logs_an_unknown_name_once(void **state)
{
	char path[] = "/tmp/test_template_XXXXXX", text[8192];
	struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);
	struct templates *templates = sample_load(
		arena, (const char *const[]){"page", "a\n{{nobody}}{{^nobody}}b{{/nobody}}", NULL}, TEMPLATE_LENIENT);
	struct buffer out = BUFFER_IN(arena);
	int file = mkstemp(path), saved = dup(STDERR_FILENO);
	enum err errors[2];
	ssize_t length;
	const char *first;

	(void)state;
	assert_true(file >= 0 && saved >= 0);
	assert_int_equal(dup2(file, STDERR_FILENO), STDERR_FILENO);
	for (size_t i = 0; i < COUNT_OF(errors); i++)
		errors[i] = template_render(templates, "page", value_map(arena), NULL, &out);
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	(void)close(saved);
	length = pread(file, text, sizeof(text) - 1, 0);
	(void)close(file);
	(void)unlink(path);
	assert_true(length > 0);
	text[length] = '\0';
	assert_int_equal(errors[0], OK);
	assert_int_equal(errors[1], OK);
	assert_string_equal(out.bytes, "a\nba\nb");
	first = strstr(text, "page:2: {{nobody}} is unknown");
	assert_non_null(first);
	assert_null(strstr(first + strlen("page:2: {{nobody}}"), "nobody"));
	templates_free(templates);
	arena_free(arena);
}

static void put(const char *folder, const char *name, const char *text, size_t length)
{
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void a_folder_is_read_with_its_subfolders(void **state)
{
	static const char *const files[] = {"a.html", "sub/b.txt", "note.md", ".hidden.html", "big.html"};
	char folder[] = "/tmp/test_template_XXXXXX", path[512];
	struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);
	struct buffer complaints = BUFFER_IN(arena);
	struct templates *templates;
	size_t big = 256 * 1024 + 1;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/sub", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	put(folder, files[0], "<p>", 3);
	put(folder, files[1], "{{a}}", 5);
	put(folder, files[2], "{{", 2);
	put(folder, files[3], "{{", 2);
	templates = templates_load(folder, TEMPLATE_STRICT, &complaints);
	assert_non_null(templates);
	assert_true(templates_has(templates, "a") && templates_has(templates, "sub/b"));
	assert_false(templates_has(templates, "note") || templates_has(templates, ".hidden"));
	templates_free(templates);

	put(folder, files[4], arena_alloc(arena, big), big);
	put(folder, files[0], "\n{{", 3);
	assert_null(templates_load(folder, TEMPLATE_STRICT, &complaints));
	assert_non_null(strstr(complaints.bytes, "/a.html:2: a tag is not closed by }}\n"));
	assert_non_null(strstr(complaints.bytes, "/big.html: too large\n"));
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		assert_int_equal(unlink(path), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/sub", folder);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_null(templates_load(folder, TEMPLATE_STRICT, &complaints));
	arena_free(arena);
}

/* Cut off at every byte, in every mode: loads or complains, and what loads renders without a fault. */
static void truncated_templates_do_no_harm(void **state)
{
	static const char whole[] = "{{! c }}\r\n<!doctype html><!-- x --!><title>{{$t}}T {{a}}{{/t}}</title>\n  "
				    "{{<l}}\n {{$m}}\n{{#list}}<a href=\"{{u}}/{{a}}\"{{#a}} b='{{.}}'{{/a}}>"
				    "{{@index}}{{^@last}},{{/@last}}</a>{{/list}}{{/m}} {{/l}}\n\t{{>p}}\n{{=<% "
				    "%>=}}<%a%><%={{ }}=%>{{{a}}}{{&a}}<script>x</script><textarea>{{a.b}}</textarea>";
	struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);

	(void)state;
	for (size_t cut = 0; cut <= sizeof(whole) - 1; cut++) {
		for (int mode = TEMPLATE_STRICT; mode <= TEMPLATE_SPEC; mode++) {
			const char *text = arena_c_string(arena, (struct str){whole, cut});
			const char *texts[] = {"page", text, "l", "<p>{{$m}}{{/m}}</p>", "p", "{{a}}\n", NULL};
			struct buffer complaints = BUFFER_IN(arena), out = BUFFER_IN(arena);
			struct templates *templates =
				templates_from_memory(texts, (enum template_mode)mode, &complaints);

			assert_true((templates == NULL) == (complaints.length > 0));
			if (templates)
				(void)!template_render(templates, "page",
						       sample_json(arena, "{\"a\":\"x\",\"u\":null,\"list\":[{},{}]}"),
						       NULL, &out);
			templates_free(templates);
			arena_reset(arena);
		}
	}
	arena_free(arena);
}

static void deep_nesting_is_refused(void **state)
{
	struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);
	struct buffer text = BUFFER_IN(arena);

	(void)state;
	for (int i = 0; i < 65; i++)
		BUFFER_LITERAL(&text, "{{#a}}");
	sample_refuse((const char *const[]){"a", text.bytes, NULL}, "a:1: nested too deep\n");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_values),
		cmocka_unit_test(sections),
		cmocka_unit_test(partials),
		cmocka_unit_test(inheritance),
		cmocka_unit_test(plain_text_is_not_escaped),
		cmocka_unit_test(mistakes_name_file_and_line),
		cmocka_unit_test(data_is_seen_before_page),
		cmocka_unit_test(lenient_mode_logs_an_unknown_name_once),
		cmocka_unit_test(a_folder_is_read_with_its_subfolders),
		cmocka_unit_test(truncated_templates_do_no_harm),
		cmocka_unit_test(deep_nesting_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
