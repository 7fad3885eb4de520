import { RE2JS } from 're2js'

import type { PathMatch } from '../ir/match.ts'
import type { PathRewrite } from '../ir/route.ts'
import { pathWithoutQuery } from '../match/path.ts'

/** @returns the request target after the rewrite, or the same one where the rewrite does not act */
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
export function replaceMatched(match: PathMatch, replacement: string): Rewriter {
  const length = match.kind === 'prefix' || match.kind === 'segments' ? match.prefix.length : null
  return (target) => replacement + target.slice(length ?? pathWithoutQuery(target).length)
}

function replaceRegex(pattern: string, substitution: string): Rewriter {
  const compiled = RE2JS.compile(pattern)
  const replacement = dollarGroups(substitution)
  return (target) => {
    const path = pathWithoutQuery(target)
    return compiled.matcher(path).replaceAll(replacement) + target.slice(path.length)
  }
}

/** RE2's `\1` and `\\` in the words of re2js: `$1`, and a backslash before what would be special there. */
function dollarGroups(substitution: string): string {
  return substitution.replace(/\\(\d)|\\\\|[$\\]/g, (written, group: string | undefined) => {
    if (group !== undefined) return `\${${group}}`.replace(/[{}]/g, '')
    return written === '$' ? '\\$' : '\\\\'
  })
}
