import type { Headers } from '../../ir/message.ts'
import type { HeaderMutation, HeaderValueOption } from '../../ir/route.ts'
import { addValue } from './inline-headers.ts'
import { compileFormat } from '../replies/format/format.ts'
import type { Subject } from '../replies/format/subject.ts'

/** Edits headers in place. */
export type Mutator = (headers: Headers, subject: Subject) => void

/**
 * Removes first; then fills every value in from the headers as they came, looks which are there, and only then writes: replacements, then additions.
 * A value that comes out empty is not written at all, unless it says so. `inline`: those of the message that Envoy keeps in one value. Source: Envoy `HeaderParser::evaluateHeaders`.
 * @returns `null` for a mutation that does nothing
 */
export function compileMutation({ set, remove }: HeaderMutation, inline: ReadonlySet<string>): Mutator | null {
  if (set.length === 0 && remove.length === 0) return null
  const compiled = set.map(({ name, action, value, keepsEmpty = false }) => ({ name, action, fill: compileFormat(value), keepsEmpty }))
  const replaced = compiled.filter(({ action }) => action.startsWith('overwrite'))
  const added = compiled.filter(({ action }) => !action.startsWith('overwrite'))
  return (headers, subject) => {
    for (const name of remove) headers.remove(name)
    const valueOf = ({ name, action, fill, keepsEmpty }: (typeof compiled)[number]): string | null => {
      const value = isDue(action, name, headers) ? fill(subject) : null
      return value === '' && !keepsEmpty ? null : value
    }
    const replacements = replaced.map(valueOf)
    const additions = added.map(valueOf)
    replaced.forEach(({ name }, i) => replacements[i] !== null && headers.set(name, replacements[i]!))
    added.forEach(({ name }, i) => additions[i] !== null && addValue(headers, name, additions[i]!, inline))
  }
}

/** One after the other, each to what those before it have left. @returns `null` where none does anything */
export function compileMutations(mutations: readonly HeaderMutation[], inline: ReadonlySet<string>): Mutator | null {
  const mutators = mutations.map((mutation) => compileMutation(mutation, inline)).filter((mutator) => mutator !== null)
  if (mutators.length <= 1) return mutators[0] ?? null
  return (headers, subject) => {
    for (const mutator of mutators) mutator(headers, subject)
  }
}

function isDue(action: HeaderValueOption['action'], name: string, headers: Headers): boolean {
  if (action === 'add-if-absent') return !headers.has(name)
  return action !== 'overwrite-if-present' || headers.has(name)
}

/** Who reads a message of HTTP/1.1 takes away what surrounds values (RFC 9110, 5.5); in HTTP/2 it stays. */
export function removeBlanks({ fields }: Headers): void {
  for (let i = 1; i < fields.length; i += 2) fields[i] = fields[i]!.replace(/^[ \t]+|[ \t]+$/g, '')
}
