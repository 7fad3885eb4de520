import { NotShown } from '../../mesh-core/ir/not-shown.ts'
import { credentials } from '../../support/targets/envoy/credentials.ts'
import { EnvoyHost } from '../../support/targets/envoy/envoy-host.ts'
import { EnvoyMesh } from '../../support/targets/envoy/envoy-mesh.ts'
import { findEnvoy } from '../../support/targets/envoy/find-envoy.ts'
import type { Difference } from '../difference.ts'
import type { InboundEntry } from './case.ts'
import { areUntold } from './untold.ts'
import { meshCore } from './engine.ts'
import type { CaseOptions, Engine, PlayedMesh } from './played-mesh.ts'

/**
 * mesh-core's compiler with Envoy's data plane. An Envoy that has stopped taking config up has been ended: the next mesh gets a new one. `close` ends it.
 * @throws MeshSpecError ENVOY_NOT_FOUND
 */
export async function realEnvoy(): Promise<Engine & { readonly close: () => Promise<void> }> {
  const { read, meshConfig } = await meshCore()
  const { path } = await findEnvoy()
  let host = EnvoyHost.start(path)
  const running = async (): Promise<EnvoyHost> => {
    const current = host
    if (!(await current).running && host === current) host = EnvoyHost.start(path)
    return host
  }
  await host
  return {
    read,
    meshConfig,
    open: async (options) => open(await running(), options),
    authority: () => credentials.root(),
    untold,
    unshown: (error) => (error instanceof NotShown ? error.message : null),
    close: async () => (await host).stop(),
  }
}

function untold({ field, wanted, seen }: Difference): boolean {
  return field === 'inbound.length' && areUntold(wanted as readonly InboundEntry[], seen as readonly InboundEntry[])
}

async function open(host: EnvoyHost, options: CaseOptions): Promise<PlayedMesh> {
  const { program, injects, inboundSidecar, outsideName, applicationTls, applicationAddress, sends } = options
  const mesh = await EnvoyMesh.open(host, {
    seed: options.seed ?? 1,
    spec: false,
    explains: false,
    program: program!,
    sends,
    ...(injects && { injects }),
    ...(inboundSidecar && { inboundSidecar }),
    ...(outsideName && { outsideName }),
    ...(applicationTls && { applicationTls }),
    ...(applicationAddress && { applicationAddress }),
  })
  return {
    get registry() {
      return mesh.registry
    },
    get warnings() {
      return mesh.warnings
    },
    get notModelled() {
      return mesh.notModelled
    },
    proxyConfig: (ref) => mesh.proxyConfig(ref),
    lookUp: (hostname, from, server) => mesh.lookUp(hostname, from, server),
    apply: (resources) => mesh.apply(resources),
    send: (call) => mesh.send(call),
    sendMany: (call, load) => mesh.sendMany(call, load),
    start: (call) => mesh.send(call),
    answer: (call) => mesh.sendForAnswer(call),
    settle: (work) => work,
    elapse: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    close: () => mesh.close(),
  }
}
