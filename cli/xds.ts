import { createMesh } from '../mesh-core/create-mesh.ts'
import type { Mesh } from '../mesh-core/mesh.ts'
import { baseResources } from '../support/targets/deployment/base.ts'
import { proxyResources } from '../support/targets/envoy/xds/proxy-resources.ts'
import type { ProxyResources } from '../support/targets/envoy/xds/proxy-resources.ts'
import { Excerpts } from './output/excerpt.ts'
import { exitCodes } from './output/exit-codes.ts'
import { inRounds, readConfig } from './config/read-config.ts'
import { settingError } from './options/setting-error.ts'
import { findingOfError } from './findings/finding.ts'
import { findingsText } from './findings/text.ts'

export interface XdsOptions {
  readonly proxy: string
  readonly kind?: string
  readonly format: string
}

const formats: Readonly<Record<string, (resources: unknown) => string | Promise<string>>> = {
  json: (resources) => `${JSON.stringify(resources, null, 2)}\n`,
  yaml: async (resources) => (await import('js-yaml')).dump(resources, { noRefs: true, lineWidth: -1 }),
}

const kinds = ['listeners', 'routes', 'clusters', 'endpoints'] as const

/**
 * Prints what a proxy would get, in Envoy's own words.
 * @returns the exit code
 */
export async function xds(paths: readonly string[], { proxy, kind, format }: XdsOptions): Promise<number> {
  const write = formats[format]
  if (write === undefined) throw settingError(`--format is "${format}"`, `write ${Object.keys(formats).join(' or ')}`)
  const excerpts = new Excerpts()
  const { resources, errors } = readConfig(paths, excerpts)
  if (errors.length > 0) {
    process.stderr.write(`${findingsText(errors.map(findingOfError), excerpts)}\n`)
    return exitCodes.wrongInput
  }
  const mesh = createMesh()
  mesh.apply(baseResources())
  for (const round of inRounds(resources)) mesh.apply(round)
  const all = resourcesOf(mesh, proxy)
  process.stdout.write(await write(kind === undefined ? all : only(all, kind)))
  return exitCodes.held
}

/** @param proxy a pod, a workload or an app, perhaps with its namespace: `productpage`, `reviews-v2.default` */
function resourcesOf(mesh: Mesh, proxy: string): ProxyResources {
  const [name, namespace] = proxy.split('.')
  const proxied = mesh.registry.workloads.filter(({ sidecar, gateway }) => sidecar || gateway)
  const named = proxied.find(
    ({ ref, app }) => [ref.instance, ref.name, app].includes(name!) && (namespace === undefined || namespace === ref.namespace),
  )
  const config = named && mesh.proxyConfig(named.ref)
  if (config) return proxyResources(config)
  const known = proxied.map(({ ref }) => `${ref.name}.${ref.namespace}`)
  const hint =
    known.length > 0
      ? `there are ${[...new Set(known)].join(', ')}; proxies of other workloads need their Deployments, which nothing makes up here`
      : 'the config has no workloads: name its Deployments, too'
  throw settingError(`there is no proxy "${proxy}"`, hint, 'UNKNOWN_SERVICE')
}

function only(all: ProxyResources, kind: string): unknown {
  const known = kinds.find((one) => one === kind)
  if (known === undefined) throw settingError(`--kind is "${kind}"`, `write one of ${kinds.join(', ')}`)
  return all[known]
}
