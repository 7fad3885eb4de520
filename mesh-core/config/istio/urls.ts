/** Of an authority: user info, and a host with a port of digits. */
const authority = /^(?:(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})*@)?(?:\[[0-9a-f:.%]+\]|[^\s%/?#[\]@:"<>{}|\\^\x60]*)(?::\d*)?$/i

/**
 * The scheme of a text that Go's url.ParseRequestURI takes: an absolute URI, or an absolute path (then it is empty).
 * @returns null for others
 */
export function requestScheme(text: string): string | null {
  if (text === '' || /[\0-\x1f\x7f]/.test(text) || /%(?![0-9a-f]{2})/i.test(text.split('?')[0] as string)) return null
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):)?(.*)$/is.exec(text) ?? []
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const host = /^[^/?]*/.exec(rest.slice(2))?.[0] ?? ''
    if (!authority.test(host)) return null
  } else if (!rest.startsWith('/') && scheme === '') return null
  return scheme.toLowerCase()
}
