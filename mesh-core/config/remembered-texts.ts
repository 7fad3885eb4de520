import type { ReadResult } from './read-result.ts'
import type { SourceText } from './resource.ts'

/** The same small text is read for scenario after scenario; results are immutable. The oldest goes first. */
const results = new Map<string, ReadResult>()
const rememberedTexts = 512
const rememberedLength = 128 * 1024

function keyOf(source: SourceText): string {
  return `${JSON.stringify([source.key, source.file, source.lineOffset, source.columnOffset])}${source.text}`
}

export function remembered(source: SourceText): ReadResult | undefined {
  if (source.text.length > rememberedLength) return undefined
  return results.get(keyOf(source))
}

export function remember(source: SourceText, result: ReadResult): ReadResult {
  if (source.text.length > rememberedLength) return result
  results.set(keyOf(source), result)
  for (const oldest of results.keys()) {
    if (results.size <= rememberedTexts) break
    results.delete(oldest)
  }
  return result
}
