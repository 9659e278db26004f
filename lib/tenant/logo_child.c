#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/tenant/logo.h"
#include "lib/tenant/logo_child.h"

/* Sanitizers map terabytes and call what they need: under them only the clock is limited. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONFINED 0
#else
#define CONFINED 1
#endif

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static void limit(int resource, rlim_t most)
{
	struct rlimit rlimit = {most, most};

	if (setrlimit((__rlimit_resource_t)resource, &rlimit) != 0)
		_exit(1);
}

/* Bytes that are mapped already: a limit below them would forbid everything. */
static rlim_t mapped_bytes(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file || fscanf(file, "%lu", &pages) != 1)
		_exit(1);
	fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/*
 * From here on the process can compute, take and give back memory, write and exit; everything else fails with EPERM. A kernel without seccomp, or another
 * processor, leaves the limits and the closed descriptors.
 */
static void allow_arithmetic_only(void)
{
#ifdef OWN_ARCHITECTURE
#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 1, 0), /* else the numbers mean other calls */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(SYS_write),
		ALLOW(SYS_brk),
		ALLOW(SYS_mmap),
		ALLOW(SYS_munmap),
		ALLOW(SYS_mremap),
		ALLOW(SYS_mprotect),
		ALLOW(SYS_madvise),
		ALLOW(SYS_futex),
		ALLOW(SYS_rt_sigreturn),
		ALLOW(SYS_exit),
		ALLOW(SYS_exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
#undef ALLOW
	struct sock_fprog program = {COUNT_OF(rules), rules};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
#endif
}

static void shut_in(int answer)
{
	rlim_t memory;

	signal(SIGTERM, SIG_DFL); /* the worker's own handlers mean nothing here */
	signal(SIGPIPE, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || dup2(answer, 0) < 0)
		_exit(1);
	memory = mapped_bytes() + LOGO_CHILD_MEMORY;
	limit(RLIMIT_CPU, LOGO_CHILD_SECONDS);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	if (!CONFINED)
		return;
	/* Our copies of the worker's connections: closing them tells the other side nothing. */
	if (close_range(1, ~0u, 0) != 0)
		_exit(1);
	limit(RLIMIT_AS, memory);
	limit(RLIMIT_NOFILE, 0);
	allow_arithmetic_only();
}

static void say(const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length) {
		ssize_t n = write(0, at, length);

		if (n < 0)
			_exit(1);
		at += n;
		length -= (size_t)n;
	}
}

static enum logo_verdict decode(struct str bytes, uint8_t **png, size_t *length)
{
	struct logo_scaler *scaler;
	const uint8_t *rgba;
	uint32_t width, height;
	enum logo_verdict verdict;

	if (logo_is_png(bytes))
		verdict = logo_read_png(bytes, LOGO_MOST_PIXELS, LOGO_EDGE, &scaler);
	else
		verdict = logo_read_jpeg(bytes, LOGO_MOST_PIXELS, LOGO_EDGE, &scaler);
	if (verdict != LOGO_FINE)
		return verdict;
	rgba = logo_scaler_result(scaler, &width, &height);
	verdict = logo_write_png(rgba, width, height, png, length);
	logo_scaler_free(scaler);
	return verdict;
}

void logo_child(struct str bytes, int answer)
{
	uint8_t *png = NULL;
	size_t length = 0;
	char verdict;

	shut_in(answer);
	verdict = (char)decode(bytes, &png, &length);
	say(&verdict, 1);
	say(png, length);
	say(&(char){LOGO_CHILD_END}, 1);
	_exit(0);
}
