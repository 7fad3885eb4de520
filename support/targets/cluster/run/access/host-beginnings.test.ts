import { expect, test } from 'vitest'
import { beginningOfHosts } from './host-beginnings.ts'

const standIns = { own: 'run-1', ofDefault: 'run-1', has: (name: string) => ['default', 'prod'].includes(name) }

const cases: { prefix: string; takes: string[]; leaves: string[] }[] = [
  {
    prefix: 'shop.pr',
    takes: ['shop.run-1-prod', 'shop.run-1-press.svc.cluster.local', 'shop.pr.example.com'],
    leaves: ['shop.run-1', 'shop.run-1-stage', 'ashop.run-1-prod', 'shop.run-1.prod'],
  },
  { prefix: 'shop.d', takes: ['shop.run-1', 'shop.run-1:80', 'shop.run-1.svc', 'shop.run-1-dev'], leaves: ['shop.run-1-prod', 'shop.run-12'] },
  { prefix: 'shop.default', takes: ['shop.run-1', 'shop.run-1.svc:80', 'shop.run-1-default2'], leaves: ['shop.run-1-prod', 'shop.run-1-d'] },
]

for (const { prefix, takes, leaves } of cases)
  for (const host of [...takes, ...leaves])
    test(`${prefix} takes ${host}: ${takes.includes(host)}`, () => {
      expect(new RegExp(`^(?:${beginningOfHosts(prefix, standIns)})$`).test(host)).toBe(takes.includes(host))
    })

test.each(['shop', 'shop.', 'shop.prod', 'shop.prod.', 'shop.prod.s', '*.pr', 'shop.prod:8'])('%s stays a prefix', (prefix) => {
  expect(beginningOfHosts(prefix, standIns)).toBeNull()
})
