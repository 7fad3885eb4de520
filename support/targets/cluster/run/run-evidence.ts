import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { Exchange, Hop } from '../../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import type { HttpResponse } from '../../../../mesh-core/ir/message.ts'
import type { ServiceBehaviour } from '../../../../samples/echo/behaviour.ts'
import type { StatedCertificate } from '../../../../samples/pod/control.ts'
import { markHeader, requestKey } from '../../../../samples/pod/recorded.ts'
import { NotSupported } from '../../target.ts'
import { answersPhrase, evidenceOf } from '../evidence.ts'
import { toldByOthers } from '../observe/completed.ts'
import type { Answer } from '../observe/completed.ts'
import type { Observer } from '../observe/observer.ts'
import type { PodAgent } from '../pods/agent.ts'
import { BehindHosts } from '../pods/behind-hosts.ts'
import { lineHop } from '../pods/line-hop.ts'
import { hopsOf, isWayKnown } from '../pods/pod-evidence.ts'
import type { Arrival } from '../pods/pod-evidence.ts'
import { listPods, podKey, proxy } from '../pods/pod.ts'
import type { Pod } from '../pods/pod.ts'
import type { ClusterRun } from './cluster-run.ts'

/** ms that copies of requests may take, which nobody waits for. */
const copiesMs = 300
/** Ids in one question to a pod. */
const idsAtOnce = 500

/** What the pods of a scenario say of the requests that were sent. */
export class RunEvidence {
  readonly #run: ClusterRun
  readonly #observer: Observer
  readonly #controlled = new Map<string, Promise<boolean>>()
  readonly #sources = new Set<string>()

  constructor(run: ClusterRun, observer: Observer) {
    this.#run = run
    this.#observer = observer
  }

  /** What verdicts rest on so far, a phrase each. */
  get sources(): readonly string[] {
    return [...this.#sources, ...this.#observer.phrases]
  }

  /** @param scene what there may be on the way besides pods that tell what they have received */
  async of(exchanges: readonly Exchange[], sender: Pod | null, pods: readonly Pod[], scene: Scene): Promise<readonly Exchange[]> {
    const told = await this.#agentsOf(pods)
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

  /** By `namespace/pod`: where each is in what it receives. */
  async sequences(pods: readonly Pod[]): Promise<ReadonlyMap<string, number>> {
    const told = await this.#agentsOf(pods)
    return new Map(await Promise.all(told.map(async ({ pod, agent }) => [podKey(pod), await agent.sequence()] as const)))
  }

  async #byOthers(answers: readonly Answer[], sender: Pod | null): Promise<readonly Exchange[]> {
    const told = await toldByOthers(answers, this.#observer, sender)
    if (told.some(({ byAnswer }) => byAnswer)) this.#sources.add(answersPhrase)
    return told.map(({ exchange }) => exchange)
  }

  /** @param counter IP of the pod that counts for all */
  async behave(pods: readonly Pod[], behaviour: ServiceBehaviour, counter: string | undefined): Promise<void> {
    for (const pod of pods) {
      const isCounted = pod.ip !== counter && behaviour.first !== undefined && behaviour.first !== Infinity
      await (await this.#controlledAgent(pod)).behave(isCounted && counter !== undefined ? { ...behaviour, counter } : behaviour)
    }
  }

  async certify(pods: readonly Pod[], certificate: StatedCertificate): Promise<void> {
    for (const pod of pods) await (await this.#controlledAgent(pod)).certify(certificate)
  }

  /** PEM: of the certificates that pods of ours show to whom begins TLS. */
  async authorities(pods: readonly Pod[]): Promise<readonly string[]> {
    return Promise.all((await this.#agentsOf(pods)).map(({ agent }) => agent.authority()))
  }

  async setReady(pods: readonly Pod[], ready: boolean): Promise<void> {
    for (const pod of pods) await (await this.#controlledAgent(pod)).setReady(ready)
  }

  /** Pods of an earlier scenario forget what that has told them. */
  async reset(pods: readonly Pod[]): Promise<void> {
    await Promise.all((await this.#agentsOf(pods)).map(({ agent }) => agent.reset()))
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

  async #controlledAgent(pod: Pod): Promise<PodAgent> {
    const agent = await this.#run.agents.of(pod)
    if (await this.#isControlled(agent)) return agent
    throw new NotSupported('behaviour', `pod ${pod.name} is none of this run's, and cannot be told how to behave`)
  }

  async #agentsOf(pods: readonly Pod[]): Promise<readonly Told[]> {
    if (this.#run.isDenied('in-mesh-calls')) return []
    const isGateway = ({ container, sidecar }: Pod): boolean => container === proxy && !sidecar
    return (await Promise.all(pods.filter((pod) => !isGateway(pod)).map((pod) => this.#toldBy(pod)))).flat()
  }

  /** @returns nothing of a pod that tells nothing, or is about to end. @throws MeshSpecError CLUSTER_FAILED where one that stays cannot be asked */
  async #toldBy(pod: Pod): Promise<readonly Told[]> {
    try {
      const agent = await this.#run.agents.of(pod)
      return (await this.#isControlled(agent)) ? [{ pod, agent }] : []
    } catch (error) {
      if (error instanceof NotSupported || (error as { readonly code?: unknown }).code === 'CLUSTER_DENIED') return []
      const there = await listPods(this.#run.objects, pod.namespace)
      if (there.some((one) => podKey(one) === podKey(pod))) throw error
      return []
    }
  }

  #isControlled(agent: PodAgent): Promise<boolean> {
    const key = `${agent.pod.namespace}/${agent.pod.name}`
    const known = this.#controlled.get(key)
    if (known) return known
    const asked = agent.isControlled()
    this.#controlled.set(key, asked)
    // What failed is asked again.
    asked.catch(() => this.#controlled.delete(key))
    return asked
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

/** By what a request is known where it first arrives. */
function markOf({ request }: Exchange): string {
  return requestKey(request.headers.get(markHeader) ?? request.headers.get('x-request-id') ?? '')
}

function inWords(response: HttpResponse, text: (real: string) => string): HttpResponse {
  return {
    ...response,
    body: text(response.body),
    headers: new Headers([...response.headers.entries()].flatMap(([name, value]) => [name, text(value)])),
  }
}

/** Within a tunnel nothing says for whom it is. */
function forSakeOf({ request }: Exchange, arrivals: readonly Arrival[]): readonly Arrival[] {
  return arrivals.map(({ pod, record }) => ({
    pod,
    record: record.request.authority === '' ? { ...record, request: { ...record.request, authority: request.authority } } : record,
  }))
}

async function unnamedAt(told: readonly Told[], since: Scene['since']): Promise<readonly Arrival[]> {
  if (since === null) return []
  const found = await Promise.all(
    told.map(async ({ pod, agent }) => (await agent.unnamed(since.get(podKey(pod)) ?? 0)).map((record) => ({ pod, record }))),
  )
  return found.flat()
}

interface Told {
  readonly pod: Pod
  readonly agent: PodAgent
}

/** By mark. A gateway may have given a request another id, by which those behind the first pod know it. */
async function arrivalsOf(told: readonly Told[], marks: readonly string[]): Promise<ReadonlyMap<string, readonly Arrival[]>> {
  const first = await arrivalsAt(told, marks)
  const marked = new Map<string, string>()
  for (const { record } of first) if (record.mark !== null) marked.set(requestKey(record.id), requestKey(record.mark))
  const all = marked.size === 0 ? first : [...first.filter(({ record }) => record.mark === null), ...(await arrivalsAt(told, [...marked.keys()]))]
  const found = new Map<string, Arrival[]>()
  for (const arrival of all) {
    const key = marked.get(requestKey(arrival.record.id)) ?? requestKey(arrival.record.id)
    const own = found.get(key) ?? []
    own.push(arrival)
    found.set(key, own)
  }
  return found
}

async function arrivalsAt(told: readonly Told[], ids: readonly string[]): Promise<readonly Arrival[]> {
  const chunks = Array.from({ length: Math.ceil(ids.length / idsAtOnce) }, (_, i) => ids.slice(i * idsAtOnce, (i + 1) * idsAtOnce))
  const found = await Promise.all(
    told.map(async ({ pod, agent }) => {
      const records = []
      for (const chunk of chunks) records.push(...(await agent.records(chunk)))
      return records.map((record) => ({ pod, record }))
    }),
  )
  return found.flat()
}
