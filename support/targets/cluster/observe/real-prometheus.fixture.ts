import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** `$PROMETHEUS_PATH`, or `prometheus` on PATH; `null` for none. */
export function findPrometheus(): string | null {
  const named = process.env['PROMETHEUS_PATH']
  const candidates = named ? [named] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'prometheus'))
  return candidates.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A real Prometheus, which scrapes counters that a test sets. */
export class RealPrometheus {
  readonly url: string
  readonly #process: ChildProcess
  readonly #exporter: Server
  readonly #folder: string
  readonly #counters: Map<string, number>

  private constructor(url: string, child: ChildProcess, exporter: Server, folder: string, counters: Map<string, number>) {
    this.url = url
    this.#process = child
    this.#exporter = exporter
    this.#folder = folder
    this.#counters = counters
  }

  static async start(program: string): Promise<RealPrometheus> {
    const counters = new Map<string, number>()
    const exporter = createServer((_, out) => out.end([...counters].map(([series, value]) => `${series} ${value}\n`).join('')))
    const port = await listening(exporter)
    const folder = mkdtempSync(join(tmpdir(), 'meshspec-prometheus-'))
    const config = `global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs: [{job_name: sidecars, static_configs: [{targets: ["127.0.0.1:${port}"], labels: {namespace: m-1}}]}]\n`
    writeFileSync(join(folder, 'prometheus.yml'), config)
    const own = await freePort()
    const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${own}`]
    const child = spawn(program, flags, { stdio: 'ignore' })
    const real = new RealPrometheus(`http://127.0.0.1:${own}`, child, exporter, folder, counters)
    await real.#ready()
    return real
  }

  /** @param series `istio_requests_total{destination_workload="reviews-v1"}` */
  count(series: string, by: number): void {
    this.#counters.set(series, (this.#counters.get(series) ?? 0) + by)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await ended
    this.#exporter.closeAllConnections()
    this.#exporter.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    for (let i = 0; i < 100; i++) {
      const isThere = await fetch(`${this.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (isThere) return
      await sleep(100)
    }
    throw new Error('Prometheus does not get ready')
  }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
