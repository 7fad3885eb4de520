/**
 * Makes of the library of Lua 5.3 that of LuaJIT with the extensions of Lua 5.2: numbers are floating-point, `%d` cuts, there are `bit` and `unpack`.
 * Source: LuaJIT 2.1 (lib_bit.c, lib_math.c, lib_string.c); seen with Envoy 1.40.0.
 */
export const luaJitLibrary = `
local now, draw, tobit, bnot, band, bor, bxor, lshift, rshift, arshift = ...

local function folded(operation)
  return function(first, ...)
    local bits = tobit(first)
    for _, other in ipairs({...}) do bits = operation(bits, other) end
    return bits
  end
end

bit = {
  tobit = tobit, bnot = bnot, band = folded(band), bor = folded(bor), bxor = folded(bxor),
  lshift = lshift, rshift = rshift, arshift = arshift,
  rol = function(bits, by) return bor(lshift(bits, by), rshift(bits, 32 - by)) end,
  ror = function(bits, by) return bor(rshift(bits, by), lshift(bits, 32 - by)) end,
}

local function floating(convert)
  return function(...)
    local number = convert(...)
    return number and number + 0.0
  end
end

tonumber = floating(tonumber)
math.floor, math.ceil = floating(math.floor), floating(math.ceil)
function math.pow(base, exponent) return base ^ exponent end
function math.log10(number) return math.log(number, 10) end
function math.random(low, high)
  if not low then return draw() end
  if not high then low, high = 1, low end
  return low + math.floor(draw() * (high - low + 1))
end
function math.randomseed() end
math.type, math.tointeger, math.ult, math.maxinteger, math.mininteger = nil

local date, time = os.date, os.time
os = {
  time = function(parts) return parts and time(parts) + 0.0 or math.floor(now() / 1000) end,
  clock = function() return now() / 1000 end,
  date = function(format, at) return date(format, at or math.floor(now() / 1000)) end,
  difftime = os.difftime,
}

local format = string.format
local function whole(number) return number < 0 and math.ceil(number) or math.floor(number) end
function string.format(pattern, ...)
  local given, at = table.pack(...), 0
  local asFloat = pattern:gsub('%%([-+ #0-9.]*)([%a%%])', function(flags, kind)
    if kind == '%' then return end
    at = at + 1
    local number = tonumber(given[at])
    if number and kind:find('[diu]') then
      given[at] = whole(number)
      return '%' .. flags .. (flags:find('%.') and 'd' or '.0f')
    end
    if number and kind:find('[oxXc]') then given[at] = whole(number) end
  end)
  return format(asFloat, table.unpack(given, 1, given.n))
end
string.pack, string.unpack, string.packsize = nil

unpack = table.unpack
table.move = nil
function table.getn(list) return #list end
function table.maxn(list)
  local most = 0
  for key in pairs(list) do if type(key) == 'number' and key > most then most = key end end
  return most
end

-- The list within a table comes first, in its order.
local pairsOfAny = pairs
function pairs(of)
  local meta = getmetatable(of)
  if type(of) ~= 'table' or meta and meta.__pairs or rawlen(of) == 0 then return pairsOfAny(of) end
  local count, last = rawlen(of), nil
  return function(list, key)
    local at, value = key or 0.0, nil
    while type(at) == 'number' and at >= 0 and at < count and at % 1 == 0 do
      at = at + 1
      if rawget(list, at) ~= nil then return at, rawget(list, at) end
    end
    if at == count then last = nil else last = key end
    repeat last, value = next(list, last) until last == nil or not (type(last) == 'number' and last >= 1 and last <= count and last % 1 == 0)
    return last, value
  end, of, nil
end

function print() end
load, loadfile, dofile, collectgarbage = nil
_VERSION = 'Lua 5.1'
`
