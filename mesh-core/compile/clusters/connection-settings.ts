import type { EscapedSlashes, HttpSettings } from '../../ir/proxy-config.ts'
import { durationMs } from '../duration.ts'

/** The part of Istio's `ProxyConfig.ConnectionSettings` that is acted on. */
export interface ConnectionSettings {
  readonly profile?: 'SIDECAR' | 'EDGE'
  readonly httpStreamIdleTimeout?: string
  readonly httpMaxStreamDuration?: string
  readonly httpHeadersWithUnderscoresAction?: string
  readonly httpMergeSlashes?: boolean
  readonly httpPathWithEscapedSlashesAction?: EscapedSlashes | 'PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED'
}

/** Of gateways of the profile EDGE, where nothing else is said. Source: Istio `core/connection_settings.go` applyEdgeProfileDefaults. */
const ofEdge: ConnectionSettings = {
  httpStreamIdleTimeout: '300s',
  httpHeadersWithUnderscoresAction: 'HEADERS_WITH_UNDERSCORES_REJECT_REQUEST',
  httpMergeSlashes: true,
  httpPathWithEscapedSlashesAction: 'UNESCAPE_AND_REDIRECT',
}

/** Source: the same file, resolveConnectionSettings, applyConnectionSettingsToHCM. */
export function connectionSettings(given: ConnectionSettings | undefined, isGateway: boolean): HttpSettings {
  if (!given) return {}
  const {
    httpStreamIdleTimeout: idle,
    httpMaxStreamDuration: longest,
    ...told
  } = isGateway && given.profile === 'EDGE' ? { ...ofEdge, ...said(given) } : given
  const { httpHeadersWithUnderscoresAction: underscores, httpPathWithEscapedSlashesAction: escaped } = told
  return {
    ...(idle !== undefined && { streamIdleMs: durationMs(idle) }),
    ...(longest !== undefined && { maxDurationMs: durationMs(longest) }),
    ...(underscores !== undefined && underscoreActions[underscores]),
    ...(told.httpMergeSlashes !== undefined && { mergesSlashes: told.httpMergeSlashes }),
    ...(escaped !== undefined && escaped !== 'PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED' && { escapedSlashes: escaped }),
  }
}

/** What is UNSPECIFIED says nothing. */
function said(given: ConnectionSettings): ConnectionSettings {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => !String(value).endsWith('_UNSPECIFIED')))
}

const underscoreActions: Readonly<Record<string, HttpSettings>> = {
  HEADERS_WITH_UNDERSCORES_REJECT_REQUEST: { underscores: 'REJECT_REQUEST' },
  HEADERS_WITH_UNDERSCORES_DROP_HEADER: { underscores: 'DROP_HEADER' },
}
