import type { FieldTree } from './field-tree.ts'

const port: FieldTree = { f: { number: 'n' }, r: ['number'] }
const environment: FieldTree = { a: { f: { name: 's', value: 's', valueFrom: { e: ['HOST', 'INLINE'] } }, r: ['name'] } }

/** Kinds of Istio 1.30 to 1.32 that @kubernetes-models/istio, which is of 1.29, does not have. Source: the CRDs of Istio */
export const laterKinds: Readonly<Record<string, FieldTree>> = {
  'extensions.istio.io/TrafficExtension': {
    f: {
      apiVersion: 's',
      kind: 's',
      metadata: { $: 'apimachinery/apis/meta/v1/ObjectMeta' },
      spec: {
        f: {
          lua: { f: { inlineCode: 's' }, r: ['inlineCode'] },
          match: { a: { f: { mode: { e: ['CLIENT', 'CLIENT_AND_SERVER', 'SERVER', 'UNDEFINED'] }, ports: { a: port } } } },
          phase: { e: ['AUTHN', 'AUTHZ', 'STATS', 'UNSPECIFIED'] },
          priority: 'n',
          selector: { f: { matchLabels: { m: 's' } } },
          targetRefs: { a: { f: { group: 's', kind: 's', name: 's', namespace: 's' }, r: ['kind', 'name'] } },
          wasm: {
            f: {
              failStrategy: { e: ['FAIL_CLOSE', 'FAIL_OPEN', 'FAIL_RELOAD'] },
              imagePullPolicy: { e: ['Always', 'IfNotPresent', 'UNSPECIFIED_POLICY'] },
              imagePullSecret: 's',
              pluginConfig: '*',
              pluginName: 's',
              sha256: 's',
              type: { e: ['HTTP', 'NETWORK', 'UNSPECIFIED_PLUGIN_TYPE'] },
              url: 's',
              verificationKey: 's',
              vmConfig: { f: { env: environment } },
            },
            r: ['url'],
          },
        },
      },
      status: '*',
    },
    r: ['spec'],
  },
}
