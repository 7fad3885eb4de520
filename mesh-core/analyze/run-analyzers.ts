import type { Resource } from '../config/resource.ts'
import type { Analyzer } from './analyzer.ts'
import type { Inventory } from './inventory.ts'
import { placeOf } from './describe.ts'
import { annotationsOf } from './inventory.ts'
import type { Message, Report } from './message.ts'

/** What some analyzers have to say, in their order. */
export function runAnalyzers(mesh: Inventory, analyzers: readonly Analyzer[]): readonly Message[] {
  const messages: Message[] = []
  const told = new Set<string>()
  const report: Report = (type, resource, args, path = [], hint = null) => {
    if (isSuppressed(resource, type.code)) return
    const message = { code: type.code, name: type.name, level: type.level, resource, path, text: type.text(...args), hint }
    const key = identityOf(message)
    if (told.has(key)) return
    told.add(key)
    messages.push(message)
  }
  for (const analyzer of analyzers) if (analyzer.inputs.some((kind) => mesh.all(kind).length > 0)) analyzer.analyze(mesh, report)
  return messages
}

/** By `galley.istio.io/analyze-suppress` of the resource: codes, or `*` for all. */
export function isSuppressed(resource: Resource, code: string): boolean {
  const codes = annotationsOf(resource)['galley.istio.io/analyze-suppress']
  return typeof codes === 'string' && codes.split(',').some((entry) => entry === '*' || entry.trim() === code)
}

/** Of two messages that say the same of the same line one is enough. */
export function identityOf(message: Message): string {
  const { code, resource, text } = message
  return JSON.stringify([code, resource.origin.file, resource.origin.resource, placeOf(message).position?.line ?? 0, text])
}
