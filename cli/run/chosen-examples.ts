import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { parse } from '@cucumber/tag-expressions'
import { resolve } from 'node:path'
import { groupByKey } from '../../reports/run-record.ts'
import type { UnfilledExamples } from '../../reports/unfilled-outlines.ts'
import { linesOf } from './feature-paths.ts'

type Sources = Pick<IRunConfiguration['sources'], 'paths' | 'names' | 'tagExpression' | 'shard'>

/**
 * Which examples a run would take if they had rows, by what cucumber chooses scenarios by: `--tags`, `--name` and lines. Of several shards the first
 * answers for them.
 */
export function chosenExamples({ paths, names, tagExpression, shard }: Sources): (examples: UnfilledExamples) => boolean {
  const isTagged = tagExpression ? parse(tagExpression) : null
  const lines = groupByKey(paths.flatMap(linesOf), ({ file }) => resolve(file))
  return ({ uri, line, outlineLine, name, tags }) => {
    if (shard && !shard.startsWith('1/')) return false
    if (tags === null) return true
    const wanted = lines.get(resolve(uri))
    if (wanted && !wanted.some((one) => one.line === line || one.line === outlineLine)) return false
    if (names.length > 0 && !names.some((pattern) => new RegExp(pattern).test(name))) return false
    return isTagged?.evaluate([...tags]) ?? true
  }
}
