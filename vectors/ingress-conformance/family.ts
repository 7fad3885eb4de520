import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Difference } from '../difference.ts'
import { type Family, isSelected, NoVectors } from '../family.ts'
import { type Pickle, picklesOf, type PickledStep } from './pickles.ts'
import { sentences } from './sentences.ts'
import { Stage } from './stage.ts'

/** The conformance suite of Ingress controllers: Gherkin, run as it is. A vector is a scenario, named with its line; its area is the feature's file. */
export const ingressConformance: Family = {
  folders: ['../shared/upstream/ingress-conformance'],
  engines: ['core'],
  async *run(path, selection) {
    for (const file of featureFiles(path)) {
      const area = basename(file, '.feature')
      for (const pickle of picklesOf(readFileSync(file, 'utf8'), file)) {
        const name = `${pickle.line} ${pickle.name}`
        if (!isSelected(selection, area, name)) continue
        yield { area, name, about: pickle.name, skipped: null, differences: await run(pickle) }
      }
    }
  },
}

/** @throws NoVectors */
function featureFiles(path: string): string[] {
  if (!existsSync(path)) throw new NoVectors(`there is no ${path}`)
  if (!statSync(path).isDirectory()) return [path]
  const inner = join(path, 'features')
  const folder = existsSync(inner) ? inner : path
  const files = readdirSync(folder).filter((file) => file.endsWith('.feature'))
  if (files.length === 0) throw new NoVectors(`${path} holds no features`)
  return files.sort().map((file) => join(folder, file))
}

/** Steps behind one that fails are not run, as in cucumber. */
async function run({ steps }: Pickle): Promise<Difference[]> {
  const stage = new Stage()
  for (const step of steps) {
    const problem = await problemOf(step, stage)
    if (problem !== null) return [{ call: step.text, field: 'step', wanted: 'passes', seen: problem }]
  }
  return []
}

async function problemOf({ text, argument }: PickledStep, stage: Stage): Promise<string | null> {
  const sentence = sentences.find(({ form }) => form.test(text))
  if (!sentence) return 'this sentence is not known'
  try {
    await sentence.act(stage, sentence.form.exec(text)!.slice(1), argument)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
