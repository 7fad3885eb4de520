import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeDifference } from './difference.ts'
import { exemptions, exemptionsOf } from './exemptions.ts'
import { families } from './families.ts'
import { Tally } from './tally.ts'

/** The observed vectors have a test for each of their areas. */
const others = Object.entries(families).filter(([name]) => name !== 'mesh-observed')

describe.each(others)('%s', (name, family) => {
  const folders = family.folders.filter((folder) => existsSync(folder))
  test.runIf(folders.length > 0)('passes, but for what is exempted', { timeout: 120_000 }, async () => {
    const tally = new Tally({ notYet: family.notYet ?? {}, exempt: exemptionsOf(name) })
    const complaints: string[] = []
    const all = new Set<string>()
    for (const folder of folders)
      for await (const result of family.run(folder, { area: null, case: null }, 'core')) {
        all.add(`${result.area}/${result.name}`)
        const verdict = tally.add(result)
        if (verdict === 'failed') complaints.push(`${result.area}/${result.name}\n${result.differences.map(describeDifference).join('\n')}`)
        if (verdict === 'stale') complaints.push(`${result.area}/${result.name} passes: take it out of the exemptions`)
      }
    for (const exempted of Object.keys(exemptions[name] ?? {}))
      if (![...all].some((title) => (exempted.endsWith('*') ? title.startsWith(exempted.slice(0, -1)) : title === exempted)))
        complaints.push(`${exempted} is exempted, and no vector is called so`)
    complaints.push(...tally.stalePatterns)
    expect(complaints.join('\n')).toBe('')
    expect(tally.passed).toBeGreaterThan(0)
  })
})
