import { configPaths } from '../../../cli/serving/config-paths.ts'
import { serveMesh } from '../../../cli/serving/serve-mesh.ts'
import { testTarget } from '../target.suite.ts'
import type { Target } from '../target.ts'
import { createClusterTarget } from './target.ts'

/** The target over Bookinfo behind a simulated mesh on real ports, which ends with the target. */
async function overServedBookinfo(hasCommand: boolean): Promise<Target> {
  const paths = configPaths('samples/bookinfo')
  const served = await serveMesh({ paths, port: 0, address: '127.0.0.1', adminPort: 0, seed: 1, reloaded: () => {} })
  const command = (method: string) => `curl -sS --fail-with-body -X ${method} --data-binary @{file} http://127.0.0.1:${served.adminPort}/config`
  const target = createClusterTarget({
    gateway: `http://127.0.0.1:${served.port}`,
    assumeConfig: false,
    applyCommand: hasCommand ? command('PUT') : null,
    deleteCommand: hasCommand ? command('DELETE') : null,
    settleMs: 0,
  })
  return {
    name: target.name,
    clock: target.clock,
    capabilities: target.capabilities,
    open: (scenario) => target.open(scenario),
    close: () => served.close(),
  }
}

testTarget({ name: 'cluster, config by a command', createTarget: () => overServedBookinfo(true) })
testTarget({ name: 'cluster, gateway alone', createTarget: () => overServedBookinfo(false) })
