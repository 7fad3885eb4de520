/**
 * Writes mesh-core/config/schema/field-trees.generated.ts: the fields of every kind that mesh-core knows, read from the type
 * declarations of @kubernetes-models. Run it after an update of those packages: npx vitest run says when it is due.
 *
 *     node --loader ts-node/esm scripts/generate-field-trees.ts
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fieldTreesSource } from './field-trees.ts'

const target = fileURLToPath(new URL('../mesh-core/config/schema/field-trees.generated.ts', import.meta.url))
writeFileSync(target, fieldTreesSource())
