import type { ClaimMatch, HeaderMatch, PathMatch, QueryMatch, RouteMatch } from '../ir/match.ts'
import type { Claims } from '../ir/message.ts'
import type { Box, Point } from './cover.ts'
import { Choice, type Condition, type Dimensions } from './dimension.ts'
import type { Alphabet } from './find-text.ts'
import { pathKey, pathTest, stringKey, stringTest, TextDimension, type TextDomain } from './text-dimension.ts'
import { trimmedText } from './text-set.ts'

const beyondAscii = [
  [0xa1, 0xd7ff],
  [0xe000, 0x10ffff],
] as const

/** What requests can be, as Envoy's parser lets them through to the routes. */
const alphabets: Readonly<Record<'path' | 'query' | 'value' | 'method' | 'authority', Alphabet>> = {
  // No white space, and what follows a question mark or a hash is no longer the path.
  path: [[0x21, 0x22], [0x24, 0x3e], [0x40, 0x7e], ...beyondAscii],
  query: [[0x21, 0x22], [0x24, 0x25], [0x27, 0x7e], ...beyondAscii],
  value: [[0x09, 0x09], [0x20, 0x7e], ...beyondAscii],
  // A token, which may have more than letters: M-SEARCH.
  method: [
    [0x21, 0x21],
    [0x23, 0x27],
    [0x2a, 0x2b],
    [0x2d, 0x2e],
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5e, 0x7a],
    [0x7c, 0x7c],
    [0x7e, 0x7e],
  ],
  authority: [
    [0x21, 0x22],
    [0x24, 0x2e],
    [0x30, 0x3e],
    [0x40, 0x5b],
    [0x5d, 0x7e],
  ],
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

const rooted = pathTest({ kind: 'prefix', prefix: '/', ignoreCase: false })
const trimmed = { key: 'trimmed', has: (text: string) => text === text.trim(), set: () => trimmedText, only: null, head: '', tries: [] }

/** Whose requests are looked at. */
export interface Audience {
  /** A name that leads to the rules, as a client writes it. */
  readonly authority: string
  /** RE2 of every Host header that may lead to the rules; `null`: any. */
  readonly authorities: string | null
  /** Of headers that Envoy joins to one when they come repeatedly. */
  readonly joined: ReadonlySet<string>
}

/** Rules of one audience as boxes. */
export class RouteBoxes {
  readonly #dimensions: Dimensions
  readonly #audience: Audience

  constructor(dimensions: Dimensions, audience: Audience) {
    this.#dimensions = dimensions
    this.#audience = audience
  }

  /** @param further of the client and its port, which are no part of the request */
  of(match: RouteMatch, further: readonly Condition[] = []): Box {
    const headers = match.headers.map((header) => this.#header(header))
    const claims = (match.claims ?? []).map((claim) => this.#claim(claim))
    const asked = [...this.#path(match.path), ...headers, ...claims, ...match.query.map((query) => this.#query(query))]
    const known = asked.filter((condition) => condition !== null)
    return { conditions: [...further, ...known], opaque: known.length < asked.length }
  }

  #path(match: PathMatch): Condition[] {
    if (match.kind === 'prefix' && match.prefix === '/') return []
    const make = (): Condition =>
      this.#text('path', ['/'], { alphabet: alphabets.path, within: [rooted], tries: ['/', '/x'] }).condition(pathTest(match))
    return [this.#dimensions.condition(`path ${pathKey(match)}`, make)]
  }

  /** `null` for what cannot be told apart from others: the path with its query, and ranges of numbers. */
  #header({ name, match, invert, treatMissingAsEmpty }: HeaderMatch): Condition | null {
    if (name === ':path' || match.kind === 'range') return null
    const isAuthority = name === ':authority' || name === 'host'
    const of = isAuthority ? `${this.#audience.authority} ${this.#audience.authorities}` : ''
    return this.#dimensions.condition(`header ${name} ${invert} ${treatMissingAsEmpty} ${of} ${stringKey(match)}`, () => {
      const test = stringTest(match)
      // Of a missing header what asks for a value does not hold, inverted or not.
      const missing = treatMissingAsEmpty ? test.has('') : match.kind !== 'present' && invert
      return this.#headerDimension(name).condition(test, { invert, missing })
    })
  }

  #headerDimension(name: string): TextDimension {
    const { authority, authorities, joined } = this.#audience
    switch (name) {
      case ':method':
        return this.#text(name, ['GET'], { alphabet: alphabets.method, within: [], tries: methods })
      case ':scheme':
        return this.#text(name, ['http'], schemes)
      case ':authority':
      case 'host': {
        const within = authorities === null ? [] : [stringTest({ kind: 'regex', pattern: authorities })]
        return this.#text(`:authority ${authority} ${authorities}`, [authority], { alphabet: alphabets.authority, within, tries: [authority] })
      }
    }
    const domain = { alphabet: alphabets.value, within: [trimmed], tries: ['x', 'other'] }
    return this.#dimensions.of(`header ${name}`, () => new TextDimension(`header ${name}`, [], joined.has(name) ? 'perhaps' : 'repeatedly', domain))
  }

  /** A text, or a list of which one fits, or nothing. */
  #claim({ claim, match, invert }: ClaimMatch): Condition {
    const name = claimDimension(claim)
    const domain = { alphabet: alphabets.value, within: [], tries: ['x', 'other'] }
    const dimension = this.#dimensions.of(name, () => new TextDimension(name, [], 'repeatedly', domain))
    return this.#dimensions.condition(`${name} ${invert} ${stringKey(match)}`, () => dimension.condition(stringTest(match), { invert }))
  }

  #query({ name, match, invert = false }: QueryMatch): Condition {
    const domain = { alphabet: alphabets.query, within: [], tries: ['x', 'other'] }
    const dimension = this.#dimensions.of(`query ${name}`, () => new TextDimension(`query ${name}`, [], 'perhaps', domain))
    return this.#dimensions.condition(`query ${name} ${invert} ${stringKey(match)}`, () => dimension.condition(stringTest(match), { invert }))
  }

  #text(name: string, usual: readonly string[], domain: TextDomain): TextDimension {
    return this.#dimensions.of(name, () => new TextDimension(name, usual, 'always', domain))
  }
}

const schemes: TextDomain = {
  alphabet: [[0x61, 0x7a]],
  within: [stringTest({ kind: 'regex', pattern: 'https?' })],
  tries: ['http', 'https'],
}

/** What a rule asks of the client and of the port, in the words of Istio's matches. */
export interface ClientMatch {
  readonly port?: number | undefined
  readonly gateways?: readonly string[] | undefined
  readonly sourceLabels?: Readonly<Record<string, string>> | undefined
  readonly sourceNamespace?: string | undefined
}

/**
 * @param gateways all that the rules are bound to. Those of a match take the place of its conditions on the source, as istiod has it
 * (`core/route/route.go` sourceMatchHTTP).
 */
export function clientConditions(match: ClientMatch, gateways: readonly string[], dimensions: Dimensions): Condition[] {
  const port = match.port ? [portOf(dimensions).oneOf([String(match.port)])] : []
  if (match.gateways && match.gateways.length > 0) {
    const named = match.gateways.filter((gateway) => gateways.includes(gateway))
    return named.length === gateways.length ? port : [...port, gatewayAmong(gateways, dimensions).oneOf(named)]
  }
  const labels = Object.entries(match.sourceLabels ?? {}).map(([label, value]) => labelOf(label, dimensions).oneOf([value]))
  return [...port, ...labels, ...(match.sourceNamespace ? [namespaceOf(dimensions).oneOf([match.sourceNamespace])] : [])]
}

function portOf(dimensions: Dimensions): Choice {
  return dimensions.of('port', () => new Choice('port', ['80'], (named) => [[unnamed(named, (i) => String(8080 + i))]]))
}

function gatewayAmong(gateways: readonly string[], dimensions: Dimensions): Choice {
  const name = `gateway ${gateways.join(' ')}`
  return dimensions.of(name, () => new Choice(name, [gateways[0]!], () => gateways.map((gateway) => [gateway])))
}

/** A pod may well be without the label. */
function labelOf(label: string, dimensions: Dimensions): Choice {
  return dimensions.of(`label ${label}`, () => new Choice(`label ${label}`, [], () => [[]]))
}

function namespaceOf(dimensions: Dimensions): Choice {
  return dimensions.of('namespace', () => new Choice('namespace', ['default'], (named) => [[unnamed(named, (i) => `other${i === 0 ? '' : i}`)]]))
}

function unnamed(named: ReadonlySet<string>, candidate: (index: number) => string): string {
  let i = 0
  while (named.has(candidate(i))) i++
  return candidate(i)
}

/** The value of a dimension at a point. */
export function valueAt(point: Point, name: string): readonly string[] | null {
  for (const [dimension, value] of point) if (dimension.name === name || dimension.name.startsWith(`${name} `)) return value
  return null
}

/** @param claim names, the outer one first */
function claimDimension(claim: readonly string[]): string {
  return `claim ${JSON.stringify(claim)}`
}

/** The claims at a point, as a token has them; `null` for none. */
export function claimsAt(point: Point): Claims | null {
  const claims: Record<string, unknown> = {}
  for (const [{ name }, values] of point) {
    if (!name.startsWith('claim ') || values.length === 0) continue
    const path = JSON.parse(name.slice('claim '.length)) as string[]
    let inner = claims
    for (const outer of path.slice(0, -1)) inner = (inner[outer] ??= {}) as Record<string, unknown>
    inner[path.at(-1)!] = values.length === 1 ? values[0] : values
  }
  return Object.keys(claims).length === 0 ? null : claims
}
