/** What the manifests in `deploy/` let a run do, beside what it does. */
import { parseAllDocuments } from 'yaml'
import { rightsOf } from '../support/targets/cluster/run/access/rights.ts'
import type { Right, RightsWanted } from '../support/targets/cluster/run/access/rights.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

interface RoleObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules: readonly Rule[]
}

/** Of the chart: it keeps reports in ConfigMaps beside itself. */
const reportsRole = /-reports$/

/** One verb of one resource in one place: `get pods/log in shop`. */
function line(verb: string, group: string, resource: string, name: string, namespace: string): string {
  return `${verb} ${resource}${group && `.${group}`}${name && ` ${name}`} in ${namespace || 'the cluster'}`
}

/** @param manifests YAML @returns every single right, in order */
export function granted(manifests: string): readonly string[] {
  const roles = parseAllDocuments(manifests)
    .map((document) => document.toJS() as RoleObject | null)
    .filter((object): object is RoleObject => /^(?:Cluster)?Role$/.test(object?.kind ?? ''))
    .filter(({ metadata }) => !reportsRole.test(metadata.name))
  const all = roles.flatMap(({ metadata: { namespace = '' }, rules }) =>
    rules.flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => resourceNames.flatMap((name) => verbs.map((verb) => line(verb, group, resource, name, namespace)))),
      ),
    ),
  )
  return sorted(all)
}

/** What a run asks for beforehand, in the same words. @param named namespaces that stand for those of scenarios */
export function asked(wanted: Omit<RightsWanted, 'namesNamespaces'>, named: readonly string[]): readonly string[] {
  const places: { readonly [W in Right['where']]: readonly string[] } = {
    scenarios: named.length > 0 ? named : [''],
    'control-plane': ['istio-system'],
    lease: ['default'],
    cluster: [''],
  }
  const rights = rightsOf({ ...wanted, namesNamespaces: named.length > 0 })
  const all = rights.flatMap(({ group, resources, verbs, name = '', where }) =>
    places[where].flatMap((namespace) => resources.flatMap((resource) => verbs.map((verb) => line(verb, group, resource, name, namespace)))),
  )
  return sorted(all)
}

function sorted(all: readonly string[]): readonly string[] {
  return [...new Set(all)].toSorted()
}
