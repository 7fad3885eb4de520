import type { FieldPath } from '../finding.ts'
import { envoyMessages } from '../proto/envoy.generated.ts'
import { meshMessages } from '../proto/mesh.generated.ts'
import { ProtoJson, type ProtoReport } from '../proto/proto-json.ts'
import { checkExtensionProvider } from './extension-provider.ts'
import { each, type Fields, Judge } from './judge.ts'
import { checkMeshConfig, checkMeshNetworks } from './mesh-config.ts'
import { checkMeshProxyConfig } from './mesh-proxy-config.ts'

let mesh: ProtoJson | null = null
let envoy: ProtoJson | null = null

/** Messages of Istio's `mesh/v1alpha1`. */
export function meshJson(): ProtoJson {
  return (mesh ??= new ProtoJson(meshMessages))
}

/** Messages of Envoy. */
export function envoyJson(): ProtoJson {
  return (envoy ??= new ProtoJson(envoyMessages))
}

/** What istiod begins with. Source: Istio `pkg/config/mesh/mesh.go` DefaultMeshConfig, DefaultProxyConfig */
const defaults: Fields = { proxyListenPort: 15001, connectTimeout: '10s', trustDomain: 'cluster.local' }
const proxyDefaults: Fields = {
  configPath: './etc/istio/proxy',
  binaryPath: '/usr/local/bin/envoy',
  serviceCluster: 'istio-proxy',
  drainDuration: '45s',
  discoveryAddress: 'istiod.istio-system.svc:15012',
  proxyAdminPort: 15000,
  statusPort: 15020,
}

/** Our MeshConfig and MeshNetworks: what Istio's have, at the top of the object. Source: Istio ApplyMeshConfig, ParseMeshNetworks */
export function checkMeshSettings(kind: 'MeshConfig' | 'MeshNetworks', object: Fields, judge: Judge): void {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...fields } = object
  if ('' in fields) return judge.error('SCHEMA_TYPE', [], `is no ${kind}: it must be a mapping in YAML`)
  const before = judge.errors.length
  meshJson().check(`istio.mesh.v1alpha1.${kind}`, fields, [], reportTo(judge, `${kind} has no such field, and istiod passes it over`))
  if (kind === 'MeshConfig' && 'default_config' in fields)
    judge.warn('UNKNOWN_FIELD', ['default_config'], 'istiod passes it over in this spelling', 'write "defaultConfig"')
  if (judge.errors.length > before) return
  const given = withoutNull(fields)
  if (kind === 'MeshNetworks') return checkMeshNetworks(given, [], judge)
  // Source: Istio ApplyMeshConfig, which lays one over the other.
  const { tracingServiceName } = (given.defaultConfig ?? {}) as Fields
  const { serviceCluster, ...others } = proxyDefaults
  const proxy = {
    ...(tracingServiceName === undefined ? { ...others, serviceCluster } : others),
    ...withoutNull((given.defaultConfig ?? {}) as Fields),
  }
  checkMeshConfig({ ...defaults, ...given, defaultConfig: proxy }, [], judge)
  warnOfProviders(given, judge)
}

/** What is wrong with a ProxyConfig that is laid over the defaults, as that of a pod's annotation is; `null` for nothing. Source: Istio ApplyProxyConfig */
export function proxyConfigProblem(config: Fields): string | null {
  const judge = new Judge()
  meshJson().check('istio.mesh.v1alpha1.ProxyConfig', config, [], reportTo(judge, ''))
  if (judge.errors.length === 0) checkMeshProxyConfig({ ...proxyDefaults, ...withoutNull(config) }, [], judge)
  const [first] = judge.errors
  return first ? `${first.path.join('.')} ${first.problem}` : null
}

/** istiod looks at providers when a policy or Telemetry names them: what is wrong with one is then an error of Envoy's configuration. */
function warnOfProviders({ extensionProviders }: Fields, judge: Judge): void {
  for (const [provider, path] of each(extensionProviders as Fields[] | undefined, ['extensionProviders'])) {
    const part = new Judge()
    checkExtensionProvider(provider, path, part)
    for (const { code, path: at, problem } of part.errors) judge.warn(code, at, problem)
  }
}

function withoutNull(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

export function reportTo(judge: Judge, unknown: string): ProtoReport {
  return {
    wrong: (path: FieldPath, problem: string, hint: string | null = null) => judge.error(codeOf(problem), path, problem, hint),
    unknown: (path, _said, hint) => judge.warn('UNKNOWN_FIELD', path, unknown, hint),
  }
}

function codeOf(problem: string): 'SCHEMA_TYPE' | 'SCHEMA_VALUE' | 'INVALID_DURATION' {
  if (problem.endsWith('must be a duration')) return 'INVALID_DURATION'
  return /^is .* must be /.test(problem) ? 'SCHEMA_TYPE' : 'SCHEMA_VALUE'
}
