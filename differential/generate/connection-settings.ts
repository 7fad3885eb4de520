import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

export const escapedSlashes = ['KEEP_UNCHANGED', 'REJECT_REQUEST', 'UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD']

const acting: readonly ((draw: Draw) => Json)[] = [
  (draw) => ({ profile: draw.one(['EDGE', 'EDGE', 'SIDECAR']) }),
  (draw) => ({ httpMergeSlashes: draw.chance(0.7) }),
  (draw) => ({ httpPathWithEscapedSlashesAction: draw.one(escapedSlashes) }),
  (draw) => ({ httpHeadersWithUnderscoresAction: `HEADERS_WITH_UNDERSCORES_${draw.one(['ALLOW', 'REJECT_REQUEST', 'DROP_HEADER'])}` }),
  (draw) => ({ httpStreamIdleTimeout: draw.one(['0s', '60s']) }),
  (draw) => ({ httpMaxStreamDuration: draw.one(['0s', '60s']) }),
]

/** Each so large that nothing here comes near it. */
const quiet: readonly Json[] = [
  { httpIdleTimeout: '60s' },
  { httpDrainTimeout: '5s' },
  { httpRequestTimeout: '60s' },
  { httpRequestHeadersTimeout: '60s' },
  { listenerPerConnectionBufferLimitBytes: 1_048_576 },
  { clusterPerConnectionBufferLimitBytes: 1_048_576 },
  { http2InitialStreamWindowSize: 65_536 },
  { http2InitialConnectionWindowSize: 1_048_576 },
  { httpMaxConcurrentStreams: 100 },
]

/** How proxies take connections and requests. */
export function connectionSettings(draw: Draw): Json {
  const told = [...draw.some(acting, 1, 3).map((make) => make(draw)), ...draw.some(quiet, 0, 2)]
  return Object.assign({}, ...told) as Json
}
