import { MeshSpecError } from '../../mesh-core/config/errors.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import type { MeshSession, Target } from './target.ts'
import { capabilities } from './target.ts'

const needed = [
  ...['apply', 'remove', 'deployBookinfo', 'deployEcho', 'setBehaviour', 'setSidecars'],
  ...['send', 'sendMany', 'elapse', 'pods', 'notModelled', 'close'],
] as const

/** What a session needs besides, by what its target says of itself. */
const besides: readonly { readonly member: keyof MeshSession; readonly isFor: (target: Target) => boolean; readonly why: string }[] = [
  { member: 'locate', isFor: can('decision'), why: 'for decision' },
  { member: 'behind', isFor: can('exact-odds'), why: 'for exact-odds' },
  { member: 'now', isFor: ({ clock }) => clock === 'virtual', why: 'for a virtual clock' },
]

/**
 * Types hold a target to its contract, where its author has them.
 * @param module that exports it
 * @throws MeshSpecError UNKNOWN_TARGET
 */
export function assertTarget(value: unknown, module: string): asserts value is Target {
  const target = value as Partial<Target> | null | undefined
  const isTarget = typeof target?.open === 'function' && typeof target.close === 'function' && target.capabilities instanceof Set
  if (!isTarget)
    throw unknownTarget(
      `the default export of ${module} is no Target`,
      'export a Target, or a function (settings) => Target; docs/targets.md has one',
    )
  if (typeof target.name !== 'string' || target.name === '') throw unknownTarget(`the target of ${module} has no name`, null)
  if (target.clock !== 'virtual' && target.clock !== 'wall')
    throw unknownTarget(`the clock of the target ${target.name} is ${JSON.stringify(target.clock)}`, 'write "virtual" or "wall"')
  const unknown = [...(target.capabilities as ReadonlySet<string>)].find((name) => !Object.hasOwn(capabilities, name))
  if (unknown !== undefined)
    throw unknownTarget(
      `the target ${target.name} has the capability "${unknown}", which there is not`,
      `there are ${Object.keys(capabilities).join(', ')}`,
    )
}

/** @throws MeshSpecError UNKNOWN_TARGET for a session that lacks what scenarios may ask for */
export function assertSession(session: MeshSession, target: Target): void {
  const members = session as unknown as Readonly<Record<string, unknown>> | null | undefined
  const missing = needed.find((name) => typeof members?.[name] !== 'function')
  const other = besides.find(({ member, isFor }) => isFor(target) && typeof members?.[member] !== 'function')
  const what = missing ? `${missing}()` : other && `${other.member}(), which it needs ${other.why}`
  if (what) throw unknownTarget(`a session of the target ${target.name} has no ${what}`, 'MeshSession of meshspec/support says what each member does')
}

/** @throws MeshSpecError UNKNOWN_TARGET for one that statements could not look at */
export function assertExchange(exchange: Exchange): void {
  const { request, response, durationMs, hops } = (exchange ?? {}) as Partial<Exchange>
  const lacks = !request
    ? 'request'
    : response === undefined
      ? 'response'
      : !Array.isArray(hops)
        ? 'hops'
        : typeof durationMs !== 'number'
          ? 'durationMs'
          : null
  if (lacks === null) return
  throw unknownTarget(
    `an exchange of the target has no ${lacks}`,
    'Exchange of meshspec/support says what each member is; hops may be empty, response null',
  )
}

function can(capability: keyof typeof capabilities): (target: Target) => boolean {
  return (target) => target.capabilities.has(capability)
}

/** A target that cannot be used. */
export function unknownTarget(problem: string, hint: string | null): MeshSpecError {
  return new MeshSpecError({ code: 'UNKNOWN_TARGET', origin: null, place: null, problem, hint })
}
