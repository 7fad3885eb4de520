import { meshGateway } from '../../../compile/names.ts'
import type { L4Match } from '../../../compile/rules/l4-rule.ts'
import type { VirtualService } from '../../../compile/rules/virtual-service.ts'
import { addressCells, nameCells } from '../../../cover/connection-cells.ts'

/** A connection of one client, at the sidecar or the gateway that it meets. */
export interface ConnectionTrial {
  readonly gateway: string
  readonly port: number
  /** Of the client; at a gateway nobody asks. */
  readonly labels: Readonly<Record<string, string>>
  /** `''`: that of the rules. */
  readonly namespace: string
  /** Where it goes; `''` where no rule asks. */
  readonly address: string
  /** SNI; `''` for a connection without TLS. */
  readonly serverName: string
}

/** What the rules of a VirtualService tell apart, with values of each that stand for all. */
export class Connections {
  readonly #vs: VirtualService
  readonly #ports: readonly number[]
  readonly #namespaces: readonly string[]
  readonly #labels: ReadonlyMap<string, readonly string[]>
  readonly #addresses: readonly string[]
  readonly #names: readonly string[]

  /** @param usualPort where no rule asks for one */
  constructor(vs: VirtualService, matches: readonly L4Match[], usualPort: number, tls: boolean) {
    this.#vs = vs
    const ports = matches.map(({ port }) => port).filter((port) => port > 0)
    this.#ports = [...new Set([usualPort, ...ports, unnamed(new Set([usualPort, ...ports]))])]
    this.#namespaces = valuesOf(
      matches.map(({ sourceNamespace }) => sourceNamespace),
      'other',
    )
    this.#labels = labelsOf(matches)
    const subnets = matches.flatMap(({ destinationSubnets }) => destinationSubnets)
    this.#addresses = subnets.length === 0 ? [''] : addressCells(subnets)
    this.#names = tls ? nameCells(matches.flatMap(({ sniHosts }) => sniHosts.map((host) => host.toLowerCase()))) : ['']
  }

  /** Of the connections that fit the static conditions of a match (`null`: all), one for each difference that rules make, plain ones first. */
  *fitting(match: L4Match | null): Generator<ConnectionTrial> {
    for (const gateway of this.#vs.gateways.filter((name) => !match || match.gateways.length === 0 || match.gateways.includes(name)))
      for (const port of match && match.port > 0 ? [match.port] : this.#ports)
        if (gateway === meshGateway) yield* this.#fromPods(match, port)
        else for (const serverName of this.#names) yield { gateway, port, labels: {}, namespace: '', address: '', serverName }
  }

  *#fromPods(match: L4Match | null, port: number): Generator<ConnectionTrial> {
    for (const labels of this.#labelings(match?.sourceLabels ?? {}))
      for (const namespace of match && match.sourceNamespace !== '' ? [match.sourceNamespace] : this.#namespaces)
        for (const address of this.#addresses)
          for (const serverName of this.#names) yield { gateway: meshGateway, port, labels, namespace, address, serverName }
  }

  *#labelings(wanted: Readonly<Record<string, string>>): Generator<Readonly<Record<string, string>>> {
    const free = [...this.#labels].filter(([name]) => !Object.hasOwn(wanted, name))
    yield* combinations(free, wanted)
  }
}

function* combinations(
  free: readonly (readonly [string, readonly string[]])[],
  so: Readonly<Record<string, string>>,
): Generator<Readonly<Record<string, string>>> {
  const [first, ...rest] = free
  if (!first) return yield so
  // A pod may well be without the label.
  yield* combinations(rest, so)
  for (const value of first[1]) yield* combinations(rest, { ...so, [first[0]]: value })
}

function labelsOf(matches: readonly L4Match[]): Map<string, readonly string[]> {
  const labels = new Map<string, string[]>()
  for (const { sourceLabels } of matches)
    for (const [name, value] of Object.entries(sourceLabels)) {
      const known = labels.get(name) ?? []
      if (!known.includes(value)) labels.set(name, [...known, value])
    }
  return labels
}

/** Those that are named, and one that is not where any is. */
function valuesOf(named: readonly string[], other: string): readonly string[] {
  const values = [...new Set(named.filter((value) => value !== ''))]
  if (values.length === 0) return ['']
  let free = other
  for (let i = 1; values.includes(free); i++) free = `${other}${i}`
  return ['', ...values, free]
}

function unnamed(named: ReadonlySet<number>): number {
  let port = 9000
  while (named.has(port)) port++
  return port
}
