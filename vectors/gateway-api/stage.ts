import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import {
  type Mesh,
  type Program,
  createMesh,
  readText,
  type Resource,
  type ResourceRef,
  refOf,
  type WorkloadInstance,
} from '../../mesh-core/index.ts'
import { statusFor } from '../../mesh-core/compile/gateway-api/status.ts'
import type { ObjectStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import { besideVectors, readJson } from '../read-vectors.ts'
import { NoVectors } from '../family.ts'
import { echoBackend } from './echo-backend.ts'
import type { GatewayApiVector, Mutation, ObjectName } from './vector.ts'

/** What all vectors of a folder stand upon. */
export interface Suite {
  /** YAML. */
  readonly base: string
  readonly certificates: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[]
}

/** @throws NoVectors */
export function readSuite(path: string): Suite {
  const [base, suite] = [besideVectors(path, 'base.yaml'), besideVectors(path, 'suite.json')]
  if (!base || !suite) throw new NoVectors(`${path}: base.yaml and suite.json of the suite lie beside its vectors`)
  const { generatedCertificates = [] } = readJson(suite) as { generatedCertificates?: Suite['certificates'] }
  return { base: readFileSync(base, 'utf8'), certificates: generatedCertificates }
}

const className = 'istio'
export const controllerName = 'istio.io/gateway-controller'

/** A mesh that a vector is played on, as the specification has it. */
export class Stage {
  readonly mesh: Mesh
  readonly #generations = new Map<string, number>()
  readonly #clientNamespaces: ReadonlySet<string>
  /** Objects come one after another: their ages differ. */
  #ageMs = Date.UTC(2026, 0, 1)

  constructor(suite: Suite, vector: GatewayApiVector) {
    const programs = new Map<string, Program>()
    this.mesh = createMesh({ spec: true, program: (workload) => programFor(workload, programs) })
    this.#clientNamespaces = new Set([...vector.cases, ...(vector.distributions ?? [])].flatMap(({ client }) => client?.namespace ?? []))
    this.#apply(certificatesOf(suite))
    this.#apply(suite.base)
    this.#apply(vector.manifests)
  }

  mutate({ operation, object }: Mutation): void {
    const [resource] = this.#read(JSON.stringify(object))
    if (!resource) return
    if (operation === 'delete') this.mesh.remove([refOf(resource)])
    else this.#put([resource])
  }

  status(name: ObjectName): ObjectStatus | undefined {
    return statusFor(this.mesh.statuses, refFor(name))
  }

  #apply(text: string): void {
    this.#put(this.#read(text))
  }

  #put(resources: readonly Resource[]): void {
    this.mesh.apply(resources.map((resource) => this.#stamped(resource)))
  }

  #read(text: string): readonly Resource[] {
    const filled = text.replaceAll('{GATEWAY_CLASS_NAME}', className).replaceAll('{GATEWAY_CONTROLLER_NAME}', controllerName)
    const { resources, errors } = readText(filled, 'vector.yaml')
    if (errors.length > 0) throw errors[0]!
    return resources
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

/** Of the certificates that the suite makes only the frame is looked at. */
function certificatesOf({ certificates }: Suite): string {
  const pem = (what: string): string => `-----BEGIN ${what}-----\nMA==\n-----END ${what}-----\n`
  const encoded = (what: string): string => Buffer.from(pem(what)).toString('base64')
  return certificates
    .map(({ kind, namespace, name }) => {
      const data = kind === 'Secret' ? { 'tls.crt': encoded('CERTIFICATE'), 'tls.key': encoded('PRIVATE KEY') } : { 'ca.crt': pem('CERTIFICATE') }
      return JSON.stringify({ apiVersion: 'v1', kind, metadata: { namespace, name }, ...(kind === 'Secret' && { type: 'kubernetes.io/tls' }), data })
    })
    .join('\n---\n')
}
