import type { KubeObject, Resource } from '../../../../../mesh-core/config/resource.ts'
import { beginningOfHosts } from './host-beginnings.ts'

/** Where Istio is, and its ingress gateway beside it, in the words of scenarios. */
export const systemNamespace = 'istio-system'

/**
 * Which namespace of the cluster stands for each that a scenario names. Features say `default` and `prod`; a run makes `meshspec-1f2e3d` and
 * `meshspec-1f2e3d-prod` of them, in config and in requests alike, and turns them back in what it has seen.
 */
export class NamespaceMap {
  readonly #named: readonly string[]
  readonly #own: string
  readonly #standsForSystem: boolean
  /** By the scenario's name. */
  readonly #real = new Map<string, string>()
  readonly #scenario = new Map<string, string>()

  /**
   * @param own what the names of the run's own namespaces begin with
   * @param standsForSystem whether one of its own stands for `istio-system`, as far as gateways go
   * @param named namespaces of the user's that the run may use: as they are called, the first one in the place of `default`
   */
  constructor(own: string, named: readonly string[], standsForSystem = false) {
    this.#standsForSystem = standsForSystem
    this.#own = own
    this.#named = named
    // Names say it without any object in it.
    this.use('default')
  }

  /** Makes a namespace one of the scenario's. What is of the whole cluster has none. */
  use(namespace: string): string {
    const real = this.real(namespace)
    if (namespace !== '') this.#know(namespace, real)
    return real
  }

  /** What stands for it, or would: statements name namespaces that nobody uses, and hosts outside (`example.com`) that read as a service of one. */
  real(namespace: string): string {
    if (namespace === '') return ''
    const real = this.#real.get(namespace) ?? this.#realOf(namespace)
    if (this.isNamed(real)) this.#know(namespace, real)
    return real
  }

  #know(namespace: string, real: string): void {
    if (this.#real.has(namespace)) return
    this.#real.set(namespace, real)
    this.#scenario.set(real, namespace)
  }

  /** As the scenario calls it. */
  scenario(namespace: string): string {
    return this.#scenario.get(namespace) ?? namespace
  }

  /** Are all of them of the run's making? */
  get areOwn(): boolean {
    return this.#named.length === 0
  }

  isNamed(real: string): boolean {
    return this.#named.includes(real)
  }

  /** Those that scenarios have named so far. */
  get all(): readonly string[] {
    return [...this.#scenario.keys()]
  }

  #realOf(namespace: string): string {
    if (this.#named.includes(namespace)) return namespace
    if (namespace === 'default') return this.#named.find((name) => name !== systemNamespace) ?? this.#own
    return namespace === systemNamespace && !this.#standsForSystem ? namespace : `${this.#own}-${namespace}`
  }

  /** A scenario's object as it goes to the cluster. */
  resource({ object, namespace }: Resource): KubeObject {
    const { creationTimestamp: _, ...metadata } = object.metadata
    return this.object({ ...object, metadata: { ...metadata, ...(namespace !== '' && { namespace }) } })
  }

  /** The object in the cluster's words, its own namespace included. */
  object(object: KubeObject): KubeObject {
    const standIns = { own: this.#own, ofDefault: this.#realOf('default'), has: (name: string): boolean => this.#real.has(name) }
    return mapStrings(object, {
      text: (text, key) => this.#mapText(text, key),
      items: (text, key) => this.#patterns(text, key),
      beginning: (prefix) => beginningOfHosts(prefix, standIns),
    }) as KubeObject
  }

  /** `shop.prod.svc.cluster.local:80`, as the cluster knows it. */
  host(authority: string): string {
    return this.#mapText(authority, null)
  }

  /** Text that came from the cluster, in the scenario's words. */
  back(text: string): string {
    let said = text
    // Longer names first: one may be the beginning of another.
    for (const [real, scenario] of [...this.#scenario].toSorted(([a], [b]) => b.length - a.length))
      if (real !== scenario) said = said.replaceAll(real, scenario)
    return said
  }

  /** `prod*` of namespaces: as it is, for those that have kept their names, and as it is for the run's own. */
  #patterns(text: string, key: string | null): readonly string[] {
    const [, before = '', begun = ''] = (key !== null && identityFields.has(key) && /^(.*(?:^|\/)ns\/)([a-z0-9-]+)\*$/.exec(text)) || []
    if (begun !== '') return this.#patterns(`${begun}*`, 'namespaces').map((one) => before + (one.endsWith('*') ? one : `${one}/*`))
    // The name that stands for it begins those of the run's others, too.
    if (/(?:^|\.)default\*$/.test(text) && /^(?:notH|h)osts$/.test(key ?? '')) return ['', '.*', ':*'].map((end) => text.slice(0, -1) + end)
    if (key === null || !namespaceFields.has(key) || !text.includes('*') || text === '*') return [text]
    const [start = '', end = ''] = text.split('*')
    const ofDefault = 'default'.startsWith(start) && 'default'.endsWith(end) ? [this.#realOf('default')] : []
    return [text, ...(start === '' ? [] : [`${this.#own}-${text}`]), ...ofDefault]
  }

  #mapText(text: string, key: string | null): string {
    if (key === 'apiVersion' || key === 'kind') return text
    let mapped = text
    for (const [scenario, real] of this.#real) if (scenario !== real) mapped = replaceName(mapped, scenario, real, key)
    return mapped
  }
}

/** Fields whose whole value is a namespace. */
const namespaceFields: ReadonlySet<string> = new Set([
  'namespace',
  'namespaces',
  'notNamespaces',
  'sourceNamespace',
  'exportTo',
  'kubernetes.io/metadata.name',
  'source.namespace',
])

/** Fields whose values are identities. */
const identityFields: ReadonlySet<string> = new Set(['principals', 'notPrincipals', 'source.principal'])

/** Fields whose values begin with a namespace. Source: Istio's references of Sidecar, Gateway, VirtualService, AuthorizationPolicy and MeshConfig. */
const slashFields: ReadonlySet<string> = new Set([
  'gateways',
  'hosts',
  'credentialName',
  'service',
  'serviceAccounts',
  'notServiceAccounts',
  'source.serviceAccount',
])

/**
 * Where a namespace stands inside a text: `default/gateway` of Gateways and Sidecars, `shop.default` and `shop.default.svc.cluster.local` of hosts,
 * `cluster.local/ns/default/sa/shop` of identities.
 */
function replaceName(text: string, from: string, to: string, key: string | null): string {
  if (!text.includes(from)) return text
  if (text === from) return key !== null && namespaceFields.has(key) ? to : text
  const name = from.replaceAll('.', '\\.')
  if (key !== null && scriptFields.has(key)) return inScript(text, name, to)
  if (key === authorityPattern) return text.replace(new RegExp(`(\\.)${name}(?![a-z0-9-])`, 'g'), `$1${to}`)
  const isSlashed = key !== null && slashFields.has(key)
  return (
    (isSlashed ? text.replace(new RegExp(`^${name}/`), `${to}/`) : text)
      .replace(new RegExp(`(^|/)ns/${name}/`), `$1ns/${to}/`)
      .replace(new RegExp(`^((?:\\*|[a-z0-9*-]+)(?:\\.[a-z0-9-]+)?)\\.${name}(?=\\.svc(?:\\.|:|/|\\*$|$))`), `$1.${to}`)
      // Clusters, and what sidecars ask for by SNI. Source: Istio `model.BuildSubsetKey`, `BuildDNSSrvSubsetKey`.
      .replace(new RegExp(`^((?:in|out)bound(?:\\|\\d+\\|[^|]*\\||_\\.\\d+_\\.[^_]*_\\.)[a-z0-9*-]+)\\.${name}(?=\\.svc(?:\\.|$))`), `$1.${to}`)
      // A pod of a StatefulSet, as the search domains of pods know it.
      .replace(new RegExp(`^([a-z0-9-]+-\\d+\\.[a-z0-9-]+)\\.${name}(?=:\\d+$|$)`), `$1.${to}`)
      // A policy's host may go on with whatever follows.
      .replace(new RegExp(`^([a-z0-9*-]+)\\.${name}(?=:\\d+$|[.:]?\\*$|$)`), `$1.${to}`)
      .replace(new RegExp(`^([a-z0-9*.~-]+/[a-z0-9*-]+)\\.${name}(?=\\.svc(?:\\.|$)|$)`), `$1.${to}`)
  )
}

/** Scripts in Lua, of TrafficExtensions and EnvoyFilters. */
const scriptFields: ReadonlySet<string> = new Set(['inlineCode', 'inline_code', 'inlineString', 'inline_string'])

/** Hosts, also those of clusters, and identities, wherever they stand in it. */
function inScript(text: string, name: string, to: string): string {
  return text.replace(new RegExp(`([a-z0-9*-]\\.)${name}(?=\\.svc\\b)`, 'g'), `$1${to}`).replace(new RegExp(`\\bns/${name}/`, 'g'), `ns/${to}/`)
}

/** What stands for the key of a pattern that a host is held to. */
const authorityPattern = 'authority.regex'

/** @param of the field that the name is in */
function isOfAuthority(of: string | null, name: string): boolean {
  return (of === 'authority' || of === ':authority') && /^(?:regex|prefix)$/.test(name)
}

interface Mapping {
  readonly text: (text: string, key: string | null) => string
  /** Of a list: one may become several. */
  readonly items: (text: string, key: string | null) => readonly string[]
  /** Of hosts: a pattern for one that is more than its text; `null` for others. */
  readonly beginning: (prefix: string) => string | null
}

/** @param key of the field that it is in, or what a condition says that its values are of (`key: source.namespace, values: [prod]`) */
function mapStrings(value: unknown, mapping: Mapping, key: string | null = null): unknown {
  if (typeof value === 'string') return mapping.text(value, key)
  if (Array.isArray(value))
    return value.flatMap((item) =>
      typeof item === 'string' ? mapping.items(item, key).map((text) => mapping.text(text, key)) : [mapStrings(item, mapping, key)],
    )
  if (typeof value !== 'object' || value === null) return value
  const { key: of, prefix } = value as { readonly key?: unknown; readonly prefix?: unknown }
  const pattern = isOfAuthority(key, 'prefix') && typeof prefix === 'string' ? mapping.beginning(prefix) : null
  if (pattern !== null) return { regex: pattern }
  const keyOf = (name: string): string => {
    if (isOfAuthority(key, name)) return authorityPattern
    return typeof of === 'string' && /^(?:notV|v)alues$/.test(name) ? of : name
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapStrings(item, mapping, keyOf(name))]))
}
