/* Query strings, urlencoded and multipart forms, percent escapes, cookies. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/text/form.h"

static struct arena *arena;
static struct form form;
static struct str why;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 << 20);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* In memory of exactly its size, so that a read past the end is seen by the sanitizer. */
static struct str exact(struct str text)
{
	char *copy = malloc(text.n ? text.n : 1);
	if (copy == NULL)
		abort();
	arena_defer(arena, free, copy);
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	return (struct str){copy, text.n};
}

static enum err judge(enum err status)
{
	assert_int_equal(status == OK, str_absent(why));
	return status;
}

static enum err urlencoded(struct str text)
{
	why = STR_NONE;
	form = (struct form){NULL, 0};
	return judge(form_parse_urlencoded(arena, exact(text), &form_limits_request, &form, &why));
}

static enum err multipart(struct str content_type, struct str body)
{
	why = STR_NONE;
	form = (struct form){NULL, 0};
	return judge(form_parse_multipart(arena, exact(content_type), exact(body), &form_limits_request, &form, &why));
}

/* name=text|name=text… with files as name=file name:text */
static const char *shown(void)
{
	struct buffer out = BUFFER_IN(arena);
	for (const struct form_field *field = form.first; field != NULL; field = field->next) {
		buffer_printf(&out, "%s%.*s=", out.length ? "|" : "", STR_FMT_ARG(field->name));
		if (!str_absent(field->file_name))
			buffer_printf(&out, "%.*s:", STR_FMT_ARG(field->file_name));
		buffer_add_str(&out, field->text);
	}
	return buffer_str(&out).p;
}

static void urlencoded_forms_are_read(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"", ""},
		{"a=1", "a=1"},
		{"a=1&b=2&a=3", "a=1|b=2|a=3"},
		{"a", "a="},
		{"a=", "a="},
		{"a=b=c", "a=b=c"},
		{"a=1&&b=2&", "a=1|b=2"},
		{"a+b=c+d%2B", "a b=c d+"},
		{"a%3Db=%26", "a=b=&"},
		{"n%c3%a9e=%E2%82%AC", "n\xC3\xA9"
				       "e=\xE2\x82\xAC"},
		{"n=\xC3\xA9", "n=\xC3\xA9"},
		{"t=a%0D%0Ab%0Dc%0Ad%0d%0d%0a", "t=a\nb\nc\nd\n\n"},
		{"_charset_=iso-8859-1&x=%C3%A9", "_charset_=iso-8859-1|x=\xC3\xA9"},
		{"q=%253C", "q=%3C"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (urlencoded(str_from(cases[i][0])) != OK)
			fail_msg("%s: %.*s", cases[i][0], STR_FMT_ARG(why));
		assert_string_equal(shown(), cases[i][1]);
	}
}

static void broken_urlencoded_forms_are_refused(void **state)
{
	(void)state;
	static const struct str bad[] = {
/* clang-format off */
#define R(literal) {literal, sizeof(literal) - 1}
		R("=1"), R("="), R("a=%"), R("a=%4"), R("a=%4g"), R("a=%zz"), R("%=1"), R("a%4=1"), R("a=%u0041"), R("a=%+1"), R("a=% 1"),
		R("a=%00"), R("a%00b=1"), R("a=\0"), R("a=b\0c"), R("a=%FF"), R("a=%C0%AF"), R("a=%ED%A0%80"), R("a=%C3"), R("a=\xFF"),
		R("%FF=1"), R("a%0Ab=1"), R("a%0D=1"), R("a%09=1"), R("a%01=1"), R("a%7F=1"), R("a%C2%80=1"), R("x=1&a=%"), R("a=%F4%90%80%80"),
		/* clang-format on */
	};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (urlencoded(bad[i]) != E_MALFORMED)
			fail_msg("taken: %.*s", STR_FMT_ARG(bad[i]));
	assert_int_equal(urlencoded(STR("x=1&phone=%zz")), E_MALFORMED);
	assert_string_equal(why.p, "The field \"phone\" has a broken percent escape.");
	assert_int_equal(urlencoded(STR("x=1&phone=%FF")), E_MALFORMED);
	assert_string_equal(why.p, "The field \"phone\" is not UTF-8 or holds a NUL.");
}

static void caps_of_forms_are_exact(void **state)
{
	(void)state;
	static const struct form_limits limits = {3, 4, 5, 8};
	static const struct {
		const char *text;
		enum err status;
	} cases[] = {{"a=1&b=2&c=3", OK},
		     {"a=1&b=2&c=3&d=4", E_TOOBIG},
		     {"abcd=1", OK},
		     {"abcde=1", E_TOOBIG},
		     {"a=12345", OK},
		     {"a=123456", E_TOOBIG},
		     {"a=%31%32%33%34%35", OK},
		     {"a=1&&&&&b=2", OK}};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(form_parse_urlencoded(arena, str_from(cases[i].text), &limits, &form, &why),
				 cases[i].status);
	static const struct {
		const char *disposition, *content;
		enum err status;
	} parts[] = {{"name=abcd", "12345", OK},
		     {"name=abcde", "1", E_TOOBIG},
		     {"name=a", "123456", E_TOOBIG},
		     {"name=a; filename=x", "12345678", OK},
		     {"name=a; filename=x", "123456789", E_TOOBIG}};
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		struct str body =
			arena_printf(arena, "--B\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n--B--\r\n",
				     parts[i].disposition, parts[i].content);
		assert_int_equal(
			form_parse_multipart(arena, STR("multipart/form-data; boundary=B"), body, &limits, &form, &why),
			parts[i].status);
	}
}

static void fields_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(urlencoded(STR("tag=a&x=&tag=b&Tag=c&tag=d")), OK);
	assert_int_equal(form.count, 5);
	const struct form_field *field = form_find(&form, "tag");
	assert_true(str_is(field->text, "a"));
	field = form_find_next(field, "tag");
	assert_true(str_is(field->text, "b"));
	field = form_find_next(field, "tag");
	assert_true(str_is(field->text, "d"));
	assert_null(form_find_next(field, "tag"));
	assert_false(str_absent(form_text(&form, "x")));
	assert_true(str_absent(form_text(&form, "y")));
	assert_null(form_find(&form, "ta"));
}

#define TYPE STR("multipart/form-data; boundary=AaB03x")
#define DISPOSITION "Content-Disposition: form-data; "
#define PART(headers, content) "--AaB03x\r\n" headers "\r\n\r\n" content "\r\n"
#define END "--AaB03x--\r\n"
/* clang-format off */
#define M(literal) {literal, sizeof(literal) - 1}

static const struct {
	struct str body;
	const char *shown;
} multipart_good[] = {
	{M(END), ""},
	{M("--AaB03x--"), ""},
	{M(PART(DISPOSITION "name=\"a\"", "1") END), "a=1"},
	{M(PART(DISPOSITION "name=\"a\"", "") END), "a="},
	{M(PART(DISPOSITION "name=\"a\"", "\r\n") END), "a=\n"},
	{M(PART(DISPOSITION "name=a", "1") PART(DISPOSITION "name=a", "2") "--AaB03x--"), "a=1|a=2"},
	{M("preamble\r\nof lines\r\n" PART(DISPOSITION "name=\"a\"", "1") END "epilogue --AaB03x\r\n\0"), "a=1"},
	{M("\r\n" PART(DISPOSITION "name=\"a\"", "1") END), "a=1"},
	{M("--AaB03x \t\r\n" DISPOSITION "name=\"a\"\r\n\r\n1\r\n--AaB03x-- \r\n"), "a=1"},
	{M(PART("content-DISPOSITION:FORM-data;NAME=\"a\"", "1") END), "a=1"},
	{M(PART(DISPOSITION "name=\"a\"\r\nX-Other: b", "l1\r\nl2\rl3") END), "a=l1\nl2\nl3"},
	{M(PART(DISPOSITION "name=\"a\"\r\nContent-Type: text/plain; charset=UTF-8", "\xC3\xA9") END), "a=\xC3\xA9"},
	{M(PART(DISPOSITION "name=\"a\"\r\nContent-Transfer-Encoding: 8bit", "1") END), "a=1"},
	{M(PART(DISPOSITION "name=\"a \\\"b\\\" \\\\ c%22\"", "1") END), "a \"b\" \\ c%22=1"},
	{M(PART(DISPOSITION "name=\"n\xC3\xA9\"", "1") END), "n\xC3\xA9=1"},
	{M(PART(DISPOSITION "name=\"a;b\"; x=y", "1") END), "a;b=1"},
	/* content that looks like a boundary */
	{M(PART(DISPOSITION "name=\"a\"", "x--AaB03x--\r\n--AaB03\r\n\n--AaB03x") END), "a=x--AaB03x--\n--AaB03\n\n--AaB03x"},
	/* files */
	{M(PART(DISPOSITION "name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain", "x\r\ny\r") END), "f=a.txt:x\r\ny\r"},
	{M(PART(DISPOSITION "name=\"f\"; filename=\"\"\r\nContent-Type: application/octet-stream", "") END), "f=:"},
	{M(PART(DISPOSITION "filename=a.txt; name=f", "x") END), "f=a.txt:x"},
	{M(PART(DISPOSITION "name=f; filename=\"../../etc/passwd\"", "x") END), "f=passwd:x"},
	{M(PART(DISPOSITION "name=f; filename=\"C:\\Users\\me\\logo.png\"", "x") END), "f=logo.png:x"},
	{M(PART(DISPOSITION "name=f; filename=\"C:\\\\logo.png\"", "x") END), "f=logo.png:x"},
	{M(PART(DISPOSITION "name=f; filename=\"..\"", "x") END), "f=:x"},
	{M(PART(DISPOSITION "name=f; filename=\"/\"", "x") END), "f=:x"},
	{M(PART(DISPOSITION "name=f; filename=\"a/.\"", "x") END), "f=:x"},
	{M(PART(DISPOSITION "name=f; filename=\"say \\\"hi\\\".png\"", "x") END), "f=say \"hi\".png:x"},
	{M(PART(DISPOSITION "name=f; filename=x", "\xFF\xFE") END), "f=x:\xFF\xFE"},
	{M(PART(DISPOSITION "name=\"_charset_\"", "latin1") PART(DISPOSITION "name=\"a\"", "\xC3\xA9") END), "_charset_=latin1|a=\xC3\xA9"},
};
/* clang-format on */

static const struct str multipart_bad[] = {
	M(""),
	M("\r\n"),
	M("--AaB03x"),
	M("--AaB03x\r\n"),
	M("--AaB03"),
	M("--AaB03y--"),
	M("AaB03x--"),
	M("x--AaB03x--"),
	M("\n--AaB03x--"),
	M("--AaB03x\n" DISPOSITION "name=a\n\n1\n--AaB03x--\n"),
	M(PART(DISPOSITION "name=a", "1")),
	M(PART(DISPOSITION "name=a", "1") "--AaB03x"),
	M(PART(DISPOSITION "name=a", "1") "--AaB03x-"),
	M(PART(DISPOSITION "name=a", "1") "--AaB03x\r\n"),
	M(PART(DISPOSITION "name=a", "1") "--AaB03xx\r\n" END),
	M(PART(DISPOSITION "name=a", "1\r\n--AaB03xyz") END),
	M(PART(DISPOSITION "name=a", "--AaB03x") END),
	M("--AaB03x \n" END),
	/* headers of a part */
	M("--AaB03x\r\n\r\n1\r\n" END),
	M(PART("Content-Type: text/plain", "1") END),
	M(PART("Content-Disposition form-data; name=a", "1") END),
	M(PART("Content-Disposition : form-data; name=a", "1") END),
	M(PART(" Content-Disposition: form-data; name=a", "1") END),
	M(PART(": x\r\n" DISPOSITION "name=a", "1") END),
	M(PART("Content-Disposition: form-data;\r\n name=a", "1") END),
	M(PART(DISPOSITION "name=a\r\n" DISPOSITION "name=b", "1") END),
	M(PART(DISPOSITION "name=a\nX: y", "1") END),
	M(PART(DISPOSITION "name=a\rX: y", "1") END),
	M(PART(DISPOSITION "name=a\0", "1") END),
	M(PART(DISPOSITION "name=\"\xFF\"", "1") END),
	M(PART("Content-Disposition: attachment; name=a", "1") END),
	M(PART("Content-Disposition:", "1") END),
	M(PART("Content-Disposition: form-data", "1") END),
	M(PART(DISPOSITION, "1") END),
	M(PART(DISPOSITION "name", "1") END),
	M(PART(DISPOSITION "name=", "1") END),
	M(PART(DISPOSITION "name=\"\"", "1") END),
	M(PART(DISPOSITION "name=\"a", "1") END),
	M(PART(DISPOSITION "name=\"a\\\"", "1") END),
	M(PART(DISPOSITION "name=\"a\"b", "1") END),
	M(PART(DISPOSITION "name=a b", "1") END),
	M(PART(DISPOSITION "name=a;", "1") END),
	M(PART(DISPOSITION "name=a; name=b", "1") END),
	M(PART(DISPOSITION "name=a; NAME=a", "1") END),
	M(PART(DISPOSITION "filename=x", "1") END),
	M(PART(DISPOSITION "name=a; filename=x; filename=y", "1") END),
	M(PART(DISPOSITION "name=a; filename=x; filename*=UTF-8''y", "1") END),
	M(PART(DISPOSITION "name=a; filename*=UTF-8''y", "1") END),
	M(PART(DISPOSITION "name=a\tb", "1") END),
	M(PART(DISPOSITION "name=\"a\tb\"", "1") END),
	/* content of text fields */
	M(PART(DISPOSITION "name=a", "\xFF") END),
	M(PART(DISPOSITION "name=a", "b\0c") END),
	M(PART(DISPOSITION "name=a\r\nContent-Type: text/plain; charset=utf-16", "1") END),
	M(PART(DISPOSITION "name=a\r\nContent-Type: text/plain; charset=\"iso-8859-1\"", "1") END),
	M(PART(DISPOSITION "name=a\r\nContent-Type: text/plain; charset=utf-8; charset=utf-8", "1") END),
	M(PART(DISPOSITION "name=a\r\nContent-Type: text/plain; charset", "1") END),
	M(PART(DISPOSITION "name=a\r\nContent-Transfer-Encoding: base64", "MQ==") END),
	M(PART(DISPOSITION "name=a\r\nContent-Transfer-Encoding: quoted-printable", "1") END),
};

static void multipart_forms_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(multipart_good); i++) {
		if (multipart(TYPE, multipart_good[i].body) != OK)
			fail_msg("case %zu: %.*s", i, STR_FMT_ARG(why));
		assert_string_equal(shown(), multipart_good[i].shown);
	}
}

static void broken_multipart_forms_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(multipart_bad); i++)
		if (multipart(TYPE, multipart_bad[i]) != E_MALFORMED)
			fail_msg("case %zu is taken: %.*s", i, STR_FMT_ARG(multipart_bad[i]));
}

static void the_boundary_comes_from_the_content_type(void **state)
{
	(void)state;
	static const char *const good[] = {
		"multipart/form-data; boundary=AaB03x", "Multipart/Form-Data;boundary=\"AaB03x\"",
		"multipart/form-data ; charset=utf-8; BOUNDARY=AaB03x", "multipart/form-data; boundary=AaB03x ",
		"multipart/form-data; boundary=\"AaB03x\"; x=\"a;b\""};
	static const char *const bad[] = {
		"",
		"multipart/form-data",
		"multipart/form-data;",
		"multipart/form-data; boundary",
		"multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"\"",
		"multipart/form-data; boundary=\"AaB03x",
		"multipart/form-data; boundary=AaB03x; boundary=AaB03x",
		"multipart/mixed; boundary=AaB03x",
		"text/plain; boundary=AaB03x",
		"multipart/form-data boundary=AaB03x",
		"multipart/form-data, boundary=AaB03x",
		"multipart/form-data; xboundary=AaB03x",
		"multipart/form-data; boundary=AaB03x extra",
		"multipart/form-data; boundary=\"AaB03x \"",
		"multipart/form-data; boundary=\"Aa\x01\"",
		"multipart/form-data; boundary=\"A\xC3\xA9\"",
		"multipart/form-data; boundary=\"A;B\"",
		"multipart/form-data; "
		"boundary=12345678901234567890123456789012345678901234567890123456789012345678901"};
	static const struct str body = M(PART(DISPOSITION "name=a", "1") END);
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		assert_int_equal(multipart(str_from(good[i]), body), OK);
		assert_string_equal(shown(), "a=1");
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (multipart(str_from(bad[i]), body) != E_MALFORMED)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(multipart(STR_NONE, body), E_MALFORMED);
	struct str type = STR("multipart/form-data; boundary=\"'()+_,-./:=? "
			      "a1234567890123456789012345678901234567890123456789012345\"");
	assert_int_equal(
		multipart(type, STR("--'()+_,-./:=? a1234567890123456789012345678901234567890123456789012345--")), OK);
}

static void multipart_cut_anywhere_is_refused(void **state)
{
	(void)state;
	static const char whole[] = "x\r\n" PART(DISPOSITION "name=\"a\"", "1\r\n2")
		PART(DISPOSITION "name=\"f\"; filename=\"b.png\"\r\nContent-Type: image/png",
		     "\x89PNG\r\n\x1A\n\r\n--AaB03") "--AaB03x--";
	for (size_t n = 0; n < sizeof(whole) - 1; n++)
		assert_int_equal(multipart(TYPE, (struct str){whole, n}), E_MALFORMED);
	assert_int_equal(multipart(TYPE, (struct str){whole, sizeof(whole) - 1}), OK);
	assert_int_equal(form.count, 2);
	const struct form_field *file = form_find(&form, "f");
	assert_true(str_is(file->content_type, "image/png"));
	assert_true(str_equal(file->text, STR("\x89PNG\r\n\x1A\n\r\n--AaB03")));
	assert_true(str_absent(form_find(&form, "a")->file_name));
	assert_true(str_absent(form_find(&form, "a")->content_type));
	/* Any damaged byte gives an answer; the sanitizer watches. */
	static const char bytes[] = "\r\n-;\"\\=: \x00\xFF";
	for (size_t at = 0; at < sizeof(whole) - 1; at++)
		for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
			char damaged[sizeof(whole)];
			memcpy(damaged, whole, sizeof(whole));
			damaged[at] = bytes[i];
			enum err status = multipart(TYPE, (struct str){damaged, sizeof(whole) - 1});
			assert_true(status == OK || status == E_MALFORMED);
		}
}

static void multipart_has_caps_of_its_own(void **state)
{
	(void)state;
	struct buffer body = BUFFER_IN(arena);
	for (int i = 0; i <= (int)FORM_FIELDS_MOST; i++)
		buffer_printf(&body, "--AaB03x\r\n" DISPOSITION "name=a%d\r\n\r\n\r\n", i);
	buffer_printf(&body, END);
	assert_int_equal(multipart(TYPE, buffer_str(&body)), E_TOOBIG);
	buffer_clear(&body);
	buffer_printf(&body, "--AaB03x\r\nX: %05000d\r\n" DISPOSITION "name=a\r\n\r\n1\r\n" END, 0);
	assert_int_equal(multipart(TYPE, buffer_str(&body)), E_TOOBIG);
	buffer_clear(&body);
	buffer_printf(&body, "--AaB03x\r\n" DISPOSITION "name=a; filename=%0256d\r\n\r\n1\r\n" END, 0);
	assert_int_equal(multipart(TYPE, buffer_str(&body)), E_TOOBIG);
	buffer_clear(&body);
	buffer_printf(&body, "--AaB03x\r\n" DISPOSITION "name=a; filename=%0255d\r\n\r\n1\r\n" END, 0);
	assert_int_equal(multipart(TYPE, buffer_str(&body)), OK);
}

static void percent_escapes_go_both_ways(void **state)
{
	(void)state;
	struct buffer out = BUFFER_IN(arena);
	struct str back;
	url_encode(&out, STR("AZaz09-._~ /?#[]@!$&'()*+,;=%\"<>\xC3\xA9"));
	assert_string_equal(out.bytes,
			    "AZaz09-._~%20%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25%22%3C%3E%C3%A9");
	assert_true(url_decode(arena, buffer_str(&out), &back));
	assert_true(str_is(back, "AZaz09-._~ /?#[]@!$&'()*+,;=%\"<>\xC3\xA9"));
	assert_true(url_decode(arena, STR("a+b%2fc"), &back) && str_is(back, "a+b/c"));
	assert_true(url_decode(arena, STR_NONE, &back) && back.n == 0);
	static const char *const bad[] = {"%", "a%2", "%2x", "%00", "%FF", "%C0%AF", "%ED%A0%80", "\xFF", "%c3"};
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(url_decode(arena, exact(str_from(bad[i])), &back));

	struct buffer query = BUFFER_IN(arena);
	url_add_pair(&query, STR("q"), STR("a&b c"));
	url_add_pair(&query, STR("x=y"), STR_NONE);
	assert_string_equal(query.bytes, "q=a%26b%20c&x%3Dy=");
	assert_int_equal(urlencoded(buffer_str(&query)), OK);
	assert_string_equal(shown(), "q=a&b c|x=y=");
}

static void cookies_are_found_by_exact_name(void **state)
{
	(void)state;
	static const struct {
		const char *header, *value;
		bool duplicate;
	} cases[] = {
		{"__Host-session=abc", "abc", false},
		{"a=1; __Host-session=abc; b=2", "abc", false},
		{"a=1;__Host-session=abc;b=2", "abc", false},
		{" a=1 ;\t__Host-session=abc ", "abc", false},
		{"__Host-session=", "", false},
		{"__Host-session=a=b=", "a=b=", false},
		{"__Host-session=abc; __Host-session=abc", "abc", true},
		{"__Host-session=; __Host-session=x", "", true},
		{"__Host-session=abc; __host-session=def", "abc", false},
		{"x__Host-session=abc", NULL, false},
		{"__Host-session", NULL, false},
		{"__Host-session2=abc", NULL, false},
		{"=__Host-session=abc", NULL, false},
		{"__Host-session =abc", NULL, false},
		{"a=\"__Host-session=abc\"", NULL, false},
		{"", NULL, false},
		{";;;=;", NULL, false},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		bool duplicate = true;
		struct str value = cookie_find(exact(str_from(cases[i].header)), "__Host-session", &duplicate);
		if (cases[i].value ? !str_is(value, cases[i].value) || str_absent(value) : !str_absent(value))
			fail_msg("%s", cases[i].header);
		assert_int_equal(duplicate, cases[i].duplicate);
	}
	bool duplicate = true;
	assert_true(str_absent(cookie_find(STR_NONE, "a", &duplicate)));
	assert_false(duplicate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(urlencoded_forms_are_read, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(broken_urlencoded_forms_are_refused, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(caps_of_forms_are_exact, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(fields_are_found_by_name, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(multipart_forms_are_read, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(broken_multipart_forms_are_refused, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(the_boundary_comes_from_the_content_type, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(multipart_cut_anywhere_is_refused, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(multipart_has_caps_of_its_own, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(percent_escapes_go_both_ways, make_arena, free_arena),
		cmocka_unit_test_setup_teardown(cookies_are_found_by_exact_name, make_arena, free_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
