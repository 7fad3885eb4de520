import { NotUnderstood } from '../../../mesh-core/envoy/fields.ts'
import type { HeaderMutation, HeaderMutations, HeaderValueOption } from '../../../mesh-core/ir/index.ts'

/**
 * What levels of a route configuration do in turn, as the `headers` of one rule of Istio; empty where they do nothing.
 * @throws NotUnderstood for what Istio has no words for
 */
export function headerOperations(levels: readonly HeaderMutations[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (['request', 'response'] as const).flatMap((kind) => {
      const fields = operations(levels.map((level) => level[kind]).reduce(inTurn))
      return Object.keys(fields).length === 0 ? [] : [[kind, fields]]
    }),
  )
}

function operations({ set, remove }: HeaderMutation): Readonly<Record<string, unknown>> {
  const strange = set.find(({ action, keepsEmpty }) => keepsEmpty || (action !== 'append' && action !== 'overwrite'))
  if (strange)
    throw new NotUnderstood(`headers ${strange.name}`, 'Istio sets and adds, whether or not a header is there, and writes nothing that is empty')
  const overwritten = named(set, 'overwrite')
  const appended = named(set, 'append')
  return {
    ...(overwritten.length > 0 ? { set: Object.fromEntries(overwritten) } : {}),
    ...(appended.length > 0 ? { add: Object.fromEntries(appended) } : {}),
    ...(remove.length > 0 ? { remove } : {}),
  }
}

function named(set: readonly HeaderValueOption[], action: HeaderValueOption['action']): (readonly [name: string, value: string])[] {
  const own = set.filter((option) => option.action === action)
  const twice = own.find(({ name }, i) => own.findIndex((one) => one.name === name) < i)
  if (twice) throw new NotUnderstood(`headers ${twice.name}`, 'Istio writes one value of a header')
  return own.map(({ name, value }) => [name, value] as const)
}

/** One mutation that does what `inner` does and then `outer`. */
function inTurn(inner: HeaderMutation, outer: HeaderMutation): HeaderMutation {
  const isWritten = inner.set.length + inner.remove.length > 0
  const quoting = isWritten && outer.set.find(({ value }) => /%(?:REQ|RESP)\(/.test(value))
  if (quoting) throw new NotUnderstood(`headers ${quoting.name}`, 'Istio quotes headers as they come')
  const undone = new Set([...outer.remove, ...outer.set.filter(({ action }) => action === 'overwrite').map(({ name }) => name)])
  return { remove: [...new Set([...inner.remove, ...outer.remove])], set: [...inner.set.filter(({ name }) => !undone.has(name)), ...outer.set] }
}
