import { STATUS_CODES } from 'node:http'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import { isBytes } from '../../mesh-core/ir/message.ts'
import type { Program, ServiceContext } from '../../mesh-core/ir/program.ts'
import { answerHtml, answerText, pathOf } from '../answer.ts'
import { createEcho } from '../echo/echo.ts'

/** What one endpoint answers. @param rest the path behind the endpoint's own, in parts */
type Endpoint = (request: HttpRequest, rest: readonly string[], context: ServiceContext) => HttpResponse | Promise<HttpResponse>

const longestMs = 10_000

/**
 * The httpbin of Istio's samples, as far as tests of a mesh ask for: statuses, delays, redirects, and what arrived. Bytes and streams are answered as by an echo
 * service. Source: go-httpbin 2 `httpbin/handlers.go`, which is the image of Istio `samples/httpbin`.
 */
export function createHttpbin(workload?: string): Program {
  const echo = createEcho(workload)
  return (request, context) => {
    if (isBytes(request.protocol) || request.messages || request.headers.has('upgrade')) return echo(request, context)
    const [first = '', ...rest] = pathOf(request.path).slice(1).split('/')
    const endpoint = Object.hasOwn(endpoints, first) ? endpoints[first]! : null
    if (endpoint === null || rest.length > endpoint.parts) return failed(404)
    if (endpoint.methods && !endpoint.methods.includes(request.method)) return failed(405)
    return endpoint.answer(request, rest, context)
  }
}

/** @param parts that the path may have behind the endpoint's own */
const endpoints: Readonly<Record<string, { readonly answer: Endpoint; readonly parts: number; readonly methods?: readonly string[] }>> = {
  '': { answer: () => answerHtml(200, '<!DOCTYPE html><html><head><title>httpbin</title></head><body><h1>httpbin</h1></body></html>'), parts: 0 },
  get: { answer: described, parts: 0, methods: ['GET', 'HEAD'] },
  post: { answer: describedWithBody, parts: 0, methods: ['POST'] },
  put: { answer: describedWithBody, parts: 0, methods: ['PUT'] },
  patch: { answer: describedWithBody, parts: 0, methods: ['PATCH'] },
  delete: { answer: describedWithBody, parts: 0, methods: ['DELETE'] },
  anything: { answer: describedWithBody, parts: Infinity },
  headers: { answer: (request) => json(200, { headers: headersOf(request) }), parts: 0 },
  ip: { answer: (request) => json(200, { origin: originOf(request) }), parts: 0 },
  'user-agent': { answer: ({ headers }) => json(200, { 'user-agent': headers.get('user-agent') ?? '' }), parts: 0 },
  hostname: { answer: (_request, _rest, { pod }) => json(200, { hostname: pod.name }), parts: 0 },
  status: { answer: status, parts: 1 },
  delay: { answer: delayed, parts: 1 },
  'response-headers': { answer: responseHeaders, parts: 0 },
  redirect: { answer: (_request, [count]) => redirect(count), parts: 1 },
  'relative-redirect': { answer: (_request, [count]) => redirect(count), parts: 1 },
  'redirect-to': { answer: redirectTo, parts: 0 },
  cookies: { answer: cookies, parts: 1 },
  'basic-auth': { answer: basicAuth, parts: 2 },
  bearer: { answer: bearer, parts: 0 },
}

function described(request: HttpRequest): HttpResponse {
  return json(200, description(request))
}

function describedWithBody(request: HttpRequest): HttpResponse {
  const [type] = (request.headers.get('content-type') ?? '').split(';')
  const form = type === 'application/x-www-form-urlencoded' ? listsOf(new URLSearchParams(request.body)) : {}
  const read = type === 'application/json' && request.body !== '' ? parsed(request.body) : null
  if (read === undefined) return failed(400, 'error parsing request body')
  return json(200, { ...description(request), data: request.body, files: {}, form, json: read })
}

function description(request: HttpRequest): object {
  const { method, authority, path, headers } = request
  const scheme = headers.get('x-forwarded-proto') ?? 'http'
  return { args: listsOf(queryOf(path)), headers: headersOf(request), method, origin: originOf(request), url: `${scheme}://${authority}${path}` }
}

/** @returns nothing for what is no JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const statuses: Readonly<Record<number, { readonly body?: string; readonly headers?: readonly string[] }>> = {
  ...Object.fromEntries([301, 302, 303, 305, 307].map((code) => [code, { headers: ['location', '/redirect/1'] }])),
  308: { headers: ['location', '/image/jpeg'] },
  401: { headers: ['www-authenticate', 'Basic realm="Fake Realm"'] },
  407: { headers: ['proxy-authenticate', 'Basic realm="Fake Realm"'] },
  418: { body: "I'm a teapot!", headers: ['x-more-info', 'http://tools.ietf.org/html/rfc2324'] },
}

/** `/status/503`; `/status/200:0.9,503:0.1` draws one. An informational one ends no request, and is refused. */
function status(_request: HttpRequest, [wanted = '']: readonly string[], context: ServiceContext): HttpResponse {
  const choices = wanted.split(',').map((choice) => choice.split(':').map(Number))
  if (choices.some(([code = NaN, weight = 1]) => !(code >= 200 && code <= 599) || Number.isNaN(weight)))
    return failed(400, `invalid status code: "${wanted}"`)
  const code = choices.length === 1 ? choices[0]![0]! : drawn(choices, context.random())
  const { body = '', headers = [] } = statuses[code] ?? {}
  const answer = answerText(code, body)
  for (let i = 0; i < headers.length; i += 2) answer.headers.set(headers[i]!, headers[i + 1]!)
  return answer
}

function drawn(choices: readonly (readonly number[])[], draw: number): number {
  let left = draw * choices.reduce((sum, [, weight = 1]) => sum + weight, 0)
  return (choices.find(([, weight = 1]) => (left -= weight) < 0) ?? choices.at(-1)!)[0]!
}

/** `/delay/5`, `/delay/500ms`: 10 s at most. */
async function delayed(request: HttpRequest, [wanted = '']: readonly string[], context: ServiceContext): Promise<HttpResponse> {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(wanted) ?? []
  const ms = Number(number) * (unit === 'ms' ? 1 : 1000)
  if (!(ms >= 0 && ms <= longestMs)) return failed(400, `invalid duration: "${wanted}"`)
  await context.sleep(ms)
  return describedWithBody(request)
}

function responseHeaders({ path }: HttpRequest): HttpResponse {
  const query = queryOf(path)
  const answer = json(200, listsOf(query))
  for (const [name, value] of query)
    if (name.toLowerCase() === 'content-type') answer.headers.set('content-type', value)
    else answer.headers.append(name, value)
  return answer
}

function redirect(count = ''): HttpResponse {
  if (!/^[1-9]\d*$/.test(count)) return failed(400, `invalid redirect count: "${count}"`)
  return located(302, count === '1' ? '/get' : `/relative-redirect/${Number(count) - 1}`)
}

function redirectTo({ path }: HttpRequest): HttpResponse {
  const query = queryOf(path)
  const code = Number(query.get('status_code') ?? 302)
  const url = query.get('url')
  if (!url) return failed(400, 'missing required query parameter: url')
  return code >= 300 && code <= 399 ? located(code, url) : failed(400, `invalid status code: ${code} not in range [300, 399]`)
}

function cookies({ headers, path }: HttpRequest, [what = '']: readonly string[]): HttpResponse {
  if (what === '') return json(200, Object.fromEntries((headers.get('cookie') ?? '').split(/; */).filter(Boolean).map(pairOf)))
  if (what !== 'set') return failed(404)
  const answer = located(302, '/cookies')
  for (const [name, value] of queryOf(path)) answer.headers.append('set-cookie', `${name}=${value}; HttpOnly`)
  return answer
}

function pairOf(cookie: string): [string, string] {
  const [name = '', ...value] = cookie.split('=')
  return [name, value.join('=')]
}

function basicAuth({ headers }: HttpRequest, [user = '', password = '']: readonly string[]): HttpResponse {
  const [, encoded = ''] = /^Basic (\S+)$/.exec(headers.get('authorization') ?? '') ?? []
  const given = Buffer.from(encoded, 'base64').toString()
  const authorized = given === `${user}:${password}`
  const answer = json(authorized ? 200 : 401, { authenticated: authorized, user: given.split(':')[0], authorized })
  if (!authorized) answer.headers.set('www-authenticate', 'Basic realm="Fake Realm"')
  return answer
}

function bearer({ headers }: HttpRequest): HttpResponse {
  const token = /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1]
  if (token !== undefined) return json(200, { authenticated: true, token })
  const answer = answerText(401, '')
  answer.headers.set('www-authenticate', 'Bearer')
  return answer
}

/** As Go writes the names of headers, and with a list for each. */
function headersOf({ headers, authority }: HttpRequest): Readonly<Record<string, readonly string[]>> {
  return sorted([...headers.entries(), ['host', authority] as [string, string]].map(([name, value]) => [canonical(name), value]))
}

/** `x-request-id` is `X-Request-Id`. Source: Go net/textproto CanonicalMIMEHeaderKey. */
function canonical(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

/** The first that the request passed; a sidecar's connection comes from 127.0.0.6. Source: Istio, the address that inbound connections are bound to. */
function originOf({ headers }: HttpRequest): string {
  return headers.get('x-forwarded-for')?.split(',')[0]!.trim() ?? '127.0.0.6'
}

function queryOf(path: string): URLSearchParams {
  return new URLSearchParams(path.slice(pathOf(path).length))
}

function listsOf(query: URLSearchParams): Readonly<Record<string, readonly string[]>> {
  return sorted([...query])
}

/** Lists of values, in the order of their names, as Go writes maps. */
function sorted(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, readonly string[]>> {
  const names = [...new Set(pairs.map(([name]) => name))].sort()
  return Object.fromEntries(names.map((name) => [name, pairs.filter(([other]) => other === name).map(([, value]) => value)]))
}

function json(code: number, value: object): HttpResponse {
  return { status: code, headers: new Headers(['content-type', 'application/json; charset=utf-8']), body: `${JSON.stringify(value, null, 2)}\n` }
}

function failed(code: number, detail?: string): HttpResponse {
  return json(code, { status_code: code, error: STATUS_CODES[code] ?? '', ...(detail && { detail }) })
}

function located(code: number, location: string): HttpResponse {
  return { status: code, headers: new Headers(['location', location]), body: '' }
}
