import { fullUtilisation } from '../quota/weighed-tokens.ts';
import { luaBooks } from './lua-books.ts';
import { luaPrelude } from './protocol.ts';

/** Below this free part the store decides on every call: a lease would hold what other replicas need. */
const leastFree = 0.3;

/** Attempts granted within this time may reach the service in any order. */
const momentMs = 100;

/**
 * Grants attempts, or says why not, and gives a lease: what the replica may use for a while without asking. The more is
 * free, the longer the lease. There is none near the limit, and none while the circuit counts failures: every replica
 * then asks the store at each call.
 */
export const reserveScript: string = `${luaPrelude('reserve')}${luaBooks}
local momentMs = ${momentMs}
local waitedUntil = optional(given.waitedUntilMs)
-- The replica has stopped waiting and decided without the store. It will report that, so nothing is counted here.
if waitedUntil and now > waitedUntil then return reply({ outcome = 'late', serverMs = now }) end
local provisioned, capacity = given.provisioned == '1', optional(given.capacity)
if not state.ep then set('ep', given.id) end

local function pour(key, grain, length, age, count)
  if age >= length or count == 0 then return end
  local field = math.floor((now - age) / grain)
  -- The amount that is given back may have left the window already.
  if count < 0 and redis.call('HEXISTS', key, field) == 0 then return end
  redis.call('HINCRBY', key, field, count)
  redis.call('PEXPIRE', key, length + 2 * grain)
end
local poured = 0
for age, count, calls in string.gmatch(given.report, '(%d+):(%-?%d+):(%-?%d+)') do
  poured = poured + math.max(0, tonumber(count))
  pour(T, tokenGrain, tokenWindow, tonumber(age), tonumber(count))
  pour(R, requestGrain, requestWindow, tonumber(age), tonumber(calls))
end
-- The report of a replica ends its lease.
if given.isLeaving == '1' then redis.call('HDEL', P, given.replica)
else redis.call('HSET', P, given.replica, string.format('%.0f:0:0:0', now)) end
redis.call('PEXPIRE', P, rememberedMs)

local replicas, leases = fleet()
local tokens, tokenParts = window(T, tokenGrain, tokenWindow, leases, 2)
local requests, requestParts = window(R, requestGrain, requestWindow, leases, 3)

-- Headers of answers show how much the service counts: a part of the estimates. Only an attempt with a pause after it is
-- compared: otherwise it is unknown which later attempts the service had counted too. The largest part of a minute is
-- seen near the end of a window of the service. With many tokens between two answers that end may have been missed.
local said = lower(optional(given.tokenLimit), optional(state.lt))
local function compare(counted, booked, upTo)
  local isLast = upTo == number('tp') and now - number('ga') > momentMs
  if not isLast and not string.find(',' .. (state.gl or '') .. ',', ',' .. string.format('%.0f', upTo) .. ',', 1, true) then return end
  local minute = math.floor(now / 60000)
  if number('sm') ~= minute then
    set('sb', minuteBefore(said) or '')
    set('sm', minute)
    set('sn', '')
    set('si', 1)
    set('st', now)
    set('sg', 0)
  end
  set('sg', math.max(number('sg'), upTo - number('sl')))
  set('sl', math.max(number('sl'), upTo))
  if booked <= said / 2 then return end
  set('se', now)
  set('sn', math.max(optional(state.sn) or 0, counted / booked))
  set('si', math.min(number('si'), counted / booked))
end
if said then
  for counted, booked, upTo in string.gmatch(given.counted, '(%d+):(%d+):(%d+)') do
    compare(tonumber(counted), tonumber(booked), tonumber(upTo))
  end
end
local tokenLimit, requestLimit = limits()

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

-- How much leaves the window within each of its next twelfths.
local function leaving(parts, length)
  local sums = {}
  for place = 1, 13 do sums[place] = 0 end
  for _, part in ipairs(parts) do
    local place = math.min(13, math.max(1, math.ceil((part[1] - now) / (length / 12))))
    sums[place] = sums[place] + part[2]
  end
  return table.concat(sums, ',')
end

local probe, granted, lease = 0, 0, { 0, 0, 0 }
local function answer(outcome, reason, waitMs)
  local share = free(tokens, tokenLimit, requests, requestLimit, provisioned)
  if lease[3] > 0 then
    tokenParts[#tokenParts + 1] = { now + lease[3] + tokenGrain + tokenWindow, lease[1] }
    requestParts[#requestParts + 1] = { now + lease[3] + requestGrain + requestWindow, lease[2] }
  end
  return reply(withState({
    outcome = outcome, granted = granted, reason = reason, waitMs = math.ceil(waitMs), serverMs = now, probe = probe,
    booked = tokens, upTo = number('tp'),
    poured = number('po'), replicas = replicas, epoch = state.ep, tokenLimit = tokenLimit, requestLimit = requestLimit,
    leaseTokens = lease[1], leaseCalls = lease[2], leaseMs = lease[3],
    tokensLeaving = leaving(tokenParts, tokenWindow), requestsLeaving = leaving(requestParts, requestWindow)
  }, share))
end

-- Why an attempt is not granted, and for how long; nothing when it is.
local function obstacle(amount)
  if state.cs == 'open' and now < number('cu') then return 'circuit-open', number('cu') - now end
  local untilProbe = number('pu') - now
  if state.cs == 'half' and untilProbe > 0 and untilProbe <= tonumber(given.probeMs) then
    return 'circuit-open', untilProbe
  end
  if now < number('park') then return 'parked', number('park') - now end
  if provisioned then
    local excess = level() - ${fullUtilisation}
    if excess > 0 then return 'utilisation', math.max(1, excess * 60000) end
    return nil
  end
  local forTokens = wait(tokens, tokenParts, amount, tokenLimit)
  if forTokens < 0 then return 'tokens', -1 end
  local forRequests = wait(requests, requestParts, 1, requestLimit)
  if forTokens > 0 and forTokens >= forRequests then return 'tokens', forTokens end
  if forRequests > 0 then return 'requests', forRequests end
end

local reason, waitMs
for amount, weighed in string.gmatch(given.attempts, '(%d+):(%d+)') do
  amount, weighed = tonumber(amount), tonumber(weighed)
  reason, waitMs = obstacle(amount)
  if reason then break end
  granted = granted + 1
  if provisioned then
    local before = level()
    set('la', now)
    set('lv', capacity and (before + weighed / capacity) or before)
    set('po', number('po') + weighed)
  else
    pour(T, tokenGrain, tokenWindow, 0, amount)
    pour(R, requestGrain, requestWindow, 0, 1)
    tokens, requests = tokens + amount, requests + 1
    poured = poured + amount
    tokenParts[#tokenParts + 1] = { (math.floor(now / tokenGrain) + 1) * tokenGrain + tokenWindow, amount }
    requestParts[#requestParts + 1] = { (math.floor(now / requestGrain) + 1) * requestGrain + requestWindow, 1 }
  end
  if state.cs then
    probe = 1
    set('cs', 'half')
    set('pu', now + tonumber(given.probeMs))
    redis.call('HSET', S, 'pi', given.id)
    break
  end
end
if poured > 0 then
  if now - number('ga') > momentMs then
    local latest = string.match((state.gl or '') .. ',' .. (state.tp or '0'), '[%d,]*$')
    set('gl', string.match(latest, string.rep(',%d+', 24) .. '$') or latest)
  end
  set('ga', now)
  set('tp', number('tp') + poured)
end
keep()
if granted == 0 and reason then return answer('no', reason, waitMs) end

-- At most half of an equal part of what is free, so that leases never block other replicas for long.
local function leased(rate, ms, used, limit)
  local wish = rate * ms / 1000 * 1.5
  if limit then wish = math.min(wish, (limit - used) / (2 * replicas)) end
  return math.floor(math.max(0, wish))
end
if not (provisioned or reason or state.cs or state.cr or now < number('park')) then
  local share = free(tokens, tokenLimit, requests, requestLimit, false)
  local ms = math.floor(math.min(longestLeaseMs, 1000 + (longestLeaseMs - 1000) * (share - ${leastFree}) / 0.3))
  -- While the limit must be learned, leases are short: at a refusal the books should contain all that was admitted.
  if not (tokenLimit or requestLimit) then ms = 2000 end
  local forTokens = leased(tonumber(given.tokenRate), ms, tokens, tokenLimit)
  local forCalls = leased(tonumber(given.callRate), ms, requests, requestLimit)
  if share >= ${leastFree} and forTokens > 0 and forCalls > 0 then
    lease = { forTokens, forCalls, ms }
    redis.call('HSET', P, given.replica, string.format('%.0f:%.0f:%.0f:%.0f', now, forTokens, forCalls, now + ms))
  end
end
return answer('yes', '', 0)
`;
