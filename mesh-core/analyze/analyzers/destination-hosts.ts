import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { destinationsOf, KnownHosts } from '../hosts.ts'
import type { KnownHost, NamedDestination } from '../hosts.ts'
import { fullName, kinds, listOf, specOf, textsOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'

/** Destinations that do not exist, and ports of them. Source: Istio `analyzers/virtualservice/destinationhosts.go`. */
export const destinationHosts: Analyzer = {
  name: 'virtualservice.DestinationHostAnalyzer',
  inputs: [kinds.virtualService],
  analyze(mesh, report) {
    const hosts = new KnownHosts(mesh)
    const rules = mesh.all(kinds.virtualService)
    const withSubsets = rulesWithSubsets(rules)
    for (const rule of rules) {
      for (const named of destinationsOf(rule)) checkDestination(rule, named, hosts, report)
      checkSubsets(rule, withSubsets, report)
    }
  },
}

function checkDestination(rule: Resource, named: NamedDestination, hosts: KnownHosts, report: Report): void {
  const { destination, path, mirror } = named
  const known = hosts.find(String(destination.host), rule.namespace, textsOf(specOf(rule).exportTo))
  const host = String(destination.host)
  if (known) return checkPort(rule, named, known, report)
  if (hosts.wouldKnow(host, rule.namespace))
    report(messageTypes.notFound, rule, [mirror ? 'mirror host' : 'host', host], [...path, 'host'], hosts.hintFor(host, rule.namespace))
}

function checkPort(rule: Resource, { destination, path }: NamedDestination, { ports }: KnownHost, report: Report): void {
  const host = String(destination.host)
  const number = Number(destination.port?.number ?? 0)
  if (!destination.port) {
    if (ports.length > 1) report(messageTypes.portNeeded, rule, [host, ports], [...path, 'host'])
  } else if (!ports.includes(number)) report(messageTypes.notFound, rule, ['host:port', `${host}:${number}`], [...path, 'host'])
}

/** At a gateway the subset that another rule gives the host for sidecars plays no part. */
function checkSubsets(rule: Resource, withSubsets: WithSubsets, report: Report): void {
  const { gateways, http } = specOf(rule)
  if (textsOf(gateways).length === 0) return
  for (const [i, { route }] of listOf(http).entries())
    for (const [j, { destination }] of listOf(route).entries())
      if (destination && !destination.subset)
        for (const other of withSubsets.get(destination.host) ?? [])
          report(messageTypes.subsetIgnoredAtGateway, rule, [fullName(other), fullName(rule)], ['spec', 'http', i, 'route', j, 'destination', 'host'])
}

/** By host, the rules of it that send to a subset of it. */
type WithSubsets = ReadonlyMap<string, ReadonlySet<Resource>>

function rulesWithSubsets(rules: readonly Resource[]): WithSubsets {
  const byHost = new Map<string, Set<Resource>>()
  for (const rule of rules) {
    const { hosts, http } = specOf(rule)
    const own = textsOf(hosts)
    for (const { route } of listOf(http))
      for (const { destination } of listOf(route))
        if (destination?.subset && own.includes(destination.host)) byHost.set(destination.host, (byHost.get(destination.host) ?? new Set()).add(rule))
  }
  return byHost
}
