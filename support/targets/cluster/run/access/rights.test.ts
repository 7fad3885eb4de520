import { expect, test } from 'vitest'
import { rightsOf } from './rights.ts'

const wanted = { deploy: true, namesNamespaces: false, ownGateway: true, telemetry: [] }

test('the mesh config is asked for where the run may change it, and nothing else beside the control plane', () => {
  const ofMesh = (meshConfigMap?: string) =>
    rightsOf({ ...wanted, ...(meshConfigMap && { meshConfigMap }) }).filter(({ where }) => where === 'control-plane')
  expect(ofMesh()).toEqual([])
  expect(ofMesh('istio-1-30').map(({ resources, verbs, name }) => [resources, verbs, name])).toEqual([
    [['configmaps'], ['get', 'update'], 'istio-1-30'],
    [['pods/exec'], ['get', 'create'], undefined],
  ])
})
