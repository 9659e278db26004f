/* The HTML context: where a variable may stand, how it is printed there, and where a template is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/template_samples.h"

/* Places where a variable is fine, each with the value "><'\"/&". */
static void safe_places(void **state)
{
	static const struct {
		const char *before, *after, *printed;
	} places[] = {
		{"", "", "&lt;&#39;&quot;/&amp;"},
		{"<p>", "</p>", "&lt;&#39;&quot;/&amp;"},
		{"<!DOCTYPE html><!-- a > b --><p>", "</p>", "&lt;&#39;&quot;/&amp;"},
		{"<!--> --!>", "", "&lt;&#39;&quot;/&amp;"},
		{"<!---><!-- --!>", "", "&lt;&#39;&quot;/&amp;"},
		{"a < b ", "", "&lt;&#39;&quot;/&amp;"},
		{"<title>", "</title>", "&lt;&#39;&quot;/&amp;"},
		{"<textarea rows=3 name='a'>", "</textarea >", "&lt;&#39;&quot;/&amp;"},
		{"<script src=\"/a.js\"></script><p>", "", "&lt;&#39;&quot;/&amp;"},
		{"<script>if (a</b/.c) x()</SCRIPT>", "", "&lt;&#39;&quot;/&amp;"},
		{"<title>a</b></title>", "", "&lt;&#39;&quot;/&amp;"},
		{"<input disabled value = \"", "\"/>", "&lt;&#39;&quot;/&amp;"},
		{"<input value='", "'>", "&lt;&#39;&quot;/&amp;"},
		{"<p class=\"a ", " b\" id=x>", "&lt;&#39;&quot;/&amp;"},
		{"<p data-on=\"", "\">", "&lt;&#39;&quot;/&amp;"},
		{"<p hx-target=\"#a-", "\">", "&lt;&#39;&quot;/&amp;"},
		{"<a href=\"/leads/", "\">", "%3C%27%22%2F%26"},
		{"<a HREF='?q=", "&amp;x'>", "%3C%27%22%2F%26"},
		{"<p hx-get:inherited=\"https://x/", "\">", "%3C%27%22%2F%26"},
		{"<a href=\"mailto:", "\">", "%3C%27%22%2F%26"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);
		const char *text = arena_printf(arena, "%s{{v}}%s", places[i].before, places[i].after).p;
		const char *expected =
			arena_printf(arena, "%s%s%s", places[i].before, places[i].printed, places[i].after).p;
		const struct sample sample = {{"page", text}, "{\"v\":\"<'\\\"/&\"}", expected};

		samples_run(&sample, 1, TEMPLATE_STRICT);
		arena_free(arena);
	}
}

static void unsafe_places_do_not_load(void **state)
{
	static const struct {
		const char *text, *why;
	} places[] = {
		{"<{{v}}>", "stands in a tag name"},
		{"<h{{v}}>", "stands in a tag name"},
		{"</{{v}}>", "stands in a tag name"},
		{"<textarea></{{v}}", "stands in a tag name"},
		{"<p {{v}}>", "stands where an attribute name is expected"},
		{"<p a=\"\"{{v}}>", "stands where an attribute name is expected"},
		{"<p a {{v}}>", "stands where an attribute name is expected"},
		{"<p da{{v}}=\"\">", "stands in an attribute name"},
		{"<p a={{v}}>", "stands in an attribute value without quotes"},
		{"<p a=b{{v}}>", "stands in an attribute value without quotes"},
		{"<!-- {{v}} -->", "stands in an HTML comment"},
		{"<!-- a -> {{v}} -->", "stands in an HTML comment"},
		{"<!--!>{{v}}-->", "stands in an HTML comment"},
		{"<!-- --!-->{{v}}<!--->{{v}}<!-- --!->{{v}}", "stands in an HTML comment"},
		{"<!doctype {{v}}>", "stands in a declaration"},
		{"<!{{v}}>", "stands in a declaration"},
		{"<script>{{v}}</script>", "stands inside script, style or another element that is not text"},
		{"<SCRIPT type='x'>var a = '{{v}}'</SCRIPT>",
		 "stands inside script, style or another element that is not text"},
		{"<style >{{v}}</style>", "stands inside script, style or another element that is not text"},
		{"<script></scripture>{{v}}</script>",
		 "stands inside script, style or another element that is not text"},
		{"<iframe>{{v}}</iframe>", "stands inside script, style or another element that is not text"},
		{"<p onclick=\"{{v}}\">", "stands in an attribute that takes no variable (onclick)"},
		{"<p ONLOAD='a{{v}}'>", "stands in an attribute that takes no variable (onload)"},
		{"<p style=\"width:{{v}}\">", "stands in an attribute that takes no variable (style)"},
		{"<iframe srcdoc=\"{{v}}\">", "stands in an attribute that takes no variable (srcdoc)"},
		{"<img srcset=\"{{v}}\">", "stands in an attribute that takes no variable (srcset)"},
		{"<p hx-on:click=\"{{v}}\">", "stands in an attribute that takes no variable (hx-on:click)"},
		{"<p hx-vals='{{v}}'>", "stands in an attribute that takes no variable (hx-vals)"},
		{"<p data-hx-vals='{{v}}'>", "stands in an attribute that takes no variable (data-hx-vals)"},
		{"<p hx-trigger='{{v}}'>", "stands in an attribute that takes no variable (hx-trigger)"},
		{"<a href=\"javascript:x({{v}})\">",
		 "follows a URL scheme other than http, https, mailto and tel (href)"},
		{"<a href=\" JavaScript :x({{v}})\">",
		 "follows a URL scheme other than http, https, mailto and tel (href)"},
		{"<a href=\"data:text/html,{{v}}\">",
		 "follows a URL scheme other than http, https, mailto and tel (href)"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);
		const char *texts[] = {"page.html", arena_printf(arena, "first\n%s", places[i].text).p, NULL};
		struct buffer complaints = BUFFER_IN(arena);
		const char *expected = arena_printf(arena, "page.html:2: {{v}} %s\n", places[i].why).p;

		assert_null(templates_from_memory(texts, TEMPLATE_LENIENT, &complaints));
		if (strncmp(complaints.bytes, expected, strlen(expected)) != 0)
			fail_msg("%s\n%s", complaints.bytes, expected);
		arena_free(arena);
	}
}

static void sections_keep_their_place(void **state)
{
	static const struct sample samples[] = {
		{{"page", "<option{{#a}} selected{{/a}}>"}, "{\"a\":1}", "<option selected>"},
		{{"page", "<option {{#a}}selected {{/a}}value=\"{{a}}\">"},
		 "{\"a\":1}",
		 "<option selected value=\"1\">"},
		{{"page", "<p class=\"a{{#a}} b{{/a}}{{^a}} c{{/a}}\"{{#a}} id=\"{{.}}\"{{/a}}>x</p>"},
		 "{\"a\":1}",
		 "<p class=\"a b\" id=\"1\">x</p>"},
		{{"page", "<input type=text{{#a}} disabled{{/a}}/>"}, "{\"a\":1}", "<input type=text disabled/>"},
		{{"page", "{{#a}}<script src=\"/x.js\"></script>{{/a}}<p>{{a}}"},
		 "{\"a\":1}",
		 "<script src=\"/x.js\"></script><p>1"},
		{{"page", "<script{{#a}} async{{/a}}>//</script><p>{{a}}"},
		 "{\"a\":1}",
		 "<script async>//</script><p>1"},
		{{"page", "<a href=\"/x{{#a}}/{{.}}{{/a}}\">"}, "{\"a\":\"b c\"}", "<a href=\"/x/b%20c\">"},
		{{"page", "<body {{$a}}{{/a}}>{{$b}}<i>{{v}}</i>{{/b}}"}, "{\"v\":1}", "<body ><i>1</i>"},
	};
	static const struct {
		const char *text, *complaint;
	} bad[] = {
		{"{{#a}}<p {{/a}}>", "page:1: {{#a}} does not end where it began: a section or block must close the "
				     "tags, quotes and elements it opens\n"},
		{"<p{{#a}}><b{{/a}}>", "page:1: {{#a}} does not end where it began: a section or block must close the "
				       "tags, quotes and elements it opens\n"},
		{"\n<p a=\"{{^a}}\" b=\"{{/a}}\">", "page:2: {{^a}} does not end where it began: a section or block "
						    "must close the tags, quotes and elements it opens\n"},
		{"<title>{{#a}}</title><title>{{/a}}</title>",
		 "page:1: {{#a}} does not end where it began: a section or block must close the tags, quotes and "
		 "elements it opens\n"},
		{"{{$a}}<script>{{/a}}</script>", "page:1: {{$a}} does not end where it began: a section or block must "
						  "close the tags, quotes and elements it opens\n"},
		{"<p {{#a}}on{{/a}}click=\"\">",
		 "page:1: white space is missing between two attributes, or a name is put together from pieces\n"},
		{"<p {{$a}}{{/a}}click=\"\">",
		 "page:1: white space is missing between two attributes, or a name is put together from pieces\n"},
		{"<p{{#a}} x{{/a}}\n=\"\">", "page:2: '=' without an attribute name\n"},
		{"<scr{{#a}}{{/a}}ipt>",
		 "page:1: white space is missing between two attributes, or a name is put together from pieces\n"},
		{"<{{#a}}p{{/a}}>", "page:1: {{#a}} splits a tag's name\n"},
		{"<title></ti{{#a}}{{/a}}tle>", "page:1: {{#a}} splits a tag's name\n"},
		{"<p a={{#a}}b{{/a}}>", "page:1: {{#a}} splits an attribute from its value\n"},
		{"<p a=\"b\"c>",
		 "page:1: white space is missing between two attributes, or a name is put together from pieces\n"},
		{"<p a=b\"c>", "page:1: a quote, '<' or '=' in an attribute value without quotes\n"},
		{"<p a=>", "page:1: '=' without an attribute value\n"},
		{"<p \"a\">", "page:1: a quote or '<' inside a tag where an attribute name is expected\n"},
		{"<p\n<b>", "page:2: a quote or '<' inside a tag where an attribute name is expected\n"},
		{"a</ p>", "page:1: </ without a tag name\n"},
		{"a<p title=\"b", "page:1: the file ends inside a tag, a comment or a special element\n"},
		{"<textarea>", "page:1: the file ends inside a tag, a comment or a special element\n"},
		{"<!-- {{#a}}x{{/a}} -->", "page:1: {{#a}} stands in an HTML comment\n"},
	};

	(void)state;
	samples_run(samples, COUNT_OF(samples), TEMPLATE_STRICT);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		sample_refuse((const char *const[]){"page", bad[i].text, NULL}, bad[i].complaint);
}

/* Renders text with u, a URL value, and s, a string. */
static enum err render_link(struct arena *arena, const char *text, const char *url, struct buffer *out)
{
	struct templates *templates = sample_load(arena, (const char *const[]){"page", text, NULL}, TEMPLATE_LENIENT);
	struct value *data = value_map(arena);
	enum err error;

	value_put_url(data, "u", str_from(url));
	value_put_text(data, "s", "javascript:alert(1)");
	value_put(data, "none", value_null(arena));
	error = template_render(templates, "page", data, NULL, out);
	templates_free(templates);
	return error;
}

static void links_take_url_values_only(void **state)
{
	static const char *const attributes[] = {"href",     "src",        "action",    "formaction",
						 "poster",   "xlink:href", "hx-get",    "hx-post",
						 "hx-patch", "hx-delete",  "data-href", "data-hx-get"};
	static const struct {
		const char *text, *expected; /* NULL: refused while rendering */
	} cases[] = {
		{"<a href=\"{{u}}\">", "<a href=\"/a?b=1&amp;c=2\">"},
		{"<a href='{{#u}}{{.}}{{/u}}'>", "<a href='/a?b=1&amp;c=2'>"},
		{"<a href=\"{{u}}/{{s}}\">", "<a href=\"/a?b=1&amp;c=2/javascript%3Aalert%281%29\">"},
		{"<a href=\"/x/{{u}}\">", "<a href=\"/x/%2Fa%3Fb%3D1%26c%3D2\">"},
		{"<a href=\"{{none}}\">", "<a href=\"\">"},
		{"<a href=\"{{#u}}{{s}}{{/u}}\">", NULL},
		{"<a href=\"{{#none}}/x/{{/none}}{{s}}\">", NULL}, /* may begin the value */
		{"<a href=\"{{#none}}/x/{{/none}}{{^none}}{{u}}{{/none}}\">", "<a href=\"/a?b=1&amp;c=2\">"},
		{"<a href=\"{{$b}}/x/{{/b}}{{s}}\">", NULL}, /* the block may be filled with nothing */
		{"<a title=\"{{s}}\">", "<a title=\"javascript:alert(1)\">"},
	};
	struct arena *arena = arena_new(SAMPLE_ARENA_BYTES);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(attributes); i++) {
		struct buffer out = BUFFER_IN(arena);

		assert_int_equal(
			render_link(arena, arena_printf(arena, "<a %s=\"{{s}}\">", attributes[i]).p, "/", &out),
			E_INTERNAL);
		assert_int_equal(out.length, 0);
		assert_int_equal(
			render_link(arena, arena_printf(arena, "<a %s=\"{{u}}\">", attributes[i]).p, "/", &out), OK);
	}
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buffer out = BUFFER_IN(arena);

		assert_int_equal(render_link(arena, cases[i].text, "/a?b=1&c=2", &out),
				 cases[i].expected ? OK : E_INTERNAL);
		assert_string_equal(out.bytes ? out.bytes : "", cases[i].expected ? cases[i].expected : "");
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(safe_places),
		cmocka_unit_test(unsafe_places_do_not_load),
		cmocka_unit_test(sections_keep_their_place),
		cmocka_unit_test(links_take_url_values_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
