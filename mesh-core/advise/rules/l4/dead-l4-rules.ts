import { type Inventory, kinds, listOf, specOf } from '../../../analyze/inventory.ts'
import type { Evidence, Related } from '../../../analyze/message.ts'
import { type VirtualService, virtualServiceOf } from '../../../compile/rules/virtual-service.ts'
import type { Resource } from '../../../config/resource.ts'
import type { FieldPath } from '../../../config/finding.ts'
import type { Origin } from '../../../ir/origin.ts'
import { fqdn } from '../../../registry/services.ts'
import type { Advise, Adviser } from '../../advice.ts'
import { adviceTypes } from '../../advice-types.ts'
import { writtenHost } from '../audience.ts'
import { nameOf } from '../entries.ts'
import { clientText } from '../trial.ts'
import { whyTaken } from '../words.ts'
import type { ConnectionTrial } from './connections.ts'
import { l4Action, type L4Entry, L4Review, type L4Taken } from './l4-review.ts'

/** `tcp` and `tls` rules and matches that no connection comes to, with what takes their connections; and rules that have to share theirs with earlier ones. */
export const deadL4Rules: Adviser = {
  name: 'rules.DeadConnectionRules',
  inputs: [kinds.virtualService],
  advise(mesh, advise) {
    for (const resource of mesh.all(kinds.virtualService)) {
      const spec = specOf(resource)
      for (const protocol of ['tcp', 'tls'] as const)
        if (listOf(spec[protocol]).length > 0) {
          const vs = virtualServiceOf(resource)
          const review = new L4Review(vs, protocol, usualPort(vs, protocol, mesh))
          new Telling(resource, review, protocol, advise).tell()
        }
    }
  },
}

function usualPort({ hosts, namespace }: VirtualService, protocol: 'tcp' | 'tls', mesh: Inventory): number {
  const service = mesh.everywhereIn(kinds.service, namespace).find((one) => hosts.includes(fqdn(one.name, one.namespace)))
  return Number(listOf(service && specOf(service).ports)[0]?.port ?? (protocol === 'tls' ? 443 : 9000))
}

class Telling {
  readonly #resource: Resource
  readonly #review: L4Review
  readonly #protocol: 'tcp' | 'tls'
  readonly #advise: Advise

  constructor(resource: Resource, review: L4Review, protocol: 'tcp' | 'tls', advise: Advise) {
    this.#resource = resource
    this.#review = review
    this.#protocol = protocol
    this.#advise = advise
  }

  tell(): void {
    this.#tellRefused()
    const rules = new Set(this.#review.entries.map(({ rule }) => rule))
    for (const rule of rules) this.#tellRule(this.#review.entries.filter((entry) => entry.rule === rule))
  }

  #tellRefused(): void {
    const refusal = this.#review.refusal()
    if (!refusal) return
    const { trial, rules } = refusal
    const [first, second] = rules.map(({ origin }) => nameOf(origin, this.#resource.origin.resource))
    const proof = { ...this.#evidenceOf(trial), seen: 'no rule takes it: the listener is not there' }
    const args: [string, string] = [`port ${trial.port}`, first === second ? `two matches of ${first}` : `${first} and ${second}`]
    this.#advise({ type: adviceTypes.listenerRefused, args, ...this.#place(rules[1].origin), hint: 'remove one of them, or let it match something else', proof: [proof], related: [this.#place(rules[0].origin)] }) // prettier-ignore
  }

  #tellRule(entries: readonly L4Entry[]): void {
    const verdicts = entries.map((entry) => ({ entry, verdict: this.#review.verdict(entry) }))
    const dead = verdicts.flatMap(({ entry, verdict }) => (verdict.kind === 'dead' ? [{ entry, taken: verdict.taken }] : []))
    if (dead.length === entries.length)
      return this.#tellDead(
        entries[0]!,
        entries[0]!.rule.origin,
        dead.flatMap(({ taken }) => taken),
      )
    for (const { entry, taken } of dead) this.#tellDead(entry, entry.origin, taken)
    for (const { entry, verdict } of verdicts) if (verdict.kind === 'undecided') this.#tellUndecided(entry)
    for (const { entry, verdict } of verdicts) if (verdict.kind === 'alive' && this.#tellShadowed(entry)) return
  }

  #tellDead(entry: L4Entry, origin: Origin, taken: readonly L4Taken[]): void {
    const by = [...new Map(taken.map((one) => [one.by, one])).values()].sort((a, b) => this.#indexOf(a.by) - this.#indexOf(b.by))
    const harmless = by.length > 0 && by.every((one) => l4Action(one.by) === l4Action(entry))
    this.#advise({
      type: origin === entry.rule.origin ? adviceTypes.deadRule : adviceTypes.deadMatch,
      args: [by.length === 0 ? 'its gateways are none that the rules are bound to' : whyTaken(by.map((one) => this.#nameOf(one.by))), 'connection'],
      ...this.#place(origin),
      hint: by.length === 0 ? null : harmless ? 'remove it: what it would do is done already' : `move it before ${this.#nameOf(by[0]!.by)}, or remove it`, // prettier-ignore
      proof: by.slice(0, mostProofs).map((one) => this.#proofOf(one)),
      related: by.map((one) => this.#place(one.by.origin)),
      ...(harmless && { level: 'info' as const }),
    })
  }

  #tellUndecided(entry: L4Entry): void {
    this.#advise({ type: adviceTypes.undecidedRule, args: ['it and the others tell too many kinds of connections apart', 'connection'], ...this.#place(entry.origin) }) // prettier-ignore
  }

  #tellShadowed(entry: L4Entry): boolean {
    const taken = this.#review.crossing(entry)
    if (!taken) return false
    const name = this.#nameOf(taken.by)
    const args: [string] = [`what matches both this and ${name} goes to ${name}`]
    this.#advise({ type: adviceTypes.shadowedRule, args, ...this.#place(entry.origin), proof: [this.#proofOf(taken)], related: [this.#place(taken.by.origin)] }) // prettier-ignore
    return true
  }

  #proofOf({ trial, by }: L4Taken): Evidence {
    return { ...this.#evidenceOf(trial), seen: `${this.#nameOf(by)} takes it` }
  }

  #evidenceOf(trial: ConnectionTrial): Omit<Evidence, 'seen'> {
    const { vs } = this.#review
    const owner = trial.namespace || (Object.keys(trial.labels).length > 0 ? vs.namespace : null)
    const from = clientText(vs.gateways.length > 1 || trial.gateway !== 'mesh' ? trial.gateway : null, trial.labels, owner)
    return { from, request: requestText(this.#protocol, trial, writtenHost(vs)), headers: {} }
  }

  #nameOf({ rule, origin }: L4Entry): string {
    return nameOf(rule.matches.length > 1 ? origin : rule.origin, this.#resource.origin.resource)
  }

  #indexOf(entry: L4Entry): number {
    return this.#review.entries.indexOf(entry)
  }

  #place(origin: Origin): Related {
    const path: FieldPath = origin.path.slice(this.#resource.origin.path.length)
    return { resource: this.#resource, path }
  }
}

const mostProofs = 3

/** `TLS connection to 10.1.0.1:443 with SNI api.example.com` */
function requestText(protocol: 'tcp' | 'tls', { address, port, serverName }: ConnectionTrial, host: string): string {
  const to = address.includes(':') ? `[${address}]` : address || (protocol === 'tls' ? '' : host)
  const where = to === '' ? `port ${port}` : `${to}:${port}`
  return protocol === 'tls' ? `TLS connection to ${where} with SNI ${serverName}` : `TCP connection to ${where}`
}
