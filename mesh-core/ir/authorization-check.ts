import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/**
 * What Envoy asks an authorizer over gRPC, and what that answers, as far as it is looked at here.
 * Source: Envoy `api/envoy/service/auth/v3/external_auth.proto`, `attribute_context.proto`.
 */
export const checkPath = '/envoy.service.auth.v3.Authorization/Check'

/** `CheckRequest`. */
export interface CheckRequest {
  /** Of the client's certificate, `spiffe://…`; empty for none. */
  readonly principal: string
  /** `null`: it is about a connection of bytes. */
  readonly http: CheckedRequest | null
}

/** `AttributeContext.HttpRequest`. */
export interface CheckedRequest {
  readonly method: string
  readonly scheme: string
  readonly host: string
  /** With its query string. */
  readonly path: string
  /** `HTTP/1.1` */
  readonly protocol: string
  /** Names of HTTP/2's pseudo-headers among them; values of one name are joined. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `HeaderValueOption` for a request, or for a refusal: of its actions Envoy looks at the former `append` alone. Source: Envoy `ext_authz_grpc_impl.cc` copyHeaderFieldIntoResponse. */
export interface SetHeader {
  readonly name: string
  readonly value: string
  readonly append: boolean
}

/** `HeaderValueOption` for the answer. */
export interface HeaderChange {
  readonly name: string
  readonly value: string
  readonly action: 'append-if-exists-or-add' | 'add-if-absent' | 'overwrite-if-exists-or-add' | 'overwrite-if-exists'
}

/** `CheckResponse`. */
export type CheckResponse =
  | {
      readonly kind: 'ok'
      readonly headers: readonly SetHeader[]
      readonly headersToRemove: readonly string[]
      readonly responseHeaders: readonly HeaderChange[]
    }
  | DeniedResponse

/** `status` 0: none is said. */
export interface DeniedResponse {
  readonly kind: 'denied' | 'error'
  readonly status: number
  readonly headers: readonly SetHeader[]
  readonly body: string
}

/** Order of `HeaderAppendAction`. */
const actions: readonly HeaderChange['action'][] = ['append-if-exists-or-add', 'add-if-absent', 'overwrite-if-exists-or-add', 'overwrite-if-exists']
const permissionDenied = 7

export function encodeCheckRequest({ principal, http }: CheckRequest): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).fork()
  if (principal !== '') writer.tag(1, WireType.LengthDelimited).fork().tag(4, WireType.LengthDelimited).string(principal).join()
  if (http) writeRequest(writer, http)
  return writer.join().finish()
}

function writeRequest(writer: BinaryWriter, { method, scheme, host, path, protocol, headers, body }: CheckedRequest): void {
  writer.tag(4, WireType.LengthDelimited).fork().tag(2, WireType.LengthDelimited).fork()
  writer.tag(2, WireType.LengthDelimited).string(method)
  for (const [name, value] of Object.entries(headers)) {
    writer.tag(3, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.LengthDelimited).string(value).join()
  }
  writer.tag(4, WireType.LengthDelimited).string(path).tag(5, WireType.LengthDelimited).string(host)
  writer.tag(6, WireType.LengthDelimited).string(scheme).tag(10, WireType.LengthDelimited).string(protocol)
  if (body !== '') writer.tag(11, WireType.LengthDelimited).string(body)
  writer.join().join()
}

/** @throws Error for what is no message */
export function decodeCheckRequest(bytes: Uint8Array): CheckRequest {
  const attributes = fieldsOf(fieldsOf(bytes).messages[1]?.at(-1))
  const http = fieldsOf(attributes.messages[4]?.at(-1)).messages[2]?.at(-1)
  return { principal: textOf(attributes.messages[1]?.at(-1), 4), http: http ? requestIn(fieldsOf(http)) : null }
}

function requestIn(http: Message): CheckedRequest {
  const pairs = (http.messages[3] ?? []).map((entry) => [textOf(entry, 1), textOf(entry, 2)] as const)
  const text = (number: number): string => textIn(http, number)
  return {
    ...{ method: text(2), path: text(4), host: text(5), scheme: text(6), protocol: text(10), body: text(11) },
    headers: Object.fromEntries(pairs),
  }
}

export function encodeCheckResponse(response: CheckResponse): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).fork()
  if (response.kind !== 'ok') writer.tag(1, WireType.Varint).int32(permissionDenied)
  writer.join()
  if (response.kind === 'ok') {
    writer.tag(3, WireType.LengthDelimited).fork()
    writeHeaders(writer, 2, response.headers)
    for (const name of response.headersToRemove) writer.tag(5, WireType.LengthDelimited).string(name)
    writeHeaders(writer, 6, response.responseHeaders)
    return writer.join().finish()
  }
  writer.tag(response.kind === 'denied' ? 2 : 5, WireType.LengthDelimited).fork()
  if (response.status > 0) writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(response.status).join()
  writeHeaders(writer, 2, response.headers)
  if (response.body !== '') writer.tag(3, WireType.LengthDelimited).string(response.body)
  return writer.join().finish()
}

/** A status that is not OK denies, whatever else is said. @throws Error for what is no message. Source: Envoy `ext_authz_grpc_impl.cc` onSuccess. */
export function decodeCheckResponse(bytes: Uint8Array): CheckResponse {
  const response = fieldsOf(bytes)
  if (numberIn(fieldsOf(response.messages[1]?.at(-1)), 1) === 0) {
    const ok = fieldsOf(response.messages[3]?.at(-1))
    const headersToRemove = (ok.messages[5] ?? []).map(decoded)
    return { kind: 'ok', headers: headersIn(ok, 2), headersToRemove, responseHeaders: changesIn(ok, 6) }
  }
  const error = response.messages[5]?.at(-1)
  const told = fieldsOf(error ?? response.messages[2]?.at(-1))
  const status = numberIn(fieldsOf(told.messages[1]?.at(-1)), 1)
  return { kind: error ? 'error' : 'denied', status, headers: headersIn(told, 2), body: textIn(told, 3) }
}

function writeHeaders(writer: BinaryWriter, number: number, headers: readonly (SetHeader | HeaderChange)[]): void {
  for (const header of headers) {
    writer.tag(number, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(header.name).tag(2, WireType.LengthDelimited).string(header.value).join()
    if ('action' in header) writer.tag(3, WireType.Varint).int32(actions.indexOf(header.action))
    else if (header.append) writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(1).join()
    writer.join()
  }
}

function headersIn(message: Message, number: number): SetHeader[] {
  return optionsIn(message, number).map(({ name, value, append }) => ({ name, value, append: append === true }))
}

/** Where the former `append` is said it goes before the action. */
function changesIn(message: Message, number: number): HeaderChange[] {
  return optionsIn(message, number).map(({ name, value, append, action }) => {
    const former = append === null ? action : append ? 0 : 2
    return { name, value, action: actions[former] ?? 'overwrite-if-exists-or-add' }
  })
}

function optionsIn(message: Message, number: number): { name: string; value: string; append: boolean | null; action: number }[] {
  return (message.messages[number] ?? []).map((bytes) => {
    const option = fieldsOf(bytes)
    const header = fieldsOf(option.messages[1]?.at(-1))
    const append = option.messages[2]?.at(-1)
    return {
      name: textIn(header, 1).toLowerCase(),
      value: textIn(header, 2) || textIn(header, 3),
      append: append ? numberIn(fieldsOf(append), 1) !== 0 : null,
      action: numberIn(option, 3),
    }
  })
}

/** A message by the numbers of its fields. */
interface Message {
  readonly messages: Readonly<Record<number, Uint8Array[]>>
  readonly numbers: Readonly<Record<number, number>>
}

function fieldsOf(bytes: Uint8Array = new Uint8Array()): Message {
  const messages: Record<number, Uint8Array[]> = {}
  const numbers: Record<number, number> = {}
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag()
    if (type === WireType.LengthDelimited) (messages[number] ??= []).push(reader.bytes())
    else if (type === WireType.Varint) numbers[number] = Number(reader.int64())
    else reader.skip(type, number)
  }
  return { messages, numbers }
}

function textOf(bytes: Uint8Array | undefined, number: number): string {
  return textIn(fieldsOf(bytes), number)
}

function textIn({ messages }: Message, number: number): string {
  const bytes = messages[number]?.at(-1)
  return bytes ? decoded(bytes) : ''
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function numberIn({ numbers }: Message, number: number): number {
  return numbers[number] ?? 0
}
