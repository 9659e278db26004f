#include "lib/base/config.h"

#include "lib/base/id.h"
#include "lib/base/log.h"
#include "lib/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MOST ((size_t)64 * 1024)
#define TEXT_BYTES_MOST 1000

/* Where `make install` puts what the programs read; the build names it. */
#ifndef DEMAND_DATA_FOLDER
#define DEMAND_DATA_FOLDER "/usr/local/share/demand"
#endif

enum setting_type { SETTING_INT = 1, SETTING_TEXT, SETTING_DOMAIN, SETTING_LEVEL };

struct setting {
	const char *name;
	enum setting_type type;
	size_t offset;
	const char *preset;  /* read by the same code as what a person writes */
	int64_t least, most; /* of a number, or of the bytes of a text */
	const char *help;
};

/* clang-format off */
#define INT(name, preset, least, most, help) {#name, SETTING_INT, offsetof(struct config, name), preset, least, most, help}
#define TEXT(name, preset, help) {#name, SETTING_TEXT, offsetof(struct config, name), preset, 1, TEXT_BYTES_MOST, help}

static const struct setting settings[] = {
	{"base_domain", SETTING_DOMAIN, offsetof(struct config, base_domain), "demand.localhost", 1, 200,
	 "every tenant is served at a name under this one"},
	INT(public_port, "8443", 1, 65535, "port of nginx; left out of links when it is 443"),
	TEXT(database, "host=/var/run/postgresql dbname=demand", "libpq keywords without a user"),
	TEXT(app_role, "demand_app", "database role of tenant statements"),
	TEXT(auth_role, "demand_auth", "database role that finds tenants and credentials"),
	TEXT(jobs_role, "demand_jobs", "database role of background work"),
	TEXT(pepper_file, "/etc/demand/pepper", "64 hex digits, mode 0600; losing it ends every key and session"),
	TEXT(web_socket, "/run/demand/web.sock", "unix socket of the page and API pool"),
	TEXT(password_socket, "/run/demand/password.sock", "unix socket of the password pool"),
	{"socket_group", SETTING_TEXT, offsetof(struct config, socket_group), "", 0, 64, "group of both sockets; empty leaves it"},
	INT(web_workers, "0", 0, 1024, "page and API workers; 0 is four for each core"),
	INT(password_workers, "2", 1, 64, "workers that check passwords"),
	INT(jobs_workers, "2", 1, 64, "processes that do background work"),
	INT(requests_per_worker, "10000", 1, 1000000000, "a worker is replaced after so many"),
	INT(request_seconds, "30", 1, 3600, "a worker busy for longer is replaced"),
	INT(rate_scale, "100", 1, 1000000, "percent of every rate limit; more for load tests"),
	TEXT(template_folder, DEMAND_DATA_FOLDER "/templates", "pages and mails"),
	TEXT(static_version, "1", "cache buster in links to /static/"),
	TEXT(static_folder, DEMAND_DATA_FOLDER "/static", "served by nginx; the doctor looks at it"),
	TEXT(migration_folder, DEMAND_DATA_FOLDER "/migrations", "numbered SQL files"),
	TEXT(certificate, "/etc/demand/tls/fullchain.pem", "TLS chain; the doctor looks at its dates"),
	TEXT(support_contact, "support@demand.localhost", "where tenants write to: shown where only the operator can help"),
	{"curl_options", SETTING_TEXT, offsetof(struct config, curl_options), "", 0, 512, "in the curl lines that pages show; --cacert FILE where the authority is private"},
	{"log_level", SETTING_LEVEL, offsetof(struct config, log_level), "info", 1, 16, "debug, info, warning or error"},
};
/* clang-format on */

/* Texts of every configuration read so far. */
static struct arena *kept(void)
{
	static struct arena *arena;
	if (arena == NULL)
		arena = arena_new((size_t)16 * 1024 * 1024);
	return arena;
}

/* Lower-case labels of letters, digits and hyphens: what a host name is compared with. */
static bool is_domain(struct str domain)
{
	while (!str_absent(domain)) {
		struct str label = str_split(&domain, '.');
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++) {
			char c = label.p[i];
			if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
				return false;
		}
	}
	return true;
}

static bool is_text(const struct setting *setting, struct str value)
{
	return value.n >= (size_t)setting->least && value.n <= (size_t)setting->most && utf8_valid(value) &&
	       !utf8_has_control(value);
}

/* NULL when the value was taken, else what is wrong with it. */
static const char *set(struct config *config, const struct setting *setting, struct str value)
{
	char *member = (char *)config + setting->offset;
	enum log_level level;
	if (setting->type == SETTING_INT) {
		int64_t number;
		if (!str_to_int64(value, &number))
			return "must be a whole number";
		if (number < setting->least || number > setting->most)
			return "is out of range";
		memcpy(member, &number, sizeof(number));
		return NULL;
	}
	if (!is_text(setting, value))
		return value.n == 0 ? "must not be empty" : "is too long or not plain text";
	if (setting->type == SETTING_DOMAIN && !is_domain(value))
		return "must be a domain name in lower case";
	if (setting->type == SETTING_LEVEL && !log_level_from(value, &level))
		return "must be debug, info, warning or error";
	const char *text = arena_c_string(kept(), value);
	memcpy(member, &text, sizeof(text));
	return NULL;
}

static const struct setting *find(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++)
		if (str_is(name, settings[i].name))
			return &settings[i];
	return NULL;
}

/* At most `most` bytes of a file into out, which has room for them; -1 with errno when it cannot be read. */
static ssize_t read_file(const char *path, mode_t forbidden, char *out, size_t most)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (file < 0)
		return -1;
	struct stat status;
	ssize_t got = -1;
	size_t length = 0;
	if (fstat(file, &status) == 0) {
		errno = EACCES;
		if ((status.st_mode & forbidden) == 0)
			while ((got = read(file, out + length, most - length)) > 0 || (got < 0 && errno == EINTR))
				length += got > 0 ? (size_t)got : 0;
	}
	int saved = errno;
	(void)close(file);
	errno = saved;
	return got < 0 ? -1 : (ssize_t)length;
}

/* A '#' that begins the line or follows white space starts a comment. */
static struct str without_comment(struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			return (struct str){line.p, i};
	return line;
}

static void read_lines(struct config *config, const char *path, struct str text, struct buffer *complaints)
{
	bool seen[COUNT_OF(settings)] = {false};
	for (int number = 1; !str_absent(text); number++) {
		struct str value = str_trim(without_comment(str_split(&text, '\n')));
		if (value.n == 0)
			continue;
		struct str name = str_trim(str_split(&value, '='));
		const struct setting *setting = find(name);
		const char *wrong;
		if (str_absent(value))
			wrong = "is not followed by '= value'";
		else if (setting == NULL)
			wrong = "is not a setting";
		else if (seen[setting - settings])
			wrong = "occurs twice";
		else
			wrong = set(config, setting, str_trim(value));
		if (wrong != NULL)
			buffer_printf(complaints, "%s:%d: %.*s %s\n", path, number, STR_FMT_ARG(name), wrong);
		if (setting != NULL)
			seen[setting - settings] = true;
	}
}

static void read_environment(struct config *config, struct buffer *complaints)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		char variable[64] = "DEMAND_";
		size_t length = strlen(variable);
		for (const char *c = settings[i].name; *c != '\0' && length < sizeof(variable) - 1; c++)
			variable[length++] = *c >= 'a' && *c <= 'z' ? (char)(*c - ('a' - 'A')) : *c;
		variable[length] = '\0';
		const char *value = getenv(variable);
		const char *wrong = value ? set(config, &settings[i], str_from(value)) : NULL;
		if (wrong != NULL)
			buffer_printf(complaints, "environment: %s %s\n", variable, wrong);
	}
}

static void read_config_file(struct config *config, const char *path, struct buffer *complaints)
{
	char *text = malloc(FILE_BYTES_MOST);
	if (text == NULL)
		abort();
	ssize_t length = read_file(path, 0, text, FILE_BYTES_MOST);
	if (length < 0)
		buffer_printf(complaints, "%s: %s\n", path, strerror(errno));
	else if ((size_t)length == FILE_BYTES_MOST)
		buffer_printf(complaints, "%s: is too long\n", path);
	else
		read_lines(config, path, (struct str){text, (size_t)length}, complaints);
	free(text);
}

bool config_load(struct config *config, const char *path, struct buffer *complaints)
{
	size_t before = complaints->length;
	*config = (struct config){0};
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		const char *wrong = set(config, &settings[i], str_from(settings[i].preset));
		if (wrong != NULL)
			buffer_printf(complaints, "default: %s %s\n", settings[i].name, wrong);
	}
	if (path != NULL)
		read_config_file(config, path, complaints);
	read_environment(config, complaints);
	return complaints->length == before;
}

struct str config_origin(const struct config *config, struct arena *arena, const char *label)
{
	bool apex = label == NULL || label[0] == '\0';
	struct str port =
		config->public_port == 443 ? STR("") : arena_printf(arena, ":%lld", (long long)config->public_port);
	return arena_printf(arena, "https://%s%s%s%.*s", apex ? "" : label, apex ? "" : ".", config->base_domain,
			    STR_FMT_ARG(port));
}

bool config_pepper(const struct config *config, uint8_t out[32], struct buffer *complaints)
{
	char text[80];
	ssize_t length = read_file(config->pepper_file, S_IRWXG | S_IRWXO, text, sizeof(text));
	bool good = false;
	if (length < 0)
		buffer_printf(complaints, "pepper_file %s: %s; it must be readable by its owner alone (mode 0600)\n",
			      config->pepper_file, strerror(errno));
	else if (!(good = hex_decode(str_trim((struct str){text, (size_t)length}), out, 32)))
		buffer_printf(complaints, "pepper_file %s: must hold 64 hex digits\n", config->pepper_file);
	explicit_bzero(text, sizeof(text));
	return good;
}

void config_print(const struct config *config, struct buffer *out)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		const char *member = (const char *)config + settings[i].offset;
		int64_t number;
		const char *text;
		buffer_printf(out, "%s = ", settings[i].name);
		if (settings[i].type == SETTING_INT) {
			memcpy(&number, member, sizeof(number));
			buffer_add_int(out, number);
		} else {
			memcpy(&text, member, sizeof(text));
			buffer_add_str(out, str_from(text));
		}
		buffer_printf(out, "  # %s\n", settings[i].help);
	}
}
