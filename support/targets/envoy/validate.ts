import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { httpConnectionManager } from './xds/connection-manager.ts'
import { typed } from './xds/json.ts'
import type { Json } from './xds/json.ts'
import { socketAddress } from './xds/placement.ts'

/** What an Envoy could be started with. */
export interface StaticConfig {
  readonly listeners?: readonly Json[]
  readonly clusters?: readonly Json[]
  readonly routes?: readonly Json[]
}

const run = promisify(execFile)

/**
 * Has Envoy read a config without running it.
 * @returns what it says against it; `null` when it takes it
 */
export async function refusalOf(path: string, { listeners = [], clusters = [], routes = [] }: StaticConfig): Promise<string | null> {
  const resources = { listeners: [...listeners, ...routes.map(holding)].map(withoutType), clusters: clusters.map(withoutType) }
  const config = JSON.stringify({ static_resources: resources, node: { id: 'meshspec', cluster: 'meshspec' } })
  try {
    await run(path, ['--mode', 'validate', '--log-level', 'critical', '--log-format', '%v', '--config-yaml', config], { timeout: 30_000 })
    return null
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string }
    return wordsIn(`${stdout}\n${stderr}`)
  }
}

/** Of a chain of causes the last; else all but where Envoy read the config. */
function wordsIn(output: string): string {
  const [, constraint] = /Proto constraint validation failed \(([^]*)\)/.exec(output) ?? []
  const words = constraint?.split('| caused by ').pop() ?? output.replace(/^[^]*?error initializing configuration '[^']*': /, '')
  return words.trim().replace(/\s+/g, ' ').slice(0, longestWords) || 'it does not say why'
}

/** Envoy may print the whole message that it does not like. */
const longestWords = 500

/** A route table needs a listener to be looked at. */
function holding(table: Json, index: number): Json {
  const manager = httpConnectionManager({
    direction: 'outbound',
    statPrefix: 'table',
    routes: { route_config: withoutType(table) },
    pathNormalization: 'BASE',
    accessLog: [],
  })
  return typed('envoy.config.listener.v3.Listener', {
    name: `table ${index}`,
    address: socketAddress({ address: '127.0.0.1', port: 20_000 + index }),
    filter_chains: [{ filters: [manager] }],
  })
}

/** Fields of a known type do not name it. */
function withoutType(message: Json): Json {
  return Object.fromEntries(Object.entries(message).filter(([name]) => name !== '@type'))
}
