import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assertExchange, assertSession, assertTarget } from './assert-target.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { CoreSession } from './core/session.ts'
import type { MeshSession, Target } from './target.ts'
import { capabilities } from './target.ts'

const open = async (): Promise<MeshSession> => new CoreSession({ seed: 1, spec: false })
const whole: Target = { name: 'mine', capabilities: new Set(['config']), clock: 'wall', open, close: async () => {} }

test('a target that is whole', async () => {
  expect(() => assertTarget(whole, './mine.js')).not.toThrow()
  const session = await open()
  expect(() => assertSession(session, { ...whole, clock: 'virtual', capabilities: new Set(['decision', 'exact-odds']) })).not.toThrow()
})

test.each([
  [null, 'the default export of ./mine.js is no Target'],
  [{ ...whole, capabilities: ['config'] }, 'the default export of ./mine.js is no Target'],
  [{ ...whole, name: undefined }, 'the target of ./mine.js has no name'],
  [{ ...whole, clock: 'real' }, 'the clock of the target mine is "real"'],
  [{ ...whole, capabilities: new Set(['gateway_calls']) }, 'the target mine has the capability "gateway_calls", which there is not'],
])('what is none: %j', (value, problem) =>
  expect(() => assertTarget(value, './mine.js')).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_TARGET', message: expect.stringContaining(problem) }),
  ),
)

test.each([
  ['deployEcho', {}, 'a session of the target mine has no deployEcho()'],
  ['now', { clock: 'virtual' }, 'a session of the target mine has no now(), which it needs for a virtual clock'],
  ['locate', { capabilities: new Set(['decision']) }, 'has no locate(), which it needs for decision'],
  ['behind', { capabilities: new Set(['exact-odds']) }, 'has no behind(), which it needs for exact-odds'],
] as const)('a session without %s', async (member, said, problem) => {
  const session = Object.create(await open(), { [member]: { value: undefined } }) as MeshSession
  const target = { ...whole, ...said } as Target
  expect(() => assertSession(session, target)).toThrow(expect.objectContaining({ code: 'UNKNOWN_TARGET', message: expect.stringContaining(problem) }))
})

test.each(['request', 'response', 'hops', 'durationMs'] as const)('an exchange without %s', (member) => {
  const exchange = { request: {}, response: null, error: 'reset', durationMs: 1, hops: [] } as unknown as Exchange
  expect(() => assertExchange(exchange)).not.toThrow()
  expect(() => assertExchange({ ...exchange, [member]: undefined })).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_TARGET', message: expect.stringContaining(`an exchange of the target has no ${member}`) }),
  )
})

test('nothing in the place of an exchange', () => {
  expect(() => assertExchange(undefined as unknown as Exchange)).toThrow('an exchange of the target has no request')
})

test('docs/targets.md says what each capability is', () => {
  const text = readFileSync(new URL('../../docs/targets.md', import.meta.url), 'utf8')
  for (const [name, meaning] of Object.entries(capabilities)) expect(text).toContain(`| \`${name}\` | ${meaning} |`)
})
