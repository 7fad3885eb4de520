import { expect, test } from 'vitest'
import type { ProxyConfig } from '../../../mesh-core/ir/index.ts'
import type { Journal } from './journal.ts'
import { unseenName } from './unseen-names.ts'

const journal = { calls: [{ proxy: {}, line: { route: 'mine' } }] } as unknown as Journal
const configOf = (name: string, action: object) => () =>
  ({
    routeTables: { 80: { virtualHosts: [{ routes: [{ name, action: { kind: 'forward', hostRewrite: null, ...action } }] }] } },
  }) as unknown as ProxyConfig

test.each([
  ['a header that names the cluster', 'mine', { clusterHeader: 'x-to' }, true],
  ['the name of its endpoint', 'mine', { hostRewrite: { kind: 'endpoint' } }, true],
  ['a header that names the host', 'mine', { hostRewrite: { kind: 'header', name: 'x-host' } }, false],
  ['no name', 'mine', { hostRewrite: 'shop.test' }, false],
  ['a header, at a route that was not taken', 'other', { clusterHeader: 'x-to' }, false],
])('a route goes by %s', (_, name, action, isUnseen) => expect(unseenName(journal, configOf(name, action)) !== null).toBe(isUnseen))
