import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

/** Every field of `redirect`. */
export function redirect(draw: Draw): Json {
  const target = {
    ...draw.maybe(0.6, () => ({ uri: draw.one(['/new', '/new/', '/', '%PREFIX()%/x', '/new?x=1', '/neu%20']) })),
    ...draw.maybe(0.6, () => ({ authority: draw.one(['shop.example.com', 'b:9090', 'new.example.com:8443']) })),
    ...draw.maybe(0.4, () => ({ scheme: draw.one(['http', 'https']) })),
    ...draw.maybe(0.4, () =>
      draw.one<Json>([{ port: 8080 }, { port: 80 }, { port: 443 }, { derivePort: 'FROM_PROTOCOL_DEFAULT' }, { derivePort: 'FROM_REQUEST_PORT' }]),
    ),
    ...draw.maybe(0.5, () => ({ redirectCode: draw.one([301, 302, 303, 307, 308]) })),
  }
  return ['uri', 'authority', 'scheme', 'port'].some((field) => field in target) ? target : { ...target, uri: '/elsewhere' }
}

/** Every way to write `rewrite`. */
export function rewrite(draw: Draw): Json {
  const path = draw.one<() => Json>([
    () => ({ uri: draw.one(['/new', '/new/', '/', '/x?y=1', '/a%20b']) }),
    () => ({
      uriRegexRewrite: draw.one([
        { match: '^/shop/(.*)$', rewrite: '/\\1' },
        { match: '/v(\\d+)', rewrite: '/version/\\1' },
        { match: '[a-z]+', rewrite: 'w' },
        { match: 'x*', rewrite: '-' },
      ]),
    }),
    () => ({}),
  ])()
  const authority = Object.keys(path).length === 0 || draw.chance(0.4)
  return { ...path, ...(authority && { authority: draw.one(['new.example.com', 'd.other', 'new.example.com:8080']) }) }
}

export function directResponse(draw: Draw): Json {
  return {
    status: draw.one([200, 204, 301, 404, 418, 503]),
    ...draw.maybe(0.6, () => ({ body: draw.one<Json>([{ string: 'said by the proxy' }, { string: '' }, { bytes: 'eA==' }]) })),
  }
}
