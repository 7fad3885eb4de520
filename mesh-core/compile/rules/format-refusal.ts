import { celProblem } from '../../config/istio/cel-syntax.ts'
import { type FormatCommand, parseFormat } from '../../ir/header-format.ts'

/** Why Envoy does not take the value of a header that it is to write; `null` for one that it takes. Each asked of Envoy 1.40.0. */
export function valueRefusal(value: string): string | null {
  const bytes = new TextEncoder().encode(value).length
  if (bytes > mostBytes) return `a header value of ${bytes} bytes is longer than ${mostBytes}`
  for (const part of parseFormat(value)) {
    const problem = typeof part === 'string' ? textProblem(part, value) : commandProblem(part)
    if (problem !== null) return `the header value "${value}" ${problem}`
  }
  return null
}

/** `HeaderValue.value`. */
const mostBytes = 16_384

/** An escaped percent sign is a part of its own. */
function textProblem(text: string, value: string): string | null {
  return (text !== '%' || value === '%') && text.includes('%') ? 'has a percent sign that begins no command: write %%' : null
}

function commandProblem({ name, argument, length }: FormatCommand): string | null {
  const syntax = commands.get(name)
  if (!syntax) return `names %${name}%, which Envoy does not know`
  if (syntax === 'none' && (argument !== null || length !== null)) return `gives %${name}% an argument or a length, and it takes none`
  if (syntax === 'required' && !argument) return `names %${name}% without what it needs in parentheses`
  const problem = argumentProblems[name]?.(argument ?? '') ?? null
  return problem === null ? null : `names %${name}(${argument ?? ''})%: ${problem}`
}

type Syntax = 'none' | 'optional' | 'required'

/** Source: Envoy `http_specific_formatter.cc`, `stream_info_formatter.cc`, and the extensions in `formatter`: `CommandSyntaxChecker`. */
const commands: ReadonlyMap<string, Syntax> = new Map([
  ...named(
    'none',
    `PROTOCOL HOSTNAME ROUTE_NAME RESPONSE_CODE RESPONSE_FLAGS RESPONSE_FLAGS_LONG CUSTOM_FLAGS ACCESS_LOG_TYPE LOCAL_REPLY_BODY UNIQUE_ID STREAM_ID
    CONNECTION_ID CONNECTION_TERMINATION_DETAILS REQUESTED_SERVER_NAME VIRTUAL_CLUSTER_NAME FILTER_CHAIN_NAME TRACE_ID SPAN_ID
    GRPC_STATUS_NUMBER REQUEST_HEADERS_BYTES RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES BYTES_RECEIVED BYTES_SENT BYTES_RETRANSMITTED
    PACKETS_RETRANSMITTED DURATION REQUEST_DURATION REQUEST_TX_DURATION RESPONSE_DURATION RESPONSE_TX_DURATION ROUNDTRIP_DURATION
    TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT`,
  ),
  ...named(
    'none',
    `REMOTE_PORT DIRECT_REMOTE_PORT REMOTE_ADDRESS DIRECT_REMOTE_ADDRESS LOCAL_ADDRESS DIRECT_LOCAL_ADDRESS LOCAL_PORT DIRECT_LOCAL_PORT
    WIRE_BYTES_RECEIVED WIRE_BYTES_SENT HEADER_BYTES_RECEIVED HEADER_BYTES_SENT HANDSHAKE_DURATION TRANSPORT_FAILURE_REASON LOCAL_CLOSE_REASON
    DETECTED_CLOSE_TYPE PEER_URI_SAN PEER_DNS_SAN PEER_IP_SAN PEER_EMAIL_SAN PEER_OTHERNAME_SAN LOCAL_URI_SAN LOCAL_DNS_SAN LOCAL_IP_SAN
    LOCAL_EMAIL_SAN LOCAL_OTHERNAME_SAN PEER_SUBJECT LOCAL_SUBJECT PEER_ISSUER PEER_SERIAL PEER_CERT PEER_FINGERPRINT_256 PEER_FINGERPRINT_1
    PEER_CHAIN_FINGERPRINTS_256 PEER_CHAIN_FINGERPRINTS_1 PEER_CHAIN_SERIALS TLS_VERSION TLS_CIPHER TLS_SESSION_ID`,
    'DOWNSTREAM_',
  ),
  ...named(
    'none',
    `HOST HOST_NAME HOST_NAME_WITHOUT_PORT CLUSTER CLUSTER_RAW CONNECTION_ID PROTOCOL REMOTE_ADDRESS REMOTE_PORT REMOTE_ADDRESS_ENDPOINT_ID
    LOCAL_ADDRESS LOCAL_PORT REQUEST_ATTEMPT_COUNT CONNECTION_POOL_READY_DURATION HOSTS_ATTEMPTED HOSTS_ATTEMPTED_WITHOUT_PORT HOST_NAMES_ATTEMPTED
    HOST_NAMES_ATTEMPTED_WITHOUT_PORT CONNECTION_IDS_ATTEMPTED WIRE_BYTES_RECEIVED WIRE_BYTES_SENT HEADER_BYTES_RECEIVED HEADER_BYTES_SENT
    TRANSPORT_FAILURE_REASON LOCAL_CLOSE_REASON DETECTED_CLOSE_TYPE PEER_URI_SAN PEER_DNS_SAN PEER_IP_SAN LOCAL_URI_SAN LOCAL_DNS_SAN LOCAL_IP_SAN
    PEER_SUBJECT PEER_ISSUER PEER_CERT TLS_VERSION TLS_CIPHER TLS_SESSION_ID`,
    'UPSTREAM_',
  ),
  ...named(
    'optional',
    `PATH QUERY_PARAMS GRPC_STATUS RESPONSE_CODE_DETAILS START_TIME START_TIME_LOCAL EMIT_TIME EMIT_TIME_LOCAL
    DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT
    DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT
    DOWNSTREAM_PEER_CERT_V_START DOWNSTREAM_PEER_CERT_V_END UPSTREAM_PEER_CERT_V_START UPSTREAM_PEER_CERT_V_END`,
  ),
  ...named(
    'required',
    `REQ RESP TRAILER STREAM_INFO_REQ QUERY_PARAM DYNAMIC_METADATA CLUSTER_METADATA UPSTREAM_METADATA METADATA FILTER_STATE UPSTREAM_FILTER_STATE
    PER_REQUEST_STATE UPSTREAM_PER_REQUEST_STATE COMMON_DURATION ENVIRONMENT CEL COALESCE`,
  ),
])

function named(syntax: Syntax, names: string, prefix = ''): [string, Syntax][] {
  return names.split(/\s+/).map((name) => [prefix + name, syntax])
}

const argumentProblems: Readonly<Record<string, (argument: string) => string | null>> = {
  REQ: alternatives,
  RESP: alternatives,
  TRAILER: alternatives,
  STREAM_INFO_REQ: alternatives,
  GRPC_STATUS: oneOf(['', 'CAMEL_STRING', 'SNAKE_STRING', 'NUMBER']),
  QUERY_PARAMS: oneOf(['', 'ORIG', 'DECODED']),
  PATH: (argument) => oneOf(['', 'WQ', 'NQ'])(argument.split(':')[0]!) ?? oneOf(['', 'ORIG', 'PATH', 'ORIG_OR_PATH'])(argument.split(':')[1] ?? ''),
  START_TIME: withoutNewline,
  START_TIME_LOCAL: withoutNewline,
  EMIT_TIME: withoutNewline,
  EMIT_TIME_LOCAL: withoutNewline,
  COMMON_DURATION: (argument) => ([2, 3].includes(argument.split(':').length) ? null : 'a duration has a beginning and an end, START:END'),
  METADATA: (argument) =>
    oneOf(['ROUTE', 'CLUSTER', 'UPSTREAM_HOST', 'DYNAMIC', 'LISTENER', 'LISTENER_FILTER_CHAIN', 'VIRTUAL_HOST'])(argument.split(':')[0]!),
  FILTER_STATE: stateProblem,
  UPSTREAM_FILTER_STATE: stateProblem,
  CEL: celProblem,
  COALESCE: (argument) => (isJson(argument) ? null : 'it is no JSON'),
}

/** Of HTTP, or of HTTP/2's own. */
const headerName = /^:?[-!#$%&'*+.^_`|~0-9A-Za-z]*$/

function alternatives(argument: string): string | null {
  const names = argument.split('?')
  if (names.length > 2) return 'more than one header stands for a missing one'
  return names.every((name) => headerName.test(name)) ? null : 'that is no name of a header'
}

function oneOf(words: readonly string[]): (word: string) => string | null {
  return (word) => (words.includes(word) ? null : `it may say ${words.filter((one) => one !== '').join(', ')}`)
}

/** Source: Envoy `FilterStateFormatter::create`. */
function stateProblem(argument: string): string | null {
  const [key = '', form = '', field = ''] = argument.split(':')
  if (key === '') return 'what is kept has a key'
  return (
    oneOf(['', 'PLAIN', 'TYPED', 'FIELD'])(form) ??
    ((form === 'FIELD') === (field !== '') ? null : 'FIELD has the name of a field, and nothing else has')
  )
}

/** Source: Envoy `SystemTimeFormatter`. */
function withoutNewline(argument: string): string | null {
  return /%[-_0^#]*[1-9]*[EO]?n/.test(argument) ? 'a header has no line feed' : null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
