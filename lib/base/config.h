/*
 * Configuration: one table of settings (config.c), read from a file of "name = value" lines and overridden by
 * the environment (DEMAND_<NAME>). An unknown name in the file refuses to start. Values live as long as the process.
 */
#ifndef DEMAND_CONFIG_H
#define DEMAND_CONFIG_H

#include "lib/base/buffer.h"

struct config {
	const char *base_domain;     /* demand.localhost */
	int64_t public_port;         /* 8443; left out of links when it is 443 */
	const char *database;        /* libpq keywords without user, e.g. "host=/run/… dbname=demand" */
	const char *app_role;        /* demand_app */
	const char *auth_role;       /* demand_auth */
	const char *jobs_role;       /* demand_jobs */
	const char *pepper_file;     /* 64 hex digits, mode 0600: keys every hash and MAC */
	const char *web_socket;      /* unix socket of the page and API pool */
	const char *password_socket; /* unix socket of the password pool */
	const char *socket_group;    /* group of both sockets; empty leaves it */
	int64_t web_workers;         /* 0: four for each core */
	int64_t password_workers;
	int64_t jobs_workers;
	int64_t requests_per_worker; /* a worker is replaced after so many */
	int64_t request_seconds;     /* a worker busy for longer is replaced by the master */
	int64_t rate_scale;          /* percent of every rate limit */
	const char *template_folder;
	const char *static_version;   /* cache buster in links to /static/ */
	const char *static_folder;    /* read by doctor only; nginx serves it */
	const char *migration_folder; /* db/migrations */
	const char *certificate;      /* TLS chain, for doctor */
	const char *
		curl_options; /* stands behind "curl" in the lines that pages show: --cacert where the authority is private */
	const char *support_contact; /* e-mail address that tenants write to: a plan, a closed workspace */
	const char *log_level;       /* debug, info, warning, error */
};

/* path NULL: environment and defaults only. False with complaints, one a line, when anything is unknown or out of range. */
bool config_load(struct config *, const char *path, struct buffer *complaints) MUST_CHECK;
/* "https://<label>.<base domain>[:port]"; label NULL or "" gives the apex. */
struct str config_origin(const struct config *, struct arena *, const char *label);
/* The 32 secret bytes of pepper_file. */
bool config_pepper(const struct config *, uint8_t out[32], struct buffer *complaints) MUST_CHECK;
/* "name = value  # help" for every setting: demandctl doctor and docs/configuration.md are checked against it. */
void config_print(const struct config *, struct buffer *out);

#endif
