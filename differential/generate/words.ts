/** What generated meshes are made of. Few words, so that conditions of different rules overlap. */

export const paths = ['/', '/shop', '/shop/', '/shop/items', '/v', '/v1', '/api/v1', '/api/v1/users', '/Shop', '/a%20b', '/a-b_c.d~e']
export const prefixes = [...paths, '/sho', '/api/']
export const pathPatterns = [
  '/v[12]',
  '/shop/.*',
  '/(shop|api)/[a-z]+',
  '.*',
  '/items/\\d+',
  '(?i)/SHOP.*',
  '/api/v[0-9]+/.+',
  '/shop',
  '/[^/]*',
  '/(.+)/',
]
export const headerNames = ['end-user', 'x-env', 'cookie', 'user-agent', 'X-Case']
export const values = ['jason', 'JASON', 'jas', 'prod', 'user=jason', 'a,b', 'v1.2']
export const valuePatterns = ['^(.*?;)?(user=jason)(;.*)?$', 'ja.*', '[a-z]+', '.*', '.+', 'v\\d+\\.\\d+', '(?i)jason|prod', '']
export const parameters = ['q', 'user', 'Q', 'x-y']
export const methods = ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH']

/** A service that routes may lead to. */
export interface Destination {
  readonly host: string
  /** As the namespace of the VirtualService spells it. */
  readonly names: readonly string[]
  readonly subsets: readonly string[]
}

/** Of the world `shop`. */
export const destinations: readonly Destination[] = [
  { host: 'b.default.svc.cluster.local', names: ['b', 'b', 'b.default.svc.cluster.local', 'b.default'], subsets: ['v1', 'v2'] },
  { host: 'c.default.svc.cluster.local', names: ['c', 'c', 'c.default.svc.cluster.local', 'C'], subsets: ['v1', 'v2', 'v3'] },
  { host: 'd.other.svc.cluster.local', names: ['d.other', 'd.other.svc.cluster.local'], subsets: ['v1'] },
  { host: 'b.other.svc.cluster.local', names: ['b.other.svc.cluster.local'], subsets: ['v1'] },
]

/** Outside hosts that only a gateway, or a VirtualService for the mesh, knows. */
export const publicHosts = ['shop.example.com', 'www.example.com', '*.example.com']
