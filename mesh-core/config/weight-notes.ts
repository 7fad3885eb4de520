import { locate } from './locate.ts'
import type { Fields } from './istio/judge.ts'
import { each } from './istio/judge.ts'
import type { Resource } from './resource.ts'
import { originAt } from './resource.ts'

/**
 * Weights that do not add up to 100, which Istio takes for shares of their sum, and which are often a slip.
 * @returns one line each, with file, line and column
 */
export function weightNotes(resources: readonly Resource[]): string[] {
  return resources.filter(({ kind }) => kind === 'VirtualService').flatMap(notesOf)
}

function notesOf(rule: Resource): string[] {
  const spec = (rule.object.spec ?? {}) as Fields
  return ['http', 'tcp', 'tls'].flatMap((protocol) =>
    [...each(spec[protocol] as Fields[] | undefined, ['spec', protocol])].flatMap(([route, path]) => {
      const weights = ((route.route ?? []) as Fields[]).map(({ weight }) => (weight ?? 0) as number)
      const sum = weights.reduce((all, weight) => all + weight, 0)
      if (weights.length < 2 || sum === 100 || sum === 0) return []
      const origin = originAt(rule, [...path, 'route'])
      const position = locate(rule.source, origin.document, origin.path)
      const place = position === null ? rule.source.file : `${rule.source.file}:${position.line}:${position.column}`
      const shares = weights.map((weight) => `${Number(((100 * weight) / sum).toFixed(1))}%`).join(', ')
      return [`${place}: ${origin.resource}: the weights add up to ${sum}, so the shares are ${shares}`]
    }),
  )
}
