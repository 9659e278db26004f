#include "tests/faults/memory.h"

#include "fcgi/dispatch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf end_of_worker;
static bool armed, inside, fired, died;
static size_t wanted, seen;

void memory_arm(size_t nth)
{
	armed = true;
	wanted = nth;
}

bool memory_fired(void)
{
	return fired;
}

bool memory_died(void)
{
	return died;
}

size_t memory_count(void)
{
	return seen;
}

static bool refused(void)
{
	if (!inside || ++seen != wanted)
		return false;
	fired = true;
	errno = ENOMEM;
	return true;
}

/* ---- the allocator ---- */

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
#ifdef ENABLE_ASAN
/* The sanitizer's own stand below; only what is linked in is wrapped. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
#else
/* In the program itself they stand before those of the C library, for the libraries too. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
#define __real_malloc __libc_malloc
#define __real_calloc __libc_calloc
#define __real_realloc __libc_realloc

void *malloc(size_t size)
{
	return refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return refused() ? NULL : __libc_realloc(old, size);
}
#endif

void *__wrap_malloc(size_t size)
{
	return refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return refused() ? NULL : __real_realloc(old, size);
}

/* ---- the end of a worker ---- */

NORETURN void __wrap_abort(void);
NORETURN void __real_abort(void);

void __wrap_abort(void)
{
	if (!inside)
		__real_abort();
	inside = false;
	longjmp(end_of_worker, 1);
}

void __wrap_dispatch_request(const struct app *, struct arena *, const struct request *, struct response *);
void __real_dispatch_request(const struct app *, struct arena *, const struct request *, struct response *);

void __wrap_dispatch_request(const struct app *app, struct arena *arena, const struct request *request,
			     struct response *response)
{
	fired = died = false;
	seen = 0;
	inside = armed;
	armed = false;
	if (setjmp(end_of_worker) == 0) {
		__real_dispatch_request(app, arena, request, response);
	} else {
		*response = (struct response){0};
		died = true;
	}
	inside = false;
}
