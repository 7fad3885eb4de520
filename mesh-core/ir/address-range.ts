/** How many bits of `range` (`192.0.2.0/28`, or a single address) the address has in common with it; -1 when it lies outside. */
export function prefixLength(range: string, address: string): number {
  const [base = '', bits] = range.split('/')
  if (bits === undefined) return base === address ? wholeLength(base) : -1
  const [left, right] = [bitsOf(base), bitsOf(address)]
  if (left === null || right === null || left.length !== right.length) return -1
  const length = Number(bits)
  return left.slice(0, length) === right.slice(0, length) ? length : -1
}

/** What a range stands for: `192.0.2.1/24` and `192.0.2.2/24` are the same. */
export function networkOf(range: string): string {
  const [base = '', length] = range.split('/')
  const bits = bitsOf(base)
  return bits === null ? range : `${bits.slice(0, Number(length ?? wholeLength(base)))}/${bits.length}`
}

/** What an IPv4 address is reduced to, with so many bits of it: `10.244.0.0/16`. */
export function maskedAddress(address: string, bits: number): string {
  const network = address.split('.').map((part, i) => Number(part) & (256 - 2 ** (8 - Math.min(8, Math.max(0, bits - 8 * i)))))
  return `${network.join('.')}/${bits}`
}

function wholeLength(address: string): number {
  return address.includes(':') ? 128 : 32
}

/** The address as a text of zeros and ones; `null` for what is none. */
function bitsOf(address: string): string | null {
  const words = address.includes(':') ? wordsOf(address) : /^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? address.split('.').map(Number) : null
  const width = address.includes(':') ? 16 : 8
  return words && words.map((word) => word.toString(2).padStart(width, '0')).join('')
}

/** The eight numbers of an IPv6 address; `null` for what is none. */
export function wordsOf(address: string): number[] | null {
  const [head = '', tail] = address.split('::')
  const parse = (text: string | undefined): number[] => (text ? text.split(':').map((word) => parseInt(word, 16)) : [])
  const [left, right] = [parse(head), parse(tail)]
  const gap = tail === undefined ? 0 : 8 - left.length - right.length
  const words = [...left, ...Array<number>(Math.max(0, gap)).fill(0), ...right]
  return words.length === 8 && words.every((word) => word >= 0 && word <= 0xffff) ? words : null
}
