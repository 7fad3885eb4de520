import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Everything that a module imports before its first line runs, modules of ours and packages alike. */
function loadedWith(entries: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>()
  const load = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    const text = readFileSync(join(root, file), 'utf8')
    for (const [, what = '', from = ''] of text.matchAll(/^(?:import|export) (?!type )([^'"]*?)(?:from )?'([^']+)'$/gm)) {
      if (/^\{(?:\s*type [^,}]+,?)+\s*\}/.test(what)) continue
      if (from.startsWith('.')) load(join(dirname(file), from))
      else loaded.add(from)
    }
  }
  entries.forEach(load)
  return loaded
}

const loaded = [...loadedWith(['cli/run.ts', 'steps/index.ts', 'support/targets/core/target.ts'])]

test('a run loads the vocabulary and the engine', () => {
  expect(loaded).toEqual(expect.arrayContaining(['mesh-core/create-mesh.ts', 'support/world.ts', 're2js', '@cucumber/cucumber']))
})

test.each([
  ['analyzers of config', /^mesh-core\/(?:analyze\/analyzers|advise\/advise)\.ts$/],
  ['PromQL', /promql\/(?:expression|evaluate)|lezer/],
  ['CEL', /cel-js/],
  ['an HTML parser', /htmlparser2/],
  ['certificates', /x509/],
  ['other targets', /^support\/targets\/(?:envoy|cluster)\/session|kubernetes\/client-node/],
])('%s are loaded when something asks for them: who runs one scenario does not wait for them', (_, pattern) => {
  expect(loaded.filter((module) => pattern.test(module))).toEqual([])
})
