/* demand-jobs: what is done in the background. */
#include "jobs/master.h"

#include "lib/base/log.h"
#include "lib/crm/entities.h"
#include "lib/crm/job_kinds.h"
#include "lib/entity/trash.h"
#include "lib/tenant/principal.h"

#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

static const char usage[] = "usage: demand-jobs [-c FILE]            work until TERM\n"
			    "       demand-jobs [-c FILE] --check    say what is wrong with the configuration\n";

static bool load(const char *file, struct config *config, struct buffer *complaints)
{
	uint8_t pepper[32], key[32];

	if (!config_load(config, file, complaints) || !config_pepper(config, pepper, complaints))
		return false;
	token_pepper(pepper);
	sodium_memzero(pepper, sizeof(pepper));
	token_derive_key("cursor", key);
	entity_list_key(key);
	entity_catalogue(entities, entities_count);
	return true;
}

int main(int count, char **arguments)
{
	struct buffer complaints = BUFFER_IN(NULL);
	enum log_level level = LOG_INFO;
	const char *file = NULL;
	struct config config;
	bool check = false, good;
	int code = 0;

	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "-c") == 0 && i + 1 < count) {
			file = arguments[++i];
		} else if (strcmp(arguments[i], "--check") == 0) {
			check = true;
		} else {
			(void)fputs(usage, stderr);
			return 2;
		}
	}
	(void)umask(0077);
	if (sodium_init() < 0)
		return 1;
	good = load(file, &config, &complaints);
	if (complaints.length)
		(void)fputs(complaints.bytes, stderr);
	buffer_free(&complaints);
	if (!good)
		return 1;
	if (!check) {
		struct jobs_plan plan = {&config, job_kinds, job_kind_count, (size_t)config.jobs_workers};

		if (log_level_from(str_from(config.log_level), &level))
			log_start("demand-jobs", level);
		code = jobs_master_run(&plan);
	}
	return code;
}
