import { Configurator } from './configurator.ts'
import { EnvoyProcess } from './envoy-process.ts'

/** Starts an Envoy, says by what its command line is known, and then does nothing until it is killed. */
const envoy = await EnvoyProcess.start(process.argv[2]!, () => {})
await Configurator.start(envoy)
process.stdout.write(`"port_value":${envoy.discovery.port}\n`)
setInterval(() => {}, 60_000)
