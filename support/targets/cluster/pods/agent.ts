import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { KubeConfig } from '@kubernetes/client-node'
import { controlPort } from '../../../../samples/pod/control.ts'
import type { StatedBehaviour, StatedCertificate } from '../../../../samples/pod/control.ts'
import type { PodRecord } from '../../../../samples/pod/recorded.ts'
import { ownSamples } from '../../../package.ts'
import { NotSupported } from '../../target.ts'
import { clusterError } from '../kube/cluster-error.ts'
import { startExec } from '../kube/exec.ts'
import type { Running } from '../kube/exec.ts'
import { PodConnection } from './pod-connection.ts'
import type { ConnectionNews } from './pod-connection.ts'
import type { Pod } from './pod.ts'

/** A request that a pod is to send, in the words of Node's `http`. */
export interface PodCall {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly method: string
  readonly path: string
  /** name, value, name, value … `host` among them. */
  readonly headers: readonly string[]
  readonly body: string
  readonly timeoutMs: number
  /** A name that DNS does not know is sent into the sidecar all the same, which goes by the Host header. */
  readonly elsewhere: boolean
  readonly tls?: Readonly<Record<string, unknown>>
}

export interface PodAnswer {
  readonly status?: number
  readonly headers?: readonly string[]
  readonly body?: string
  /** The body in base64, where it is compressed, or no text. */
  readonly bytes?: string
  /** Node's code: `ECONNREFUSED`. */
  readonly error?: string
  readonly ms: number
  /** DNS did not know the name, and the request went to an address that is nobody's. */
  readonly unresolved?: boolean
}

/** How often a pod of ours is asked for what it is to do or to tell, if it does not answer: a node may be busy. Nothing of it does more when it is asked for twice. */
const tries = 3

interface Waiting {
  readonly resolve: (answer: PodAnswer) => void
  readonly reject: (error: Error) => void
}

let script: string | null = null

/** A process of ours inside a pod, which sends requests from there through the pod's sidecar. Started by exec once, and talked to as long as the run lasts. */
export class PodAgent {
  readonly pod: Pod
  readonly #running: Running
  readonly #waiting = new Map<number, Waiting>()
  readonly #connections = new Map<number, PodConnection>()
  #next = 0
  #authority: Promise<string> | null = null
  #end: Error | null = null

  /** @param running the agent's process */
  constructor(pod: Pod, running: Running) {
    this.pod = pod
    this.#running = running
    const lines = createInterface({ input: running.stdout })
    lines.on('line', (line) => this.#take(line))
    const errors: string[] = []
    running.stderr.on('data', (bytes: Buffer) => errors.push(String(bytes)))
    void running.ended.then((code) => this.#fail(code, errors.join('')))
  }

  /** @throws MeshSpecError CLUSTER_FAILED, CLUSTER_DENIED; NotSupported where the container has no Node */
  static async start(config: KubeConfig, pod: Pod): Promise<PodAgent> {
    script ??= readFileSync(join(ownSamples, 'pod', 'agent.mjs'), 'utf8')
    const running = await startExec(config, { namespace: pod.namespace, pod: pod.name, container: pod.container }, [
      'node',
      '--input-type=module',
      '-e',
      script,
    ])
    return new PodAgent(pod, running)
  }

  get isAlive(): boolean {
    return this.#end === null
  }

  call(call: PodCall): Promise<PodAnswer> {
    return this.#ask({ call })
  }

  /** Begins a TCP connection inside the pod. @param elsewhere as `PodCall` */
  open(where: { readonly host: string; readonly port: number; readonly elsewhere: boolean }): PodConnection {
    const id = this.#next++
    const connection = new PodConnection((order) => this.#write({ id, ...order }))
    this.#connections.set(id, connection)
    if (this.#end) connection.hear({ closed: true, error: 'ECONNRESET' })
    this.#write({ id, open: where })
    return connection
  }

  /** PEM: the authority of the certificates that the pod shows by itself. */
  authority(): Promise<string> {
    return (this.#authority ??= this.#control('GET', '/authority', ''))
  }

  async certify(certificate: StatedCertificate): Promise<void> {
    await this.#control('PUT', '/certificate', JSON.stringify(certificate))
  }

  /** From now on the pod's DNS answers for these names, and no others. */
  async know(names: readonly string[]): Promise<void> {
    await this.#control('PUT', '/names', JSON.stringify(names))
  }

  /** From now on the pod has this JSON, by path, and no other. */
  async serve(documents: Readonly<Record<string, string>>): Promise<void> {
    await this.#control('PUT', '/documents', JSON.stringify(documents))
  }

  /** Paths of such JSON that somebody has got. */
  async served(): Promise<readonly string[]> {
    return JSON.parse(await this.#control('GET', '/documents', '')) as string[]
  }

  /** `resolv.conf` of the pod. */
  resolver(): Promise<string> {
    return this.#control('GET', '/resolver', '')
  }

  /** What the pod has received of the requests with these ids. */
  async records(ids: readonly string[]): Promise<readonly PodRecord[]> {
    return JSON.parse((await this.#control('POST', '/records', JSON.stringify(ids))) || '[]') as PodRecord[]
  }

  /** @returns where the pod is in what it receives */
  async sequence(): Promise<number> {
    return Number(await this.#control('GET', '/sequence', ''))
  }

  /** What it has received since then that has no id. */
  async unnamed(since: number): Promise<readonly PodRecord[]> {
    return JSON.parse(await this.#control('POST', '/unnamed', String(since))) as PodRecord[]
  }

  async behave(behaviour: StatedBehaviour): Promise<void> {
    // JSON has no Infinity; left out, it is what `first` is by default.
    const stated = Object.fromEntries(Object.entries(behaviour).filter(([, value]) => value !== Infinity))
    await this.#control('PATCH', '/behaviour', JSON.stringify(stated))
  }

  async setReady(ready: boolean): Promise<void> {
    await this.#control('PUT', '/ready', String(ready))
  }

  /** Back to what the pod does by itself. */
  async reset(): Promise<void> {
    await this.#control('POST', '/reset', '')
  }

  /** Is the pod one of ours, which can be told how to behave? @throws MeshSpecError CLUSTER_FAILED where it does not say */
  async isControlled(): Promise<boolean> {
    const { status } = await this.#patiently('GET', '/ready', '')
    return status !== undefined
  }

  close(): void {
    this.#end ??= new Error('closed')
    this.#running.kill()
  }

  async #control(method: string, path: string, body: string): Promise<string> {
    const answer = await this.#patiently(method, path, body)
    if (answer.status === 200) return answer.body ?? ''
    throw new NotSupported(
      'behaviour',
      `pod ${this.pod.name} is none of this run's: it cannot be told how to behave (${answer.error ?? answer.status})`,
    )
  }

  /** A pod that is busy is neither another's nor without an answer. */
  async #patiently(method: string, path: string, body: string): Promise<PodAnswer> {
    for (let left = tries; left > 0; left--) {
      const answer = await this.#ask({ control: { port: controlPort, method, path, body } })
      if (answer.error !== 'ETIMEDOUT') return answer
    }
    const { namespace, name } = this.pod
    const problem = `pod ${namespace}/${name} does not answer what the run asks of it (${method} ${path}, ${tries} times)`
    throw clusterError('CLUSTER_FAILED', problem, 'its node may have too much to do')
  }

  #ask(question: object): Promise<PodAnswer> {
    if (this.#end) return Promise.reject(this.#end)
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#write({ id, ...question })
    })
  }

  #write(order: object): void {
    if (!this.#end) this.#running.stdin.write(`${JSON.stringify(order)}\n`)
  }

  #take(line: string): void {
    const { id, ...answer } = JSON.parse(line) as PodAnswer & ConnectionNews & { readonly id: number }
    const connection = this.#connections.get(id)
    if (answer.closed) this.#connections.delete(id)
    if (connection) return connection.hear(answer as ConnectionNews)
    this.#waiting.get(id)?.resolve(answer)
    this.#waiting.delete(id)
  }

  #fail(code: number | null, said: string): void {
    this.#end ??= endOf(this.pod, code, said)
    for (const { reject } of this.#waiting.values()) reject(this.#end)
    this.#waiting.clear()
    for (const connection of this.#connections.values()) connection.hear({ closed: true, error: 'ECONNRESET' })
    this.#connections.clear()
  }
}

/** As runtimes and shells say that a program is not there; that a container is not there is something else. Source: runc, containerd, CRI-O, busybox. */
const lacksNode = /executable file.*not found|\bnode["'`]?: (?:command )?(?:not found|no such file)/i

function endOf({ namespace, name, container }: Pod, code: number | null, said: string): Error {
  if (code === 127 || lacksNode.test(said))
    return new NotSupported('in-mesh-calls', `the container ${container} of pod ${namespace}/${name} has no Node, by which it could be made to send`)
  const how = code === null ? 'the connection to it was cut' : `it ended with exit code ${code}`
  return clusterError(
    'CLUSTER_FAILED',
    `the client inside pod ${namespace}/${name} is gone: ${how}${said.trim() && `: ${said.trim().slice(0, 500)}`}`,
    'is the pod still there?',
  )
}
