#include "ctl/ctl.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static NORETURN void become(const char *const *arguments, int output)
{
	/* execvp takes char *const * for history's sake and changes nothing. */
	union {
		const char *const *constant;
		char *const *plain;
	} vector = {.constant = arguments};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, 0);
	dup2(output, 1);
	dup2(null, 2);
	execvp(arguments[0], vector.plain);
	_exit(127);
}

int run_program(struct arena *arena, const char *const *arguments, struct str *output)
{
	struct buffer text = BUFFER_IN(arena);
	char chunk[4096];
	int ends[2], status = -1;
	ssize_t got;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	child = fork();
	if (child == 0)
		become(arguments, ends[1]);
	close(ends[1]);
	while ((got = read(ends[0], chunk, sizeof chunk)) > 0)
		buffer_add(&text, chunk, (size_t)got);
	close(ends[0]);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	*output = buffer_str(&text);
	return WEXITSTATUS(status);
}
