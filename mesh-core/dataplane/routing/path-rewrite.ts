import { RE2JS } from 're2js'

import type { PathMatch } from '../../ir/match.ts'
import type { PathRewrite } from '../../ir/route.ts'
import { pathWithoutQuery } from '../../match/path.ts'

/** @returns the request target after the rewrite; the empty text where it must not be rewritten */
export type Rewriter = (target: string) => string

/** Source: Envoy `RouteEntryImplBase::finalizePathHeader`: the query string stays as it was. */
export function compilePathRewrite(rewrite: PathRewrite, match: PathMatch): Rewriter {
  switch (rewrite.kind) {
    case 'full':
      return (target) => rewrite.path + target.slice(pathWithoutQuery(target).length)
    case 'prefix':
      return replaceMatched(match, rewrite.replacement)
    case 'regex':
      return replaceRegex(rewrite.pattern, rewrite.substitution)
  }
}

/** Plain text replacement: `/foo` by `/` makes `//bar` of `/foo/bar`. An exact path or a regex has matched the whole path. */
function replaceMatched(match: PathMatch, replacement: string): Rewriter {
  const length = match.kind === 'prefix' || match.kind === 'segments' ? match.prefix.length : null
  return (target) => replacement + target.slice(length ?? pathWithoutQuery(target).length)
}

/** Every match of a pattern of RE2. Source: RE2's GlobalReplace. */
export function compileReplacement(pattern: string, substitution: string): (text: string) => string {
  const compiled = RE2JS.compile(pattern)
  const fill = compileSubstitution(substitution)
  // RE2 replaces nothing by a text with a group that there is not.
  if (Math.max(0, ...groupsOf(substitution)) > compiled.groupCount()) return (text) => text
  return (path) => {
    const matcher = compiled.matcher(path)
    let rewritten = ''
    let end = 0
    while (matcher.find()) {
      // RE2's GlobalReplace takes no empty match that touches the match before it.
      if (matcher.start() === matcher.end() && matcher.end() === end && end > 0) continue
      rewritten += path.slice(end, matcher.start()) + fill((group) => matcher.group(group) ?? '')
      end = matcher.end()
    }
    return rewritten + path.slice(end)
  }
}

function replaceRegex(pattern: string, substitution: string): Rewriter {
  const replace = compileReplacement(pattern, substitution)
  return (target) => {
    const path = pathWithoutQuery(target)
    const rewritten = replace(path)
    // Envoy leaves a path alone that would come out empty.
    return rewritten === '' ? '' : rewritten + target.slice(path.length)
  }
}

function groupsOf(substitution: string): number[] {
  return (substitution.match(/\\[\d\\]/g) ?? []).filter((part) => part !== '\\\\').map((part) => Number(part[1]))
}

/** RE2's own notation: `\0` is the whole match, `\1` to `\9` are its groups, `\\` a backslash; a dollar sign is one. Another escape ends the text. */
function compileSubstitution(substitution: string): (group: (index: number) => string) => string {
  const all: readonly string[] = substitution.match(/\\[\d\\]|[^\\]+|\\/g) ?? []
  const wrong = all.indexOf('\\')
  const parts = wrong < 0 ? all : all.slice(0, wrong)
  return (group) => parts.map((part) => (/^\\\d$/.test(part) ? group(Number(part[1])) : part === '\\\\' ? '\\' : part)).join('')
}
