import { runAnalyzers } from '../../mesh-core/analyze/run-analyzers.ts'
import { analyzers } from '../../mesh-core/analyze/analyzers.ts'
import type { Message } from '../../mesh-core/analyze/message.ts'
import { fullName, Inventory } from '../../mesh-core/analyze/inventory.ts'
import { readText } from '../../mesh-core/config/read.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { validateResource, type Verdict } from '../../mesh-core/config/validate.ts'
import { compareRefusal } from '../../vectors/mesh-observed/refusal.ts'
import type { Admission } from './admission.ts'
import type { Plain } from './beginnings.ts'
import type { AnalyzeMessage } from './istioctl.ts'

/** Something that mesh-core and the other side do not say alike. */
export interface ConfigDifference {
  readonly document: Plain | null
  readonly about: 'verdict' | 'place' | 'warning' | 'istioctl validate' | 'analysis'
  readonly theirs: string
  readonly ours: string
}

/** `null` for a document that is none. */
export function resourceOf(document: Plain): Resource | null {
  // In lines, as istioctl has it: what is said of two lines is two messages.
  return readText(JSON.stringify(document, null, 1), 'generated.json').resources[0] ?? null
}

/** Compares the verdict on a document with that of the API server and istiod's webhook. */
export function compareAdmission(document: Plain, theirs: Admission): ConfigDifference[] {
  const { errors, warnings } = verdictOf(document)
  const ours = errors[0]?.message ?? 'accepted'
  if (errors.length > 0 !== (theirs.refused !== null)) return [{ document, about: 'verdict', theirs: theirs.refused ?? 'accepted', ours }]
  if (theirs.refused !== null)
    return compareRefusal(theirs.refused, { kind: 'rejected', errors }).map(({ note }) => ({
      document,
      about: 'place',
      theirs: theirs.refused!,
      ours: `${ours} (${note})`,
    }))
  const told = [...new Set(theirs.warnings.flatMap(eachOf))]
  if (countOf(warnings) === told.length) return []
  return [{ document, about: 'warning', theirs: told.join('; ') || 'none', ours: warnings.map(({ message }) => message).join('; ') || 'none' }]
}

/** Of the fields that are not known in one patch istiod names the first. */
function countOf(warnings: Verdict['warnings']): number {
  const told = warnings.map(({ code, details }) => (code === 'UNKNOWN_FIELD' ? details.origin!.path.slice(0, 3).join('.') : details.problem))
  return new Set(told).size
}

/** istiod has a line for each, where there are several. */
function eachOf(warnings: string): string[] {
  const lines = warnings.split('\n').filter((line) => line.startsWith('\t* '))
  return lines.length > 0 ? lines : [warnings]
}

/** What `istioctl validate` refuses must be refused; it knows less than the API server, so that the reverse does not hold. */
export function compareRefused(document: Plain, theirs: string | undefined): ConfigDifference[] {
  if (theirs === undefined || verdictOf(document).errors.length > 0) return []
  return [{ document, about: 'istioctl validate', theirs, ours: 'accepted' }]
}

function verdictOf(document: Plain): Verdict {
  const resource = resourceOf(document)
  return resource ? validateResource(resource) : { errors: readText(JSON.stringify(document), 'generated.json').errors, warnings: [] }
}

/** Codes of verdicts, which are compared with those who give them. */
const ofVerdicts = new Set(['IST0106', 'IST0133'])

/** Compares the codes, the resources that they are about, and how often each is told, in different words: istioctl has no line for some. @param skipped analyzers that the other side did not run */
export function compareAnalysis(documents: readonly Plain[], theirs: readonly AnalyzeMessage[], skipped: ReadonlySet<string>): ConfigDifference[] {
  const resources = documents.flatMap((document) => resourceOf(document) ?? [])
  const run = analyzers.filter(({ name }) => !skipped.has(name))
  const ours = inOtherWords(runAnalyzers(new Inventory(resources, { nowMs: Date.now() }), run).map(messageOf))
  const about = 'analysis'
  const documentOf = (message: AnalyzeMessage): Plain | null => documents.find((document) => originOf(document) === message.origin) ?? null
  return [
    ...missing(inOtherWords(theirs), ours).map(
      (message) => ({ document: documentOf(message), about, theirs: shown(message), ours: 'nothing' }) as const,
    ),
    ...missing(ours, inOtherWords(theirs)).map(
      (message) => ({ document: documentOf(message), about, theirs: 'nothing', ours: shown(message) }) as const,
    ),
  ]
}

function messageOf({ code, resource, text }: Message): AnalyzeMessage {
  return { code, origin: `${resource.kind} ${fullName(resource)}`, message: text }
}

function originOf({ kind, metadata }: Plain): string {
  const { name, namespace = '' } = metadata as { readonly name: string; readonly namespace?: string }
  return `${String(kind)} ${fullName({ namespace, name })}`
}

function inOtherWords(messages: readonly AnalyzeMessage[]): readonly AnalyzeMessage[] {
  return [...new Map(messages.map((message) => [shown(message), message])).values()]
}

/** Those that the others do not have, or not as often. */
function missing(some: readonly AnalyzeMessage[], others: readonly AnalyzeMessage[]): readonly AnalyzeMessage[] {
  const left = new Map<string, number>()
  for (const { code, origin } of others) left.set(`${code} ${origin}`, (left.get(`${code} ${origin}`) ?? 0) + 1)
  return some.filter(({ code, origin }) => {
    const key = `${code} ${origin}`
    const known = left.get(key) ?? 0
    left.set(key, known - 1)
    return !ofVerdicts.has(code) && known <= 0
  })
}

function shown({ code, origin, message }: AnalyzeMessage): string {
  return `${code} ${origin}: ${message}`
}

/** Is the document refused? */
export function isRefused(document: Plain): boolean {
  return verdictOf(document).errors.length > 0
}
