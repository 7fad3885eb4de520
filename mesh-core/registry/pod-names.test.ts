import { describe, expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import { createMesh } from '../create-mesh.ts'
import type { Mesh } from '../mesh.ts'

const captures = `annotations: {proxy.istio.io/config: '{proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}'}`
const world = `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {clusterIP: 10.96.0.1, selector: {app: db}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: db}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: extra, namespace: shop, labels: {app: db}}
spec: {subdomain: db, containers: [{name: db, image: db}]}
---
apiVersion: v1
kind: Pod
metadata: {name: named, namespace: shop, labels: {app: db}}
spec: {hostname: own, subdomain: db, containers: [{name: db, image: db}]}
---
apiVersion: v1
kind: Pod
metadata: {name: plain, namespace: shop}
spec: {containers: [{name: app, image: app}]}
---
apiVersion: v1
kind: Pod
metadata: {name: knowing, namespace: shop, ${captures}}
spec: {containers: [{name: app, image: app}]}
`

function mesh(more = ''): Mesh {
  const made = createMesh({})
  made.apply(readText(world + more, 'world.yaml').resources)
  return made
}

const podsOf = (made: Mesh, addresses: readonly string[] | null): readonly (string | undefined)[] =>
  (addresses ?? []).map((address) => made.registry.workloadAt(address)?.ref.instance)
const asked = (name: string, client: string, made = mesh()): readonly (string | undefined)[] =>
  podsOf(made, made.lookUp(name, { namespace: 'shop', name: client, instance: client }))

describe('names of pods below their service', () => {
  test.each<[string, string, readonly string[]]>([
    ['of a set', 'db-1.db', ['db-1']],
    ['in full', 'db-1.db.shop.svc.cluster.local.', ['db-1']],
    ['in any case', 'DB-1.db.shop.svc', ['db-1']],
    ['with a hostname', 'own.db', ['named']],
    ['of a pod that nobody has', 'db-2.db', []],
    ['with a hostname, by the name of the pod', 'named.db', []],
    ['without a hostname', 'extra.db', []],
    // A service with an address has names of its pods, too; but that of the set is another.
    ['of a set below another service', 'db-1.front', []],
    ['of an unknown service', 'db-1.nobody.shop.svc.cluster.local', []],
  ])('%s: %s', (_, name, wanted) => expect(asked(name, 'plain')).toEqual(wanted))

  test('of a service that has no ports', () => {
    const made = mesh('---\napiVersion: v1\nkind: Service\nmetadata: {name: bare, namespace: shop}\nspec: {clusterIP: None, selector: {app: db}}\n')
    const [pod] = asked('bare', 'plain', made)
    expect(pod).toMatch(/^db-/)
    const { address } = made.registry.workloads.find(({ ref }) => ref.instance === pod)!
    expect(asked(`${address.replaceAll('.', '-')}.bare`, 'plain', made)).toEqual([pod])
  })

  test('of pods without a hostname by their address', () => {
    const made = mesh()
    const { address } = made.registry.workloads.find(({ ref }) => ref.instance === 'extra')!
    expect(asked(`${address.replaceAll('.', '-')}.db`, 'plain', made)).toEqual(['extra'])
    expect(asked(`${address.replaceAll('.', '-')}.front`, 'plain', made)).toEqual(['extra'])
  })

  test('of a pod that is not ready there is none, unless the service says so', () => {
    const ill = (service = '') =>
      `---
apiVersion: v1
kind: Service
metadata: {name: ill, namespace: shop}
spec: {clusterIP: None, selector: {app: ill}, ports: [{name: http, port: 80}]${service}}
---
apiVersion: v1
kind: Pod
metadata: {name: ill, namespace: shop, labels: {app: ill}, annotations: {meshspec.dev/ready: "false"}}
spec: {hostname: it, subdomain: ill, containers: [{name: app, image: app}]}
`
    expect(asked('it.ill', 'plain', mesh(ill()))).toEqual([])
    expect(asked('it.ill', 'plain', mesh(ill(', publishNotReadyAddresses: true')))).toEqual(['ill'])
  })
})

describe('as istiod tells them to agents that answer for DNS', () => {
  test.each<[string, readonly string[]]>([
    ['db-0.db', ['db-0']],
    ['own.db.shop.svc.cluster.local', ['named']],
    // What the cluster's DNS does not know.
    ['extra.db', ['extra']],
  ])('%s', (name, wanted) => expect(asked(name, 'knowing')).toEqual(wanted))
})
