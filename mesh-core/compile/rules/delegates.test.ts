import { expect, test } from 'vitest'
import { hasConflict } from './delegates.ts'
import type { HttpMatch } from './virtual-service-types.ts'

/** Each asked of istiod 1.32. */
test.each<[HttpMatch, HttpMatch, boolean]>([
  [{ withoutHeaders: { 'x-env': { exact: 'a' } } }, { withoutHeaders: { 'x-env': { exact: 'b' } } }, true],
  [{ headers: { 'x-env': { exact: 'a' } } }, { withoutHeaders: { 'x-env': { exact: 'b' } } }, false],
  [{ sourceNamespace: 'default' }, { uri: { prefix: '/' } }, true], // the delegate must repeat it
  [{ sourceNamespace: 'default' }, { sourceNamespace: 'default' }, false],
  [{ sourceLabels: { app: 'a' } }, { sourceNamespace: 'default' }, false],
  [{ gateways: ['mesh'] }, { gateways: ['mesh'] }, false],
  [{ gateways: [] }, { gateways: ['mesh'] }, false],
  [{ gateways: ['mesh'] }, { gateways: ['mesh', 'mesh'] }, true], // counted
])('a root with %j and a delegate with %j: conflict %s', (root, leaf, conflict) => {
  expect(hasConflict(root, leaf)).toBe(conflict)
})
