import { checkHttpRoute } from './http-route.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkTcpRoute, checkTlsRoute } from './l4-route.ts'
import { routingClaim } from './matching.ts'
import { checkExportTo, checkGatewayNames, gatewayDomainProblem, hostsOverlap, isIpAddress, wildcardDomainProblem } from './names.ts'
import { warnOfUnreachableRules } from './unreachable.ts'

/** Source: Istio `pkg/config/validation/validation.go` ValidateVirtualService. */
export function checkVirtualService(spec: Fields, namespace: string, judge: Judge): void {
  const hosts: readonly string[] = spec.hosts ?? []
  const gateways: readonly string[] = spec.gateways ?? []
  const atGateway = gateways.length > 0 && !gateways.includes('mesh')
  if (hosts.length === 0) checkDelegate(spec, judge)
  checkGatewayNames(gateways, ['spec', 'gateways'], judge)
  if (!atGateway) refuseClaims(spec, gateways, judge)
  checkHosts(hosts, atGateway, hasSni(spec), judge)
  if (!spec.http?.length && !spec.tcp?.length && !spec.tls?.length)
    judge.error('SCHEMA_REQUIRED', ['spec', 'http'], 'http, tcp or tls must be provided in virtual service')
  for (const [route, path] of each(spec.http, ['spec', 'http'])) checkHttpRoute(route, hosts.length === 0, path, judge)
  for (const [route, path] of each(spec.tls, ['spec', 'tls'])) checkTlsRoute(route, hosts, atGateway, path, judge)
  for (const [route, path] of each(spec.tcp, ['spec', 'tcp'])) checkTcpRoute(route, path, judge)
  checkExportTo(spec.exportTo, namespace, ['spec', 'exportTo'], judge)
  warnOfUnreachableRules(spec, judge)
}

/** One without hosts is a delegate: others include its routes. */
function checkDelegate(spec: Fields, judge: Judge): void {
  const hint = 'a virtual service without hosts is a delegate; name hosts, or leave this away'
  if (spec.gateways?.length) judge.error('CONFLICTING_FIELDS', ['spec', 'gateways'], 'delegate virtual service must have no gateways specified', hint)
  if (spec.tls?.length) judge.error('CONFLICTING_FIELDS', ['spec', 'tls'], 'delegate virtual service must have no tls route specified', hint)
  if (spec.tcp?.length) judge.error('CONFLICTING_FIELDS', ['spec', 'tcp'], 'delegate virtual service must have no tcp route specified', hint)
}

function refuseClaims(spec: Fields, gateways: readonly string[], judge: Judge): void {
  for (const [route, routePath] of each(spec.http, ['spec', 'http']))
    for (const [match, path] of each(route.match, [...routePath, 'match']))
      for (const field of ['headers', 'withoutHeaders'] as const)
        for (const key of Object.keys(match[field] ?? {}))
          if (routingClaim(key) !== null) {
            const problem = `JWT claim based routing (key: ${key}) is only supported for gateway, found no gateways: [${gateways.join(' ')}]`
            judge.error('CONFLICTING_FIELDS', [...path, field, key], problem)
          }
}

function hasSni(spec: Fields): boolean {
  return ((spec.tls ?? []) as Fields[]).some((route) => ((route.match ?? []) as Fields[]).some((match) => match.sniHosts?.length > 0))
}

function checkHosts(hosts: readonly string[], atGateway: boolean, bySni: boolean, judge: Judge): void {
  let valid = true
  for (const [i, host] of hosts.entries()) {
    const problem = hostProblem(host, atGateway, bySni)
    if (problem === null) continue
    judge.error('INVALID_HOST', ['spec', 'hosts', i], problem)
    valid = false
  }
  if (valid) checkOverlaps(hosts, judge)
}

function hostProblem(host: string, atGateway: boolean, bySni: boolean): string | null {
  const problem = atGateway ? gatewayDomainProblem(host, bySni) : wildcardDomainProblem(host)
  if (problem !== null) return isIpAddress(host) ? null : problem
  return !atGateway && host === '*' ? 'wildcard host * is not allowed for virtual services bound to the mesh gateway' : null
}

function checkOverlaps(hosts: readonly string[], judge: Judge): void {
  for (const [i, host] of hosts.entries())
    for (const [j, other] of hosts.entries())
      if (j > i && hostsOverlap(host, other))
        judge.error('CONFLICTING_HOSTS', ['spec', 'hosts', j], `duplicate hosts in virtual service: ${host} & ${other}`)
}
