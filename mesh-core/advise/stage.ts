import { fqdnOf } from '../analyze/hosts.ts'
import type { Inventory } from '../analyze/inventory.ts'
import { kinds, listOf, specOf, textsOf } from '../analyze/inventory.ts'
import { meshGateway } from '../compile/names.ts'
import type { KubeObject, Resource } from '../config/resource.ts'
import { createMesh } from '../create-mesh.ts'
import type { Exchange } from '../ir/exchange.ts'
import type { HttpResponse } from '../ir/message.ts'
import { Headers } from '../ir/message.ts'
import type { Mesh } from '../mesh.ts'
import type { Trial } from './rules/trial.ts'

type Labels = Readonly<Record<string, string>>

/** How many pods of which labels a service has. */
export interface Cast {
  /** Host as a rule names it, in full. */
  readonly host: string
  readonly pods: readonly { readonly labels: Labels; readonly replicas: number }[]
}

export interface Staging {
  readonly mesh: Inventory
  /** Rules that are acted on as they are. */
  readonly rules: readonly Resource[]
  /** What the pods of a service are, where the question is about them. Otherwise each subset has one. */
  readonly cast?: readonly Cast[]
  /** Hosts that are named and not there. */
  readonly absent?: readonly string[]
  /** What every pod answers. */
  readonly status?: number
}

/**
 * A mesh of its own for one question: the rules in question as they are, with the services that they name, each of whose pods answers at once. The rest of the
 * mesh is left out, so that the answer is theirs.
 */
export class Stage {
  readonly mesh: Mesh
  readonly #inventory: Inventory
  readonly #client: typeof gatewayPod

  constructor({ mesh, rules, cast = [], absent = [], status = 200 }: Staging, trial: Pick<Trial, 'gateway' | 'labels' | 'namespace' | 'port'>) {
    this.#inventory = mesh
    this.#client = { name: 'client', namespace: trial.namespace ?? rules[0]?.namespace ?? 'default', instance: 'client' }
    this.mesh = createMesh({ program: () => () => answer(status), inboundSidecar: () => false })
    const hosts = new Set([...rules.flatMap(hostsOf), ...cast.map(({ host }) => host)])
    const services = [...hosts]
      .filter((host) => isOfCluster(host) && !absent.includes(host))
      .flatMap((host) =>
        this.#service(
          host,
          rules,
          trial.port,
          cast.find((one) => one.host === host),
        ),
      )
    const missing = rules.flatMap((rule) => missingSubsets(rule, rules))
    this.mesh.apply([...rules.filter((rule) => rule.kind !== 'Gateway'), ...missing, ...services, ...clientOf(trial, this.#client.namespace)])
  }

  send({ request, gateway, port }: Trial): Promise<Exchange> {
    const headers: Record<string, string[]> = {}
    for (const [name, value] of request.headers.entries()) (headers[name] ??= []).push(value)
    const host = request.authority.replace(/:\d+$/, '')
    const at = gateway === meshGateway ? port : 80
    const path = gateway === meshGateway ? host : 'gateway'
    return this.mesh.send({
      from: gateway === meshGateway ? { kind: 'workload', ref: this.#client } : { kind: 'gateway', ref: gatewayPod },
      ...{ method: request.method, url: `http://${path}:${at}${request.path}`, headers: { ...headers, host: request.authority }, body: '', timeoutMs: null }, // prettier-ignore
    })
  }

  #service(host: string, rules: readonly Resource[], port: number, cast: Cast | undefined): Resource[] {
    const [name = '', namespace = ''] = host.split('.')
    const known = this.#inventory.find(kinds.service, namespace, name)
    const written = listOf(known ? specOf(known).ports : []).map((one) => ({ name: one.name ?? 'http', port: Number(one.port), protocol: one.protocol ?? 'TCP', ...(one.appProtocol && { appProtocol: one.appProtocol }) })) // prettier-ignore
    const numbers = [...new Set([port, ...rules.flatMap((rule) => portsOf(rule, host))])]
    const ports = written.length > 0 ? written : numbers.map((number) => ({ name: `http-${number}`, port: number, protocol: 'TCP' }))
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { [ofService]: name }, ports } }
    const pods = cast?.pods ?? [{ labels: { version: 'v1' }, replicas: 1 }, ...rules.flatMap((rule) => subsetLabels(rule, host, rules)).map((labels) => ({ labels, replicas: 1 }))] // prettier-ignore
    return [made(service), ...pods.map((pod, i) => made(deployment(`${name}-${i}`, namespace, { ...pod.labels, [ofService]: name }, pod.replicas)))]
  }
}

const ofService = 'meshspec.dev/service'
const gatewayPod = { name: 'gateway', namespace: 'istio-system', instance: 'gateway' }

function answer(status: number): HttpResponse {
  return { status, headers: new Headers(), body: '' }
}

function isOfCluster(host: string): boolean {
  return /^[^.*]+\.[^.]+\.svc\.cluster\.local$/.test(host)
}

/** All that the rule names, in full. */
function hostsOf(rule: Resource): string[] {
  const spec = specOf(rule)
  const hosts = rule.kind === 'VirtualService' ? [...textsOf(spec.hosts), ...destinationsIn(rule).map(({ host }) => host)] : [String(spec.host)]
  return hosts.map((host) => fqdnOf(host, rule.namespace))
}

interface Named {
  readonly host: string
  readonly subset: string | undefined
  readonly port: number | undefined
}

function destinationsIn(rule: Resource): Named[] {
  return listOf(specOf(rule).http)
    .flatMap(({ route, mirror, mirrors }) => [...listOf(route), ...listOf(mirrors), ...(mirror ? [{ destination: mirror }] : [])])
    .map(({ destination }) => ({ host: String(destination?.host), subset: destination?.subset, port: destination?.port?.number }))
}

function portsOf(rule: Resource, host: string): number[] {
  if (rule.kind !== 'VirtualService') return []
  return destinationsIn(rule).flatMap((named) => (fqdnOf(named.host, rule.namespace) === host && named.port ? [named.port] : []))
}

/** Subsets that a rule names and none of the DestinationRules defines: the real ones are known elsewhere. */
function missingSubsets(rule: Resource, rules: readonly Resource[]): Resource[] {
  if (rule.kind !== 'VirtualService') return []
  const byHost = new Map<string, Set<string>>()
  for (const { host, subset } of destinationsIn(rule)) {
    const full = fqdnOf(host, rule.namespace)
    const isKnown = rules.some((other) => other.kind === 'DestinationRule' && fqdnOf(String(specOf(other).host), other.namespace) === full)
    if (subset && !isKnown) byHost.set(full, (byHost.get(full) ?? new Set()).add(subset))
  }
  return [...byHost].map(([host, names], i) =>
    made({
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: `made-up-${i}`, namespace: rule.namespace },
      spec: { host, subsets: [...names].map((name) => ({ name, labels: { version: name } })) },
    }),
  )
}

function subsetLabels(rule: Resource, host: string, rules: readonly Resource[]): Labels[] {
  if (rule.kind === 'VirtualService') return missingSubsets(rule, rules).filter((made) => specOf(made).host === host).flatMap((one) => subsetLabels(one, host, rules)) // prettier-ignore
  if (rule.kind !== 'DestinationRule' || fqdnOf(String(specOf(rule).host), rule.namespace) !== host) return []
  return listOf(specOf(rule).subsets).map(({ labels }) => labels ?? {})
}

/** A pod with a sidecar, or a gateway on port 80 for every host. */
function clientOf({ gateway, labels }: Pick<Trial, 'gateway' | 'labels'>, namespace: string): Resource[] {
  if (gateway === meshGateway) return [made(pod('client', namespace, { ...labels, app: labels['app'] ?? 'client' }))]
  const [owner = '', name = ''] = gateway.split('/')
  const servers = [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*/*'] }]
  const spec = { selector: { [ofService]: 'gateway' }, servers }
  return [
    made({ apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: { name, namespace: owner }, spec }),
    made(pod('gateway', gatewayPod.namespace, { ...labels, [ofService]: 'gateway' }, { 'inject.istio.io/templates': 'gateway' })),
  ]
}

function pod(name: string, namespace: string, labels: Labels, annotations: Labels = {}): KubeObject {
  const spec = { containers: [{ name: 'app', image: 'app' }] }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels, annotations }, spec }
}

function deployment(name: string, namespace: string, labels: Labels, replicas: number): KubeObject {
  const spec = {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app' }] } },
  }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec }
}

function made(object: KubeObject): Resource {
  const { apiVersion, kind, metadata } = object
  const { name, namespace = 'default' } = metadata
  const resource = `${kind} ${namespace}/${name}`
  const file = `<made up> ${resource}`
  const source = { key: file, file, text: '', lineOffset: 0, columnOffset: 0 }
  return { object, kind, apiVersion, name, namespace, origin: { file, document: 0, resource, path: [] }, source }
}
