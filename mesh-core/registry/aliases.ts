import type { Service } from './registry.ts'

/**
 * Gives each service the ExternalName services that lead to it, in whatever namespace and over however many steps; those that lead in a circle lead nowhere.
 * Source: Istio `pilot/pkg/model/push_context.go` resolveServiceAliases.
 */
export function withAliases(services: readonly Service[]): readonly Service[] {
  const next = new Map(services.filter((service) => service.resolution === 'alias').map(({ host, externalName }) => [host, externalName]))
  if (next.size === 0) return services
  const aliases = new Map<string, string[]>()
  for (const alias of next.keys()) {
    const end = endOf(alias, next)
    if (end !== null) aliases.set(end, [...(aliases.get(end) ?? []), alias])
  }
  return services.map((service) => (aliases.has(service.host) ? { ...service, aliases: aliases.get(service.host)! } : service))
}

function endOf(alias: string, next: ReadonlyMap<string, string>): string | null {
  const seen = new Set<string>()
  let host: string | undefined = alias
  for (let to = next.get(host); to !== undefined; to = next.get(host)) {
    if (seen.has(host)) return null
    seen.add(host)
    host = to
  }
  return host
}
