import { prefixLength } from '../ir/address-range.ts'

/**
 * Conditions on an address or a server name cut what there is into finitely many cells, in each of which they all say the same. One member of each cell stands
 * for it, so that to try them all is to try everything.
 */

/** One address of each cell that the ranges make, and one outside of them where there is such. @param ranges `10.1.0.0/16`, `10.1.2.3`, `2001:db8::/32` */
export function addressCells(ranges: readonly string[]): string[] {
  const known = ranges.flatMap((range) => intervalOf(range) ?? [])
  const starts = new Map<string, { readonly wide: boolean; readonly value: bigint }>()
  for (const { wide, from, to } of known)
    for (const value of [from, to + 1n]) if (value <= last(wide)) starts.set(textOf(wide, value), { wide, value })
  const outside = outsiders.find((address) => !ranges.some((range) => prefixLength(range, address) >= 0))
  return [...new Set([...(outside === undefined ? [] : [outside]), ...starts.keys()])]
}

/** Where something may well stand that nobody names. */
const outsiders = ['10.96.0.10', '203.0.113.7', '192.0.2.1', '172.31.0.1', '2001:db8::1']

interface Interval {
  /** 128 bits, not 32. */
  readonly wide: boolean
  readonly from: bigint
  readonly to: bigint
}

function intervalOf(range: string): Interval | null {
  const [base = '', bits] = range.split('/')
  const value = valueOf(base)
  if (value === null) return null
  const wide = base.includes(':')
  const free = BigInt((wide ? 128 : 32) - (bits === undefined ? (wide ? 128 : 32) : Number(bits)))
  const from = (value >> free) << free
  return { wide, from, to: from + (1n << free) - 1n }
}

function last(wide: boolean): bigint {
  return (1n << (wide ? 128n : 32n)) - 1n
}

function valueOf(address: string): bigint | null {
  if (!address.includes(':')) return /^\d+(\.\d+){3}$/.test(address) ? joined(address.split('.').map(Number), 8n) : null
  const [head = '', tail] = address.split('::')
  const words = (text: string | undefined): number[] => (text ? text.split(':').map((word) => parseInt(word, 16)) : [])
  const [left, right] = [words(head), words(tail)]
  const gap = tail === undefined ? 0 : 8 - left.length - right.length
  const all = [...left, ...Array<number>(Math.max(0, gap)).fill(0), ...right]
  return all.length === 8 && all.every((word) => word >= 0 && word <= 0xffff) ? joined(all, 16n) : null
}

function joined(parts: readonly number[], bits: bigint): bigint {
  return parts.reduce((value, part) => (value << bits) + BigInt(part), 0n)
}

function textOf(wide: boolean, value: bigint): string {
  const part = (i: number, bits: bigint): bigint => (value >> (BigInt(i) * bits)) & ((1n << bits) - 1n)
  if (!wide) return [3, 2, 1, 0].map((i) => part(i, 8n)).join('.')
  return [7, 6, 5, 4, 3, 2, 1, 0].map((i) => part(i, 16n).toString(16)).join(':')
}

/** One name of each cell that the names make that are asked for. @param names `api.example.com`, `*.example.com`, `*`, in lower case */
export function nameCells(names: readonly string[]): string[] {
  const exact = names.filter((name) => !name.startsWith('*'))
  const below = names.filter((name) => name.startsWith('*.')).map((name) => fresh(name.slice(1), names))
  return [...new Set([...exact, ...below, fresh('.example.org', names)])]
}

/** A name that ends so, and that no narrower one of the names fits. */
function fresh(suffix: string, names: readonly string[]): string {
  const narrower = names.filter((name) => name.endsWith(suffix) && name !== `*${suffix}`)
  for (let i = 0; ; i++) {
    const label = i === 0 ? 'www' : `other${i}`
    if (narrower.every((name) => !fitsName(`${label}${suffix}`, name))) return `${label}${suffix}`
  }
}

/** `*.example.com` fits every name below it. */
export function fitsName(name: string, pattern: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) && name.length >= pattern.length : name === pattern
}
