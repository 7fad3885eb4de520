import type { FieldPath } from '../finding.ts'
import { checkDuration, checkIsDuration } from './durations.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'

const periods = ['weightExpirationPeriod', 'weightStabilizationPeriod', 'weightUpdatePeriod']

/** Source: Istio validateLoadBalancer. */
export function checkLoadBalancer(settings: Fields | undefined, outlier: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!settings) return
  if (settings.consistentHash) checkConsistentHash(settings.consistentHash as Fields, [...path, 'consistentHash'], judge)
  if (settings.localityLbSetting && settings.zoneAwareLbSetting)
    judge.error('CONFLICTING_FIELDS', [...path, 'zoneAwareLbSetting'], 'only one of localityLbSetting and zoneAwareLbSetting can be set')
  checkLocality(settings.localityLbSetting, outlier, [...path, 'localityLbSetting'], judge)
  checkZoneAware(settings.zoneAwareLbSetting, outlier, [...path, 'zoneAwareLbSetting'], judge)
  checkDuration(settings.warmupDurationSecs, [...path, 'warmupDurationSecs'], judge)
  checkDuration(settings.warmup?.duration, [...path, 'warmup', 'duration'], judge)
  if (settings.warmup?.aggression === 0) judge.error('INVALID_VALUE', [...path, 'warmup', 'aggression'], 'aggression should be greater than 0')
  for (const field of periods) checkIsDuration(settings.backendUtilization?.[field], [...path, 'backendUtilization', field], judge)
}

/** Envoy's limit of the table. */
const maglevTable = 5_000_011

function checkConsistentHash(hash: Fields, path: FieldPath, judge: Judge): void {
  if (hash.httpCookie && !hash.httpCookie.name) judge.error('SCHEMA_REQUIRED', [...path, 'httpCookie', 'name'], 'name required for HttpCookie')
  checkIsDuration(hash.httpCookie?.ttl, [...path, 'httpCookie', 'ttl'], judge)
  const names = new Set<unknown>()
  for (const [attribute, at] of each(hash.httpCookie?.attributes, [...path, 'httpCookie', 'attributes'])) {
    if (!attribute.name) judge.error('SCHEMA_REQUIRED', [...at, 'name'], 'name required for an attribute of HttpCookie')
    else if (names.has(attribute.name)) judge.error('CONFLICTING_FIELDS', [...at, 'name'], `duplicate cookie attribute name: ${attribute.name}`)
    names.add(attribute.name)
  }
  if (Number(hash.minimumRingSize ?? 0) !== 0) {
    judge.warn(
      'INVALID_VALUE',
      [...path, 'minimumRingSize'],
      "consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead",
    )
    if (hash.ringHash || hash.maglev)
      judge.error('CONFLICTING_FIELDS', [...path, 'minimumRingSize'], 'only one of MinimumRingSize or Maglev/Ringhash can be specified')
  }
  if (!hash.maglev) return
  const size = Number(hash.maglev.tableSize ?? 0)
  const at = [...path, 'maglev', 'tableSize']
  if (size === 0) judge.error('SCHEMA_REQUIRED', at, 'tableSize must be set for maglev')
  if (size >= maglevTable) judge.error('INVALID_VALUE', at, `tableSize must be less than ${maglevTable} for maglev`)
  if (!isPrime(size)) judge.error('INVALID_VALUE', at, 'tableSize must be a prime number for maglev')
}

/** As Envoy has it: 1 counts. */
function isPrime(number: number): boolean {
  if (number !== 0 && number < 4) return true
  if (number % 2 === 0) return false
  for (let factor = 3; factor * factor <= number; factor += 2) if (number % factor === 0) return false
  return true
}

const topology = new Set(['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'])

/** Source: Istio ValidateLocalityLbSetting. */
export function checkLocality(setting: Fields | undefined, outlier: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!setting) return
  const {
    distribute = [],
    failover = [],
    failoverPriority = [],
  } = setting as { distribute?: Fields[]; failover?: Fields[]; failoverPriority?: string[] }
  if (distribute.length > 0 && failover.length > 0)
    return judge.error('CONFLICTING_FIELDS', [...path, 'failover'], "can not simultaneously specify 'distribute' and 'failover'")
  const label = failover.length > 0 ? failoverPriority.find((name) => topology.has(name)) : undefined
  if (label !== undefined)
    return judge.error(
      'CONFLICTING_FIELDS',
      [...path, 'failoverPriority'],
      `can not simultaneously set 'failover' and topology label '${label}' in 'failover_priority'`,
    )
  if (!checkDistribution(distribute, [...path, 'distribute'], judge)) return
  if ((failover.length > 0 || failoverPriority.length > 0) && !outlier)
    judge.warn('SCHEMA_REQUIRED', path, 'outlier detection policy must be provided for failover')
  for (const [entry, at] of each(failover, [...path, 'failover'])) checkFailover(entry, at, judge)
}

/** Zones are chosen by load there, so that failover is between regions alone. Source: Istio ValidateZoneAwareLbSetting. */
export function checkZoneAware(setting: Fields | undefined, outlier: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!setting) return
  const { failover = [], failoverPriority = [] } = setting as { failover?: Fields[]; failoverPriority?: string[] }
  const label = failoverPriority.find((name) => topology.has(name.split('=')[0] as string))
  if (label !== undefined)
    judge.error(
      'CONFLICTING_FIELDS',
      [...path, 'failoverPriority'],
      `topology label '${label}' must not be in failoverPriority of zone aware balancing`,
    )
  if ((failover.length > 0 || failoverPriority.length > 0) && !outlier)
    judge.warn('SCHEMA_REQUIRED', path, 'outlier detection policy must be provided for failover')
  for (const [entry, at] of each(failover, [...path, 'failover'])) checkFailover(entry, at, judge)
}

function checkFailover({ from = '', to = '' }: Fields, path: FieldPath, judge: Judge): void {
  if (from === to) judge.error('CONFLICTING_FIELDS', path, 'locality lb failover settings must specify different regions')
  if (`${from}${to}`.includes('/')) judge.error('INVALID_VALUE', path, 'locality lb failover only specify region')
  if (`${from}${to}`.includes('*')) judge.error('INVALID_VALUE', path, "locality lb failover region should not contain '*' wildcard")
}

/** @returns false when istiod looks no further */
function checkDistribution(distribute: readonly Fields[], path: FieldPath, judge: Judge): boolean {
  for (const [entry, at] of each(distribute, path)) {
    const shares = Object.entries((entry.to ?? {}) as Record<string, number>)
    const wrong = shares.find(([, weight]) => weight <= 0 || weight > 100)
    if (wrong) {
      judge.error('INVALID_WEIGHT', [...at, 'to', wrong[0]], 'locality weight must be in range [1, 100]')
      return false
    }
    const total = shares.reduce((sum, [, weight]) => sum + weight, 0)
    if (total !== 100) {
      judge.error('INVALID_WEIGHT', [...at, 'to'], `total locality weight ${total} != 100`)
      return false
    }
    checkLocalities(
      shares.map(([locality]) => locality),
      [...at, 'to'],
      judge,
    )
  }
  checkLocalities(
    distribute.map((entry) => (entry.from as string) ?? ''),
    path,
    judge,
  )
  return true
}

/** Localities of one list may not overlap. Source: Istio validateLocalities, which stops at the first that is wrong. */
export function checkLocalities(localities: readonly string[], path: FieldPath, judge: Judge): void {
  const taken: string[][] = []
  for (const locality of localities) {
    const problem = localityProblem(locality, taken)
    if (problem !== null) return judge.error('INVALID_VALUE', path, `locality ${locality} ${problem}`)
    taken.push(splitLocality(locality))
  }
}

function localityProblem(locality: string, taken: readonly string[][]): string | null {
  const stars = locality.split('*').length - 1
  if (stars > 1 || (stars === 1 && !locality.endsWith('*'))) return "wildcard '*' number can not exceed 1 and must be in the end"
  const parts = splitLocality(locality)
  if (taken.some(([region]) => region === '*')) return 'overlap with previous specified ones'
  if (parts.includes('')) return 'must not contain empty region/zone/subzone info'
  return taken.some((other) => overlaps(other, parts)) ? 'overlap with previous specified ones' : null
}

function overlaps(earlier: readonly string[], later: readonly string[]): boolean {
  if (later.length === 1) return earlier[0] === later[0]
  if (earlier[0] !== later[0]) return false
  if (earlier.length === 1 || earlier[1] === '*') return true
  if (earlier[1] !== later[1]) return false
  return later.length === 2 || earlier.length === 2 || earlier[2] === '*' || earlier[2] === later[2]
}

/** At most region, zone and subzone; what follows belongs to the subzone. */
function splitLocality(locality: string): string[] {
  const [region = '', zone, ...subzone] = locality.split('/')
  if (zone === undefined) return [region]
  return subzone.length === 0 ? [region, zone] : [region, zone, subzone.join('/')]
}
