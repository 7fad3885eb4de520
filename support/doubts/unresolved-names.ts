import { suggestion } from '../../mesh-core/config/schema/suggest.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'

/** Names that were asked for and that no DNS knows, with the services of that name: a short one is looked for in the sender's namespace alone. */
export function unresolvedNames(exchanges: readonly Exchange[], resources: readonly Resource[]): readonly string[] {
  const unresolved = exchanges.filter(({ error }) => error === 'unresolved')
  const hosts = new Set(unresolved.map(({ request }) => request.authority.replace(/:\d+$/, '')))
  const services = resources.filter(({ kind }) => kind === 'Service')
  return [...hosts].map((host) => {
    const [first = ''] = host.split('.')
    const known = services.filter(({ name }) => name === first).map(({ name, namespace }) => `${name}.${namespace}`)
    const near = known.length === 0 ? suggestion(first, [...new Set(services.map(({ name }) => name))]) : null
    const more = known.length > 0 ? `; there is ${known.join(', ')}` : near?.startsWith('did you mean') ? `; ${near}` : ''
    return `DNS knows no "${host}" in the sender's namespace${more}`
  })
}
