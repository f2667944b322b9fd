// One script for each decision: the whole of it happens at once on the server, by the server's clock. All keys of a
// target share a hash tag, so that a cluster keeps them together:
//   :state    park (park, pd), circuit (cs, cu, cd, co, cr, pu), learned limits (lt, lr), utilisation (lv, la, po),
//             the name of these books (ep): another one means that the server has lost what it knew
//   :tokens   tokens by second, for a window of a minute
//   :requests calls by quarter of a second, for a window of ten seconds
//   :replicas who has asked lately
// What is reserved and never settled, because its process died, leaves with its window, drains with the bucket, and
// frees the probe when its time is over. `redis-quota.test.ts` runs these against a real server.

const shared = `
if redis.replicate_commands then redis.replicate_commands() end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local S, T, R, P = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local tokenGrain, tokenWindow, requestGrain, requestWindow = 1000, 60000, 250, 10000
local function optional(value) if value == '' then return nil end return tonumber(value) end

local names = { 'park', 'pd', 'cs', 'cu', 'cd', 'co', 'cr', 'pu', 'lt', 'lr', 'lv', 'la', 'po', 'ep' }
local values = redis.call('HMGET', S, unpack(names))
local state = {}
for i, name in ipairs(names) do state[name] = values[i] end
local function number(name) return tonumber(state[name] or '0') end
local function set(name, value)
  state[name] = tostring(value)
  redis.call('HSET', S, name, state[name])
end

-- A clock that was set back must not make a short wait a long one.
if state.pd and number('park') - now > number('pd') then set('park', now + number('pd')) end
if state.cd and number('cu') - now > number('cd') then set('cu', now + number('cd')) end

-- The sum of a window, never less than the truth, and when its parts leave it.
local function window(key, grain, length)
  local all = redis.call('HGETALL', key)
  local total, parts, early = 0, {}, 0
  for i = 1, #all, 2 do
    local leaves = (tonumber(all[i]) + 1) * grain + length
    local amount = tonumber(all[i + 1])
    if leaves <= now then redis.call('HDEL', key, all[i])
    elseif leaves > now + length + grain then
      -- From before the clock was set back.
      redis.call('HDEL', key, all[i])
      early = early + amount
    else
      total = total + amount
      parts[#parts + 1] = { leaves, amount }
    end
  end
  if early > 0 then
    redis.call('HINCRBY', key, math.floor(now / grain), early)
    redis.call('PEXPIRE', key, length + 2 * grain)
    total = total + early
    parts[#parts + 1] = { (math.floor(now / grain) + 1) * grain + length, early }
  end
  return total, parts
end

-- Milliseconds until the amount fits; -1 when it never will.
local function wait(total, parts, amount, limit)
  if not limit then return 0 end
  if amount > limit then return -1 end
  local excess = total + amount - limit
  if excess <= 0 then return 0 end
  table.sort(parts, function(a, b) return a[1] < b[1] end)
  local left = 0
  for _, part in ipairs(parts) do
    left = left + part[2]
    if left >= excess then return math.max(1, part[1] - now) end
  end
  return 1
end

local function lower(given, said)
  if given and said then return math.min(given, said) end
  return given or said
end

local function level()
  return math.max(0, number('lv') - math.max(0, now - number('la')) / 60000)
end

local function free(tokens, tokenLimit, requests, requestLimit, provisioned)
  if provisioned then return math.max(0, 1 - level()) end
  local left = 1
  if tokenLimit then left = math.min(left, 1 - tokens / tokenLimit) end
  if requestLimit then left = math.min(left, 1 - requests / requestLimit) end
  return math.max(0, left)
end

local function snapshot(share)
  local _, failures = string.gsub(state.cr or '', '1', '')
  local circuit = 'closed'
  if state.cs == 'open' then circuit = 'open' elseif state.cs == 'half' then circuit = 'half-open' end
  return {
    circuit, #(state.cr or ''), failures,
    math.max(0, number('park') - now),
    circuit == 'open' and math.max(0, number('cu') - now) or 0,
    tostring(share)
  }
end

local function keep()
  local longest = math.max(600000, number('park') - now + 60000, number('cu') - now + 60000)
  redis.call('PEXPIRE', S, math.ceil(longest))
end
`;

/**
 * Leave for one attempt, or why not.
 * ARGV: tokens, weighed tokens, tpm, calls in ten seconds, provisioned, capacity, replica, probe time, probe id, and
 * what went through while the store did not answer, as `age:tokens:calls,…`, and until when somebody waits for it.
 */
export const reserveScript: string = script(`
local waitedFor = optional(ARGV[11])
-- Whoever asked has gone on alone, and will say so: nothing is to be counted twice.
if waitedFor and now > waitedFor then return { -1, 'late', 0, now } end
local amount, weighed = tonumber(ARGV[1]), tonumber(ARGV[2])
local provisioned, capacity = ARGV[5] == '1', optional(ARGV[6])
local tokenLimit = lower(optional(ARGV[3]), tonumber(state.lt or ''))
local requestLimit = lower(optional(ARGV[4]), tonumber(state.lr or ''))

redis.call('ZADD', P, now, ARGV[7])
redis.call('ZREMRANGEBYSCORE', P, '-inf', now - 60000)
redis.call('PEXPIRE', P, 120000)
local replicas = redis.call('ZCARD', P)

if not state.ep then set('ep', ARGV[9]) end
local function pour(key, grain, length, age, count)
  if age >= length or count == 0 then return end
  redis.call('HINCRBY', key, math.floor((now - age) / grain), count)
  redis.call('PEXPIRE', key, length + 2 * grain)
end
for age, count, calls in string.gmatch(ARGV[10], '(%d+):(%d+):(%d+)') do
  pour(T, tokenGrain, tokenWindow, tonumber(age), tonumber(count))
  pour(R, requestGrain, requestWindow, tonumber(age), tonumber(calls))
end

local tokens, tokenParts = window(T, tokenGrain, tokenWindow)
local requests, requestParts = window(R, requestGrain, requestWindow)
-- How much leaves within how many twelfths of the window, for replicas that have to go on alone.
local function leaving(parts, length)
  local sums = {}
  for place = 1, 13 do sums[place] = 0 end
  for _, part in ipairs(parts) do
    local place = math.min(13, math.max(1, math.ceil((part[1] - now) / (length / 12))))
    sums[place] = sums[place] + part[2]
  end
  return table.concat(sums, ',')
end
local function answer(ok, reason, ms, probe)
  return {
    ok, reason, math.ceil(ms), now, probe, tostring(ok == 1 and number('po') or 0), replicas,
    snapshot(free(tokens, tokenLimit, requests, requestLimit, provisioned)),
    state.ep, tokenLimit and tostring(tokenLimit) or '', requestLimit and tostring(requestLimit) or '',
    leaving(tokenParts, tokenWindow), leaving(requestParts, requestWindow)
  }
end
local function refuse(reason, ms) return answer(0, reason, ms, 0) end

local probe = 0
if state.cs == 'open' then
  if now < number('cu') then return refuse('circuit-open', number('cu') - now) end
  probe = 1
elseif state.cs == 'half' then
  if now < number('pu') and number('pu') - now <= tonumber(ARGV[8]) then return refuse('circuit-open', number('pu') - now) end
  probe = 1
end
if now < number('park') then return refuse('parked', number('park') - now) end
if provisioned then
  local excess = level() - 0.998
  if excess > 0 then return refuse('utilisation', math.max(1, excess * 60000)) end
else
  local forTokens = wait(tokens, tokenParts, amount, tokenLimit)
  if forTokens < 0 then return refuse('tokens', -1) end
  local forRequests = wait(requests, requestParts, 1, requestLimit)
  if forTokens > 0 and forTokens >= forRequests then return refuse('tokens', forTokens) end
  if forRequests > 0 then return refuse('requests', forRequests) end
end

if probe == 1 then
  set('cs', 'half')
  set('pu', now + tonumber(ARGV[8]))
  redis.call('HSET', S, 'pi', ARGV[9])
end
if provisioned then
  local before = level()
  set('la', now)
  set('lv', capacity and (before + weighed / capacity) or before)
  set('po', number('po') + weighed)
else
  redis.call('HINCRBY', T, math.floor(now / tokenGrain), math.ceil(amount))
  redis.call('PEXPIRE', T, tokenWindow + 2 * tokenGrain)
  redis.call('HINCRBY', R, math.floor(now / requestGrain), 1)
  redis.call('PEXPIRE', R, requestWindow + 2 * requestGrain)
  tokens, requests = tokens + amount, requests + 1
end
keep()
return answer(1, '', 0, probe)
`);

/**
 * The end of an attempt: quota, parking and circuit in one step.
 * ARGV: when it was reserved, tokens reserved, weighed, weighed as used, tokens counted, call counted, provisioned,
 * capacity, poured, probe, probe id, result, park for, said limit of tokens, of calls, utilisation, limit hit,
 * failures, window, open for, open for at most, tpm, calls in ten seconds.
 */
export const settleScript: string = script(`
local at, amount = tonumber(ARGV[1]), math.ceil(tonumber(ARGV[2]))
local weighed, used = tonumber(ARGV[3]), tonumber(ARGV[4])
local provisioned, capacity = ARGV[7] == '1', optional(ARGV[8])
local result = ARGV[12]

local function give(key, grain, count)
  local field = math.floor(at / grain)
  if redis.call('HEXISTS', key, field) == 1 then redis.call('HINCRBY', key, field, -count) end
end
if not provisioned then
  if ARGV[5] == '0' then give(T, tokenGrain, amount) end
  if ARGV[6] == '0' then give(R, requestGrain, 1) end
else
  local before = level()
  set('la', now)
  local poured = used - weighed
  set('lv', capacity and math.max(0, before + poured / capacity) or before)
  set('po', number('po') + poured)
  local said = optional(ARGV[16])
  if said and result ~= 'throttled' then
    local since = capacity and (number('po') - tonumber(ARGV[9])) / capacity or 0
    set('lv', math.max(0, said - (now - at) / 60000 + since))
  end
end

if ARGV[14] ~= '' then set('lt', ARGV[14]) end
if ARGV[15] ~= '' then set('lr', ARGV[15]) end
local tokens = window(T, tokenGrain, tokenWindow)
local requests = window(R, requestGrain, requestWindow)
-- All that went through before a refusal is what the service grants.
if result == 'throttled' and ARGV[17] == 'tokens' and ARGV[22] == '' and not state.lt then
  set('lt', math.max(amount, tokens))
elseif result == 'throttled' and ARGV[17] == 'requests' and ARGV[23] == '' and not state.lr then
  set('lr', math.max(1, requests - 1))
end

local openedFor, closed = -1, 0
local function open(openings)
  local openFor = math.min(tonumber(ARGV[21]), tonumber(ARGV[20]) * 2 ^ math.min(openings - 1, 30))
  set('cs', 'open')
  set('cu', math.floor(now + openFor))
  set('cd', math.ceil(openFor))
  set('co', openings)
  openedFor = math.ceil(openFor)
end
if ARGV[10] == '1' then
  -- Only the probe that holds the circuit may decide about it.
  if state.cs == 'half' and redis.call('HGET', S, 'pi') == ARGV[11] then
    if result == 'failed' then open(number('co') + 1)
    elseif result == 'cancelled' then
      set('cs', 'open')
      set('cu', now)
    else
      redis.call('HDEL', S, 'cs', 'cu', 'cd', 'co', 'cr', 'pu', 'pi')
      state.cs, state.cu, state.co, state.cr = nil, nil, nil, nil
      closed = 1
    end
  end
elseif not state.cs and (result == 'ok' or result == 'failed') then
  local recent = state.cr or ''
  if result == 'failed' or #recent > 0 then
    recent = string.sub(recent .. (result == 'failed' and '1' or '0'), -tonumber(ARGV[19]))
    local _, failures = string.gsub(recent, '1', '')
    if failures >= tonumber(ARGV[18]) then
      set('cr', recent)
      open(1)
    elseif failures == 0 then
      redis.call('HDEL', S, 'cr')
      state.cr = nil
    else set('cr', recent) end
  end
end

local parkedFor = -1
local park = optional(ARGV[13])
if park and now + park > math.max(number('park'), now) then
  set('park', math.floor(now + park))
  set('pd', math.ceil(park))
  parkedFor = math.ceil(park)
end
keep()
local tokenLimit = lower(optional(ARGV[22]), tonumber(state.lt or ''))
local requestLimit = lower(optional(ARGV[23]), tonumber(state.lr or ''))
local share = free(tokens, tokenLimit, requests, requestLimit, provisioned)
return { openedFor, closed, parkedFor, snapshot(share) }
`);

function script(body: string): string {
  return shared + body;
}
