import { existsSync, readFileSync } from 'node:fs'
import { load, loadAll } from 'js-yaml'
import { describe, expect, test } from 'vitest'

const ours = new URL('.', import.meta.url)
const theirs = new URL('../../../shared/upstream/istio-samples/samples/bookinfo/', import.meta.url)

// The files that carry the names of Istio's samples mean what those mean.
const files = [
  'gateway-api/bookinfo-gateway.yaml',
  'gateway-api/route-all-v1.yaml',
  'gateway-api/route-reviews-50-v3.yaml',
  'gateway-api/route-reviews-90-10.yaml',
  'gateway-api/route-reviews-v1.yaml',
  'gateway-api/route-reviews-v3.yaml',
  'networking/bookinfo-gateway.yaml',
  'networking/destination-rule-all.yaml',
  'networking/destination-rule-all-mtls.yaml',
  'networking/destination-rule-reviews.yaml',
  'networking/fault-injection-details-v1.yaml',
  'networking/virtual-service-all-v1.yaml',
  'networking/virtual-service-details-v2.yaml',
  'networking/virtual-service-ratings-db.yaml',
  'networking/virtual-service-ratings-test-abort.yaml',
  'networking/virtual-service-ratings-test-delay.yaml',
  'networking/virtual-service-reviews-50-v3.yaml',
  'networking/virtual-service-reviews-80-20.yaml',
  'networking/virtual-service-reviews-90-10.yaml',
  'networking/virtual-service-reviews-jason-v2-v3.yaml',
  'networking/virtual-service-reviews-test-v2.yaml',
  'networking/virtual-service-reviews-v2-v3.yaml',
  'networking/virtual-service-reviews-v3.yaml',
  'platform/kube/bookinfo-db.yaml',
  'platform/kube/bookinfo-details-v2.yaml',
  'platform/kube/bookinfo-details.yaml',
  'platform/kube/bookinfo-ingress.yaml',
  'platform/kube/bookinfo-ratings-discovery.yaml',
  'platform/kube/bookinfo-ratings-v2.yaml',
  'platform/kube/bookinfo-ratings.yaml',
  'platform/kube/bookinfo-reviews-v2.yaml',
  'platform/kube/bookinfo-versions.yaml',
  'platform/kube/bookinfo.yaml',
]

function documentsOf(folder: URL, file: string): unknown[] {
  return loadAll(readFileSync(new URL(file, folder), 'utf8')).filter((document) => document !== null && document !== undefined)
}

describe.skipIf(!existsSync(theirs))("ours as data, beside Istio's samples (skipped where those are not)", () => {
  test.each(files)('%s', (file) => {
    expect(documentsOf(ours, file)).toEqual(documentsOf(theirs, file))
  })
})

test('a reviews timeout file has the half second of the task', () => {
  const file = load(readFileSync(new URL('networking/virtual-service-reviews-timeout.yaml', ours), 'utf8'))
  expect(file).toMatchObject({ spec: { http: [{ timeout: '0.5s' }] } })
})
