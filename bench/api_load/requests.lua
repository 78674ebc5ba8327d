-- The requests of bench/api, for wrk: one kind in each run, named by STEP.
local step = os.getenv("STEP")
local headers = {["Authorization"] = "Bearer " .. os.getenv("TOKEN"), ["Content-Type"] = "application/json"}
local tickets = "/api/v1/support/tickets"

local function lines(name)
    local all = {}
    for line in io.lines(os.getenv(name)) do all[#all + 1] = line end
    return all
end

local ids, open = lines("IDS"), lines("OPEN")
local count = 0

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
        count = count + 1
        local id = open[math.random(#open)]:match("%S+")
        return wrk.format("POST", tickets .. "/" .. id .. "/messages", headers, string.format('{"message":"%s"}', words(40)))
    end,
}
request = kinds[step]
