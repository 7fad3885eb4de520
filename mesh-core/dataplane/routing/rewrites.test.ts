import { describe, expect, test } from 'vitest'

import type { PathMatch } from '../../ir/match.ts'
import { Headers } from '../../ir/message.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { RedirectAction } from '../../ir/route.ts'
import { compilePathRewrite } from './path-rewrite.ts'
import { compileRedirect } from './redirect.ts'

const prefix = (text: string): PathMatch => ({ kind: 'prefix', prefix: text, ignoreCase: false })

describe('prefix rewrite', () => {
  test.each<[PathMatch, string, string, string]>([
    [prefix('/a'), '/', '/a/x', '//x'], // text is replaced, not segments
    [prefix('/a/'), '/', '/a/x?q=/a/', '/x?q=/a/'],
    [prefix('/r/'), '/n', '/r/x', '/nx'],
    [prefix('/'), '/new/', '/x', '/new/x'],
    [{ kind: 'exact', path: '/old', ignoreCase: false }, '/new', '/old?x=1', '/new?x=1'],
    [{ kind: 'regex', pattern: '/o.*' }, '/new', '/old/x?y', '/new?y'],
  ])('under %o by %s: %s becomes %s', (match, replacement, target, path) => {
    expect(compilePathRewrite({ kind: 'prefix', replacement }, match)(target)).toBe(path)
  })
})

describe('regex rewrite', () => {
  test.each([
    ['^/users/([^/]+)/orders/([0-9]+)$', '/orders/\\2/of/\\1', '/users/jason/orders/7?x=1', '/orders/7/of/jason?x=1'],
    ['o', '0', '/all/foo?oo=o', '/all/f00?oo=o'],
    ['x', 'a\\nb', '/x/y', '/a/y'], // what RE2 does not know ends the text
    ['x*', '-', '/ax', '-/-a-'], // nothing is not found right behind something
    ['/whole/(.*)', '/x\\0y', '/whole/abc', '/x/whole/abcy'],
    ['/a/(.*)', '/b\\\\\\1', '/a/x', '/b\\x'],
    ['(?i)/D/', '/$1/', '/d/x', '/$1/x'],
    ['/c/(.*)', '\\1', '/c/', ''], // an empty path is none
  ])('%s by %s: %s becomes %s', (pattern, substitution, target, path) => {
    expect(compilePathRewrite({ kind: 'regex', pattern, substitution }, prefix('/'))(target)).toBe(path)
  })
})

describe('redirect', () => {
  const to = (fields: Partial<RedirectAction>): RedirectAction => ({
    kind: 'redirect',
    status: 301,
    scheme: null,
    host: null,
    port: null,
    path: null,
    ...fields,
  })

  test.each<[Partial<RedirectAction>, string, string, string]>([
    [{ scheme: 'https' }, 'b', '/x?y=1', 'https://b/x?y=1'],
    [{ scheme: 'https' }, 'b:80', '/', 'https://b/'], // the old scheme's default port goes
    [{ scheme: 'https' }, 'b:443', '/', 'https://b:443/'],
    [{ scheme: 'https' }, 'b:9090', '/', 'https://b:9090/'],
    [{ port: 8443 }, 'b:9090', '/a', 'http://b:8443/a'],
    [{ path: { kind: 'full', path: '/new' } }, 'b', '/old/x?y=1', 'http://b/new?y=1'],
    [{ path: { kind: 'full', path: 'new' } }, 'b', '/old?y=1', 'http://b/new?y=1'], // a slash is put before it
    [{ path: { kind: 'full', path: '/new?fixed=1' } }, 'b', '/old?y=1', 'http://b/new?fixed=1'],
    [{ path: { kind: 'prefix', replacement: '/new' }, host: 'c' }, 'b', '/old/x', 'http://c/new/x'],
  ])('%o of %s%s is %s', (fields, authority, path, location) => {
    const request: HttpRequest = { method: 'GET', scheme: 'http', authority, path, headers: new Headers(), body: '' }
    expect(compileRedirect(to(fields), prefix('/old'))(request)).toBe(location)
  })
})
