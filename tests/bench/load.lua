-- For wrk: one kind of work, each request for a random tenant (and row). Arguments: WORK TENANTS LEADS KEYS-FILE BASE-DOMAIN SEED
local work, tenants, leads, base
local keys, ready = {}, {}

local function id_of(n, i) return string.format("%08x-0000-7000-8000-%012x", n, i) end

local function make(method, path, headers, body) return wrk.format(method, path, headers, body) end

local function api(n, more)
	local headers = { Host = keys[n].slug .. "." .. base, Authorization = "Bearer " .. keys[n].key }
	for name, value in pairs(more or {}) do headers[name] = value end
	return headers
end
local function page(n) return { Host = keys[n].slug .. "." .. base, Cookie = "__Host-session=" .. keys[n].session } end

-- What does not change from request to request is made once for each tenant.
local kinds = {
	static = { every = function(n) return make("GET", wrk.path, { Host = base }) end },
	bare = { every = function(n) return make("GET", "/bench/bare?01900000-0000-7000-8000-" .. string.format("%012x", n), { Host = base }) end },
	resolve = { every = function(n) return make("GET", "/api/tenant", api(n)) end },
	list = { every = function(n) return make("GET", "/api/leads", api(n)) end },
	list_page = { every = function(n) return make("GET", "/leads", page(n)) end },
	dashboard = { every = function(n) return make("GET", "/", page(n)) end },
	get = { each = function(n) return make("GET", "/api/leads/" .. id_of(n, math.random(leads)), api(n)) end },
	create = { each = function(n)
		return make("POST", "/api/leads", api(n, { ["Content-Type"] = "application/json" }), '{"name":"Bench ' .. math.random(1000000) ..
			'","phone":"(614) 555-0199","email":"bench@example.com","city":"Columbus","trade":"hvac","urgency":"soon","source":"website"}')
	end },
	login = { each = function(n)
		return make("POST", "/api/auth/login", { Host = keys[n].slug .. "." .. base, ["Content-Type"] = "application/json" },
			'{"email":"owner@' .. keys[n].slug .. '.example","password":"bench-bench-bench-kettle"}')
	end },
}
kinds["return"] = kinds.static

function init(arguments)
	work, tenants, leads, base = kinds[arguments[1]], tonumber(arguments[2]), tonumber(arguments[3]), arguments[5]
	for line in io.lines(arguments[4]) do
		local slug, key, session = line:match("^%d+\t(%S+)\t%S+\t(%S+)\t%S+\t(%S+)")
		keys[#keys + 1] = { slug = slug, key = key, session = session }
	end
	math.randomseed(tonumber(arguments[6]))
end

function request()
	local n = math.random(tenants)
	if work.each then return work.each(n) end
	if not ready[n] then ready[n] = work.every(n) end
	return ready[n]
end

function done(summary, latency)
	local e = summary.errors
	print(string.format("RESULT %d %d %d %d %d", summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
		latency:percentile(50), latency:percentile(99)))
end
