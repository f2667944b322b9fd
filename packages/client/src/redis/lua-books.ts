import { windowMs } from '../quota/window-lengths.ts';

/** How long the books of an idle target are kept: longer than the longest park, which is a day. */
const keptMs = 90_000_000;

/** How long a replica counts after its last message. */
const rememberedMs = 300_000;

/** The longest that a replica may go on without asking. */
const longestLeaseMs = 30_000;

/**
 * The beginning of both scripts: it reads the books of one target and brings them up to date. All keys of a target share
 * a hash tag, so that a cluster stores them together:
 *
 * - `:state`    park (`park`, `pd`), circuit (`cs cu cd co cr pu pi`), learned limits (`lt lr`, and `lg`: since when a
 *               limit is only a guess), utilisation (`lv la po`), the name of these books (`ep`), and what the service
 *               counts of an estimate: the most and the least of this minute (`sn si`) and the most of the one before
 *               (`sb`), which minute (`sm`, seen from `st` to `se`), the most tokens between two answers (`sg sl`), the
 *               least after a refusal (`sf`), all tokens that were ever recorded (`tp`), when the last were recorded
 *               (`ga`), and the totals before each pause (`gl`)
 * - `:tokens`   tokens by second, for a window of a minute
 * - `:requests` calls by quarter of a second, for a window of ten seconds
 * - `:replicas` the replicas that have asked lately, each with its lease: `heardAt:tokens:calls:until`
 *
 * A lease counts as used until its replica reports what it has used, and when. When the process of a replica died without
 * a report, its lease leaves the window some time after the lease has ended.
 */
export const luaBooks: string = `
if redis.replicate_commands then redis.replicate_commands() end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local S, T, R, P = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local tokenGrain, tokenWindow, requestGrain, requestWindow = 1000, ${windowMs.tokens}, 250, ${windowMs.requests}
local rememberedMs, longestLeaseMs = ${rememberedMs}, ${longestLeaseMs}
local function optional(value) if not value or value == '' then return nil end return tonumber(value) end

local names = { 'park', 'pd', 'cs', 'cu', 'cd', 'co', 'cr', 'pu', 'lt', 'lr', 'lg', 'lv', 'la', 'po', 'sn', 'sb', 'sm', 'si', 'st', 'se', 'sg', 'sl', 'sf', 'tp', 'ga', 'gl', 'ep' }
local values = redis.call('HMGET', S, unpack(names))
local state = {}
for i, name in ipairs(names) do state[name] = values[i] or nil end
local function number(name) return tonumber(state[name] or '0') end
local function set(name, value)
  state[name] = tostring(value)
  redis.call('HSET', S, name, state[name])
end

-- A server clock that was set back must not make a short wait long.
if state.pd and number('park') - now > number('pd') then set('park', now + number('pd')) end
if state.cd and number('cu') - now > number('cd') then set('cu', now + number('cd')) end
-- A limit that was only guessed, from what the service admitted before a refusal, is learned again after a while.
if state.lg and math.abs(now - number('lg')) > 600000 then
  redis.call('HDEL', S, 'lt', 'lr', 'lg')
  state.lt, state.lr, state.lg = nil, nil, nil
end

-- The number of replicas that share the target, and their leases. A replica that asks has none: its report has ended it.
local function fleet()
  local count, leases = 0, {}
  local all = redis.call('HGETALL', P)
  for i = 1, #all, 2 do
    local heard, tokens, calls, till = string.match(all[i + 1], '^(%d+):(%d+):(%d+):(%d+)$')
    heard, till = math.min(now, tonumber(heard)), math.min(now + longestLeaseMs, tonumber(till))
    if heard + rememberedMs < now then redis.call('HDEL', P, all[i])
    else
      count = count + 1
      leases[#leases + 1] = { till, tonumber(tokens), tonumber(calls) }
    end
  end
  return count, leases
end

-- The sum of a window, never below the exact one, and when its parts leave it. \`place\`: index of the amount in a lease.
local function window(key, grain, length, leases, place)
  local all = redis.call('HGETALL', key)
  local total, parts, early = 0, {}, 0
  for i = 1, #all, 2 do
    local leaves = (tonumber(all[i]) + 1) * grain + length
    local amount = tonumber(all[i + 1])
    if leaves <= now then redis.call('HDEL', key, all[i])
    elseif leaves > now + length + grain then
      -- Recorded before the clock was set back.
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
  for _, lease in ipairs(leases) do
    local leaves = lease[1] + grain + length
    if lease[place] > 0 and leaves > now then
      total = total + lease[place]
      parts[#parts + 1] = { leaves, lease[place] }
    end
  end
  return total, parts
end

local function lower(given, said)
  if given and said then return math.min(given, said) end
  return given or said
end

-- The part of an estimate that the service counts: the largest one seen in this minute and the one before. It is 1 until
-- a whole minute was seen: otherwise a window that has just begun would look as if estimates were too high.
local function minuteBefore(limit)
  local minute, most, before = math.floor(now / 60000), optional(state.sn), optional(state.sb)
  if number('sm') == minute then return before end
  if number('sm') ~= minute - 1 or not most then return nil end
  if number('si') >= most * 0.8 then
    -- Sliding windows: the part stays the same.
    if number('se') - number('st') >= 30000 then return most end
  else
    -- Fixed windows: the end of one may have been missed, by at most the tokens between two answers.
    most = most + number('sg') / limit
    if number('sg') <= limit / 12 then return most end
  end
  return before and math.max(before, most)
end
local function counts(limit)
  local before, latest = minuteBefore(limit), 0
  if number('sm') == math.floor(now / 60000) then latest = optional(state.sn) or 0 end
  if not before then return 1 end
  local part = math.max(0.5, math.max(before, latest) * 1.01, number('sf'))
  -- A part above 0.95 counts as all of it.
  return part > 0.95 and 1 or part
end
local function limits()
  local tokens = lower(optional(given.tokenLimit), optional(state.lt))
  return tokens and math.floor(tokens / counts(tokens)), lower(optional(given.requestLimit), optional(state.lr))
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

-- Adds the state of the target, which every answer contains.
local function withState(values, share)
  local _, failures = string.gsub(state.cr or '', '1', '')
  values.circuit = state.cs == 'open' and 'open' or state.cs == 'half' and 'half-open' or 'closed'
  values.attempts, values.failures = #(state.cr or ''), failures
  values.parkedMs = math.max(0, number('park') - now)
  values.openMs = state.cs == 'open' and math.max(0, number('cu') - now) or 0
  values.free = share
  return values
end

local function keep() redis.call('PEXPIRE', S, math.max(${keptMs}, number('park') - now + 60000)) end
`;
