/**
 * Is something of `owner` seen from `viewer`? `*` everywhere, `.` the own namespace, `~` nowhere, otherwise a namespace's name.
 * Source: Istio `pkg/config/visibility`, `pilot/pkg/model/push_context.go`.
 */
export function isVisible(exportTo: readonly string[] | undefined, byDefault: readonly string[], owner: string, viewer: string): boolean {
  const list = exportTo && exportTo.length > 0 ? exportTo : byDefault
  return list.some((entry) => entry === '*' || (entry === '.' ? owner === viewer : entry === viewer))
}

/** How far it is seen; istiod looks at what is private to a namespace first, then at what is exported to it, then at what is public. */
export function reachOf(
  exportTo: readonly string[] | undefined,
  byDefault: readonly string[],
  owner: string,
  viewer: string,
): 'private' | 'exported' | 'public' | null {
  const list = exportTo && exportTo.length > 0 ? exportTo : byDefault
  if (list.includes('*')) return 'public'
  if (!isVisible(list, byDefault, owner, viewer)) return null
  return owner === viewer && list.some((entry) => entry === '.' || entry === owner) ? 'private' : 'exported'
}
