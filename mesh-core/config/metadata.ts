import type { FieldPath, Report } from './finding.ts'

const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const qualified = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/

/** Kinds whose names are a part of a host's name. */
const named: ReadonlySet<string> = new Set(['Service', 'Namespace'])

interface Metadata {
  readonly name?: unknown
  readonly namespace?: unknown
  readonly labels?: Readonly<Record<string, unknown>> | null
  readonly annotations?: Readonly<Record<string, unknown>> | null
}

/** What the API server asks of names, labels and annotations of any object. Source: Kubernetes `apimachinery/pkg/api/validation` ValidateObjectMeta. */
export function checkMetadata(kind: string, { name, namespace, labels, annotations }: Metadata, report: Report): void {
  const path: FieldPath = ['metadata']
  const wrong = (at: FieldPath, problem: string, hint: string | null = null): void => report({ code: 'INVALID_VALUE', path: at, problem, hint })
  if (typeof name === 'string') {
    if (named.has(kind) ? !isLabel(name) : name.length > 253 || !subdomain.test(name))
      wrong([...path, 'name'], `"${shortened(name)}" is no name of an object`, named.has(kind) ? ofLabels : ofSubdomains)
  }
  if (typeof namespace === 'string' && namespace !== '' && !isLabel(namespace))
    wrong([...path, 'namespace'], `"${shortened(namespace)}" is no name of a namespace`, ofLabels)
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (!isQualified(key)) wrong([...path, 'labels', key], `"${shortened(key)}" is no key of a label`, ofKeys)
    if (typeof value === 'string' && value !== '' && (value.length > 63 || !qualified.test(value)))
      wrong([...path, 'labels', key], `"${shortened(value)}" is no value of a label`, ofValues)
  }
  for (const key of Object.keys(annotations ?? {}))
    if (!isQualified(key.toLowerCase())) wrong([...path, 'annotations', key], `"${shortened(key)}" is no key of an annotation`, ofKeys)
}

const ofLabels = 'at most 63 of a-z, 0-9 and "-", with a letter or a digit at both ends'
const ofSubdomains = 'at most 253 of a-z, 0-9, "-" and ".", with a letter or a digit at both ends of each part'
const ofValues = 'at most 63 letters, digits, "-", "_" and ".", with a letter or a digit at both ends'
const ofKeys = 'for example "version" or "example.com/version"'

function isLabel(text: string): boolean {
  return text.length <= 63 && label.test(text)
}

/** `name` or `prefix/name`. */
function isQualified(key: string): boolean {
  const parts = key.split('/')
  const name = parts.at(-1)!
  if (parts.length > 2 || name.length > 63 || !qualified.test(name)) return false
  return parts.length === 1 || (parts[0]!.length <= 253 && subdomain.test(parts[0]!))
}

function shortened(text: string): string {
  return text.length > 70 ? `${text.slice(0, 70)}…` : text
}
