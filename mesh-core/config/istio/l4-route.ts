import type { FieldPath } from '../finding.ts'
import { checkWeights } from './destination.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkGatewaysOfMatch, checkLabels, checkPort, gatewayDomainProblem, isIpAddress, isIpSubnet, isSubsetOf } from './names.ts'

/** Source: Istio validateTLSRoute. */
export function checkTlsRoute(route: Fields, hosts: readonly string[], atGateway: boolean, path: FieldPath, judge: Judge): void {
  if (!route.match?.length) judge.error('SCHEMA_REQUIRED', [...path, 'match'], 'TLS route must have at least one match condition')
  for (const [match, at] of each(route.match, [...path, 'match'])) {
    if (!match.sniHosts?.length) judge.error('SCHEMA_REQUIRED', [...at, 'sniHosts'], 'TLS match must have at least one SNI host')
    for (const [i, host] of ((match.sniHosts ?? []) as string[]).entries()) checkSniHost(host, hosts, atGateway, [...at, 'sniHosts', i], judge)
    checkConnection(match, at, judge)
  }
  if (!route.route?.length) judge.error('SCHEMA_REQUIRED', [...path, 'route'], 'TLS route is required')
  checkWeights(route.route, [...path, 'route'], judge)
}

function checkSniHost(sni: string, hosts: readonly string[], atGateway: boolean, path: FieldPath, judge: Judge): void {
  const problem = gatewayDomainProblem(sni, atGateway)
  if (problem !== null && isIpAddress(sni))
    judge.warn('INVALID_HOST', path, `using an IP address ("${sni}") goes against SNI spec and most clients do not support this`)
  else if (problem !== null) judge.error('INVALID_HOST', path, problem)
  else if (!hosts.some((host) => isSubsetOf(sni, host)))
    judge.error('INVALID_HOST', path, `SNI host "${sni}" is not a compatible subset of any of the virtual service hosts: [${hosts.join(', ')}]`)
}

/** Source: Istio validateTCPRoute. */
export function checkTcpRoute(route: Fields, path: FieldPath, judge: Judge): void {
  for (const [match, at] of each(route.match, [...path, 'match'])) checkConnection(match, at, judge)
  if (!route.route?.length) judge.error('SCHEMA_REQUIRED', [...path, 'route'], 'TCP route is required')
  checkWeights(route.route, [...path, 'route'], judge)
}

function checkConnection(match: Fields, path: FieldPath, judge: Judge): void {
  for (const [i, subnet] of ((match.destinationSubnets ?? []) as string[]).entries())
    if (!isIpSubnet(subnet))
      judge.error('INVALID_VALUE', [...path, 'destinationSubnets', i], `${subnet} is not a valid ${subnet.includes('/') ? 'CIDR block' : 'IP'}`)
  if (match.port) checkPort(match.port as number, [...path, 'port'], judge)
  checkLabels(match.sourceLabels, [...path, 'sourceLabels'], judge)
  checkGatewaysOfMatch(match.gateways, [...path, 'gateways'], judge)
}
