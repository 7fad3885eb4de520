import type { Headers } from '../ir/message.ts'
import type { HeaderMutation } from '../ir/route.ts'
import { addValue } from './inline-headers.ts'
import { compileFormat } from './format/format.ts'
import type { Subject } from './format/subject.ts'

/** Edits headers in place. */
export type Mutator = (headers: Headers, subject: Subject) => void

/**
 * Removes first; then fills every value in from the headers as they came, and only then writes: replacements, then additions.
 * A value that comes out empty is not written at all. `inline`: those of the message that Envoy keeps in one value. Source: Envoy `HeaderParser::evaluateHeaders`.
 * @returns `null` for a mutation that does nothing
 */
export function compileMutation({ set, remove }: HeaderMutation, inline: ReadonlySet<string>): Mutator | null {
  if (set.length === 0 && remove.length === 0) return null
  const replaced = set.filter((option) => option.action === 'overwrite').map(({ name, value }) => ({ name, format: compileFormat(value) }))
  const added = set.filter((option) => option.action === 'append').map(({ name, value }) => ({ name, format: compileFormat(value) }))
  return (headers, subject) => {
    for (const name of remove) headers.remove(name)
    const replacements = replaced.map(({ format }) => format(subject))
    const additions = added.map(({ format }) => format(subject))
    replaced.forEach(({ name }, i) => replacements[i] !== '' && headers.set(name, replacements[i]!))
    added.forEach(({ name }, i) => additions[i] !== '' && addValue(headers, name, additions[i]!, inline))
  }
}

/** Who reads a message of HTTP/1.1 takes away what surrounds values (RFC 9110, 5.5); in HTTP/2 it stays. */
export function removeBlanks({ fields }: Headers): void {
  for (let i = 1; i < fields.length; i += 2) fields[i] = fields[i]!.replace(/^[ \t]+|[ \t]+$/g, '')
}
