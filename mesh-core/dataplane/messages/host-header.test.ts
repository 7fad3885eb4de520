import { expect, test } from 'vitest'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import { tidyHost } from './host-header.ts'

const any: HttpSettings = { stripsAnyPort: true }
const matching: HttpSettings = { stripsMatchingPort: true }
const dot: HttpSettings = { stripsTrailingDot: true }

test.each<[string, HttpSettings, string]>([
  ['shop.test:80', {}, 'shop.test:80'],
  ['shop.test:80', any, 'shop.test'],
  ['shop.test:+80', any, 'shop.test'],
  ['shop.test:', any, 'shop.test:'],
  ['shop.test:http', any, 'shop.test:http'],
  ['shop.test:4294967296', any, 'shop.test:4294967296'],
  ['[::1]:80', any, '[::1]'],
  ['[::1]', any, '[::1]'],
  ['shop.test:80', matching, 'shop.test:80'],
  ['shop.test:8080', matching, 'shop.test'],
  ['shop.test.', dot, 'shop.test'],
  ['shop.test.:80', dot, 'shop.test:80'],
  ['shop.test..', dot, 'shop.test.'],
  ['shop.test.:8080', { ...dot, ...matching }, 'shop.test'],
])('%s with %j is %s', (host, settings, wanted) => expect(tidyHost(host, settings, 8080)).toBe(wanted))
