import { expect, test } from 'vitest'
import type { KubeApi } from '../../kube/kube-api.ts'
import { Permissions } from './permissions.ts'
import type { Right } from './rights.ts'

const rights: readonly Right[] = [
  { group: '', resources: ['pods'], verbs: ['list'], where: 'scenarios', purposes: ['pods'] },
  { group: '', resources: ['pods/exec'], verbs: ['create'], where: 'scenarios', purposes: ['in-mesh-calls'] },
]
const places = { named: [], controlPlane: 'istio-system', lease: 'default' }

interface Asked {
  readonly body: { readonly spec: { readonly resourceAttributes: { readonly subresource?: string } } }
}

function apiOf(): { readonly api: KubeApi; readonly asked: () => number } {
  let asked = 0
  const send = async ({ body }: Asked) => {
    asked += 1
    return { status: { allowed: body.spec.resourceAttributes.subresource === undefined } }
  }
  return { api: { send } as unknown as KubeApi, asked: () => asked }
}

test('another process of the run goes by what the first one has been told', async () => {
  const { api, asked } = apiOf()
  const first = await Permissions.ask(api, rights, places)
  expect(asked()).toBe(2)
  const told = JSON.parse(JSON.stringify(first.missing)) as typeof first.missing
  const second = await Permissions.ask(api, rights, places, told)
  expect(asked()).toBe(2)
  for (const one of [first, second]) expect([one.missingFor('pods'), one.missingFor('in-mesh-calls')]).toEqual([[], ['create pods/exec']])
})
