import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import { CallError } from '../../mesh-core/ir/program.ts'
import { createMesh } from '../../mesh-core/create-mesh.ts'
import type { Mesh } from '../../mesh-core/mesh.ts'
import { WallClock } from '../../mesh-core/time/wall-clock.ts'
import { createEcho } from '../../samples/echo/echo.ts'
import { hostHandler } from '../../samples/host/host.ts'
import type { Host } from '../../samples/host/host.ts'
import { programFor } from '../../samples/resolve-program.ts'
import { baseResources } from '../../support/targets/deployment/base.ts'
import { adminHandler } from './admin.ts'
import { ServedConfig } from './served-config.ts'
import { watchFiles } from './watch-files.ts'

export interface ServeMeshOptions {
  /** Files and folders of YAML. */
  readonly paths: readonly string[]
  /** Of the gateway; 0 takes a free one. */
  readonly port: number
  /** Where it listens. */
  readonly address: string
  /** Takes changes of the config, on loopback only; `null`: none does. */
  readonly adminPort: number | null
  readonly seed: number
  /** Called after the files were read anew, with what was wrong with them, if anything. */
  readonly reloaded: (error: Error | null) => void
}

export interface ServedMesh {
  readonly mesh: Mesh
  readonly config: ServedConfig
  readonly port: number
  readonly adminPort: number | null
  close(): Promise<void>
}

/**
 * A simulated mesh on the wall clock, whose ingress gateway is a real port.
 * @throws ConfigRejected; the error of `listen`, e.g. `EADDRINUSE`
 */
export async function serveMesh(options: ServeMeshOptions): Promise<ServedMesh> {
  const mesh = createMesh({
    seed: options.seed,
    clock: new WallClock(),
    epochMs: Date.now(),
    program: (pod) => (pod === null ? createEcho('outside') : programFor(pod)),
  })
  mesh.apply(baseResources())
  const config = new ServedConfig(mesh, options.paths)
  config.reload()
  const gateway = await hostHandler((request) => throughGateway(mesh, request), { port: options.port, address: options.address })
  const admin = options.adminPort === null ? null : await hostHandler(adminHandler(config), { port: options.adminPort, address: '127.0.0.1' })
  const watcher = watchFiles(config.files, () => reload(config, options))
  return { mesh, config, port: gateway.port, adminPort: admin?.port ?? null, close: () => closeAll(watcher, gateway, admin) }
}

/** @throws CallError closed: the gateway closed the connection without an answer */
async function throughGateway(mesh: Mesh, { method, authority, path, headers, body }: HttpRequest): Promise<HttpResponse> {
  const { ref } = mesh.registry.workloads.find(({ gateway, labels }) => gateway && labels['istio'] === 'ingressgateway')!
  const sent: Record<string, string | readonly string[]> = { host: authority }
  for (const [name] of headers.entries()) sent[name] ??= headers.all(name)
  const { response } = await mesh.send({
    from: { kind: 'gateway', ref },
    method,
    url: `http://${gatewayHost}${path}`,
    headers: sent,
    body,
    timeoutMs: null,
  })
  if (response === null) throw new CallError('closed')
  return response
}

/** What is dialled in the simulation; the Host header is the browser's. Port 80 of the gateway's Service. */
const gatewayHost = 'gateway:80'

function reload(config: ServedConfig, { reloaded }: ServeMeshOptions): void {
  try {
    if (config.reload()) reloaded(null)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    reloaded(error)
  }
}

async function closeAll(watcher: { close(): void }, gateway: Host, admin: Host | null): Promise<void> {
  watcher.close()
  await Promise.all([gateway.close(), admin?.close()])
}
