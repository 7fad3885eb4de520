import { createInterface } from 'node:readline'
import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import { DiscoveryServer } from './discovery-server.ts'
import type { Subscription } from './discovery-server.ts'
import { supervise } from './supervised.ts'
import type { Supervised } from './supervised.ts'
import { optional } from './xds/json.ts'
import type { Json } from './xds/json.ts'
import { socketAddress } from './xds/placement.ts'

const xdsCluster = 'meshspec.xds'

/** Lines of Envoy's own log that an error quotes. */
const tailLength = 20

/** ms from the end of the process to that of its log. */
const lastWordsMs = 500

/** Envoy's own words, each with the kind of resource that they are about. */
interface Complaint {
  readonly kind: string
  readonly words: string
}

/** An Envoy with its discovery server. One worker thread: what was pushed before is then in force before what was pushed after. */
export class EnvoyProcess {
  readonly discovery: DiscoveryServer
  readonly #process: Supervised
  readonly #tail: string[] = []
  readonly #complaints: Complaint[] = []
  #death: string | null = null
  #stopped = false

  private constructor(discovery: DiscoveryServer, process: Supervised, onLogLine: (line: string) => void) {
    this.discovery = discovery
    this.#process = process
    createInterface({ input: process.stdout }).on('line', onLogLine)
    const log = createInterface({ input: process.stderr }).on('line', (line) => this.#read(line))
    const logEnded = new Promise((resolve) => log.once('close', resolve))
    void process.ended.then(async (how) => {
      // Its last words come by another way than its end.
      await Promise.race([logEnded, new Promise((resolve) => setTimeout(resolve, lastWordsMs))])
      this.#death = how
      discovery.wake()
    })
  }

  /** @param onLogLine gets what Envoy writes to its standard output: the access log */
  static async start(path: string, onLogLine: (line: string) => void): Promise<EnvoyProcess> {
    const discovery = await DiscoveryServer.start()
    const args = ['--config-yaml', JSON.stringify(bootstrap(discovery.port)), ...flags]
    return new EnvoyProcess(discovery, supervise(path, args), onLogLine)
  }

  get running(): boolean {
    return this.#death === null
  }

  /** @throws MeshSpecError ENVOY_FAILED when Envoy is not there any more */
  check(): void {
    if (this.#death !== null && !this.#stopped)
      throw this.failure(`Envoy has ended (${this.#death})`, 'if it happens again, name another Envoy in $ENVOY_PATH')
  }

  /** An error that quotes the end of Envoy's log. @param advice what to do */
  failure(problem: string, advice: string): MeshSpecError {
    const log = this.#tail.length === 0 ? 'its log is empty' : `the end of its log:\n    ${this.#tail.join('\n    ')}`
    return new MeshSpecError({ code: 'ENVOY_FAILED', origin: null, place: null, problem, hint: `${advice}; ${log}` })
  }

  /** What it said of former versions is of no interest any more. */
  forgetWords(): void {
    this.#complaints.length = 0
  }

  /** What Envoy said of a refused version. Its log comes by another way than its answer, and a little later. */
  async wordsOn({ kind }: Subscription): Promise<string> {
    for (let i = 0; i < 50; i++) {
      const found = this.#complaints.findLast((complaint) => complaint.kind === kind)
      if (found) {
        this.#complaints.length = 0
        return found.words
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return 'without a word in its log'
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#process.kill()
    await this.discovery.close()
  }

  #read(line: string): void {
    // Frames without names follow, and what it was about, with the headers of requests.
    if (this.#tail.at(-1)?.startsWith('[critical] Caught ')) return
    this.#tail.push(line)
    if (this.#tail.length > tailLength) this.#tail.shift()
    const [, kind, words] = /REST config for \S*discovery:(\w+) rejected: (.*)/.exec(line) ?? []
    if (kind !== undefined) this.#complaints.push({ kind, words: words! })
  }
}

const flags = [
  ...['--concurrency', '1'],
  '--disable-hot-restart',
  ...['--log-level', 'warning'],
  // What istiod sets though it is deprecated is told for every route.
  ...['--component-log-level', 'misc:error'],
  ...['--log-format', '[%l] %v'],
  // ms; the access log is what an exchange waits for
  ...['--file-flush-interval-msec', '2'],
  ...['--drain-strategy', 'immediate', '--drain-time-s', '1'],
]

/** A subscription by long polls: the next one follows at once. */
export function restSource(): Json {
  return {
    resource_api_version: 'V3',
    initial_fetch_timeout: '0s',
    api_config_source: {
      api_type: 'REST',
      transport_api_version: 'V3',
      cluster_names: [xdsCluster],
      refresh_delay: '0.001s',
      request_timeout: '86400s',
    },
  }
}

function bootstrap(discoveryPort: number): Json {
  const endpoint = { endpoint: { address: socketAddress({ address: '127.0.0.1', port: discoveryPort }) } }
  const runtime = {
    're2.max_program_size.error_level': 32768,
    'envoy.reloadable_features.http_reject_path_with_fragment': false,
  }
  const thresholds = [{ max_connections: 100_000, max_pending_requests: 100_000, max_requests: 100_000 }]
  return {
    node: { id: 'meshspec', cluster: 'meshspec' },
    dynamic_resources: { lds_config: restSource(), cds_config: restSource() },
    layered_runtime: { layers: [{ name: 'as istiod', static_layer: runtime }] },
    static_resources: {
      clusters: [
        {
          name: xdsCluster,
          type: 'STATIC',
          connect_timeout: '5s',
          circuit_breakers: { thresholds },
          load_assignment: { cluster_name: xdsCluster, endpoints: [{ lb_endpoints: [endpoint] }] },
        },
      ],
    },
    // Nobody reads them: there is no admin. To make them for each cluster and listener takes about a quarter of what config costs.
    ...optional('stats_config', { use_all_default_tags: false, stats_matcher: { reject_all: true } }),
  }
}
