/**
 * Writes mesh-core/config/proto/mesh.generated.ts and envoy.generated.ts: the fields of Istio's MeshConfig and of Envoy's configuration, read from a
 * FileDescriptorSet in JSON that holds the protos of both (`buf build -o image.json`).
 *
 *     node --loader ts-node/esm scripts/generate-proto-messages.ts image.json
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type FileDescriptorSet, messagesSource, messageTable } from './proto-messages.ts'

const set = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as FileDescriptorSet
const write = (name: string, constant: string, about: string, beginnings: readonly string[]): void => {
  const target = fileURLToPath(new URL(`../mesh-core/config/proto/${name}.generated.ts`, import.meta.url))
  writeFileSync(target, messagesSource(messageTable(set, beginnings), constant, about))
}

write('mesh', 'meshMessages', "Istio's mesh/v1alpha1", ['istio.mesh.v1alpha1.MeshConfig', 'istio.mesh.v1alpha1.MeshNetworks'])
write('envoy', 'envoyMessages', "Envoy's API", ['envoy.', 'udpa.type.', 'xds.', 'istio.envoy.', 'io.istio.', 'stats.'])
