import type { FieldPath, Problem } from './finding.ts'
import { findingOf } from './finding.ts'
import type { MeshSpecError } from './errors.ts'
import type { Fields } from './istio/judge.ts'
import { each } from './istio/judge.ts'
import { isSubsetOf } from './istio/names.ts'
import type { Resource } from './resource.ts'
import { groupOf, refOf, resourceKey } from './resource.ts'
import { suggestion } from './schema/suggest.ts'

export interface ReferenceOptions {
  /**
   * The resources are all that the mesh has. Default false: where there is no Service in the namespace, no DestinationRule for the host, or no
   * Gateway in the namespace, those are taken to live elsewhere, so that a folder of rules can be checked without the services.
   */
  readonly whole?: boolean
}

/**
 * What is wrong between resources, though each is accepted by itself: hosts, subsets and gateways that do not exist, and two
 * VirtualServices on one host of the mesh, of which only the older acts.
 */
export function checkReferences(resources: readonly Resource[], { whole = false }: ReferenceOptions = {}): MeshSpecError[] {
  const ofKind = (kind: string): Resource[] => resources.filter((resource) => resource.kind === kind && isIstioOrCore(resource))
  const rules = ofKind('VirtualService')
  const names = new Names(ofKind, whole)
  const errors = rules.flatMap((rule) =>
    referencesOf(rule)
      .flatMap((reference) => names.problemsOf(reference))
      .map((problem) => findingOf(rule, problem)),
  )
  return [...errors, ...rules.flatMap((rule) => names.gatewayProblems(rule).map((problem) => findingOf(rule, problem))), ...conflictsBetween(rules)]
}

function isIstioOrCore({ apiVersion }: Resource): boolean {
  return ['networking.istio.io', ''].includes(groupOf(apiVersion))
}

interface Reference {
  readonly host: string
  readonly subset: string
  readonly path: FieldPath
}

/** Every destination that a VirtualService names, its host as an FQDN. */
function referencesOf(rule: Resource): Reference[] {
  const found: Reference[] = []
  const take = (destination: Fields | undefined, path: FieldPath): void => {
    if (typeof destination?.host === 'string')
      found.push({ host: fqdnOf(destination.host, rule.namespace), subset: (destination.subset as string) ?? '', path })
  }
  for (const protocol of ['http', 'tcp', 'tls'])
    for (const [route, at] of each(rule.object.spec?.[protocol] as Fields[] | undefined, ['spec', protocol])) {
      for (const [entry, path] of each(route.route, [...at, 'route'])) take(entry.destination, [...path, 'destination'])
      for (const [mirror, path] of each(route.mirrors, [...at, 'mirrors'])) take(mirror.destination, [...path, 'destination'])
      take(route.mirror, [...at, 'mirror'])
    }
  return found
}

/** A name without a dot is one of the rule's own namespace. */
function fqdnOf(host: string, namespace: string): string {
  return host.includes('.') || host === '*' ? host.toLowerCase().replace(/\.$/, '') : `${host.toLowerCase()}.${namespace}.svc.cluster.local`
}

/** What there is to refer to. */
class Names {
  readonly #services: ReadonlySet<string>
  readonly #wildcards: readonly string[]
  readonly #subsets = new Map<string, Set<string>>()
  readonly #gateways: ReadonlySet<string>
  readonly #whole: boolean

  constructor(ofKind: (kind: string) => readonly Resource[], whole: boolean) {
    const services = ofKind('Service').map((service) => fqdnOf(service.name, service.namespace))
    const external = ofKind('ServiceEntry').flatMap((entry) =>
      ((entry.object.spec?.hosts ?? []) as string[]).map((host) => fqdnOf(host, entry.namespace)),
    )
    this.#services = new Set([...services, ...external])
    this.#wildcards = external.filter((host) => host.startsWith('*'))
    this.#gateways = new Set(ofKind('Gateway').map(({ namespace, name }) => `${namespace}/${name}`))
    for (const rule of ofKind('DestinationRule')) this.#addSubsets(rule)
    this.#whole = whole
  }

  #addSubsets(rule: Resource): void {
    const host = fqdnOf((rule.object.spec?.host as string) ?? '', rule.namespace)
    const known = this.#subsets.get(host) ?? new Set<string>()
    for (const [subset] of each(rule.object.spec?.subsets, [])) known.add(subset.name as string)
    this.#subsets.set(host, known)
  }

  problemsOf({ host, subset, path }: Reference): Problem[] {
    if (!this.#isHost(host) && this.#knowsHostsLike(host)) return [this.#unknownHost(host, [...path, 'host'])]
    const known = this.#subsetsOf(host)
    if (subset === '' || known?.has(subset) || (known === null && !this.#whole)) return []
    const hint = known?.size ? suggestion(subset, [...known]) : 'define it in a DestinationRule for that host'
    return [{ code: 'UNKNOWN_SUBSET', path: [...path, 'subset'], problem: `subset "${subset}" of "${host}" is in no DestinationRule`, hint }]
  }

  /** A Service of the same name in another namespace makes it the mistake that is made most: a short name is one of the rule's own namespace. */
  #knowsHostsLike(host: string): boolean {
    const [name = '', namespace = '', kind] = host.split('.')
    if (this.#whole || (kind !== 'svc' && this.#services.size > 0)) return true
    return [...this.#services].some((known) => known.endsWith(`.${namespace}.svc.cluster.local`) || known.startsWith(`${name}.`))
  }

  #isHost(host: string): boolean {
    return this.#services.has(host) || this.#wildcards.some((wildcard) => isSubsetOf(host, wildcard))
  }

  #unknownHost(host: string, path: FieldPath): Problem {
    const [first = '', namespace = '', ...rest] = host.split('.')
    const meant = `${host}.svc.cluster.local`
    const hint =
      rest.length === 0 && this.#services.has(meant)
        ? `write ${meant}: a name with a dot is taken as it is written`
        : suggestion(host, [...this.#services].filter((known) => known.includes(`.${namespace}.`) || known.startsWith(first)).slice(0, 20))
    return { code: 'UNKNOWN_HOST', path, problem: `host "${host}" is no Service and no host of a ServiceEntry`, hint }
  }

  /** A DestinationRule for a wildcard counts for the hosts below it. @returns null when no DestinationRule is for this host */
  #subsetsOf(host: string): ReadonlySet<string> | null {
    const exact = this.#subsets.get(host)
    if (exact) return exact
    for (const [wildcard, subsets] of this.#subsets) if (wildcard.startsWith('*') && isSubsetOf(host, wildcard)) return subsets
    return null
  }

  gatewayProblems(rule: Resource): Problem[] {
    const spec = (rule.object.spec ?? {}) as Fields
    const inMatches = [...each(spec.http, ['spec', 'http'])].flatMap(([route, at]) => [...each(route.match, [...at, 'match'])])
    return [[spec, ['spec']] as const, ...inMatches].flatMap(([holder, path]) =>
      this.#unknownGateways((holder.gateways ?? []) as string[], rule.namespace, path),
    )
  }

  #unknownGateways(names: readonly string[], namespace: string, path: FieldPath): Problem[] {
    return names.flatMap((name, i) => {
      const key = gatewayKey(name, namespace)
      if (name === 'mesh' || this.#gateways.has(key) || !this.#knowsGatewaysOf(key.split('/')[0]!)) return []
      const hint = suggestion(key, [...this.#gateways])
      return [{ code: 'UNKNOWN_GATEWAY' as const, path: [...path, 'gateways', i], problem: `there is no Gateway "${key}"`, hint }]
    })
  }

  #knowsGatewaysOf(namespace: string): boolean {
    return this.#whole || [...this.#gateways].some((key) => key.startsWith(`${namespace}/`))
  }
}

/** `gw`, `./gw`, `ns/gw`, and the old `gw.ns.svc.cluster.local`. */
function gatewayKey(name: string, namespace: string): string {
  const [first = '', second] = name.split('/')
  if (second !== undefined) return `${first === '.' ? namespace : first}/${second}`
  const [gateway = '', other] = name.split('.')
  return `${other ?? namespace}/${gateway}`
}

/** Same host, both for sidecars, both seen by some namespace: one of the two has no effect. At gateways such rules are merged. */
function conflictsBetween(rules: readonly Resource[]): MeshSpecError[] {
  const owners = new Map<string, Resource[]>()
  const errors: MeshSpecError[] = []
  for (const rule of rules) {
    const spec = (rule.object.spec ?? {}) as Fields
    if (spec.gateways?.length && !spec.gateways.includes('mesh')) continue
    for (const [i, host] of ((spec.hosts ?? []) as string[]).entries()) {
      const others = owners.get(fqdnOf(host, rule.namespace)) ?? []
      const other = others.find((owner) => keyOf(owner) !== keyOf(rule) && seenTogether(owner, rule))
      if (other) errors.push(findingOf(rule, conflict(host, i, other)))
      owners.set(fqdnOf(host, rule.namespace), [...others, rule])
    }
  }
  return errors
}

function conflict(host: string, index: number, other: Resource): Problem {
  return {
    code: 'CONFLICTING_HOSTS',
    path: ['spec', 'hosts', index],
    problem: `host "${host}" has rules in ${other.origin.resource} (${other.source.file}) too, and sidecars follow the older of the two alone`,
    hint: 'put the rules into one VirtualService, or into delegates',
  }
}

function keyOf(resource: Resource): string {
  return resourceKey(refOf(resource))
}

function seenTogether(a: Resource, b: Resource): boolean {
  const [left, right] = [exportsOf(a), exportsOf(b)]
  return left.has('*') || right.has('*') || [...left].some((namespace) => right.has(namespace))
}

function exportsOf({ object, namespace }: Resource): Set<string> {
  const exportTo = (object.spec?.exportTo ?? []) as string[]
  return new Set(exportTo.length === 0 ? ['*'] : exportTo.map((entry) => (entry === '.' ? namespace : entry)))
}
