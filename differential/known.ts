import type { Difference } from '../vectors/difference.ts'
import type { InboundEntry } from '../vectors/mesh-observed/case.ts'
import { highest, lowest } from '../support/targets/envoy/free-ports.ts'
import { ownPort } from '../support/targets/envoy/preamble.ts'
import { areUntold } from '../vectors/mesh-observed/untold.ts'
import type { Document } from './generate/document.ts'
import type { Json } from './generate/matches.ts'
import type { GeneratedMesh } from './generate/mesh.ts'
import type { Answered, KnownDifference } from './known-difference.ts'
import { authorityOf, hostOf, hostOfCluster, lacksSlowCopies } from './known-by-answer.ts'
import { ofOracle } from './known-of-oracle.ts'

export const known: readonly KnownDifference[] = [
  {
    reason: 'a busy machine answers later than a virtual clock',
    covers: ({ field, wanted, seen }) => field === 'durationMs' && Number(wanted) > Number(seen) && Number(wanted) - Number(seen) < 100,
  },
  {
    reason: 'whether bytes have come before a sidecar that need not look at them finds that nobody listens is decided by moments',
    covers: ({ field, wanted, seen }, { answer }) =>
      field === 'flags' && [wanted, seen].every((flags) => flags === 'UR' || flags === '-') && answer?.inbound?.at(-1)?.flags === 'UF,URX',
  },
  {
    reason:
      'a route of a sidecar to an ExternalName that does not list the port that was dialled: istiod has no cluster for it, where its own tests want an answer',
    against: 'istiod',
    covers: (_, { config, call, answer }) => answer?.flags === 'NC' && config.some((one) => isNameWithoutPort(one, portOf(call), config)),
  },
  {
    reason: "a connection that a receiver's sidecar ends before it has read of which call it is: its line is told of no call",
    against: 'envoy',
    covers: ({ field, wanted, seen }) => field === 'inbound.length' && areUntold(seen as readonly InboundEntry[], wanted as readonly InboundEntry[]),
  },
  {
    reason: 'a copy that its workload has not answered when the request has ended: nobody waits for what is written of it',
    against: 'envoy',
    covers: (difference, answered) => difference.field === 'inbound.length' && lacksSlowCopies(difference, answered),
  },
  {
    reason: 'x-forwarded-port tells a port that a proxy has of its own, which there is another one than in the mesh',
    against: 'envoy',
    covers: ({ field, wanted, seen }) => /\.headers\.x-forwarded-port$/.test(field) && isChosen(Number(wanted)) && Number(seen) > 0,
  },
  {
    reason:
      'without the istio.alpn filter a sidecar that leaves the version of HTTP to the client offers what no application that ends TLS itself understands',
    against: 'envoy',
    covers: (_, { config, answer }) => (answer?.details ?? '').includes('NO_APPLICATION_PROTOCOL') && leavesVersion(config, answer?.cluster ?? ''),
  },
  {
    reason:
      'without the istio.alpn filter a cluster of HTTP offers its protocols for bytes, too, which a receiver that looks what comes takes for HTTP',
    covers: ({ field }, { answer }) => readsBytesAsHttp(answer) && (isOfReading(field) || (refusesItself(answer) && isOfAnswering(field))),
  },
  {
    reason: 'without that filter a cluster of HTTP/2 offers HTTP/2 for bytes, too: a receiver that looks what comes takes them for that, and closes',
    covers: ({ field }, { config, answer }) => isOfReaching(field) && config.some(takesPortsIn) && endsBytesAsHttp2(answer),
  },
  {
    reason: 'route tables that come with one that Envoy refuses: which of them it has taken before that is chance',
    covers: (_, { answer, refusesRoutes }) => refusesRoutes === true && answer?.details === 'route_not_found',
  },
  {
    reason: 'of ServiceEntries of one host, namespace and age, and of several resolutions, istiod takes the one that a map happens to give first',
    against: 'istiod',
    covers: (_, { config, call, answer }) =>
      config.some((one) => isRivalled(one, config, new Set([authorityOf(call), hostOf(call), hostOfCluster(answer)]))),
  },
  {
    reason: 'the port that a client is given for a connection',
    covers: ({ field, wanted, seen }) =>
      /\.headers\.x-forwarded-host$/.test(field) && [wanted, seen].every((value) => /^198\.51\.100\.10:\d+$/.test(String(value))),
  },
  ...ofOracle.map((one) => ({ ...one, against: 'istiod' as const })),
]

/** Is it what a proxy that reads HTTP writes, into requests, answers or its log? */
function isOfReading(field: string): boolean {
  return /^(headers\.server|reached\[0\]\.(path|headers\..+)|inbound\[0\]\.(status|route|details))$/.test(field)
}

/** Has the sender's sidecar passed on bytes, and the receiver's, at a port that no listener is for, read them? */
function readsBytesAsHttp(answer: Answered['answer']): boolean {
  const [entry, ...others] = answer?.inbound ?? []
  return isOfBytes(answer) && others.length === 0 && entry?.cluster === 'InboundPassthroughCluster' && entry.details !== '-'
}

/** Has the receiver's sidecar answered what was no HTTP to its sender? */
function refusesItself(answer: Answered['answer']): boolean {
  return (answer?.reached ?? []).length === 0 && (answer?.inbound?.[0]?.details ?? '').startsWith('rbac_access_denied')
}

function isOfAnswering(field: string): boolean {
  return /^(status|error|body|headers\..+)$/.test(field)
}

function isOfReaching(field: string): boolean {
  return ['status', 'error', 'body', 'reached.length', 'inbound.length'].includes(field)
}

function isOfBytes(answer: Answered['answer']): boolean {
  return answer?.tcp === true || (answer?.details === '-' && answer.route === '-')
}

/** Then no listener is for the other ports of its pods. */
function takesPortsIn({ kind, spec }: Document): boolean {
  return kind === 'Sidecar' && spec['ingress'] !== undefined
}

/** Has a receiver closed a connection of bytes as Envoy's codecs do, a second after an error, and written of no request? */
function endsBytesAsHttp2(answer: Answered['answer']): boolean {
  const { error, durationMs = 0, inbound = [] } = answer ?? {}
  return isOfBytes(answer) && error === 'closed' && durationMs >= delayedCloseMs && durationMs < 1.5 * delayedCloseMs && inbound.length === 0
}

/** Istio's. Source: Envoy `delayed_close_timeout`. */
const delayedCloseMs = 1000

/** Does a rule leave the version of HTTP to the client, or a port of the cluster's service that says nothing of its protocol? */
function leavesVersion(config: readonly Document[], cluster: string): boolean {
  if (JSON.stringify(config).includes('"useClientProtocol":true')) return true
  const [, port, , host = ''] = cluster.split('|')
  return config.some(
    ({ kind, metadata, spec }) =>
      kind === 'Service' &&
      host.startsWith(`${metadata.name}.${metadata.namespace}.`) &&
      ((spec['ports'] ?? []) as readonly Json[]).some((one) => one['port'] === Number(port) && isOfAnyProtocol(one)),
  )
}

/** Source: Istio `config/kube/conversion.go` ConvertProtocol. */
function isOfAnyProtocol({ name = '', appProtocol }: Json): boolean {
  return !/^(http2?|https|tcp|tls|grpc|grpc-web|mongo|mysql|redis|udp|kubernetes\.io\/.+)(-|$)/.test(String(appProtocol ?? name))
}

/** A port that the target has chosen for a proxy, or has it say of its own connections. */
function isChosen(port: number): boolean {
  return (port >= lowest && port <= highest) || port === ownPort
}

/** Another name that a rule leads to. */
function isNameWithoutPort({ kind, spec, metadata }: Document, dialled: number, config: readonly Document[]): boolean {
  if (kind !== 'Service' || spec['type'] !== 'ExternalName') return false
  const ports = (spec['ports'] ?? []) as readonly { readonly port?: number }[]
  const led = config.some((one) => /^(VirtualService|\w+Route)$/.test(one.kind) && JSON.stringify(one.spec).includes(`"${metadata.name}`))
  return led && ports.every(({ port }) => port !== dialled)
}

function portOf(call: Answered['call']): number {
  return Number(/^\w+ \w+:\/\/[^/]*:(\d+)/.exec(call?.request ?? '')?.[1] ?? 80)
}

/** Is there another entry of one of those hosts, with which it cannot be merged? Source: Istio `serviceregistry/serviceentry/store.go` getAllServices. */
function isRivalled(one: Document, config: readonly Document[], called: ReadonlySet<string>): boolean {
  if (one.kind !== 'ServiceEntry') return false
  const ageOf = ({ metadata }: Document): string => `${metadata.namespace ?? 'default'} ${String(metadata['creationTimestamp'])}`
  const hostsOf = ({ spec }: Document): readonly string[] => (spec['hosts'] ?? []) as readonly string[]
  return config.some(
    (other) =>
      other.kind === 'ServiceEntry' &&
      ageOf(other) === ageOf(one) &&
      (other.spec['resolution'] ?? 'NONE') !== (one.spec['resolution'] ?? 'NONE') &&
      hostsOf(other).some((host) => called.has(host) && hostsOf(one).includes(host)),
  )
}

/** Tells which differences of a mesh are known, and counts them. */
type Judged = Pick<GeneratedMesh, 'config' | 'calls'> & Partial<Pick<GeneratedMesh, 'behaviour'>>

export class KnownOf {
  readonly #reasons: readonly KnownDifference[]
  readonly #mesh: Judged
  readonly #answers: readonly unknown[]
  readonly #refusesRoutes: boolean
  readonly #met = new Map<string, Set<string>>()

  /**
   * @param answers of the other side, call by call
   * @param refusesRoutes whether a proxy there has refused route tables
   */
  constructor(other: 'istiod' | 'envoy', mesh: Judged, answers: readonly unknown[], refusesRoutes = false) {
    this.#refusesRoutes = refusesRoutes
    this.#reasons = known.filter(({ against }) => against === undefined || against === other)
    this.#mesh = mesh
    this.#answers = answers
  }

  readonly covers = (difference: Difference): boolean => {
    const found = this.#reasons.find((reason) => reason.covers(difference, this.#answered(difference)))
    if (!found) return false
    this.#met.set(found.reason, (this.#met.get(found.reason) ?? new Set()).add(`${difference.call} ${difference.field}`))
    return true
  }

  #answered({ call }: Difference): Answered {
    const index = Number(/^#(\d+) /.exec(call ?? '')?.[1] ?? NaN)
    const answer = (this.#answers[index] ?? null) as Answered['answer']
    const { config, behaviour = {} } = this.#mesh
    return { config, behaviour, call: this.#mesh.calls[index] ?? null, answer, refusesRoutes: this.#refusesRoutes }
  }

  /** Fields of calls, by the reason. */
  get counts(): ReadonlyMap<string, number> {
    return new Map([...this.#met].map(([reason, fields]) => [reason, fields.size]))
  }
}
