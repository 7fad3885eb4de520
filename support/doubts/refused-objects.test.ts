import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import { CoreSession } from '../targets/core/session.ts'
import { refusedObjects } from './refused-objects.ts'

const config = (backend: string, section: string): string => `
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: entry}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec: {parentRefs: [{name: entry, sectionName: ${section}}], rules: [{backendRefs: [{name: ${backend}, port: 80}]}]}
`

async function told(text: string, isGiven = true): Promise<readonly string[]> {
  const session = new CoreSession({ seed: 1, spec: false })
  const { resources } = readText(text, 'mesh.yaml')
  await session.apply(resources)
  return refusedObjects(session.statuses(), isGiven ? resources : [])
}

test('routes that nobody takes, and what they name that may not be used', async () => {
  expect(await told(config('shop', 'http'))).toEqual([])
  expect(await told(config('till', 'http'))).toEqual([expect.stringMatching(/^HTTPRoute default\/shop: ResolvedRefs is False, BackendNotFound: /)])
  expect(await told(config('shop', 'https'))).toEqual([expect.stringMatching(/^HTTPRoute default\/shop: Accepted is False, NoMatchingParent: /)])
  expect(await told(config('till', 'http'), false)).toEqual([])
})
