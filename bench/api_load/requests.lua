-- The requests of the measurements, for wrk. STEP names the kind of a run; `mixed` draws from all. With RATE that many begin in a
-- second, in even steps, as long as a connection is free. SEED begins another sequence of random numbers.
local step = os.getenv("STEP")
local headers = {["Authorization"] = "Bearer " .. os.getenv("TOKEN"), ["Content-Type"] = "application/json"}
local tickets = "/api/v1/support/tickets"
if os.getenv("SEED") then math.randomseed(tonumber(os.getenv("SEED"))) end

local function lines(name)
    local all = {}
    if os.getenv(name) then
        for line in io.lines(os.getenv(name)) do all[#all + 1] = line end
    end
    return all
end

local ids, open, active = lines("IDS"), lines("OPEN"), lines("CLOSE")
local closed = 0

local function words(n)
    local said = {"common"}
    for i = 1, n do said[#said + 1] = "w" .. math.ceil(5000 * math.random() ^ 4) end
    return table.concat(said, " ")
end

local kinds = {
    get = function() return wrk.format("GET", tickets .. "/" .. ids[math.random(#ids)], headers) end,
    list = function() return wrk.format("GET", tickets .. "?status=in_progress&limit=20", headers) end,
    search = function() return wrk.format("GET", tickets .. "?q=w" .. math.random(2000, 5000), headers) end,
    create = function()
        local _, customer = open[math.random(#open)]:match("(%S+) (%S+)")
        local body = string.format('{"subject":"%s","description":"%s","category":"technical","customerId":"%s"}', words(5), words(40), customer)
        return wrk.format("POST", tickets, headers, body)
    end,
    reply = function()
        local id = open[math.random(#open)]:match("%S+")
        return wrk.format("POST", tickets .. "/" .. id .. "/messages", headers, string.format('{"message":"%s"}', words(40)))
    end,
    -- Each ticket once. A list that was too short makes the load lighter.
    close = function()
        closed = closed + 1
        if not active[closed] then return wrk.format("GET", "/health/live") end
        return wrk.format("PUT", tickets .. "/" .. active[closed] .. "/close", headers, '{"summary":"The booking works.","resolutionType":"solved"}')
    end,
}

-- Per cent. As many tickets are closed as are created, so that those that are active stay as many.
local mix = {{"get", 40}, {"list", 20}, {"search", 10}, {"create", 10}, {"reply", 10}, {"close", 10}}
function kinds.mixed()
    local place = math.random(100)
    for _, part in ipairs(mix) do
        place = place - part[2]
        if place <= 0 then return kinds[part[1]]() end
    end
end
request = kinds[step]

local rate = tonumber(os.getenv("RATE") or "")
if rate then
    local ffi = require("ffi")
    ffi.cdef("typedef struct { long seconds, micros; } instant; int gettimeofday(instant *, void *);")
    local instant, due = ffi.new("instant")
    -- Milliseconds until the next request is due. Of what was missed, as no connection was free, the last second is made up for.
    function delay()
        ffi.C.gettimeofday(instant, nil)
        local now = tonumber(instant.seconds) * 1000 + tonumber(instant.micros) / 1000
        due = math.max((due or now) + 1000 / rate, now - 1000)
        return math.max(0, due - now)
    end
end
