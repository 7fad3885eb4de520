import type { PathMatch } from '../ir/match.ts'
import { compileRegex } from './string.ts'

/** The path that is matched: no query, no fragment. */
export function pathWithoutQuery(target: string): string {
  const query = target.indexOf('?')
  const fragment = target.indexOf('#')
  if (query < 0) return fragment < 0 ? target : target.slice(0, fragment)
  return target.slice(0, fragment < 0 ? query : Math.min(query, fragment))
}

/** @returns a predicate over the path without its query string */
export function compilePathMatch(match: PathMatch): (path: string) => boolean {
  switch (match.kind) {
    case 'exact':
      return folded(match.path, match.ignoreCase, (path, wanted) => path === wanted)
    case 'prefix':
      // Most routes have no path condition, which is the prefix of one slash.
      if (match.prefix === '/') return (path) => path.charCodeAt(0) === 0x2f
      return folded(match.prefix, match.ignoreCase, (path, prefix) => path.startsWith(prefix))
    case 'segments':
      return folded(match.prefix, match.ignoreCase, isAtOrBelow)
    case 'regex':
      return compileRegex(match.pattern)
  }
}

/** Why `path` does or does not fulfil the condition. */
export function explainPathMatch(match: PathMatch, path: string): string {
  const holds = compilePathMatch(match)(path)
  const anyCase = match.kind !== 'regex' && match.ignoreCase ? ' in any case' : ''
  switch (match.kind) {
    case 'exact':
      return `path "${path}" is ${holds ? '' : 'not '}"${match.path}"${anyCase}`
    case 'prefix':
      return `path "${path}" ${holds ? 'begins' : 'does not begin'} with "${match.prefix}"${anyCase}`
    case 'segments':
      return `path "${path}" is ${holds ? '' : 'not '}"${match.prefix}" or below it${anyCase}`
    case 'regex':
      return `path "${path}" as a whole ${holds ? 'matches' : 'does not match'} /${match.pattern}/`
  }
}

function isAtOrBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f)
}

function folded(wanted: string, ignoreCase: boolean, compare: (path: string, wanted: string) => boolean): (path: string) => boolean {
  if (!ignoreCase) return (path) => compare(path, wanted)
  const lower = wanted.toLowerCase()
  return (path) => compare(path.toLowerCase(), lower)
}
