import { luaBooks } from './lua-books.ts';
import { luaPrelude } from './protocol.ts';

/** Settles an attempt whose end other replicas must know: quota, parking and circuit in one step. */
export const settleScript: string = `${luaPrelude('settle')}${luaBooks}
local provisioned, capacity = given.provisioned == '1', optional(given.capacity)
local result = given.result

local function giveBack(key, grain, count)
  local field = math.floor(tonumber(given.reservedAtMs) / grain)
  if redis.call('HEXISTS', key, field) == 1 then redis.call('HINCRBY', key, field, -count) end
end
if not provisioned then
  if given.countsTokens ~= '1' then giveBack(T, tokenGrain, tonumber(given.reservedTokens)) end
  if given.countsCall ~= '1' then giveBack(R, requestGrain, 1) end
else
  local before = level()
  set('la', now)
  local poured = tonumber(given.usedWeighed) - tonumber(given.reservedWeighed)
  set('lv', capacity and math.max(0, before + poured / capacity) or before)
  set('po', number('po') + poured)
  local said = optional(given.utilisation)
  if said and result ~= 'throttled' then
    local since = capacity and (number('po') - tonumber(given.pouredBefore)) / capacity or 0
    set('lv', math.max(0, said - (now - tonumber(given.reservedAtMs)) / 60000 + since))
  end
end

local _, leases = fleet()
local tokens = window(T, tokenGrain, tokenWindow, leases, 2)
local requests = window(R, requestGrain, requestWindow, leases, 3)
if given.saidTokenLimit ~= '' or given.saidRequestLimit ~= '' then
  redis.call('HDEL', S, 'lg')
  state.lg = nil
end
if given.saidTokenLimit ~= '' then set('lt', given.saidTokenLimit) end
if given.saidRequestLimit ~= '' then set('lr', given.saidRequestLimit) end
-- Without a known limit, what was admitted before a refusal becomes the limit.
if result == 'throttled' and given.limitHit == 'tokens' and given.tokenLimit == '' and not state.lt then
  set('lt', math.max(tonumber(given.reservedTokens), tokens))
  set('lg', now)
elseif result == 'throttled' and given.limitHit == 'requests' and given.requestLimit == '' and not state.lr then
  set('lr', math.max(1, requests - 1))
  set('lg', now)
end
-- The service counts a larger part of the estimates than was assumed.
if result == 'throttled' and given.limitHit == 'tokens' and optional(given.tokenLimit) then
  local part = counts(tonumber(given.tokenLimit))
  if part < 1 then set('sf', part + 0.02) end
end

local openedMs, closed = -1, 0
local function open(openings)
  local openMs = math.min(tonumber(given.maxOpenMs), tonumber(given.openMs) * 2 ^ math.min(openings - 1, 30))
  set('cs', 'open')
  set('cu', math.floor(now + openMs))
  set('cd', math.ceil(openMs))
  set('co', openings)
  openedMs = math.ceil(openMs)
end
if given.probe == '1' then
  -- Only the present probe of the circuit may close it or open it again.
  if state.cs == 'half' and redis.call('HGET', S, 'pi') == given.id then
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
    recent = recent .. string.rep('0', tonumber(given.okBefore)) .. (result == 'failed' and '1' or '0')
    recent = string.sub(recent, -tonumber(given.window))
    local _, failures = string.gsub(recent, '1', '')
    if failures >= tonumber(given.failures) then
      set('cr', recent)
      open(1)
    elseif failures == 0 then
      redis.call('HDEL', S, 'cr')
      state.cr = nil
    else set('cr', recent) end
  end
end

local newlyParkedMs = -1
local park = optional(given.parkMs)
if park and now + park > math.max(number('park'), now) then
  set('park', math.floor(now + park))
  set('pd', math.ceil(park))
  newlyParkedMs = math.ceil(park)
end
keep()
local tokenLimit, requestLimit = limits()
local share = free(tokens, tokenLimit, requests, requestLimit, provisioned)
return reply(withState({ openedMs = openedMs, closed = closed, newlyParkedMs = newlyParkedMs }, share))
`;
