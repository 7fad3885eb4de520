/** Fields of which the compiled schemas alone know the bounds: lengths, formats, shares. */
const bounded = new Set([
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
  'status',
  'workloadSelector',
  'retryBudget',
  'warmup',
  'bytes',
  'credentialNames',
  'tlsCertificates',
  'subjectAltNames',
])

/** Fields that may hold fractions. */
const fractional = new Set(['value'])

const maxInt32 = 2 ** 31 - 1
/** Lists are bounded by 4096 where they are at all. */
const manyItems = 4096

/**
 * Whether an object that has the right fields and types (structure.ts) is sure to pass the compiled schema of its kind: nothing in it has a bound
 * that it comes near, and nowhere are two fields of which one may be set. Most config is so plain, and the compiled
 * schemas need not be loaded for it, which takes longer than everything else that a small run does here. A test holds this to them.
 */
export function certainlyFits(value: unknown, alternatives: readonly (readonly string[])[], field = ''): boolean {
  if (typeof value === 'number') return fractional.has(field) || (Number.isInteger(value) && value >= 0 && value <= maxInt32)
  if (typeof value !== 'object' || value === null) return value !== null
  if (Array.isArray(value)) return value.length < manyItems && value.every((item) => certainlyFits(item, alternatives, field))
  let count = 0
  for (const name in value) {
    if (bounded.has(name) || !certainlyFits((value as Record<string, unknown>)[name], alternatives, name)) return false
    count++
  }
  return count < 2 || !alternatives.some((names) => names.filter((name) => Object.hasOwn(value, name)).length > 1)
}
