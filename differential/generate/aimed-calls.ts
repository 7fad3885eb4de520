import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import type { Json, StringCondition } from './matches.ts'
import { headerNames, methods, parameters, paths, values } from './words.ts'

/** What a call aims at: a rule's condition. */
export interface Aim {
  readonly hosts: readonly string[]
  /** Workloads, or gateways, that may call. */
  readonly from: readonly string[]
  /** As they stand behind a host: ``, `:9090`. */
  readonly ports: readonly string[]
  readonly match: Json
  readonly rule: Json
  /** Default `http`. */
  readonly schemes?: readonly string[]
}

/** Calls at the edges of the conditions of a config: most meet one rule but for a detail. */
export function aimedCalls(draw: Draw, aims: readonly Aim[], count: number): ObservedCall[] {
  const rooted = aims.filter(({ hosts }) => hosts.length > 0)
  if (rooted.length === 0) throw new Error('nothing to aim at')
  return Array.from({ length: count }, () => {
    const { match, rule } = draw.one(aims)
    return call(draw, { ...draw.one(rooted), match, rule })
  })
}

/** Enough to tell an even split from one that is off by a quarter. */
const manyTimes = 200

/** One of the calls is made so often that its shares show, where a rule draws lots. */
export function withMany(draw: Draw, single: readonly ObservedCall[]): ObservedCall[] {
  const chosen = draw.between(0, single.length - 1)
  // Each by a connection of its own: where TCP is what is passed on, a kept connection stays with whom it was given.
  return single.map((one, index) => (index === chosen ? { ...one, times: manyTimes, newConnections: true } : one))
}

function call(draw: Draw, { hosts, from, ports, match, rule, schemes = ['http'] }: Aim): ObservedCall {
  const method =
    match['method'] && draw.chance(0.8)
      ? textFor(draw, match['method'] as StringCondition, methods)
          .toUpperCase()
          .replace(/[^A-Z]/g, '')
      : draw.one(['GET', 'GET', 'GET', ...methods])
  const cross = 'corsPolicy' in rule && draw.chance(0.6)
  const headers = { ...headersFor(draw, match), ...(cross && preflight(draw)) }
  const authority = `${draw.one(hosts).replace('*', draw.one(['any', 'b', 'www']))}${draw.one(ports)}`
  const request = `${cross && draw.chance(0.7) ? 'OPTIONS' : method} ${draw.one(schemes)}://${authority}${target(draw, match)}`
  const host = hostHeader(draw, draw.one(hosts))
  return {
    from: draw.one(from),
    request,
    ...(Object.keys(headers).length + Object.keys(host).length > 0 && { headers: { ...headers, ...host } }),
    ...(/^(POST|PUT|PATCH)/.test(request) && draw.chance(0.5) && { body: 'text' }),
  }
}

/** Seldom, a Host of its own: in capitals, with a port, with a dot, of nobody. */
function hostHeader(draw: Draw, host: string): { host?: string } {
  if (!draw.chance(0.1)) return {}
  const name = host.replace('*', 'any')
  return { host: draw.one([name.toUpperCase(), `${name}:80`, `${name}:9090`, `${name}:1234`, `${name}.`, 'nobody.example.org']) }
}

function target(draw: Draw, match: Json): string {
  const uri = match['uri'] as StringCondition | undefined
  const path = uri && draw.chance(0.85) ? textFor(draw, uri, paths) : draw.one(paths)
  return `${pathVariant(draw, path.startsWith('/') ? path : `/${path}`)}${query(draw, match)}`
}

/** The path itself as often as not. */
export function pathVariant(draw: Draw, path: string): string {
  if (draw.chance(0.5)) return path
  const inner = path.length > 1 ? path : '/x'
  return draw.one([
    `${path}/`,
    `${path}x`,
    `${path}/x`,
    path.slice(0, -1) || '/',
    path.toUpperCase(),
    path.toLowerCase(),
    `/${path}`,
    inner.replace('/', '/./'),
    `${inner}/../y`,
    inner.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    `${path}%2Fx`,
    `${path};v=1`,
    `${path}/${'long/'.repeat(60)}`,
    `${inner}//x`,
  ])
}

function query(draw: Draw, match: Json): string {
  const wanted = Object.entries((match['queryParams'] ?? {}) as Record<string, StringCondition>)
  const pairs = wanted.filter(() => draw.chance(0.85)).map(([name, condition]) => pair(draw, name, textFor(draw, condition, values)))
  if (draw.chance(0.15)) pairs.push(pair(draw, draw.one(parameters), draw.one(values)))
  if (pairs.length === 0) return draw.one(['', '', '', '', '?', '?x=1'])
  return `?${pairs.join('&')}`
}

function pair(draw: Draw, name: string, value: string): string {
  return draw.one([
    `${name}=${value}`,
    `${name}=${value}`,
    `${name}=${value}`,
    `${name}=${value}&${name}=other`,
    `${name}`,
    `${name}=`,
    `${name}=${value}%20`,
    `${name}==${value}`,
  ])
}

function headersFor(draw: Draw, match: Json): Record<string, string | string[]> {
  const wanted = { ...(match['headers'] as Json), ...draw.maybe(0.5, () => (match['withoutHeaders'] ?? {}) as Json) } as Record<
    string,
    StringCondition
  >
  const headers: Record<string, string | string[]> = {}
  for (const [name, condition] of Object.entries(wanted))
    if (draw.chance(0.85)) headers[name.toLowerCase()] = headerVariant(draw, textFor(draw, condition, values))
  if (draw.chance(0.15)) headers[draw.one(headerNames).toLowerCase()] ??= headerVariant(draw, draw.one(values))
  if (draw.chance(0.06)) headers['origin'] = draw.one(['http://shop.example.com', 'https://shop.example.com', 'http://evil.example.org'])
  return headers
}

/** What a browser says that asks whether it may: mostly whole. */
function preflight(draw: Draw): Record<string, string> {
  return {
    origin: draw.one([
      'http://shop.example.com',
      'http://shop.example.com',
      'https://shop.example.com',
      'http://shop',
      'http://evil.example.org',
      'null',
    ]),
    ...draw.maybe(0.8, () => ({ 'access-control-request-method': draw.one(['PUT', 'GET', '']) })),
    ...draw.maybe(0.4, () => ({ 'access-control-request-headers': 'x-a, x-env' })),
  }
}

function headerVariant(draw: Draw, value: string): string | string[] {
  return draw.one<string | string[]>([
    value,
    value,
    value,
    value,
    `${value}x`,
    value.toUpperCase(),
    '',
    [value, 'other'],
    ['other', value],
    `${value},other`,
  ])
}

const examples: Readonly<Record<string, string>> = {
  '/v[12]': '/v2',
  '/shop/.*': '/shop/',
  '/(shop|api)/[a-z]+': '/api/users',
  '.*': '/any',
  '/items/\\d+': '/items/42',
  '(?i)/SHOP.*': '/shopping',
  '/api/v[0-9]+/.+': '/api/v12/x',
  '/[^/]*': '/one',
  '/(.+)/': '/one/',
  '^(.*?;)?(user=jason)(;.*)?$': 'a=b;user=jason;c=d',
  'ja.*': 'jason',
  '[a-z]+': 'word',
  '.+': 'x',
  'v\\d+\\.\\d+': 'v10.2',
  '(?i)jason|prod': 'Jason',
  'GET|HEAD': 'HEAD',
  'P.*': 'PATCH',
}

/** A text that fulfils the condition, or nearly does. */
function textFor(draw: Draw, condition: StringCondition, others: readonly string[]): string {
  if ('exact' in condition) return condition.exact
  if ('prefix' in condition) return `${condition.prefix}${draw.one(['', '', 'more', '/x'])}`
  if ('regex' in condition) return examples[condition.regex] ?? draw.one(others)
  return draw.one(others)
}
