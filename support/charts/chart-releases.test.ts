import { expect, test } from 'vitest'
import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { inNamespace, readText } from '../../mesh-core/config/load.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { ChartReleases } from './chart-releases.ts'
import type { ConfigChange } from '../runs/scenario-session.ts'

const entry = (name: string) =>
  `{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: ${name}}, spec: {hosts: [${name}.example.com], ports: [{number: 80, name: http}], resolution: NONE}}`

/** Values are the names of entries. */
const releases = () =>
  new ChartReleases(
    (text, label, namespace) => inNamespace(readText(text, label).resources, namespace),
    async ({ values }) => values.split(' ').map(entry).join('\n---\n'),
  )

const names = ({ apply, remove }: ConfigChange) => ({ apply: apply.map(({ name }) => name), remove: remove.map(({ name }) => name) })

test('revisions take away what they no longer have', async () => {
  const seen: object[] = []
  const take = async (change: ConfigChange) => void seen.push(names(change))
  const charts = releases()
  await charts.install('/charts/shop', 'prod', 'a b', take)
  await charts.upgrade('shop', 'b c', take)
  await charts.rollBack('shop', 1, take)
  expect(seen).toEqual([
    { apply: ['a', 'b'], remove: [] },
    { apply: ['b', 'c'], remove: ['a'] },
    { apply: ['a', 'b'], remove: ['c'] },
  ])
})

test('a revision that is refused is counted, and changes nothing', async () => {
  const seen: object[] = []
  const take = async (change: ConfigChange) => void seen.push(names(change))
  const charts = releases()
  await charts.install('/charts/shop-1.2.0.tgz', 'prod', 'a', take)
  await expect(charts.upgrade('shop', 'b', () => Promise.reject(new ConfigRejected([])))).rejects.toThrow(ConfigRejected)
  await charts.upgrade('shop', 'c', take)
  await charts.rollBack('shop', 2, take)
  expect(seen.slice(1)).toEqual([
    { apply: ['c'], remove: ['a'] },
    { apply: ['b'], remove: ['c'] },
  ])
})

test('what is not there is named', async () => {
  const take = async () => {}
  const charts = releases()
  await expect(charts.upgrade('shop', 'a', take)).rejects.toThrow('there is no chart release "shop"; no chart was given')
  await charts.install('/charts/shop', 'prod', 'a', take)
  await expect(charts.upgrade('shp', 'a', take)).rejects.toThrow('there is no chart release "shp"; there is "shop"')
  await expect(charts.rollBack('shop', 3, take)).rejects.toThrow('the chart release "shop" has no revision 3; it has 1')
  await expect(charts.install('/other/shop', 'prod', 'a', take)).rejects.toThrow(StatementFailed)
})
