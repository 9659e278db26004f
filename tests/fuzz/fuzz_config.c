/* A configuration file: taken, or every complaint is a line that names what is wrong. */
#include "tests/fuzz/fuzz.h"

#include "lib/base/config.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static size_t taken;
	struct arena *arena = fuzz_arena();
	struct buffer complaints = BUFFER_IN(arena);
	struct config config;
	char path[64];
	int file = memfd_create("config", MFD_CLOEXEC);

	/* What was read stays for as long as the process: there is room for so many. */
	if (taken++ > 30000 || length > 2048) {
		(void)close(file);
		return 0;
	}
	REQUIRE(file >= 0);
	REQUIRE(write(file, bytes, length) == (ssize_t)length);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	if (config_load(&config, path, &complaints)) {
		REQUIRE(config.base_domain && *config.base_domain);
		REQUIRE(config.public_port >= 1 && config.public_port <= 65535);
	} else {
		REQUIRE(complaints.length > 0 && complaints.bytes[complaints.length - 1] == '\n');
	}
	(void)close(file);
	return 0;
}
