import { message, messages, text, type Message } from '../../envoy/fields.ts'
import type { ReadFilter } from './read-filter.ts'

/** Source: Envoy `header_to_metadata_filter.cc`. */
export function readMetadataRules(config: Message): ReadFilter {
  const [ofRequest, ofAnswer] = ['request_rules', 'response_rules'].map((name) => messages(config[name], name)) as [Message[], Message[]]
  const filter = { kind: 'metadata', takesOfRequest: taken(ofRequest), takesOfAnswer: taken(ofAnswer) } as const
  return { filter, problem: [...ofRequest, ...ofAnswer].reduce<string | null>((found, rule) => found ?? problemOf(rule), null) }
}

function taken(rules: readonly Message[]): readonly string[] {
  return rules.flatMap(({ header, remove }) => (remove === true ? [String(header).toLowerCase()] : []))
}

/** Source: the same file, Config::configToVector, Rule::Rule. */
function problemOf({ header, on_header_present: present, on_header_missing: missing }: Message): string | null {
  if ((text(header) ?? '') === '') return 'a rule for metadata needs a header'
  if (present === undefined && missing === undefined) return 'a rule for metadata says what becomes of a header that is there, or of one that is not'
  const isValueless = missing !== undefined && (text(message(missing, 'on_header_missing')['value']) ?? '') === ''
  return isValueless ? 'metadata for a header that is not there needs a value' : null
}
