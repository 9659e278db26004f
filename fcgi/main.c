/* demand-web: pages and API. Reads everything it will ever read from disk, then becomes the master of its workers. */
#include "fcgi/large_body.h"
#include "fcgi/listener.h"
#include "fcgi/master.h"
#include "fcgi/route.h"

#include "lib/base/log.h"
#include "lib/crm/entities.h"
#include "lib/entity/trash.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORKERS_A_CORE 4

static const char usage[] =
	"usage: demand-web [-c FILE]                    serve\n"
	"       demand-web [-c FILE] --check            say what is wrong with configuration, templates and tables\n"
	"       demand-web --password-locations         nginx location matchers of the password pool\n"
	"       demand-web --large-locations            the same of addresses that take large bodies, and how large\n";

struct command {
	const char *file;
	bool check;
	void (*locations)(struct buffer *); /* to be printed, and nothing else done */
};

static bool parse_arguments(int count, char **arguments, struct command *command)
{
	*command = (struct command){NULL, false, NULL};
	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "-c") == 0 && i + 1 < count)
			command->file = arguments[++i];
		else if (strcmp(arguments[i], "--check") == 0)
			command->check = true;
		else if (strcmp(arguments[i], "--password-locations") == 0)
			command->locations = routes_password_locations;
		else if (strcmp(arguments[i], "--large-locations") == 0)
			command->locations = large_body_locations;
		else
			return false;
	}
	return true;
}

/* Everything that can be wrong before the first request. */
static bool load(const struct command *command, struct config *config, struct templates **templates,
		 struct buffer *complaints)
{
	uint8_t pepper[32], key[32];
	bool good = config_load(config, command->file, complaints);

	if (!good)
		return false;
	good = routes_check(complaints) & large_bodies_check(complaints);
	for (size_t i = 0; i < entities_count; i++)
		good = entity_check(entities[i], complaints) && good;
	*templates = templates_load(config->template_folder, TEMPLATE_LENIENT, complaints);
	good = *templates && routes_check_templates(*templates, complaints) && good;
	if (!config_pepper(config, pepper, complaints))
		return false;
	token_pepper(pepper);
	sodium_memzero(pepper, sizeof(pepper));
	token_derive_key("cursor", key);
	entity_list_key(key);
	entity_catalogue(entities, entities_count);
	return good;
}

static size_t cores(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	return online > 0 ? (size_t)online : 1;
}

/* Both sockets, then workers until the end. */
static int serve(const struct config *config, const struct templates *templates, char **arguments,
		 struct buffer *complaints)
{
	struct master_plan plan = {
		.config = config,
		.templates = templates,
		.pools =
			{
				{"web", -1,
				 config->web_workers ? (size_t)config->web_workers : WORKERS_A_CORE * cores()},
				{"password", -1, (size_t)config->password_workers},
			},
		.arguments = arguments,
	};
	bool is_worker;

	master_block_signals();
	listeners_inherit();
	plan.pools[0].listener = listener_open(config->web_socket, config->socket_group, complaints);
	plan.pools[1].listener = listener_open(config->password_socket, config->socket_group, complaints);
	listeners_close_rest();
	if (plan.pools[0].listener < 0 || plan.pools[1].listener < 0)
		return -1;
	return master_run(&plan, &is_worker);
}

int main(int count, char **arguments)
{
	struct buffer complaints = BUFFER_IN(NULL), locations = BUFFER_IN(NULL);
	struct templates *templates = NULL;
	enum log_level level = LOG_INFO;
	struct command command;
	struct config config;
	int code = 0;

	if (!parse_arguments(count, arguments, &command)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	if (command.locations) {
		command.locations(&locations);
		code = fwrite(locations.bytes ? locations.bytes : "", 1, locations.length, stdout) == locations.length
			       ? 0
			       : 1;
		buffer_free(&locations);
		return code;
	}
	(void)umask(0077);
	if (sodium_init() < 0)
		return 1;
	if (!load(&command, &config, &templates, &complaints))
		code = -1;
	if (code == 0 && !command.check) {
		if (log_level_from(str_from(config.log_level), &level))
			log_start("demand-web", level);
		code = serve(&config, templates, arguments, &complaints);
	}
	if (complaints.length)
		(void)fputs(complaints.bytes, stderr);
	templates_free(templates);
	buffer_free(&complaints);
	return code == 0 ? 0 : 1;
}
