import { expect, test } from 'vitest'
import type { Cluster, UpstreamTls } from '../../../../mesh-core/ir/cluster.ts'
import { clusterSockets, inboundTls } from './mutual-tls.ts'
import { asIstiodSends } from './as-istiod-sends.ts'
import type { Placement } from './placement.ts'

const source = { own: 'spiffe://cluster.local/ns/a/sa/b', root: 'ROOTCA', configSource: {} }
const placement: Placement = { ...asIstiodSends, own: () => source }
const cluster = (tls: UpstreamTls) => ({ name: 'outbound|80|v1|b.default.svc.cluster.local', tls }) as Cluster

test.each([
  ['auto', { mode: 'auto' }, ['transport_socket_matches']],
  ['ISTIO_MUTUAL', { mode: 'istio-mutual', sni: null, subjectAltNames: null }, ['transport_socket']],
  ['DISABLE', { mode: 'disable' }, []],
] as const)('%s', (_, tls, fields) => expect(Object.keys(clusterSockets(cluster(tls), placement, []))).toEqual(fields))

test('auto leaves endpoints in plain text that have no sidecar', () => {
  const { transport_socket_matches: matches } = clusterSockets(cluster({ mode: 'auto' }), placement, ['spiffe://x'])
  expect(matches).toMatchObject([
    {
      match: { tlsMode: 'istio' },
      transport_socket: {
        typed_config: {
          sni: 'outbound_.80_.v1_.b.default.svc.cluster.local',
          common_tls_context: {
            tls_certificate_sds_secret_configs: [{ name: source.own }],
            combined_validation_context: {
              default_validation_context: { match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: 'spiffe://x' } }] },
              validation_context_sds_secret_config: { name: 'ROOTCA' },
            },
          },
        },
      },
    },
    { match: {}, transport_socket: { name: 'envoy.transport_sockets.raw_buffer' } },
  ])
})

test('whoever calls shows a certificate', () => {
  expect(inboundTls(source)).toMatchObject({ typed_config: { require_client_certificate: true } })
})
