import { RE2JS } from 're2js'

import type { StringMatch } from '../ir/match.ts'

/** @returns a predicate over a text that is there; what a missing one means is the caller's to say */
export function compileStringMatch(match: StringMatch): (text: string) => boolean {
  switch (match.kind) {
    case 'exact':
      return folded(match, (text, value) => text === value)
    case 'prefix':
      return folded(match, (text, value) => text.startsWith(value))
    case 'suffix':
      return folded(match, (text, value) => text.endsWith(value))
    case 'contains':
      return folded(match, (text, value) => text.includes(value))
    case 'regex':
      return compileRegex(match.pattern)
    case 'present':
      return () => true
  }
}

/** Envoy's `safe_regex` is RE2 and must match the entire text. */
export function compileRegex(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern)
  return (text) => compiled.matches(text)
}

/** `exactly "jason"`, `a text that begins with "v2"` */
export function describeStringMatch(match: StringMatch): string {
  const anyCase = 'ignoreCase' in match && match.ignoreCase ? ' in any case' : ''
  switch (match.kind) {
    case 'exact':
      return `exactly "${match.value}"${anyCase}`
    case 'prefix':
      return `a text that begins with "${match.value}"${anyCase}`
    case 'suffix':
      return `a text that ends in "${match.value}"${anyCase}`
    case 'contains':
      return `a text with "${match.value}" in it${anyCase}`
    case 'regex':
      return `a full match of /${match.pattern}/`
    case 'present':
      return 'any value'
  }
}

function folded(
  match: { readonly value: string; readonly ignoreCase: boolean },
  compare: (text: string, value: string) => boolean,
): (text: string) => boolean {
  const { value } = match
  if (!match.ignoreCase) return (text) => compare(text, value)
  const lower = value.toLowerCase()
  return (text) => compare(text.toLowerCase(), lower)
}
