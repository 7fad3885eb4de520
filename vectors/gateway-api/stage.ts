import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { type Program, readText, type Resource, type ResourceRef, refOf, type WorkloadInstance } from '../../mesh-core/index.ts'
import { statusFor } from '../../mesh-core/compile/gateway-api/status.ts'
import type { ObjectStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import { besideVectors, readJson } from '../read-vectors.ts'
import { NoVectors } from '../family.ts'
import { type Certificates, issueCertificates, type WantedCertificate } from './certificates.ts'
import { Secrets } from '../../mesh-core/compile/gateway/secrets.ts'
import { echoBackend, echoTls } from './echo-backend.ts'
import type { StageEngine, StageMesh } from './stage-mesh.ts'
import type { GatewayApiVector, Mutation, ObjectName } from './vector.ts'

/** What all vectors of a folder stand upon. */
export interface Suite {
  /** YAML. */
  readonly base: string
  readonly certificates: Certificates
}

/** @param names that clients ask TLS servers for; @throws NoVectors */
export async function readSuite(path: string, names: readonly string[]): Promise<Suite> {
  const [base, suite] = [besideVectors(path, 'base.yaml'), besideVectors(path, 'suite.json')]
  if (!base || !suite) throw new NoVectors(`${path}: base.yaml and suite.json of the suite lie beside its vectors`)
  const { generatedCertificates = [] } = readJson(suite) as { generatedCertificates?: readonly WantedCertificate[] }
  return { base: readFileSync(base, 'utf8'), certificates: await issueCertificates(generatedCertificates, names) }
}

const className = 'istio'
export const controllerName = 'istio.io/gateway-controller'

/** A mesh that a vector is played on, as the specification has it. */
export class Stage {
  readonly mesh: StageMesh
  readonly certificates: Certificates
  readonly #generations = new Map<string, number>()
  readonly #clientNamespaces: ReadonlySet<string>
  /** Objects come one after another: their ages differ. */
  #ageMs = Date.UTC(2026, 0, 1)

  private constructor(mesh: StageMesh, certificates: Certificates, clientNamespaces: ReadonlySet<string>) {
    this.mesh = mesh
    this.certificates = certificates
    this.#clientNamespaces = clientNamespaces
  }

  static async open(engine: StageEngine, suite: Suite, vector: GatewayApiVector): Promise<Stage> {
    const programs = new Map<string, Program>()
    const clients = [...vector.cases, ...(vector.distributions ?? [])].flatMap(({ client }) => client?.namespace ?? [])
    let secrets = new Secrets([])
    const mesh = await engine.open({
      applicationTls: (workload, port) => (workload ? echoTls(workload, port, secrets) : undefined),
      program: (workload) => programFor(workload, programs),
      sends: ({ gateway, ref }) => gateway || clients.includes(ref.namespace),
    })
    const stage = new Stage(mesh, suite.certificates, new Set(clients))
    const documents = [suite.certificates.manifests(), suite.base, vector.manifests]
    const resources = documents.flatMap((text) => stage.#read(text).map((resource) => stage.#stamped(resource)))
    secrets = new Secrets(resources.filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap'))
    await mesh.apply(resources)
    const slices = resources.filter(isOpenSlice).map((slice) => stage.#withEndpoints(slice))
    if (slices.length > 0) await mesh.apply(slices)
    return stage
  }

  async mutate({ operation, object }: Mutation): Promise<void> {
    const [resource] = this.#read(JSON.stringify(object))
    if (!resource) return
    if (operation === 'delete') await this.mesh.remove([refOf(resource)])
    else await this.mesh.apply([this.#stamped(resource)])
  }

  close(): Promise<void> {
    return this.mesh.close()
  }

  status(name: ObjectName): ObjectStatus | undefined {
    return statusFor(this.mesh.statuses, refFor(name))
  }

  /** As the suite fills them once the pods have addresses, in its test HTTPRouteServiceTypes. */
  #withEndpoints(slice: Resource): Resource {
    const family = slice.object['addressType'] === 'IPv6' ? 6 : 4
    const pods = this.mesh.registry.workloads.filter(({ ref, app }) => ref.namespace === slice.namespace && app === slicedBackend)
    const endpoints = pods
      .filter(({ address }) => isIP(address) === family)
      .map(({ address }) => ({ addresses: [address], conditions: { ready: true } }))
    return this.#stamped({ ...slice, object: { ...slice.object, endpoints } })
  }

  #read(text: string): readonly Resource[] {
    const filled = this.certificates
      .filled(text)
      .replaceAll('{GATEWAY_CLASS_NAME}', className)
      .replaceAll('{GATEWAY_CONTROLLER_NAME}', controllerName)
    const { resources, errors } = readText(filled, 'vector.yaml')
    if (errors.length > 0) throw errors[0]!
    return resources.map(withAddresses)
  }

  /** What an API server adds: age and generation; and the sidecars that a mesh puts to the clients of the vector. */
  #stamped(resource: Resource): Resource {
    const key = JSON.stringify(refOf(resource))
    const generation = (this.#generations.get(key) ?? 0) + 1
    this.#generations.set(key, generation)
    this.#ageMs += 1000
    const { metadata } = resource.object
    const injected = resource.kind === 'Namespace' && this.#clientNamespaces.has(resource.name)
    const labels = { ...metadata.labels, ...(injected && { 'istio-injection': 'enabled' }) }
    const creationTimestamp = new Date(this.#ageMs).toISOString()
    return { ...resource, object: { ...resource.object, metadata: { creationTimestamp, ...metadata, labels, generation } as typeof metadata } }
  }
}

const slicedBackend = 'infra-backend-v1'

/** Nobody has said yet whose addresses it has. */
function isOpenSlice({ kind, object }: Resource): boolean {
  return kind === 'EndpointSlice' && object['endpoints'] === undefined
}

/**
 * What the suite is told of the implementation: an address that a Gateway can have, and one that it cannot.
 * Source: Istio `tests/integration/pilot/gateway_conformance_test.go` UsableNetworkAddresses, UnusableNetworkAddresses.
 */
const addresses: Readonly<Record<string, object>> = {
  PLACEHOLDER_USABLE_ADDRS: { type: 'Hostname', value: 'infra-backend-v1.gateway-conformance-infra.svc.cluster.local' },
  PLACEHOLDER_UNUSABLE_ADDRS: { type: 'Hostname', value: 'foo' },
}

function withAddresses(resource: Resource): Resource {
  const spec = resource.object['spec']
  if (resource.kind !== 'Gateway' || !spec?.addresses) return resource
  const filled = spec.addresses.map((one: { value?: string }) => addresses[one.value ?? ''] ?? one)
  return { ...resource, object: { ...resource.object, spec: { ...spec, addresses: filled } } }
}

function refFor({ kind, namespace = '', name }: ObjectName): ResourceRef {
  return { group: 'gateway.networking.k8s.io', kind, namespace, name }
}

/** One for each pod: it counts the tries of a request, whichever pod gets them. */
function programFor(workload: WorkloadInstance | null, programs: Map<string, Program>): Program {
  const key = workload ? `${workload.ref.namespace}/${workload.ref.name}` : ''
  const program = programs.get(key) ?? echoBackend()
  programs.set(key, program)
  return program
}
