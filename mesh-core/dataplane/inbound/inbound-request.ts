import type { InboundPort } from '../../ir/inbound-port.ts'
import { joinCookies } from '../../ir/message.ts'
import type { Headers } from '../../ir/message.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import {
  addVia,
  giveRequestId,
  isForwarded,
  receiveRequest,
  removeOwned,
  removeUnderscored,
  takeOwnOfConnection,
  tellCertificate,
} from '../connection-manager.ts'
import type { ReceivedRequest } from '../connection-manager.ts'
import { trustedAddress } from '../messages/forwarded-for.ts'
import { tidyHost } from '../messages/host-header.ts'
import { hashOfIdentity } from '../balancing/identity-hash.ts'
import { inlineOfRequest, joinRepeated } from '../messages/inline-headers.ts'
import { judgeSlashes, normalizeTarget, withoutFragment } from '../messages/path-normalization.ts'
import type { Plane, WorkloadRuntime } from '../plane.ts'
import { targetOf, targetRefusal } from '../messages/request-target.ts'
import type { Shipment } from '../shipment.ts'

/** The request as a workload's sidecar passes it on. What another proxy has sent needs little tidying up: divided cookies, what that said for its peer, and its path, which it may have rewritten. */
export function receiveInbound(
  { request, tls, port, pooled }: Shipment,
  workload: WorkloadRuntime,
  plane: Plane,
  inbound: InboundPort,
): ReceivedRequest {
  const { pathNormalization: normalization } = inbound
  const settings = settingsOf(inbound)
  const identity = tls[0]?.identity
  if (identity === undefined) return receiveRequest(plane, request, null, { normalization, settings, port, certificate: null })
  const certificate = certificateOf(identity, workload, settings)
  if (!pooled) return receiveRequest(plane, { ...request, scheme: 'https' }, null, { normalization, settings, port, certificate })
  const { headers } = request
  const headerCount = headers.fields.length / 2 + untold
  if (settings.underscores === 'DROP_HEADER') removeUnderscored(headers)
  if (request.protocol === 'h2') joinCookies(headers)
  const ofConnection = isWritten(headers) ? takeWritten(headers, request.protocol === 'h2') : kept
  removeOwned(headers, isForwarded(settings, certificate), false)
  if (!headers.has('x-forwarded-proto')) headers.set('x-forwarded-proto', 'https')
  tellCertificate(headers, certificate, settings)
  if (settings.forwardedPort && !headers.has('x-forwarded-port')) headers.set('x-forwarded-port', String(port))
  addVia(headers, settings)
  giveRequestId(plane, headers, settings, true)
  const { authority, path } = targetOf(request)
  const asked = withoutFragment(path)
  request.authority = tidyHost(authority, settings, port)
  // What is no path is refused as it came.
  if (path.startsWith('/') && targetRefusal(request) === null) request.path = normalizeTarget(asked, normalization, settings)
  return {
    request,
    ...ofConnection,
    slashes: judgeSlashes(asked, settings),
    trustedAddress: trustedAddress(headers, 1),
    headerCount,
  }
}

/** A proxy says nothing of the connection, unless a WebSocket is opened, or its route writes what looks like it. */
function isWritten(headers: Headers): boolean {
  return headers.has('connection') || headers.has('upgrade') || headers.has('te') || headers.has('keep-alive') || headers.has('proxy-connection')
}

function takeWritten(headers: Headers, isHttp2: boolean): ReturnType<typeof takeOwnOfConnection> {
  joinRepeated(headers, inlineOfRequest)
  return takeOwnOfConnection(headers, isHttp2)
}

const kept = { upgrade: null, isRefused: false, closes: false } as const

/** A sidecar tells another the name of the operation, `x-envoy-decorator-operation`, which is no header here. Source: Envoy `ConnectionManagerImpl` tracing. */
const untold = 1

const usual: HttpSettings = { forwardClientCert: 'APPEND_FORWARD' }
const settingsKnown = new WeakMap<HttpSettings, HttpSettings>()

/** Made once for each port that has any: a sidecar asks for every request that comes in. */
function settingsOf({ settings }: InboundPort): HttpSettings {
  if (!settings) return usual
  const known = settingsKnown.get(settings) ?? { ...usual, ...settings }
  settingsKnown.set(settings, known)
  return known
}

/** As `x-forwarded-client-cert` has it. */
function certificateOf(identity: string, workload: WorkloadRuntime, { clientCertDetails }: HttpSettings): string {
  const { subject, uri } = clientCertDetails ?? { subject: true, uri: true }
  return `By=${workload.identity};Hash=${hashOfIdentity(identity)}${subject ? ';Subject=""' : ''}${uri ? `;URI=${identity}` : ''}`
}
