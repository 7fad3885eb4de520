/** What has changed of proxies' config since it was last proven to be in force. */
export type Extent = 'nothing' | 'routes' | 'all'

const order: readonly Extent[] = ['nothing', 'routes', 'all']

export function wider(a: Extent, b: Extent): Extent {
  return order.indexOf(a) < order.indexOf(b) ? b : a
}

/** Kinds that change routes and nothing else. */
const routeKinds: ReadonlySet<string> = new Set(['VirtualService'])

export function extentOf(changed: readonly { readonly kind: string }[]): Extent {
  if (changed.length === 0) return 'nothing'
  return changed.every(({ kind }) => routeKinds.has(kind)) ? 'routes' : 'all'
}

/** What is not of routes alone reaches a proxy in several pushes. */
export function roundsFor(changed: Extent): number {
  return changed === 'all' ? 2 : 1
}
