import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { NotYetProgrammed } from '../../../target.ts'
import type { Pod } from '../../pods/pod.ts'
import type { Thoroughness } from './proof.ts'
import { namesCredential, Unproven } from './unproven.ts'

/** What the proofs of one scenario were asked for, in order. */
function scenario(prove: () => Promise<void> = async () => {}) {
  const proofs: object[] = []
  const run = {
    left: 'nothing',
    leftAtGateway: new Set<string>(),
    leftConnections: new Set<string>(),
    settings: { deploy: true },
    hold: async () => {},
  }
  const pods = { all: [{ namespace: 'a', name: 'shop-1', ready: true }] as Pod[], ready: async () => false }
  const pass = (_: unknown, asked: readonly Pod[], { rounds, isDrained }: Thoroughness) => {
    proofs.push({ rounds, drained: asked.some(isDrained) })
    return prove()
  }
  const proof = { pass }
  return { proofs, run, pods, unproven: new Unproven({ run, proof, pods, words: { used: [] } } as never) }
}

const rule = { group: 'networking.istio.io', kind: 'VirtualService' }
const cluster = { group: 'networking.istio.io', kind: 'DestinationRule' }
const policy = { group: 'security.istio.io', kind: 'AuthorizationPolicy' }

test('without a change nothing is proven, and what was proven is so once', async () => {
  const { proofs, unproven } = scenario()
  await unproven.settle()
  unproven.addConfig([rule], false)
  await unproven.settle()
  await unproven.settle()
  expect(proofs).toEqual([{ rounds: 1, drained: false }])
})

test.each([
  ['routes alone', [rule], false, { rounds: 1, drained: false }],
  ['more than routes', [rule, cluster], true, { rounds: 2, drained: false }],
  ['what comes in, before anything was sent', [policy], false, { rounds: 2, drained: false }],
  ['what comes in, while connections may be open', [policy], true, { rounds: 2, drained: true }],
])('a change of %s', async (_, changed, hasSent, wanted) => {
  const { proofs, unproven } = scenario()
  unproven.addConfig(changed, hasSent)
  await unproven.settle()
  expect(proofs).toEqual([wanted])
})

test('connections are drained once for each change', async () => {
  const { proofs, unproven } = scenario()
  unproven.addConfig([policy], true)
  await unproven.settle()
  unproven.addConfig([rule], true)
  await unproven.settle()
  expect(proofs.at(-1)).toEqual({ rounds: 1, drained: false })
})

test('what a scenario before has left is proven with the first change of the next', async () => {
  const { proofs, run, unproven } = scenario()
  unproven.leave([rule], true)
  expect(run.left).toBe('routes')
  run.left = 'all'
  unproven.addConfig([rule], false)
  await unproven.settle()
  expect([proofs, run.left]).toEqual([[{ rounds: 2, drained: false }], 'nothing'])
})

test.each([
  ['what comes in', policy, true, true, ['a/shop-1']],
  ['what comes in, to which nothing was sent', policy, false, true, []],
  ['what comes in, of pods that are not the run’s', policy, true, false, []],
  ['routes alone', rule, true, true, []],
])('connections that a rule for %s has left are known by their pods', (_, changed, hasSent, deploy, wanted) => {
  const { run, unproven } = scenario()
  run.settings.deploy = deploy
  unproven.leave([changed], hasSent)
  expect([...run.leftConnections]).toEqual(wanted)
})

test('pods with such connections are drained once, by the next proof that asks them', async () => {
  const { proofs, run, pods, unproven } = scenario()
  run.leftConnections.add('a/shop-1')
  pods.all = [{ namespace: 'a', name: 'shop-2', ready: true } as Pod]
  unproven.addConfig([rule], false)
  await unproven.settle()
  pods.all = [{ namespace: 'a', name: 'shop-1', ready: true } as Pod]
  for (let i = 0; i < 2; i++) {
    unproven.addConfig([rule], false)
    await unproven.settle()
  }
  expect(proofs).toEqual([false, true, false].map((drained) => ({ rounds: 1, drained })))
})

test('a pod that is not ready keeps them in mind', async () => {
  const { run, pods, unproven } = scenario()
  run.leftConnections.add('a/shop-1')
  pods.all = [{ namespace: 'a', name: 'shop-1', ready: false } as Pod]
  unproven.addConfig([rule], false)
  await unproven.settle()
  expect([...run.leftConnections]).toEqual(['a/shop-1'])
})

test('endpoints that have moved are left to the next, whatever the config', () => {
  const { run, unproven } = scenario()
  unproven.addEndpoints()
  unproven.leave([], true)
  expect(run.left).toBe('all')
})

test('a wider reach is proven anew, the same one is not', async () => {
  const { proofs, unproven } = scenario()
  await unproven.hold('own')
  await unproven.settle()
  await unproven.hold('outside')
  await unproven.settle()
  await unproven.hold('outside')
  await unproven.settle()
  expect(proofs).toEqual([{ rounds: 2, drained: false }])
})

test('proxies that have not forgotten in time are told from proofs that break', async () => {
  const late = scenario(() => Promise.reject(new NotYetProgrammed('late')))
  expect(await late.unproven.areForgotten()).toBe(false)
  expect(await scenario().unproven.areForgotten()).toBe(true)
  await expect(scenario(() => Promise.reject(new Error('broken'))).unproven.areForgotten()).rejects.toThrow('broken')
})

test('a rule that names a credential is known', () => {
  const rule = (name: string, tls: object): KubeObject => ({
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: { name, namespace: 'run' } },
    spec: { host: 'nginx', trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls }] } },
  })
  expect([rule('plain', { mode: 'SIMPLE' }), rule('own', { mode: 'MUTUAL', credentialName: 'client' })].map(namesCredential)).toEqual([false, true])
})
