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
   * The resources are all that the mesh has. Default false: a kind of which there is none at all is taken to live elsewhere, so that a folder of
   * rules can be checked without the services.
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
  const names = new Names(resources, ofKind, whole)
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
  readonly #knows: { readonly hosts: boolean; readonly subsets: boolean; readonly gateways: boolean }

  constructor(resources: readonly Resource[], ofKind: (kind: string) => readonly Resource[], whole: boolean) {
    const services = ofKind('Service').map((service) => fqdnOf(service.name, service.namespace))
    const external = ofKind('ServiceEntry').flatMap((entry) =>
      ((entry.object.spec?.hosts ?? []) as string[]).map((host) => fqdnOf(host, entry.namespace)),
    )
    this.#services = new Set([...services, ...external])
    this.#wildcards = external.filter((host) => host.startsWith('*'))
    const gateways = ofKind('Gateway')
    this.#gateways = new Set(gateways.map(({ namespace, name }) => `${namespace}/${name}`))
    const rules = ofKind('DestinationRule')
    for (const rule of rules) this.#addSubsets(rule)
    this.#knows = {
      hosts: whole || services.length > 0 || resources.some(({ kind }) => kind === 'ServiceEntry'),
      subsets: whole || rules.length > 0,
      gateways: whole || gateways.length > 0,
    }
  }

  #addSubsets(rule: Resource): void {
    const host = fqdnOf((rule.object.spec?.host as string) ?? '', rule.namespace)
    const known = this.#subsets.get(host) ?? new Set<string>()
    for (const [subset] of each(rule.object.spec?.subsets, [])) known.add(subset.name as string)
    this.#subsets.set(host, known)
  }

  problemsOf({ host, subset, path }: Reference): Problem[] {
    if (this.#knows.hosts && !this.#isHost(host)) return [this.#unknownHost(host, [...path, 'host'])]
    if (subset === '' || !this.#knows.subsets) return []
    const known = this.#subsetsOf(host)
    if (known.has(subset)) return []
    const hint = known.size > 0 ? suggestion(subset, [...known]) : 'define it in a DestinationRule for that host'
    return [{ code: 'UNKNOWN_SUBSET', path: [...path, 'subset'], problem: `subset "${subset}" of "${host}" is in no DestinationRule`, hint }]
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

  /** A DestinationRule for a wildcard counts for the hosts below it. */
  #subsetsOf(host: string): Set<string> {
    const exact = this.#subsets.get(host)
    if (exact) return exact
    for (const [wildcard, subsets] of this.#subsets) if (wildcard.startsWith('*') && isSubsetOf(host, wildcard)) return subsets
    return new Set()
  }

  gatewayProblems(rule: Resource): Problem[] {
    if (!this.#knows.gateways) return []
    const spec = (rule.object.spec ?? {}) as Fields
    const inMatches = [...each(spec.http, ['spec', 'http'])].flatMap(([route, at]) => [...each(route.match, [...at, 'match'])])
    return [[spec, ['spec']] as const, ...inMatches].flatMap(([holder, path]) =>
      this.#unknownGateways((holder.gateways ?? []) as string[], rule.namespace, path),
    )
  }

  #unknownGateways(names: readonly string[], namespace: string, path: FieldPath): Problem[] {
    return names.flatMap((name, i) => {
      const known = name === 'mesh' || this.#gateways.has(gatewayKey(name, namespace))
      return known
        ? []
        : [
            {
              code: 'UNKNOWN_GATEWAY' as const,
              path: [...path, 'gateways', i],
              problem: `there is no Gateway "${gatewayKey(name, namespace)}"`,
              hint: suggestion(gatewayKey(name, namespace), [...this.#gateways]),
            },
          ]
    })
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
