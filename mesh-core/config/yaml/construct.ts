import type { Event, MappingEvent, ScalarEvent } from 'js-yaml'
import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml'
import { plainInFlow } from './flow-scalar.ts'
import { resolvePlain, resolvePlainKey } from './scalar.ts'
import { resolveTagged } from './tag.ts'
import { YamlError } from './yaml-error.ts'

type Data = unknown

interface Anchor {
  value: Data
  /** The key it makes where an alias to it stands as a key; null when it cannot be one. */
  key: string | null
  /** Nodes in it, aliases followed; -1 while it is still open. */
  nodes: number
  readonly kind: 'scalar' | 'sequence' | 'mapping'
}

type CollectionEvent = Pick<MappingEvent, 'start' | 'style' | 'anchorStart' | 'anchorEnd'>

interface Frame {
  readonly kind: 'sequence' | 'mapping'
  readonly value: unknown[] | Record<string, Data>
  readonly anchor: Anchor | null
  readonly isFlow: boolean
  readonly nodesBefore: number
  /** Of a mapping whose key was read and whose value was not. */
  key: string | null
  keyAt: number
  merging: boolean
  /** Keys that a merge brought: these may be set again. `null`: none. */
  merged: Set<string> | null
}

/** Aliases may account for this share of what is read, by its size. Source: `allowedAliasRatio` of go-yaml v2. */
const aliasRatio = { small: 400_000, large: 4_000_000, smallShare: 0.99, largeShare: 0.1 }

/**
 * Builds JSON data from the events of one document, as `sigs.k8s.io/yaml` does: keys become strings, duplicate keys are refused,
 * `<<` merges in the order of writing (what is written later wins).
 * @throws {YamlError}
 */
export function construct(source: string, events: readonly Event[]): Data {
  return new Constructor(source).read(events)
}

class Constructor {
  readonly #source: string
  readonly #anchors = new Map<string, Anchor>()
  readonly #frames: Frame[] = []
  #root: Data = null
  #nodes = 0
  #aliasNodes = 0

  constructor(source: string) {
    this.#source = source
  }

  read(events: readonly Event[]): Data {
    let documents = 0
    for (const event of events) {
      switch (event.type) {
        case EVENT_ID.DOCUMENT:
          if (++documents > 1)
            throw new YamlError(
              'YAML_SYNTAX',
              'Kubernetes does not read what follows the document end marker "..."',
              this.#source.lastIndexOf('\n...') + 1,
            )
          break
        case EVENT_ID.SCALAR:
          this.#scalar(event)
          break
        case EVENT_ID.SEQUENCE:
          this.#open('sequence', event)
          break
        case EVENT_ID.MAPPING:
          this.#open('mapping', event)
          break
        case EVENT_ID.ALIAS:
          this.#alias(this.#source.slice(event.anchorStart, event.anchorEnd), event.anchorStart)
          break
        case EVENT_ID.POP:
          this.#close()
          break
      }
    }
    return this.#root
  }

  #scalar(event: ScalarEvent): void {
    this.#nodes++
    const frame = this.#frames[this.#frames.length - 1]
    const text = this.#textOf(event, frame)
    const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0
    if (frame?.kind === 'mapping' && frame.key === null && !frame.merging) {
      const at = event.valueStart
      if (text === '<<' && plain) frame.merging = true
      else this.#key(frame, plain ? resolvePlainKey(text) : this.#text(event, text), at < 0 ? event.tagStart : at)
      if (event.anchorStart >= 0)
        this.#name(event.anchorStart, event.anchorEnd, { value: plain ? resolvePlain(text) : text, key: frame.key, nodes: 1, kind: 'scalar' })
      return
    }
    const value = plain ? resolvePlain(text) : event.tagStart < 0 ? text : resolveTagged(this.#tag(event), text, event.tagStart)
    if (typeof value === 'number' && !Number.isFinite(value)) throw new YamlError('YAML_SYNTAX', `JSON has no number "${text}"`, event.valueStart)
    if (event.anchorStart >= 0) {
      const key = plain ? resolvePlainKey(text) : typeof value === 'string' ? value : resolvePlainKey(text)
      this.#name(event.anchorStart, event.anchorEnd, { value, key, nodes: 1, kind: 'scalar' })
    }
    this.#add(value, 'scalar', event.valueStart)
  }

  #textOf(event: ScalarEvent, frame: Frame | undefined): string {
    const text = getScalarValue(this.#source, event)
    if (!frame?.isFlow || event.style !== SCALAR_STYLE.PLAIN || !text.includes('?')) return text
    return plainInFlow(text, frame.kind === 'mapping' && frame.key === null && !frame.merging, event.valueStart)
  }

  #text(event: ScalarEvent, text: string): string | null {
    if (event.tagStart < 0) return text
    const value = resolveTagged(this.#tag(event), text, event.tagStart)
    return typeof value === 'string' ? value : resolvePlainKey(text)
  }

  #tag(event: ScalarEvent): string {
    return this.#source.slice(event.tagStart, event.tagEnd)
  }

  #open(kind: 'sequence' | 'mapping', event: CollectionEvent): void {
    this.#nodes++
    const parent = this.#frames[this.#frames.length - 1]
    if (parent?.kind === 'mapping' && parent.key === null && !parent.merging)
      throw new YamlError('YAML_SYNTAX', `a ${kind} cannot be a key`, event.start)
    const value = kind === 'sequence' ? [] : {}
    const anchor: Anchor | null = event.anchorStart < 0 ? null : { value, key: null, nodes: -1, kind }
    if (anchor) this.#name(event.anchorStart, event.anchorEnd, anchor)
    const isFlow = event.style === COLLECTION_STYLE.FLOW
    this.#frames.push({ kind, value, anchor, isFlow, nodesBefore: this.#nodes - 1, key: null, keyAt: event.start, merging: false, merged: null })
  }

  #close(): void {
    const frame = this.#frames.pop()
    if (!frame) return // the end of the document
    if (frame.anchor) frame.anchor.nodes = this.#nodes - frame.nodesBefore
    // A list that grew has room for more, for good; a copy has none.
    const value = frame.anchor === null && Array.isArray(frame.value) ? frame.value.slice() : frame.value
    this.#add(value, frame.kind, frame.keyAt)
  }

  #name(start: number, end: number, anchor: Anchor): void {
    this.#anchors.set(this.#source.slice(start, end), anchor)
  }

  #alias(name: string, at: number): void {
    const anchor = this.#anchors.get(name)
    if (!anchor) throw new YamlError('YAML_SYNTAX', `there is no anchor "&${name}" before this alias`, at)
    if (anchor.nodes < 0) throw new YamlError('YAML_ALIAS_BOMB', `the value of anchor "&${name}" contains itself`, at)
    this.#count(anchor.nodes, at)
    const frame = this.#frames[this.#frames.length - 1]
    if (frame?.kind === 'mapping' && frame.key === null && !frame.merging) this.#key(frame, anchor.key, at)
    else this.#add(anchor.value, anchor.kind, at)
  }

  /** Counts what an alias brings, though it costs nothing here: whoever walks the data pays for it. */
  #count(nodes: number, at: number): void {
    this.#nodes += nodes + 1
    this.#aliasNodes += nodes
    const { small, large, smallShare, largeShare } = aliasRatio
    const share =
      this.#nodes <= small
        ? smallShare
        : this.#nodes >= large
          ? largeShare
          : smallShare - ((smallShare - largeShare) * (this.#nodes - small)) / (large - small)
    if (this.#aliasNodes > 100 && this.#nodes > 1000 && this.#aliasNodes / this.#nodes > share)
      throw new YamlError('YAML_ALIAS_BOMB', 'aliases repeat so much that the document would grow without bound', at)
  }

  #key(frame: Frame, key: string | null, at: number): void {
    if (key === null) throw new YamlError('YAML_SYNTAX', 'this cannot be a key: Kubernetes wants text, a number or a boolean', at)
    if (Object.hasOwn(frame.value, key) && !frame.merged?.has(key))
      throw new YamlError('YAML_DUPLICATE_KEY', `key "${key}" is already set in this mapping`, at)
    frame.key = key
    frame.keyAt = at
  }

  #add(value: Data, kind: Anchor['kind'], at: number): void {
    const frame = this.#frames[this.#frames.length - 1]
    if (!frame) this.#root = value
    else if (frame.kind === 'sequence') (frame.value as unknown[]).push(value)
    else if (frame.merging) this.#merge(frame, value, kind, at)
    else {
      const key = frame.key as string
      frame.key = null
      frame.merged?.delete(key)
      set(frame.value as Record<string, Data>, key, value)
    }
  }

  #merge(frame: Frame, value: Data, kind: Anchor['kind'], at: number): void {
    frame.merging = false
    const sources = kind === 'sequence' ? (value as unknown[]) : [value]
    frame.merged ??= new Set()
    // Of several, the earlier wins: so the later are written first.
    for (const source of sources.toReversed()) {
      if (typeof source !== 'object' || source === null || Array.isArray(source))
        throw new YamlError('YAML_SYNTAX', '"<<" merges a mapping, or a list of mappings', at)
      for (const [key, merged] of Object.entries(source)) {
        frame.merged.add(key)
        set(frame.value as Record<string, Data>, key, merged)
      }
    }
  }
}

/** `__proto__` is a key like any other. */
function set(object: Record<string, Data>, key: string, value: Data): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}
