import { fqdnOf } from '../../analyze/hosts.ts'
import { type Inventory, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Evidence, Message } from '../../analyze/message.ts'
import { messageTypes } from '../../analyze/message-types.ts'
import type { Resource } from '../../config/resource.ts'
import { fqdn } from '../../registry/services.ts'
import { evidenceOf } from '../rules/trial.ts'
import type { Cast } from '../stage.ts'
import { serviceMeant } from './host-elsewhere.ts'
import { RuleTrials } from './rule-trials.ts'

/** What an analyzer of istioctl tells of destinations, with a request that shows it. */
export async function proved(message: Message, mesh: Inventory): Promise<Message> {
  if (message.code === messageTypes.subsetWithoutPods.code) return withProof(message, await ofSubset(message, mesh))
  if (message.code === messageTypes.notFound.code && message.path.at(-1) === 'host' && message.path[1] === 'http') return ofHost(message, mesh)
  return message
}

function withProof(message: Message, proof: Evidence | null): Message {
  return proof ? { ...message, proof: [proof] } : message
}

/** A short name, or one with a dot, that a service of another place has. */
async function ofHost(message: Message, mesh: Inventory): Promise<Message> {
  const { resource, path } = message
  const host = String(valueAt(resource, path))
  const there = serviceMeant(host, resource.namespace, mesh)
  const hint = there ? `write ${fqdn(there.name, there.namespace)}: ${host.includes('.') ? 'a name with a dot is taken as it is written' : `a short name is one of ${resource.namespace}, where the rule lives`}` : message.hint // prettier-ignore
  const full = fqdnOf(host, resource.namespace)
  const proof = await requestTo(resource, Number(path[2]), (cluster) => cluster.endsWith(`|${full}`), mesh, { absent: [full] })
  return withProof({ ...message, hint }, proof)
}

/** A rule that sends to the subset, and what becomes of what it sends. */
async function ofSubset({ resource, path }: Message, mesh: Inventory): Promise<Evidence | null> {
  const host = fqdnOf(String(specOf(resource).host), resource.namespace)
  const subset = String(listOf(specOf(resource).subsets)[Number(path[2])]?.name)
  for (const rule of mesh.all(kinds.virtualService))
    for (const [i, { route }] of listOf(specOf(rule).http).entries()) {
      const leads = listOf(route).some(
        ({ destination }) => destination?.subset === subset && fqdnOf(String(destination.host), rule.namespace) === host,
      )
      if (!leads) continue
      return requestTo(rule, i, (cluster) => cluster.endsWith(`|${subset}|${host}`), mesh, { cast: [podsOf(host, mesh)] })
    }
  return null
}

function podsOf(host: string, mesh: Inventory): Cast {
  const [name = '', namespace = ''] = host.split('.')
  const selector = specOf(mesh.find(kinds.service, namespace, name) ?? ({ object: {} } as unknown as Resource)).selector ?? {}
  const pods = mesh.pods.filter((pod) => pod.namespace === namespace && Object.entries(selector).every(([key, value]) => labels(pod)[key] === value))
  return { host, pods: pods.map((pod) => ({ labels: labels(pod), replicas: 1 })) }
}

function labels({ object }: Resource): Readonly<Record<string, string>> {
  return object.metadata.labels ?? {}
}

/** Until a share that is chosen by chance has been met. */
const mostRequests = 200

async function requestTo(
  rule: Resource,
  index: number,
  isMeant: (cluster: string) => boolean,
  mesh: Inventory,
  staging: { readonly cast?: readonly Cast[]; readonly absent?: readonly string[] },
): Promise<Evidence | null> {
  const trials = RuleTrials.of(mesh)
  const found = trials.comesTo(rule, index)
  if (!found) return null
  const stage = trials.stage(found, found.trial, staging)
  for (let i = 0; i < mostRequests; i++) {
    const { hops, response } = await stage.send(found.trial)
    const decision = hops[0]?.explain?.()
    if (response?.status === 200 || !decision?.odds.some(({ cluster }) => isMeant(cluster))) continue
    return evidenceOf(found.trial, found.review.vs.gateways, decision.outcome)
  }
  return null
}

function valueAt(resource: Resource, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], resource.object)
}
