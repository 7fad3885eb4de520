import { fqdnOf } from '../../analyze/hosts.ts'
import { type Inventory, kinds, listOf, specOf, textsOf } from '../../analyze/inventory.ts'
import { meshGateway } from '../../compile/names.ts'
import type { Resource } from '../../config/resource.ts'
import { fqdn } from '../../registry/services.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { evidenceOf } from '../rules/trial.ts'
import { RuleTrials } from './rule-trials.ts'

/**
 * A host of rules that means something else than the service of the name: a short one is of the rules' own namespace, and one with a dot is taken as it is
 * written. Source: Istio `pilot/pkg/model/config.go` ResolveShortnameToFQDN. Of destinations IST0101 tells the same.
 */
export const hostElsewhere: Adviser = {
  name: 'traps.HostElsewhere',
  inputs: [kinds.virtualService],
  async advise(mesh, advise) {
    for (const resource of mesh.all(kinds.virtualService))
      for (const [i, host] of textsOf(specOf(resource).hosts).entries()) {
        const there = serviceMeant(host, resource.namespace, mesh)
        const gateways = textsOf(specOf(resource).gateways)
        if (!there || (gateways.length > 0 && !gateways.includes(meshGateway))) continue
        const proof = await shown(resource, there, mesh)
        if (!proof) continue
        const full = fqdn(there.name, there.namespace)
        const means = host.includes('.') ? 'is taken as it is written' : `means ${fqdnOf(host, resource.namespace)} here`
        const place = { resource, path: ['spec', 'hosts', i] }
        advise({ type: adviceTypes.hostElsewhere, args: [host, means, full], ...place, hint: `write ${full}`, proof: [proof] })
      }
  },
}

/** The service that somebody may have meant who wrote the name; `null` where it means what it says, or where that is not known. */
export function serviceMeant(host: string, namespace: string, mesh: Inventory): Resource | null {
  const [name = '', owner, ...more] = host.split('.')
  if (more.length > 0 || host.includes('*') || isEntry(host, namespace, mesh)) return null
  if (owner !== undefined) return mesh.find(kinds.service, owner, name) ?? null
  if (mesh.find(kinds.service, namespace, name) || !mesh.knows(kinds.service)) return null
  const others = mesh.everywhere(kinds.service).filter((service) => service.name === name)
  return others.length === 1 && (mesh.isWhole || mesh.knows(kinds.service, namespace) || !isDefault(namespace)) ? others[0]! : null
}

/** In `default` lies what nobody has given a namespace, which `kubectl apply -n` gives it later. */
function isDefault(namespace: string): boolean {
  return namespace === 'default'
}

function isEntry(host: string, namespace: string, mesh: Inventory): boolean {
  return mesh.all(kinds.serviceEntry).some((entry) => textsOf(specOf(entry).hosts).some((own) => [host, fqdnOf(host, namespace)].includes(own)))
}

async function shown(resource: Resource, there: Resource, mesh: Inventory) {
  const trials = RuleTrials.of(mesh)
  const found = trials.comesTo(resource, Math.max(0, (specOf(resource).http?.length ?? 0) - 1))
  if (!found) return null
  const full = fqdn(there.name, there.namespace)
  for (const authority of [`${there.name}.${there.namespace}`, full]) {
    const port = Number(listOf(specOf(there).ports)[0]?.port ?? 80)
    const trial = { ...found.trial, port, gateway: meshGateway, request: { ...found.trial.request, authority } }
    const stage = trials.stage(found, trial, { cast: [{ host: full, pods: [{ labels: {}, replicas: 1 }] }] })
    const rules = (await stage.send(trial)).hops[0]?.explain?.()?.rules ?? []
    if (rules.length === 0 || rules.some(({ origin }) => origin.resource === resource.origin.resource)) continue
    return evidenceOf({ ...trial, namespace: trial.namespace ?? resource.namespace }, [meshGateway], 'no rule of these is looked at')
  }
  return null
}
