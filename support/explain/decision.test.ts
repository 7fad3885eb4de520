import { expect, test } from 'vitest'
import type { Decision } from '../../mesh-core/ir/exchange.ts'
import { describeDecision } from './decision.ts'

const origin = { file: 'shop.yaml', document: 0, resource: 'VirtualService default/shop', path: [] }

/** A decision in which the last of so many rules was chosen, or none. */
function decided(rules: number, isChosen: boolean): Decision {
  const tried = Array.from({ length: rules }, (_, i) => ({ rule: `http[${i}]`, origin, matched: isChosen && i === rules - 1, reason: 'no' }))
  const chosen = isChosen ? rules - 1 : -1
  return { ...{ proxy: 'a.default', listener: null, virtualHost: null, odds: [] }, host: 'shop', rules: tried, chosen, outcome: '→ shop' }
}

function lines(decision: Decision, most?: number): string[] {
  const text = describeDecision(decision, () => ({ file: 'shop.yaml', position: null }), most)
  return text.split('\n').map((line) => line.trim().replace(/ +/g, ' '))
}

test('of very many rules the first and the last are shown, with the one that was chosen', () => {
  expect(lines(decided(1000, true), 4)).toEqual([
    'shop, asked by a:',
    '✗ http[0] shop.yaml no',
    '✗ http[1] shop.yaml no',
    '… 996 more rules, which do not match either',
    '✗ http[998] shop.yaml no',
    '✓ http[999] shop.yaml no → shop',
  ])
  expect(lines(decided(1000, false))).toHaveLength(23)
})

test('a few are shown whole', () => {
  expect(lines(decided(20, true))).toHaveLength(21)
  expect(lines(decided(21, true), Infinity)).toHaveLength(22)
})
