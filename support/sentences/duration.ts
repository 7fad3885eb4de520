const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

export const durationPattern = /\d+(?:\.\d+)?(?:ms|s|m|h)/

/** Takes what `durationPattern` matches. @returns ms */
export function parseDuration(text: string): number {
  const unit = text.replace(/^[\d.]+/, '')
  return Number.parseFloat(text) * unitsMs[unit]!
}

/** `6.01s`, `250ms`: as short as the vocabulary writes them; to the millisecond, or a tenth of one below a second. */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Number(ms.toFixed(1))}ms` : `${Number((ms / 1000).toFixed(3))}s`
}
