import type { Resource } from '../mesh-core/config/resource.ts'
import type { Exchange } from '../mesh-core/ir/exchange.ts'

/** Names that were asked for and that no DNS knows, with the services of that name: a short one is looked for in the sender's namespace alone. */
export function unresolvedNames(exchanges: readonly Exchange[], resources: readonly Resource[]): readonly string[] {
  const unresolved = exchanges.filter(({ error }) => error === 'unresolved')
  const hosts = new Set(unresolved.map(({ request }) => request.authority.replace(/:\d+$/, '')))
  return [...hosts].map((host) => {
    const named = resources.filter(({ kind, name }) => kind === 'Service' && name === host.split('.')[0])
    const known = named.map(({ name, namespace }) => `${name}.${namespace}`)
    return `DNS knows no "${host}" in the sender's namespace${known.length > 0 ? `; there is ${known.join(', ')}` : ''}`
  })
}
