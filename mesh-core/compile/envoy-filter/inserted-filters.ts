import { typedConfigOf } from '../../config/envoy-filter-patches.ts'
import {
  bufferType,
  compressorType,
  decompressorType,
  faultType,
  grpcWebType,
  headersType,
  healthType,
  luaType,
  metadataType,
  originsType,
  passwordsType,
  stateType,
} from '../../config/envoy-filter-http-filters.ts'
import { int, message, text, type Message } from '../../envoy/fields.ts'
import type { InsertedFilter } from '../../ir/inserted-filter.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import { readCompressor } from './compressor-patches.ts'
import { readDecompressor } from './decompressor-patches.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { mergedFault, readFault } from './fault-patches.ts'
import { readOriginRules, readPasswords } from './gatekeeper-patches.ts'
import { readHealthCheck } from './health-patches.ts'
import { readLua } from './lua-patches.ts'
import { readMetadataRules } from './metadata-patches.ts'
import { readOrderedMutations } from './header-filter-patches.ts'
import { readRateLimit } from './rate-limit-patches.ts'
import { readKeptValues } from './state-patches.ts'
import type { ReadFilter } from './read-filter.ts'

/** The settings with the filters that patches put in. @param node as which the proxy knows itself. What goes to the front goes before what came there earlier. Source: Istio `core/envoyfilter/listener_patch.go` patchHTTPFilters. */
export function withInserted(settings: HttpSettings, patches: readonly EnvoyPatch[], node: string): HttpSettings {
  const own = patches.filter(({ applyTo }) => applyTo === 'HTTP_FILTER')
  const inserted = own.filter(({ operation }) => operation !== 'MERGE').map((patch) => filterOf(patch, node))
  const merged = own.filter(({ operation }) => operation === 'MERGE').reduce(withMerged, settings)
  if (inserted.length === 0) return merged
  const first = inserted.filter(({ place }) => place === 'first').reverse()
  return { ...merged, inserted: [...first, ...(settings.inserted ?? []), ...inserted.filter(({ place }) => place === 'last')] }
}

/** Of the filters that istiod puts in that for faults alone can be told something. */
function withMerged(settings: HttpSettings, { value, origin }: EnvoyPatch): HttpSettings {
  const { fault, problem } = readFault(configOf(value), origin)
  return { ...settings, fault: mergedFault(settings.fault, fault), ...(problem !== null && { isRefused: true as const }) }
}

function configOf(value: EnvoyPatch['value']): Message {
  return message(typedConfigOf(value).config, 'typed_config')
}

function filterOf(patch: EnvoyPatch, node: string): InsertedFilter {
  const { value, match } = patch
  const place = match.listener?.filterChain?.filter?.subFilter === undefined ? 'first' : 'last'
  const { filter, problem } = readFilter(patch, place, node)
  const name = String(value['name'])
  return {
    ...filter,
    place,
    name,
    ...(value['disabled'] === true && { isOff: true as const }),
    ...(problem !== null && { isRefused: true as const }),
  }
}

function readFilter({ value, origin }: EnvoyPatch, place: 'first' | 'last', node: string): ReadFilter {
  const config = configOf(value)
  switch (typedConfigOf(value).type) {
    case bufferType: {
      // Without a size, and with 0, it breaks the constraints of Envoy's `Buffer`.
      const maxBytes = int(config['max_request_bytes'])
      return { filter: { kind: 'buffer', maxBytes }, problem: maxBytes === 0 ? 'a buffer needs max_request_bytes' : null }
    }
    case faultType: {
      const { fault, problem } = readFault(config, origin)
      return { filter: { kind: 'fault', fault }, problem }
    }
    case headersType: {
      const { mutations, problem } = readOrderedMutations(config)
      const mostSpecificWins = config['most_specific_header_mutations_wins'] === true
      return { filter: { kind: 'headers', ...mutations, ...(mostSpecificWins && { mostSpecificWins }) }, problem }
    }
    case passwordsType:
      return passwordsOf(config)
    case originsType: {
      const { problem, ...rules } = readOriginRules(config)
      return { filter: { kind: 'origins', ...rules }, problem }
    }
    case healthType:
      return readHealthCheck(config, node, origin)
    case compressorType:
      return readCompressor(config)
    case decompressorType:
      return readDecompressor(config)
    case metadataType:
      return readMetadataRules(config)
    case grpcWebType:
      return { filter: { kind: 'grpc-web' }, problem: null }
    case luaType:
      return readLua(config)
    case stateType: {
      const { values, problem } = readKeptValues(config)
      return { filter: { kind: 'state', values }, problem }
    }
    default: {
      const { limit, problem } = readRateLimit(config, place)
      return { filter: { kind: 'limit', ...limit }, problem }
    }
  }
}

function passwordsOf(config: Message): ReadFilter {
  const { users, problem } = readPasswords(config)
  const header = (text(config['authentication_header']) ?? 'authorization').toLowerCase()
  const userHeader = text(config['forward_username_header'])?.toLowerCase() ?? null
  const allowsMissing = config['allow_missing'] === true
  return { filter: { kind: 'passwords', users, header, userHeader, ...(allowsMissing && { allowsMissing }) }, problem }
}
