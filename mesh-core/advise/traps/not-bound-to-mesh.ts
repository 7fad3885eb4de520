import { fqdnOf } from '../../analyze/hosts.ts'
import { type Inventory, kinds, listOf, specOf, textsOf } from '../../analyze/inventory.ts'
import { meshGateway } from '../../compile/names.ts'
import type { FieldPath } from '../../config/finding.ts'
import type { Resource } from '../../config/resource.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { evidenceOf } from '../rules/trial.ts'
import { RuleTrials } from './rule-trials.ts'

/** Rules that are meant for sidecars and are bound to gateways alone. Source: Istio `pilot/pkg/model/push_context.go` initVirtualServices. */
export const notBoundToMesh: Adviser = {
  name: 'traps.NotBoundToMesh',
  inputs: [kinds.virtualService],
  async advise(mesh, advise) {
    let bound: ReadonlySet<string> | null = null
    for (const resource of mesh.all(kinds.virtualService)) {
      const gateways = textsOf(specOf(resource).gateways)
      if (gateways.length === 0 || gateways.includes(meshGateway)) continue
      const sign = asksForSources(resource) ?? namesService(resource, (bound ??= hostsOfSidecars(mesh)))
      if (!sign) continue
      const trials = RuleTrials.of(mesh)
      const found = trials.comesTo(resource, sign.rule)
      if (!found) continue
      const request = sign.host === null ? found.trial.request : { ...found.trial.request, authority: sign.host }
      const service = serviceOf(fqdnOf(request.authority, resource.namespace), mesh)
      const port = Number(listOf(service && specOf(service).ports)[0]?.port ?? found.trial.port)
      const trial = { ...found.trial, port, request, gateway: meshGateway }
      const exchange = await trials.stage(found, trial).send(trial)
      const rules = exchange.hops[0]?.explain?.()?.rules ?? []
      if (rules.length === 0 || rules.some(({ origin }) => origin.resource === resource.origin.resource)) continue
      const proof = [evidenceOf({ ...trial, namespace: trial.namespace ?? resource.namespace }, [meshGateway], 'no rule of these is looked at')]
      advise({ type: adviceTypes.notBoundToMesh, args: [sign.why], resource, path: sign.path, hint: 'add mesh to spec.gateways', proof })
    }
  },
}

interface Sign {
  readonly why: string
  readonly path: FieldPath
  /** Index of a rule that is meant for sidecars. */
  readonly rule: number
  /** That a sidecar would call; `null` for the rules' own. */
  readonly host: string | null
}

/** At a gateway labels of the source are those of the gateway's own pod. */
function asksForSources(resource: Resource): Sign | null {
  for (const [i, { match }] of listOf(specOf(resource).http).entries())
    for (const [j, one] of listOf(match).entries())
      for (const field of ['sourceLabels', 'sourceNamespace'])
        if (one[field] && textsOf(one.gateways).length === 0)
          return { why: `http[${i}] asks for ${field}`, path: ['spec', 'http', i, 'match', j, field], rule: i, host: null }
  return null
}

function namesService(resource: Resource, bound: ReadonlySet<string>): Sign | null {
  const rules = listOf(specOf(resource).http)
  for (const [i, host] of textsOf(specOf(resource).hosts).entries()) {
    const full = fqdnOf(host, resource.namespace)
    if (host.includes('*') || !full.endsWith('.svc.cluster.local') || bound.has(full) || rules.length === 0) continue
    return { why: `${host} is a service of the mesh`, path: ['spec', 'hosts', i], rule: rules.length - 1, host }
  }
  return null
}

/** Hosts that have rules for sidecars, too. */
function hostsOfSidecars(mesh: Inventory): ReadonlySet<string> {
  const followed = mesh.all(kinds.virtualService).filter((rule) => {
    const gateways = textsOf(specOf(rule).gateways)
    return gateways.length === 0 || gateways.includes(meshGateway)
  })
  return new Set(followed.flatMap((rule) => textsOf(specOf(rule).hosts).map((host) => fqdnOf(host, rule.namespace))))
}

function serviceOf(host: string, mesh: Inventory): Resource | undefined {
  const [name = '', namespace = ''] = host.split('.')
  return mesh.find(kinds.service, namespace, name)
}
