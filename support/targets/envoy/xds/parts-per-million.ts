import type { Json } from './json.ts'

/** Source: Envoy `FractionalPercent`. */
export function partsPerMillion(ppm: number): Json {
  return { numerator: ppm, denominator: 'MILLION' }
}
