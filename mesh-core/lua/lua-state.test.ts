import { expect, test } from 'vitest'
import { LuaState, scriptProblem, type ScriptEnd } from './lua-state.ts'
import { Pause, type LuaKind, type LuaObject, type LuaValue } from './values.ts'

/** What a script says by `h:say(...)`. */
class Ear implements LuaObject {
  readonly kind = ear
  readonly heard: LuaValue[] = []
  goOn: (values: readonly LuaValue[]) => void = () => {}
}

const ear: LuaKind<Ear> = {
  methods: {
    say: ({ heard }, given) => void heard.push(given.text(1)),
    give: ({ heard }, given) => void heard.push(given.value(1) ?? null),
    wait: (self) => new Pause((goOn) => void (self.goOn = goOn)),
  },
  pairs: () => [
    ['a', 1],
    ['b', 2],
  ],
}

function run(code: string): { readonly heard: readonly LuaValue[]; readonly ends: readonly ScriptEnd[]; readonly self: Ear } {
  const state = new LuaState(code, { date: () => 1_790_000_000_123, draw: () => 0.5 })
  expect(state.problem).toBe(null)
  const self = new Ear()
  const ends: ScriptEnd[] = []
  state.run('f', self, (end) => ends.push(end))
  return { heard: self.heard, ends, self }
}

const said = (expression: string): LuaValue | undefined => run(`function f(h) h:say(${expression}) end`).heard[0]

// Seen with Envoy 1.40.0.
test.each([
  ['10 / 2', '5'],
  ['7 / 2', '3.5'],
  ['100000 * 100000', '10000000000'],
  ['-5 % 3', '1'],
  ['#"abc" * 1000000000000', '3000000000000'],
  ['math.floor(7 / 2)', '3'],
  ['math.floor(2^31) * 2', '4294967296'],
  ['tonumber("0x10") .. " " .. tonumber("1e2") .. " " .. tonumber("z", 36)', '16 100 35'],
  ['tonumber("2000000000") * 2', '4000000000'],
  ['string.format("%d %5.2f %s %q %x", 3.7, 2.5, nil, "a", 255)', '3  2.50 nil "a" ff'],
  ['string.format("%d%% of %05d", 12345678901, 42)', '12345678901% of 00042'],
  ['type(unpack) .. type(table.pack) .. type(setfenv)', 'functionfunctionnil'],
  ['string.rep("a", 3, ",")', 'a,a,a'],
  ['bit.band(255, 15, 3) .. " " .. bit.lshift(1, 31) .. " " .. bit.bnot(0) .. " " .. bit.rshift(-1, 28)', '3 -2147483648 -1 15'],
  ['"\\x41\\z\n  b"', 'Ab'],
  ['os.time()', '1790000000'],
  ['math.random(1, 10)', '6'],
  ['_VERSION', 'Lua 5.1'],
])('%s is as with LuaJIT', (expression, value) => {
  expect(said(expression)).toBe(value)
})

test.each([
  'io',
  'require',
  'package',
  'debug',
  'load',
  'loadfile',
  'dofile',
  'os.execute',
  'os.getenv',
  'os.exit',
  'string.pack',
  'math.type',
  'utf8',
])('a script has no %s', (name) => {
  expect(said(`type(${name})`)).toBe('nil')
})

test('pairs goes through a list in its order, then through the rest, and through objects', () => {
  const { heard } = run(`function f(h)
    for key, value in pairs({'a', 'b', x = 'c', 'd'}) do h:say(key .. value) end
    local holed = {1, 2, 3}
    holed[2] = nil
    for key in pairs(holed) do h:say(key) end
    for key, value in pairs(h) do h:say(key .. value) end
  end`)
  expect(heard).toEqual(['1a', '2b', '3d', 'xc', '1', '3', 'a1', 'b2'])
})

test('tables come out with lists in their order', () => {
  const { heard } = run("function f(h) h:give({'a', 'b', x = {true, 2}}) end")
  const inner = new Map<string | number, LuaValue>([
    [1, true],
    [2, 2],
  ])
  expect(heard).toEqual([
    new Map<string | number, LuaValue>([
      [1, 'a'],
      [2, 'b'],
      ['x', inner],
    ]),
  ])
  expect([...(heard[0] as Map<string | number, LuaValue>).keys()]).toEqual([1, 2, 'x'])
})

test('a script that waits goes on with what it is given, within pcall, too', () => {
  const { heard, ends, self } = run('function f(h) local ok, text, number = pcall(function() return h:wait() end) h:say(text .. number) end')
  expect(ends).toEqual([])
  self.goOn(['told ', 3])
  expect(heard).toEqual(['told 3'])
  expect(ends).toEqual([{ problem: null, isEndless: false }])
})

test('an error ends a function, and what it has done stays done', () => {
  const { heard, ends } = run("function f(h)\n h:say('a')\n local t = nil\n t.x = 1\n h:say('b') end")
  expect(heard).toEqual(['a'])
  expect(ends[0]?.problem).toMatch(/:4: attempt to index a nil value/)
})

test.each([
  ['h:say()', "bad argument #1 to 'say' (string expected, got no value)"],
  ['h:say({})', "bad argument #1 to 'say' (string expected, got table)"],
  ['h.say()', "bad argument #1 to 'say' (no object)"],
  ['coroutine.yield()', 'script performed an unexpected yield'],
])('%s: %s', (code, problem) => {
  expect(run(`function f(h) ${code} end`).ends[0]?.problem).toBe(problem)
})

test('what a script keeps stays from one call to the next', () => {
  const state = new LuaState('count = 0 function f(h) count = count + 1 h:say(count) end', { date: () => 0, draw: () => 0 })
  const self = new Ear()
  for (let i = 0; i < 3; i++) state.run('f', self, () => {})
  expect(self.heard).toEqual(['1', '2', '3'])
  expect([state.has('f'), state.has('g')]).toEqual([true, false])
})

test.each([
  ['f(', "[1:2] ')' expected near '<eof>'"],
  ['x = 1 // 2', "[1:7] <expression> expected near '/'"],
  ['break', 'no loop to break'],
  ['local t = nil\nt.x = 1', ':2: attempt to index a nil value'],
  ['while true do end', 'it goes on without an end'],
])('Envoy takes no listener with the script %j', (code, problem) => {
  expect(scriptProblem(code)).toContain(problem)
})

test('a function without an end is told to be one', () => {
  expect(run('function f() while true do end end').ends[0]?.isEndless).toBe(true)
})
