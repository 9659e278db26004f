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
	crowd_list = { every = function() return make("GET", "/api/leads", api(1)) end }, -- API: list, newest first
	crowd_name = { every = function() return make("GET", "/api/leads?sort=name", api(1)) end }, -- API: list by name
	crowd_status = { every = function() return make("GET", "/api/leads?status=won", api(1)) end }, -- API: status=won
	crowd_range = { every = function() return make("GET", "/api/leads?score[gte]=90&status[in]=new,contacted&sort=-value_cents", api(1)) end }, -- API: score, statuses, by value
	crowd_owner = { every = function() return make("GET", "/api/leads?owner_id[empty]=true&created_at[within]=30d", api(1)) end }, -- API: nobody's, of 30 days
	crowd_search = { every = function() return make("GET", "/api/leads?q=karen+walker", api(1)) end }, -- API: search by name
	crowd_often = { every = function() return make("GET", "/api/leads?q=walker", api(1)) end }, -- API: search, 7,692 found
	crowd_phone = { every = function() return make("GET", "/api/leads?q=555-0123", api(1)) end }, -- API: search by phone
	crowd_page = { every = function() return make("GET", "/leads", page(1)) end }, -- page: list with its count
	crowd_filtered_page = { every = function() return make("GET", "/leads?status=won&score[gte]=50", page(1)) end }, -- page: list with two filters
	crowd_board = { every = function() return make("GET", "/api/pipeline", api(1)) end }, -- API: board, five stages
	crowd_board_own = { every = function() return make("GET", "/api/pipeline?owner=01900000-0000-7000-8000-000000000001", api(1)) end }, -- API: board of a person
	crowd_board_page = { every = function() return make("GET", "/pipeline", page(1)) end }, -- page: board
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
