import { parseAllDocuments } from 'yaml'
import { worldOf } from '../worlds.ts'
import type { Document } from './document.ts'
import type { Json } from './matches.ts'
import type { GeneratedMesh } from './mesh.ts'
import { nameOf, type Recorded } from './recorded.ts'

/** A service's host and ports, as rules and calls name them. */
export interface NamedHost {
  readonly host: string
  readonly ports: readonly number[]
}

/** What stands around a mesh: its world, and what was recorded of others upon it. */
export class Surroundings {
  readonly #world: readonly Document[]
  readonly #others: readonly Document[]

  constructor(world: string | undefined, recorded: readonly Recorded[]) {
    this.#world = parseAllDocuments(worldOf(world === undefined ? {} : { world })).map((document) => inNamespace(document.toJS() as Document))
    this.#others = recorded.flatMap(({ config }) => config)
  }

  /** Recorded elsewhere, of a kind. */
  others(kind: string): readonly Document[] {
    return this.#others.filter((one) => one.kind === kind)
  }

  /** All that a mesh has of a kind: what its config says of an object of the world stands in the place of that. */
  having(kind: string, { config }: GeneratedMesh): readonly Document[] {
    const own = config.filter((one) => one.kind === kind).map(inNamespace)
    const names = new Set(own.map(nameOf))
    return [...own, ...this.#world.filter((one) => one.kind === kind && !names.has(nameOf(one)))]
  }

  /** Those that no gateway stands behind: who calls a gateway's pods by their Service reaches them only where they are somebody's own. */
  services(mesh: GeneratedMesh): readonly Document[] {
    return this.having('Service', mesh).filter(({ metadata }) => !metadata.name.includes('gateway'))
  }

  /** Hosts that the mesh has: services, and entries without their wildcards. */
  hosts(mesh: GeneratedMesh): readonly NamedHost[] {
    const services = this.services(mesh).map(({ metadata, spec }) => ({
      host: `${metadata.name}.${metadata.namespace}.svc.cluster.local`,
      ports: numbersOf(spec, 'port'),
    }))
    const entries = this.having('ServiceEntry', mesh).flatMap(({ spec }) =>
      ((spec?.['hosts'] ?? []) as readonly string[])
        .filter((host) => typeof host === 'string' && !host.includes('*'))
        .map((host) => ({ host, ports: numbersOf(spec, 'number') })),
    )
    return [...services, ...entries]
  }

  /** Workloads that could call, as `a.default`. */
  callers(mesh: GeneratedMesh): readonly string[] {
    return this.having('Deployment', mesh)
      .filter(({ spec }) => labelsOf(spec)['istio'] === undefined && spec?.['replicas'] !== 0)
      .map(({ metadata }) => `${metadata.name}.${metadata.namespace}`)
  }
}

function inNamespace(document: Document): Document {
  return { ...document, metadata: { ...document.metadata, namespace: document.metadata.namespace ?? 'default' } }
}

/** Of a Deployment's pods. */
export function labelsOf(spec: Json | undefined): Readonly<Record<string, string>> {
  const template = spec?.['template'] as { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } } | undefined
  return template?.metadata?.labels ?? {}
}

function numbersOf(spec: Json | undefined, field: string): readonly number[] {
  const ports = (spec?.['ports'] ?? []) as readonly Readonly<Record<string, unknown>>[]
  return Array.isArray(ports) ? ports.map((port) => port?.[field]).filter((port) => typeof port === 'number') : []
}
