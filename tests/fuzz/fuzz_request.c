/* FastCGI parameters and Host: a NUL ends each parameter. What is taken is within the caps, and a host is one of ours or nobody's. */
#include "tests/fuzz/fuzz.h"

#include "fcgi/request.h"
#include "fcgi/route.h"
#include "lib/tenant/slug.h"
#include "lib/tenant/tenant.h"

#define PARAMETERS_MOST 200

static void look_at_host(struct arena *arena, struct str host)
{
	static const struct config config = {.base_domain = "demand.localhost", .public_port = 8443};
	struct str label = STR_NONE;

	if (host_classify(&config, arena, host, &label) == HOST_TENANT) {
		REQUIRE(slug_valid(label));
		REQUIRE(host.n == label.n + strlen(".demand.localhost"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena *arena = fuzz_arena();
	const char *parameters[PARAMETERS_MOST + 1];
	struct str rest = fuzz_copy(arena, bytes, length);
	struct request *request;
	size_t count = 0;

	while (!str_absent(rest) && count < PARAMETERS_MOST)
		parameters[count++] = arena_c_string(arena, str_split(&rest, '\0'));
	parameters[count] = NULL;
	request = request_from_parameters(arena, parameters);
	REQUIRE(request != NULL);
	REQUIRE(request->header_count <= REQUEST_HEADERS_MOST + 1); /* one too many is refused by step_caps */
	REQUIRE(request_content_length(request) >= -1);
	look_at_host(arena, request->host);
	look_at_host(arena, fuzz_copy(arena, bytes, length));
	for (enum host_kind kind = HOST_APEX; kind <= HOST_TENANT; kind++) {
		const struct route *route = NULL;
		struct str allowed = STR_NONE;
		struct uuid id = uuid_zero();

		if (!str_absent(request->path) &&
		    route_find(arena, kind, request->method, request->path, &route, &id, &allowed) == ROUTE_FOUND)
			REQUIRE(route && (strstr(route->path, "{id}") != NULL) == !uuid_is_zero(id));
	}
	return 0;
}
