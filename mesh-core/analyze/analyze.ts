import type { FieldPath } from '../config/finding.ts'
import { locate } from '../config/locate.ts'
import type { Resource } from '../config/resource.ts'
import { originAt } from '../config/resource.ts'
import type { Analyzer } from './analyzer.ts'
import { analyzers as all } from './analyzers.ts'
import type { Inventory } from './inventory.ts'
import { annotationsOf } from './inventory.ts'
import type { Message, Report } from './message.ts'

/** Says what an expert would warn of, in the order of the analyzers. Source: Istio `pkg/config/analysis/local/istiod_analyze.go`. */
export function analyze(mesh: Inventory, analyzers: readonly Analyzer[] = all): readonly Message[] {
  const messages: Message[] = []
  const told = new Set<string>()
  const report: Report = (type, resource, args, path = []) => {
    if (isSuppressed(resource, type.code)) return
    const message = { code: type.code, name: type.name, level: type.level, resource, path, text: type.text(...args) }
    const key = identityOf(message)
    if (told.has(key)) return
    told.add(key)
    messages.push(message)
  }
  for (const analyzer of analyzers) if (analyzer.inputs.some((kind) => mesh.all(kind).length > 0)) analyzer.analyze(mesh, report)
  return messages
}

/** By `galley.istio.io/analyze-suppress` of the resource: codes, or `*` for all. */
function isSuppressed(resource: Resource, code: string): boolean {
  const codes = annotationsOf(resource)['galley.istio.io/analyze-suppress']
  return typeof codes === 'string' && codes.split(',').some((entry) => entry === '*' || entry.trim() === code)
}

/** Of two messages that say the same of the same line one is enough. */
function identityOf({ code, resource, path, text }: Message): string {
  const line = locate(resource.source, resource.origin.document, placeOf(resource, path))?.line ?? 0
  return JSON.stringify([code, resource.origin.file, resource.origin.resource, line, text])
}

function placeOf(resource: Resource, path: FieldPath): FieldPath {
  return originAt(resource, path).path
}
