/**
 * Writes mesh-core/config/schema/istio-trees.generated.ts: the fields of Istio's kinds and their bounds, read from the CustomResourceDefinitions of a release
 * (`manifests/charts/base/files/crd-all.gen.yaml`, or JSON of them).
 *
 *     node --loader ts-node/esm scripts/generate-istio-trees.ts crd-all.gen.yaml 1.32
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadAll } from 'js-yaml'
import { type CustomResourceDefinition, istioTreesSource } from './istio-trees.ts'

const [file = '', release = ''] = process.argv.slice(2)
const target = fileURLToPath(new URL('../mesh-core/config/schema/istio-trees.generated.ts', import.meta.url))
const documents = loadAll(readFileSync(file, 'utf8')) as (CustomResourceDefinition | CustomResourceDefinition[])[]
writeFileSync(target, istioTreesSource(documents.flat(), release))
