/* Shows a target everything that is kept for it: tests/fuzz/corpus/NAME/, where the program is called fuzz_NAME. Or the files that are named. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <string.h>

static int shown;

static void show(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct buffer bytes = BUFFER_IN(NULL);
	char part[4096];
	size_t got;

	if (!file) {
		perror(path);
		exit(2);
	}
	while ((got = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&bytes, part, got);
	(void)fclose(file);
	/* The last line of the output of a run that dies names the input. */
	printf("# %s\n", path);
	(void)fflush(stdout);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)(bytes.length ? bytes.bytes : ""), bytes.length);
	buffer_free(&bytes);
	shown++;
}

int main(int count, char **arguments)
{
	const char *name = strstr(arguments[0], "fuzz_"), *source = getenv("srcdir");
	struct dirent **entries;
	char path[4096];
	int found;

	for (int i = 1; i < count; i++)
		show(arguments[i]);
	if (count > 1)
		return 0;
	/* The name itself, behind the folders that may be called alike. */
	for (const char *next = name; next; next = strstr(next + 1, "fuzz_"))
		name = next;
	if (!name || snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", source ? source : ".", name + 5) < 0)
		return 2;
	found = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < found; i++) {
		char file[4400];

		if (entries[i]->d_name[0] != '.' && snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name) > 0)
			show(file);
		free(entries[i]);
	}
	if (found >= 0)
		free(entries);
	printf("%d passed, %d failed\n", shown, shown == 0);
	return shown == 0;
}
