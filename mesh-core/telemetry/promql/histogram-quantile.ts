import { keyOf, without } from './value.ts'
import type { Labels, Sample } from './value.ts'

interface Bucket {
  readonly upTo: number
  readonly count: number
}

/** The quantile of each histogram, between the ends of the bucket that has it. Source: Prometheus, `promql/quantile.go` BucketQuantile. */
export function histogramQuantile(q: number, samples: readonly Sample[]): readonly Sample[] {
  const histograms = new Map<string, { readonly labels: Labels; readonly buckets: Bucket[] }>()
  for (const { labels, value } of samples) {
    const upTo = boundOf(labels['le'])
    if (upTo === null) continue
    const own = without(labels, ['__name__', 'le'])
    const histogram = histograms.get(keyOf(own)) ?? { labels: own, buckets: [] }
    histograms.set(keyOf(own), histogram)
    histogram.buckets.push({ upTo, count: value })
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(q, buckets) }))
}

function boundOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const bound = text === '+Inf' ? Infinity : Number(text)
  return Number.isNaN(bound) ? null : bound
}

function bucketQuantile(q: number, unsorted: readonly Bucket[]): number {
  if (Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  const buckets = unsorted.toSorted((a, b) => a.upTo - b.upTo)
  const all = buckets.at(-1)
  if (!all || all.upTo !== Infinity || buckets.length < 2 || all.count === 0 || Number.isNaN(all.count)) return NaN
  const rank = q * all.count
  const index = buckets.findIndex(({ count }) => count >= rank)
  if (index === buckets.length - 1) return buckets.at(-2)!.upTo
  const { upTo, count } = buckets[index]!
  if (index === 0 && upTo <= 0) return upTo
  const before = index === 0 ? { upTo: 0, count: 0 } : buckets[index - 1]!
  return before.upTo + (upTo - before.upTo) * ((rank - before.count) / (count - before.count))
}
