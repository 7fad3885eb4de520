import { gatewayHostsFor } from '../../analyze/hosts.ts'
import { type Inventory, kinds, specOf } from '../../analyze/inventory.ts'
import type { Evidence } from '../../analyze/message.ts'
import { catchAllLast } from '../../compile/gateway/gateway-virtual-hosts.ts'
import { intersection, meshGateway } from '../../compile/names.ts'
import type { VirtualService } from '../../compile/rules/virtual-service.ts'
import type { HttpMatch } from '../../compile/rules/virtual-service-types.ts'
import { type Box, common } from '../../cover/cover.ts'
import type { Dimensions } from '../../cover/dimension.ts'
import { RouteBoxes } from '../../cover/route-box.ts'
import { Undecided } from '../../cover/undecided.ts'
import type { Route } from '../../ir/route.ts'
import type { Advise, Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { audienceOf, writtenHost } from './audience.ts'
import { PathNeighbours } from './box-index.ts'
import { actionOf, boxOf, entriesOf, type Entry, nameOf, Sources } from './entries.ts'
import { type Shared, sharedBy } from './review.ts'
import { evidenceOf, Router, takenBy, type Trial, trialAt } from './trial.ts'
import { rulesOf } from './virtual-services.ts'

/**
 * At a gateway the rules of all VirtualServices of a host make one list, in the order of their creation, which no file tells; only what takes everything goes to
 * its end. Source: Istio `core/gateway.go` buildGatewayHTTPRouteConfig. (At sidecars one VirtualService acts alone: IST0109.)
 */
export const mergeOrder: Adviser = {
  name: 'rules.MergeOrder',
  inputs: [kinds.virtualService],
  advise(mesh, advise) {
    if (!sharesHosts(mesh)) return
    const { mesh: config, virtualServices } = rulesOf(mesh)
    const shared = sharedBy(config, mesh)
    const sources = new Sources(mesh.all(kinds.virtualService))
    for (const group of groupsOf(virtualServices, mesh)) new Merge(group, shared, sources).tell(advise)
  },
}

/** Without a look at any rule: does a gateway have a host twice? */
function sharesHosts(mesh: Inventory): boolean {
  const seen = new Set<string>()
  for (const resource of mesh.all(kinds.virtualService))
    for (const gateway of (specOf(resource).gateways ?? []) as string[])
      for (const host of (specOf(resource).hosts ?? []) as string[]) {
        const key = `${gateway.split('/').at(-1)} ${host}`
        if (gateway !== meshGateway && seen.size === seen.add(key).size) return true
      }
  return false
}

interface Group {
  readonly gateway: string
  readonly host: string
  readonly rules: VirtualService[]
}

/** Of more than one VirtualService each. */
function groupsOf(virtualServices: readonly VirtualService[], mesh: Inventory): Group[] {
  const groups = new Map<string, Group>()
  for (const vs of virtualServices.filter(({ semantics }) => semantics === 'istio'))
    for (const gateway of vs.gateways.filter((name) => name !== meshGateway))
      for (const host of hostsAt(gateway, vs, mesh)) {
        const group = groups.get(`${gateway} ${host}`) ?? { gateway, host, rules: [] }
        groups.set(`${gateway} ${host}`, group)
        group.rules.push(vs)
      }
  return [...groups.values()].filter(({ rules }) => rules.length > 1)
}

/** A Gateway that is not known is taken to serve all. */
function hostsAt(gateway: string, vs: VirtualService, mesh: Inventory): readonly string[] {
  const [namespace = '', name = ''] = gateway.split('/')
  const resource = mesh.find(kinds.gateway, namespace, name)
  return resource ? intersection(gatewayHostsFor(resource, vs.namespace).map((host) => host.toLowerCase()), vs.hosts) : vs.hosts // prettier-ignore
}

interface Part {
  readonly vs: VirtualService
  readonly entry: Entry
  readonly box: Box
}

/** Pairs that are looked at for one entry: of thousands that overlap the first is enough. */
const mostTries = 50
/** And for one host. */
const mostOfHost = 5000

class Merge {
  readonly #group: Group
  readonly #shared: Shared
  readonly #sources: Sources
  readonly #parts: readonly Part[]
  readonly #routers = new Map<VirtualService, Router>()
  #patience = mostOfHost

  constructor(group: Group, shared: Shared, sources: Sources) {
    this.#group = group
    this.#shared = shared
    this.#sources = sources
    const boxes = new RouteBoxes(shared.once, { ...audienceOf(group.rules[0]!, true, true), authorities: null })
    this.#parts = group.rules.flatMap((vs) => partsOf(vs, group.gateway, boxes, shared.once))
  }

  /** Once for a VirtualService. */
  tell(advise: Advise): void {
    const neighbours = new PathNeighbours(this.#parts.map(({ entry }) => entry.compiled.path))
    const told = new Set<VirtualService>()
    for (const [i, part] of this.#parts.entries()) {
      if (told.has(part.vs)) continue
      let tries = 0
      for (const j of neighbours.before(i)) {
        const other = this.#parts[j]!
        if (other.vs === part.vs || actionOf(other.entry.rule) === actionOf(part.entry.rule) || this.#isSettled(other.vs, part.vs)) continue
        if (this.#areApart(other.box, part.box)) continue
        if (++tries > mostTries || --this.#patience < 0) break
        const proof = this.#proof(other, part)
        const place = proof && this.#sources.of(part.entry.origin)
        if (!place) continue
        told.add(part.vs)
        const name = nameOf(other.entry.origin, part.entry.origin.resource)
        const related = this.#sources.of(other.entry.origin)
        advise({
          type: adviceTypes.mergeOrder,
          args: [this.#group.gateway, name],
          ...place,
          hint: 'put the rules into one VirtualService, or let them match different requests',
          proof,
          related: related ? [related] : [],
        })
        break
      }
    }
  }

  /** The cluster has said which is older. */
  #isSettled(one: VirtualService, other: VirtualService): boolean {
    const [a, b] = [one, other].map((vs) => this.#sources.of(vs.origin)?.resource.object.metadata.creationTimestamp)
    return a !== undefined && b !== undefined && a !== b
  }

  /** A request that each of the two takes where it is the older, and `null` where none is found. */
  #proof(one: Part, other: Part): Evidence[] | null {
    try {
      const point = common([one.box, other.box], this.#shared.once)
      if (!point) return null
      const { gateway, host } = this.#group
      const usual = { host: writtenHost({ ...one.vs, hosts: [host] }), port: 80 }
      const trial = { ...trialAt(point, one.vs, usual), gateway }
      const takers = [this.#takerOf(trial, one.vs, other.vs), this.#takerOf(trial, other.vs, one.vs)]
      if (!takers.every((taker, i) => isOf(taker, [one, other][i]!))) return null
      return [one, other].map(({ entry }) => evidenceOf(trial, [gateway], `${nameOf(entry.origin, '')} takes it, if that is the older`))
    } catch (error) {
      if (error instanceof Undecided) return null
      throw error
    }
  }

  #areApart(one: Box, other: Box): boolean {
    if (one.opaque || other.opaque) return true
    const { once } = this.#shared
    return one.conditions.some((a) => other.conditions.some((b) => a.dimension === b.dimension && a !== b && once.areApart(a, b)))
  }

  /** Of the two alone: the others may take it first, and need not. */
  #takerOf(trial: Trial, older: VirtualService, younger: VirtualService): Route | null {
    const routes = [older, younger].flatMap((vs) => this.#routerOf(vs).routesFor(trial))
    return takenBy(catchAllLast(routes), trial.request)
  }

  #routerOf(vs: VirtualService): Router {
    const router = this.#routers.get(vs) ?? new Router(vs, this.#shared.mesh)
    this.#routers.set(vs, router)
    return router
  }
}

function isOf(route: Route | null, { entry }: Part): boolean {
  return route !== null && route.origin === entry.rule.origin && (route.matchOrigin ?? route.origin) === entry.origin
}

/** What concerns the gateway. */
function partsOf(vs: VirtualService, gateway: string, boxes: RouteBoxes, dimensions: Dimensions): Part[] {
  return entriesOf(vs)
    .filter(({ match }) => !match?.gateways || match.gateways.length === 0 || match.gateways.includes(gateway))
    .map((entry) => ({ vs, entry, box: boxOf({ ...entry, match: entry.match && atGateway(entry.match) }, vs, boxes, dimensions) }))
}

/** Gateways of a match take the place of its conditions on the source. */
function atGateway({ gateways, sourceLabels, sourceNamespace, ...match }: HttpMatch): HttpMatch {
  if (gateways && gateways.length > 0) return match
  return { ...match, ...(sourceLabels && { sourceLabels }), ...(sourceNamespace !== undefined && { sourceNamespace }) }
}
