import { fqdnOf } from '../../analyze/hosts.ts'
import { type Fields, type Inventory, kinds, listOf, specOf, textsOf } from '../../analyze/inventory.ts'
import type { FieldPath } from '../../config/finding.ts'
import type { Resource } from '../../config/resource.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { evidenceOf, type Trial, trialOf } from '../rules/trial.ts'
import { Stage } from '../stage.ts'

/** Without the header there is no hash, and the choice is any. Source: Envoy `HashPolicyImpl::generateHash`. */
export const hashWithoutHeader: Adviser = {
  name: 'traps.HashWithoutHeader',
  inputs: [kinds.destinationRule],
  async advise(mesh, advise) {
    const rules = new RulesByHost(mesh)
    // What a balancer does with a header is the same for every host.
    const counted = new Map<string, { readonly without: number; readonly withIt: number }>()
    for (const resource of mesh.all(kinds.destinationRule))
      for (const { policy, path } of policiesOf(resource)) {
        const header: unknown = policy.loadBalancer?.consistentHash?.httpHeaderName
        const host = fqdnOf(String(specOf(resource).host), resource.namespace)
        if (typeof header !== 'string' || alwaysSent.has(header.toLowerCase()) || isSetByRules(header, rules.of(host))) continue
        if (!host.endsWith('.svc.cluster.local') || path.includes('subsets')) continue
        const trial = trialOf(host, resource.namespace, mesh)
        const sent = { ...trial, request: { ...trial.request, headers: trial.request.headers.copy() } }
        sent.request.headers.append(header, 'x')
        const key = JSON.stringify(policy.loadBalancer)
        const count = counted.get(key) ?? {
          without: await podsReached(resource, host, trial, mesh),
          withIt: await podsReached(resource, host, sent, mesh),
        }
        counted.set(key, count)
        const { without, withIt } = count
        if (without < 2 || withIt !== 1) continue
        advise({
          type: adviceTypes.hashWithoutHeader,
          args: [header],
          ...{ resource, path: [...path, 'loadBalancer', 'consistentHash', 'httpHeaderName'] },
          hint: `see to it that every client sends ${header}, or hash a cookie with a ttl, which the proxy sets itself`,
          proof: [
            evidenceOf(trial, ['mesh'], `${requests} of them reach ${without} of ${pods} pods`),
            evidenceOf(sent, ['mesh'], `${requests} of them reach 1 pod`),
          ],
        })
      }
  },
}

/** By clients or by their proxies. */
const alwaysSent: ReadonlySet<string> = new Set([':authority', 'host', ':path', ':method', ':scheme', 'x-request-id', 'x-forwarded-proto'])

const requests = 20
const pods = 4

/** Of the host as a whole and of each subset. */
export function policiesOf(resource: Resource): { readonly policy: Fields; readonly path: FieldPath; readonly labels: Fields }[] {
  const spec = specOf(resource)
  const own = spec.trafficPolicy ? [{ policy: spec.trafficPolicy as Fields, path: ['spec', 'trafficPolicy'], labels: {} }] : []
  const subsets = listOf(spec.subsets).flatMap(({ trafficPolicy, labels = {} }, i) =>
    trafficPolicy ? [{ policy: trafficPolicy as Fields, path: ['spec', 'subsets', i, 'trafficPolicy'], labels }] : [],
  )
  return [...own, ...subsets]
}

/** A rule for the host that sets the header sends it. */
function isSetByRules(header: string, rules: readonly Resource[]): boolean {
  const name = header.toLowerCase()
  const routes = rules.flatMap((rule) => listOf(specOf(rule).http)).flatMap((rule) => [rule, ...listOf(rule.route)])
  return routes.some(({ headers }) => sets(headers?.request, name))
}

/** VirtualServices of a host; sorted when the first is asked for. */
class RulesByHost {
  readonly #mesh: Inventory
  #byHost: Map<string, Resource[]> | null = null

  constructor(mesh: Inventory) {
    this.#mesh = mesh
  }

  of(host: string): readonly Resource[] {
    return (this.#byHost ??= this.#sorted()).get(host) ?? []
  }

  #sorted(): Map<string, Resource[]> {
    const byHost = new Map<string, Resource[]>()
    for (const rule of this.#mesh.all(kinds.virtualService))
      for (const host of textsOf(specOf(rule).hosts).map((own) => fqdnOf(own, rule.namespace))) byHost.set(host, [...(byHost.get(host) ?? []), rule])
    return byHost
  }
}

function sets(operations: Fields | undefined, header: string): boolean {
  return Object.keys({ ...operations?.set, ...operations?.add }).some((name) => name.toLowerCase() === header)
}

async function podsReached(rule: Resource, host: string, trial: Trial, mesh: Inventory): Promise<number> {
  const stage = new Stage({ mesh, rules: [rule], cast: [{ host, pods: [{ labels: {}, replicas: pods }] }] }, trial)
  const reached = new Set<string>()
  for (let i = 0; i < requests; i++) {
    const to = (await stage.send(trial)).hops[0]?.to
    if (to) reached.add(to.instance)
  }
  return reached.size
}
