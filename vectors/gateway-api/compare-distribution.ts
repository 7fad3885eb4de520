import type { Difference } from '../difference.ts'
import { answering, mirrorsOf, sendMany } from './exchange.ts'
import type { Stage } from './stage.ts'
import type { Distribution, GatewayApiVector } from './vector.ts'

/** The suite sends few requests, allows much and tries often; so many times its requests make the same bounds a sharp test that one try decides. */
const sharper = 8
/** Of the suite's requests three are allowed; of so many more that is a narrower band still, and a false alarm one in a million. */
const standardDeviations = 5

export async function compareDistribution(stage: Stage, vector: GatewayApiVector, wanted: Distribution): Promise<Difference[]> {
  const call = `${wanted.requests * sharper} requests${wanted.case ? `: ${wanted.case}` : ''}`
  const what = wanted.kind === 'mirror' ? { ...vector.cases.find(({ name }) => name === wanted.case), ...wanted } : wanted
  const requests = wanted.requests * sharper
  const counts = new Map<string, number>()
  for (const exchange of await sendMany(stage, what, requests)) {
    const hops = wanted.kind === 'mirror' ? mirrorsOf(exchange) : [answering(exchange)]
    for (const hop of hops) counts.set(hop?.to?.name ?? 'nobody', (counts.get(hop?.to?.name ?? 'nobody') ?? 0) + 1)
  }
  const shares = wanted.weights ?? Object.fromEntries(Object.entries(wanted.percent ?? {}).map(([name, percent]) => [name, percent / 100]))
  return differencesOf(call, shares, counts, requests, wanted)
}

function differencesOf(
  call: string,
  shares: Readonly<Record<string, number>>,
  counts: ReadonlyMap<string, number>,
  requests: number,
  { tolerance }: Distribution,
): Difference[] {
  const found: Difference[] = []
  for (const [name, share] of Object.entries(shares)) {
    const seen = (counts.get(name) ?? 0) / requests
    const allowed = tolerance.absolute ?? standardDeviations * Math.sqrt((share * (1 - share)) / requests)
    const zero = share === 0 ? seen > 0 : seen === 0
    if (zero || Math.abs(seen - share) > allowed) found.push({ call, field: `share of ${name}`, wanted: share, seen })
  }
  for (const name of counts.keys()) if (!(name in shares)) found.push({ call, field: 'backends', wanted: Object.keys(shares), seen: name })
  return found
}
