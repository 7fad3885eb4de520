import { relative } from 'node:path'
import { exitCodes } from './output/exit-codes.ts'
import { listenProblem, portNumber } from './options/ports.ts'
import { printProblem } from './output/problem.ts'
import { configPaths } from './serving/config-paths.ts'
import { serveMesh } from './serving/serve-mesh.ts'
import type { ServedMesh } from './serving/serve-mesh.ts'
import { wholeNumber } from './options/whole-number.ts'

/** As commander reads them; numbers are still text. */
export interface ServeOptions {
  readonly port: string
  readonly host: string
  readonly seed?: string
  readonly admin?: string
}

/**
 * Serves the config's applications behind a simulated mesh until it is interrupted. Changed files take effect at once.
 * @param paths files and folders of YAML
 * @returns the exit code
 * @throws MeshSpecError or ConfigRejected for settings and config that are wrong
 */
export async function serve(paths: readonly string[], options: ServeOptions): Promise<number> {
  const served = await start(paths, options)
  process.stdout.write(describe(served, options.host))
  await interrupted()
  await served.close()
  return exitCodes.held
}

async function start(paths: readonly string[], { port, host, seed, admin }: ServeOptions): Promise<ServedMesh> {
  try {
    return await serveMesh({
      paths: paths.flatMap(configPaths),
      port: portNumber('--port', port),
      address: host,
      adminPort: admin === undefined ? null : portNumber('--admin', admin),
      seed: seed === undefined ? 1 : wholeNumber('--seed', seed),
      reloaded: tellReload,
    })
  } catch (error) {
    throw listenProblem(error, host) ?? error
  }
}

function tellReload(error: Error | null): void {
  if (error === null) process.stdout.write('the config has changed and is in effect\n')
  else printProblem(error)
}

function describe({ mesh, config, port, adminPort }: ServedMesh, host: string): string {
  const page = mesh.registry.services.some(({ name }) => name === 'productpage') ? '/productpage' : '/'
  const workloads = mesh.registry.workloads.filter(({ gateway }) => !gateway).map(({ ref }) => ref.name)
  const lines = [
    `gateway     http://${host.includes(':') ? `[${host}]` : host}:${port}${page}`,
    ...(adminPort === null ? [] : [`admin       http://127.0.0.1:${adminPort}/config`]),
    `workloads   ${[...new Set(workloads)].join(', ')}`,
    `config      ${config.files.map((file) => relative(process.cwd(), file)).join('\n            ')}`,
    ...mesh.notModelled.map(({ resource, message }) => `ignored     ${resource}: ${message}`),
    'Edit a file, and the next request sees it. Ctrl-C ends.',
  ]
  return `${lines.join('\n')}\n`
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
