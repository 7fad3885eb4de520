import { basename } from 'node:path'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { resolveHost } from '../../mesh-core/compile/names.ts'
import { servicesNamedBy } from '../../support/sentences/services-named.ts'
import type { ImportedFeature, ImportedScenario, Omission, ServiceRow } from './feature.ts'
import type { SourceFile } from './sources.ts'

/** The tests of another tool. */
export interface ImportFormat {
  /** By the text of a file: does it hold tests, or config? */
  isTest(text: string): boolean
  /** @throws MeshSpecError, NotUnderstood */
  open(configs: readonly SourceFile[]): {
    /** Config that was no Kubernetes object, as YAML of Kubernetes objects. */
    readonly config: string
    readonly notes: readonly string[]
    /** @param resources all of the config. @throws MeshSpecError, ConfigRejected */
    importSuite(tests: readonly SourceFile[], resources: readonly Resource[]): ImportedSuite
  }
}

export interface ImportedSuite {
  readonly features: readonly NamedFeature[]
  /** As the tool counts them; one may become several scenarios, or none. */
  readonly tests: number
}

export interface NamedFeature {
  readonly file: SourceFile
  /** `configs` is filled in when it is known where they are written. */
  readonly feature: ImportedFeature
}

/** @param hosts that tests name: those that no config names are deployed, too */
export function featureOf(
  file: SourceFile,
  scenarios: readonly ImportedScenario[],
  leftOut: readonly Omission[],
  hosts: readonly string[],
  resources: readonly Resource[],
): NamedFeature {
  const stem = basename(file.path).replace(/\.[^.]*$/, '')
  const known = new Set(servicesNamedBy(resources).map(({ name, namespace }) => `${name}.${namespace}`))
  const services = new Map<string, ServiceRow>([['client.default', { name: 'client', namespace: 'default' }]])
  for (const host of hosts) {
    const [name, namespace, ...rest] = resolveHost(host, 'default').split('.')
    if (rest.join('.') === 'svc.cluster.local' && !known.has(`${name}.${namespace}`))
      services.set(`${name}.${namespace}`, { name: name!, namespace: namespace! })
  }
  const about = `Made of ${basename(file.path)} by meshspec import.`
  return { file, feature: { name: stem.replaceAll(/[-_]/g, ' '), about, services: [...services.values()], configs: [], scenarios, leftOut } }
}
