/* The syntax of e-mail and web addresses, as far as people's mailboxes and sites need it. */
#include "lib/entity/entity_internal.h"

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One label of a host name. */
static bool is_host_label(struct str label)
{
	if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++)
		if (!is_alphanumeric(label.p[i]) && label.p[i] != '-')
			return false;
	return true;
}

/* Two labels or more; the last one is no number, so that an IPv4 address is none. */
static bool is_domain(struct str host)
{
	struct str rest = host, label = STR_NONE;
	size_t labels = 0;

	if (host.n > 253)
		return false;
	while (!str_absent(rest)) {
		label = str_split(&rest, '.');
		if (!is_host_label(label))
			return false;
		labels++;
	}
	return labels >= 2 && !is_digit(label.p[0]);
}

static bool is_email_atom(struct str atom)
{
	for (size_t i = 0; i < atom.n; i++)
		if (!is_alphanumeric(atom.p[i]) && (atom.p[i] == '\0' || !strchr("!#$%&'*+/=?^_`{|}~-", atom.p[i])))
			return false;
	return atom.n > 0;
}

/* RFC 5321 without quoted local parts and address literals, which nobody's mailbox has. */
bool email_syntax(struct str text)
{
	struct str domain = text, local = str_split(&domain, '@'), rest = local;

	if (str_absent(domain) || local.n > 64 || !is_domain(domain))
		return false;
	while (!str_absent(rest))
		if (!is_email_atom(str_split(&rest, '.')))
			return false;
	return true;
}

static bool is_port(struct str port)
{
	int64_t number;

	return port.n <= 5 && str_to_int64(port, &number) && number >= 1 && number <= 65535;
}

/* Takes "http://" or "https://" away; https when there is none. Another scheme is then no host. */
static struct str take_scheme(struct str *text)
{
	static const struct str schemes[] = {{"https://", 8}, {"http://", 7}};

	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		struct str scheme = schemes[i];

		if (text->n >= scheme.n && str_equal_nocase((struct str){text->p, scheme.n}, scheme)) {
			*text = (struct str){text->p + scheme.n, text->n - scheme.n};
			return scheme;
		}
	}
	return schemes[0];
}

static bool has_character_no_url_has(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f || strchr("\"<>\\^`{|}", text.p[i]))
			return true;
	return false;
}

bool url_normal(struct arena *arena, struct str text, struct str *out, const char **complaint)
{
	struct str rest = text, scheme, host, port;
	size_t end = 0;

	*complaint = "Enter a web address like https://www.example.com.";
	if (has_character_no_url_has(rest))
		return false;
	scheme = take_scheme(&rest);
	while (end < rest.n && !strchr("/?#", rest.p[end]))
		end++;
	port = (struct str){rest.p, end};
	if (end && memchr(rest.p, '@', end)) {
		*complaint = "Leave user name and password out of the web address.";
		return false;
	}
	host = str_split(&port, ':');
	if (!is_domain(host) || (!str_absent(port) && !is_port(port)))
		return false;
	*out = arena_printf(arena, "%.*s%.*s", STR_FMT_ARG(scheme), STR_FMT_ARG(rest));
	return true;
}
