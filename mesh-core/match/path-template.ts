import { compileRegex } from './string.ts'

/** What a segment may hold: `pchar` of RFC 3986. Source: Envoy `extensions/path/uri_template_lib/uri_template_internal.cc`; seen with 1.40.0. */
const characters = "-a-zA-Z0-9._~%!$&'()*+,;=:@"

/** @param template of segments: `*` stands for a segment with something in it, `**` for any rest, which may be empty */
export function compilePathTemplate(template: string): (path: string) => boolean {
  const segments = template.split('/').slice(1)
  return compileRegex(segments.map((segment) => `/${segmentPattern(segment)}`).join(''))
}

/** Behind a wildcard a text may stand. */
function segmentPattern(segment: string): string {
  if (segment.startsWith('**')) return `[${characters}/]*${quoted(segment.slice(2))}`
  if (segment.startsWith('*')) return `[${characters}]+${quoted(segment.slice(1))}`
  return quoted(segment)
}

function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}
