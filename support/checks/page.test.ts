import { expect, test } from 'vitest'
import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { CheckContext } from './check.ts'
import { pageChecks } from './page.ts'
import { readPage } from './page-text.ts'

const hopTo = (service: string, parent: number): Hop => ({ parent, service, to: null, explain: null, denial: null }) as unknown as Hop

test('where nobody can tell which rules took the requests behind a page, nothing is said of them', () => {
  const body = '<html><body>Details</body></html>'
  const response = { status: 200, headers: Headers.of({ 'content-type': 'text/html' }), body }
  const exchange = { response, hops: [hopTo('productpage.default', -1), hopTo('reviews.default', 0), hopTo('details.default', 0)] }
  const complaint = pageChecks(readPage).says('Reviews')([exchange as unknown as Exchange], {} as CheckContext)
  expect(complaint).toBe('the page does not say so; it says: "Details"')
})
