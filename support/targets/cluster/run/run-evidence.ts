import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { Exchange, Hop } from '../../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import type { HttpResponse } from '../../../../mesh-core/ir/message.ts'
import { markHeader } from '../../../../samples/pod/recorded.ts'
import { answersPhrase, evidenceOf } from '../evidence.ts'
import { toldByOthers } from '../observe/completed.ts'
import type { Answer } from '../observe/completed.ts'
import type { Observer } from '../observe/observer.ts'
import { BehindHosts } from '../pods/behind-hosts.ts'
import { lineHop } from '../pods/line-hop.ts'
import { hopsOf, isWayKnown } from '../pods/pod-evidence.ts'
import type { Arrival } from '../pods/pod-evidence.ts'
import { proxy } from '../pods/pod.ts'
import type { Pod } from '../pods/pod.ts'
import { arrivalsOf, forSakeOf, markOf, unnamedAt } from './arrivals.ts'
import type { ClusterRun } from './cluster-run.ts'
import type { TellingPods } from './telling-pods.ts'

/** ms that copies of requests may take, which nobody waits for. */
const copiesMs = 300

/** What the pods of a scenario say of the requests that were sent. */
export class RunEvidence {
  readonly #run: ClusterRun
  readonly #pods: TellingPods
  readonly #observer: Observer
  readonly #sources = new Set<string>()

  constructor(run: ClusterRun, pods: TellingPods, observer: Observer) {
    this.#run = run
    this.#pods = pods
    this.#observer = observer
  }

  /** What verdicts rest on so far, a phrase each. */
  get sources(): readonly string[] {
    return [...this.#sources, ...this.#observer.phrases]
  }

  /** @param scene what there may be on the way besides pods that tell what they have received */
  async of(exchanges: readonly Exchange[], sender: Pod | null, pods: readonly Pod[], scene: Scene): Promise<readonly Exchange[]> {
    const told = await this.#pods.of(pods)
    if (told.length === 0)
      return this.#byOthers(
        exchanges.map((exchange) => this.#byAnswer(exchange)),
        sender,
      )
    if (scene.copies) await sleep(copiesMs)
    const arrivals = await arrivalsOf(told, exchanges.map(markOf))
    const unnamed = await unnamedAt(told, scene.since)
    const own = told.map(({ pod }) => pod)
    const gateways = pods.filter(({ container, sidecar }) => container === proxy && !sidecar)
    // What gateways pass on arrives elsewhere.
    const isWhole = told.length + gateways.length === pods.length
    const among = {
      pods: own,
      isWhole,
      gateways: [...gateways, ...scene.gateways],
      passesGateways: scene.passesGateways,
      authorizers: scene.authorizers,
      answeredBy: scene.answeredBy,
      // Those that the control plane has made are not asked.
      areUnreached: scene.areUnreached && scene.gateways.length === 0,
      behind: new BehindHosts(scene.objects),
    }
    return this.#byOthers(
      exchanges.map((exchange) =>
        this.#judged(exchange, sender, [...(arrivals.get(markOf(exchange)) ?? []), ...forSakeOf(exchange, unnamed)], among),
      ),
      sender,
    )
  }

  async #byOthers(answers: readonly Answer[], sender: Pod | null): Promise<readonly Exchange[]> {
    const told = await toldByOthers(answers, this.#observer, sender)
    if (told.some(({ byAnswer }) => byAnswer)) this.#sources.add(answersPhrase)
    return told.map(({ exchange }) => exchange)
  }

  /** Where every pod was asked, what none has received reached nobody; else the answer itself is what there is. */
  #judged(
    exchange: Exchange,
    sender: Pod | null,
    arrivals: readonly Arrival[],
    { pods, isWhole, gateways, passesGateways, authorizers, answeredBy, areUnreached, behind }: Among,
  ): Answer {
    const { namespaces } = this.#run
    const words = { namespace: (real: string) => namespaces.scenario(real), text: (real: string) => namespaces.back(real) }
    const headers = exchange.request.headers.copy()
    headers.remove(markHeader)
    const request = { ...exchange.request, headers, authority: words.text(exchange.request.authority) }
    const response = exchange.response && inWords(exchange.response, words.text)
    const told = { ...exchange, request, response }
    if (exchange.request.protocol === 'tcp' && arrivals.length === 0) {
      const line = { sender, request: exchange.request, answer: response?.body ?? '' }
      return this.#ofLine(told, lineHop(line, pods, { words, behind }), isWhole)
    }
    if (arrivals.length === 0 && !isWhole) return this.#byAnswer(told)
    this.#sources.add('what the pods of this run have received, by x-request-id')
    const hops = hopsOf(sender, exchange.request.authority, exchange, arrivals, { words, gateways, answeredBy, behind })
    if (answeredBy && arrivals.length === 0) this.#sources.add('what gateways of this run have counted of requests that they answer by themselves')
    const hasPassedNone = arrivals.length === 0 && areUnreached
    if (passesGateways && hasPassedNone) this.#sources.add('what gateways of this run have counted of what comes to them')
    const isTold = !passesGateways || hasPassedNone || isWayKnown(arrivals, [sender, ...gateways], answeredBy)
    return { exchange: { ...told, hops, untold: untoldOf(authorizers, isTold ? () => null : untoldBut(pods)) }, whole: true, byAnswer: false }
  }

  /** Bytes have no id; our pods say their workload's name before what they answer, and answer every line. */
  #ofLine(exchange: Exchange, hop: Hop | null, isWhole: boolean): Answer {
    if (hop === null && (exchange.response !== null || !isWhole)) return this.#byAnswer(exchange)
    this.#sources.add('the lines that pods of this run have answered')
    return { exchange: { ...exchange, hops: hop ? [hop] : [], untold: () => null }, whole: true, byAnswer: false }
  }

  #byAnswer(exchange: Exchange): Answer {
    const { hops, untold, whole } = evidenceOf(exchange)
    return { exchange: { ...exchange, hops, ...(untold && { untold }) }, whole, byAnswer: hops.length > 0 }
  }
}

/** What there may be on the way of a request besides pods that tell what they have received. */
export interface Scene {
  /** Copies, which arrive when they do. */
  readonly copies: boolean
  /** Gateways on the way out, which tell nothing. */
  readonly passesGateways: boolean
  /** Their pods, of which the control plane has made some. */
  readonly gateways: readonly Pod[]
  /** Services that proxies ask what they let pass. */
  readonly authorizers: readonly string[]
  /** Where pods were in what they receive before the only request was sent: what came since without an id is for its sake. `null`: such is not looked at. */
  readonly since: ReadonlyMap<string, number> | null
  /** The gateway that has answered the only request by itself. */
  readonly answeredBy: Pod | null
  /** Has nothing come to gateways of the scenario's own? */
  readonly areUnreached: boolean
  /** Services and config, as they are in the cluster. */
  readonly objects: readonly KubeObject[]
}

interface Among {
  /** Those that tell what they have received. */
  readonly pods: readonly Pod[]
  /** Are they all that there are? */
  readonly isWhole: boolean
  readonly gateways: readonly Pod[]
  readonly passesGateways: boolean
  readonly authorizers: readonly string[]
  readonly answeredBy: Pod | null
  readonly areUnreached: boolean
  readonly behind: BehindHosts
}

type Untold = NonNullable<Exchange['untold']>

function untoldBut(pods: readonly Pod[]): Untold {
  return ({ name }) =>
    pods.some((pod) => pod.app === name || pod.workload === name)
      ? null
      : `gateways do not tell what they pass on, and no pod of the run is of ${name}`
}

/** Envoy asks without the id of the request. Source: Envoy, "External Authorization": headers of the question. */
function untoldOf(authorizers: readonly string[], others: Untold): Untold {
  return (service) =>
    authorizers.includes(service.name)
      ? `${service.name} is asked by proxies what they let pass, and their questions have no id by which pods of the run would know them`
      : others(service)
}

function inWords(response: HttpResponse, text: (real: string) => string): HttpResponse {
  return {
    ...response,
    body: text(response.body),
    headers: new Headers([...response.headers.entries()].flatMap(([name, value]) => [name, text(value)])),
  }
}
