import type { Span } from './span.ts'

/** One request to Bookinfo's page as Istio's proxies report it: through the gateway, where each try has a span of its own, and two calls of productpage. */
export function pageTrace(mark: string): readonly Span[] {
  const at = (ms: number): number => 1_700_000_000_000 + ms
  const node = (pod: string, ip: string): string => `${pod.startsWith('istio') ? 'router' : 'sidecar'}~${ip}~${pod}~bookinfo.svc.cluster.local`
  const span = (id: string, parentId: string | null, service: string, startMs: number, tags: Record<string, string>): Span => ({
    traceId: 't1',
    id,
    parentId,
    kind: tags['upstream_cluster']?.startsWith('inbound') ? 'server' : 'client',
    service,
    startMs: at(startMs),
    tags: {
      component: 'proxy',
      response_flags: '-',
      'http.status_code': '200',
      'guid:x-request-id': '0cad79e7-4196-b9dc-9f7a-46b54415ec7d',
      ...tags,
    },
  })
  const gateway = { node_id: node('istio-ingressgateway-f6f6c9c49-p27wb.istio-system', '10.244.0.4') }
  const page = {
    node_id: node('productpage-v1-7498b5bd44-r4trn.bookinfo', '10.244.0.9'),
    'istio.canonical_service': 'productpage',
    'istio.canonical_revision': 'v1',
  }
  const reviews = {
    node_id: node('reviews-v2-54465994f9-npqbq.bookinfo', '10.244.0.7'),
    'istio.canonical_service': 'reviews',
    'istio.canonical_revision': 'v2',
  }
  const toPage = 'outbound|9080||productpage.bookinfo.svc.cluster.local'
  return [
    span('g', null, 'istio-ingressgateway.istio-system', 0, {
      ...gateway,
      upstream_cluster: toPage,
      'guid:x-client-trace-id': mark,
      'peer.address': '10.244.255.1',
    }),
    { ...span('g1', 'g', 'istio-ingressgateway.istio-system', 1, { upstream_cluster: toPage, 'peer.address': '10.244.0.9:9080' }) },
    span('p', 'g1', 'productpage.bookinfo', 2, { ...page, upstream_cluster: 'inbound|9080||' }),
    span('r', 'p', 'productpage.bookinfo', 5, { ...page, upstream_cluster: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local' }),
    span('rr', 'r', 'reviews.bookinfo', 6, { ...reviews, upstream_cluster: 'inbound|9080||' }),
    span('d', 'p', 'productpage.bookinfo', 3, {
      ...page,
      upstream_cluster: 'outbound|9080|v1|details.bookinfo.svc.cluster.local',
      response_flags: 'FI',
      'http.status_code': '500',
    }),
  ]
}
