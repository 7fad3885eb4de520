import { readFileSync } from 'node:fs'
import { mergeResults, type PassedOver, readPaths, type ReadResult, readText } from '../../mesh-core/config/load.ts'
import { keyOf, type Resource } from '../../mesh-core/config/resource.ts'
import type { Excerpts } from '../output/excerpt.ts'

/** Name that positions in standard input are shown under. */
const stdinName = '<stdin>'

/** @param paths files and folders; `-` is standard input */
export function readConfig(paths: readonly string[], excerpts: Excerpts): ReadResult {
  return mergeResults(paths.map((path) => (path === '-' ? readStdin(excerpts) : readPaths([path]))))
}

function readStdin(excerpts: Excerpts): ReadResult {
  const text = readFileSync(0, 'utf8')
  excerpts.add(stdinName, text)
  return readText(text, stdinName)
}

/** Resources that are defined again take the place of the former, as with `kubectl apply`: one list for each time that something is defined. */
export function inRounds(resources: readonly Resource[]): Resource[][] {
  const times = new Map<string, number>()
  const rounds: Resource[][] = []
  for (const resource of resources) {
    const key = keyOf(resource)
    const time = times.get(key) ?? 0
    times.set(key, time + 1)
    ;(rounds[time] ??= []).push(resource)
  }
  return rounds
}

/** Of what is defined several times the last counts, as with `kubectl apply`. */
export function effective(resources: readonly Resource[]): readonly Resource[] {
  return [...new Map(resources.map((resource) => [keyOf(resource), resource])).values()]
}

/** What was defined more than once, with the file of the definition that counts. */
export function redefined(resources: readonly Resource[]): { readonly resource: string; readonly times: number; readonly file: string }[] {
  const all = new Map<string, Resource[]>()
  for (const resource of resources) {
    const key = keyOf(resource)
    all.set(key, [...(all.get(key) ?? []), resource])
  }
  return [...all.values()]
    .filter((those) => those.length > 1)
    .map((those) => ({ resource: those[0]!.origin.resource, times: those.length, file: those.at(-1)!.source.file }))
}

/** Templates that lie in a folder of config: nobody has rendered them. */
export function templatesAmong(passedOver: readonly PassedOver[]): readonly string[] {
  const files = new Set(passedOver.filter(({ what }) => what === 'Helm template').map(({ file }) => file))
  return [...files].map((file) => `passed over: ${file} is a Helm template; render it first: helm template`)
}
