import type { MeshCall } from '../mesh-core/index.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { bookinfoMesh } from './bookinfo-mesh.ts'
import { rateOf } from './rate.ts'

/** Requests that are under way at the same time; one clock drives them all. */
const atOnce = 100

/** The whole page: gateway, productpage, details and reviews, each with its proxies on both sides. */
export const productPages: Benchmark = {
  name: 'product-pages',
  about: "simulated Bookinfo product pages a second on one thread, all hops with their proxies, beside a browser's pace",
  async run(): Promise<readonly Figure[]> {
    const mesh = bookinfoMesh()
    const { ref } = mesh.registry.workloads.find((one) => one.ref.name === 'istio-ingressgateway')!
    const call: MeshCall = {
      from: { kind: 'gateway', ref },
      method: 'GET',
      url: 'http://bookinfo.example.com/productpage',
      headers: { 'user-agent': 'bench' },
      body: '',
      timeoutMs: null,
    }
    const page = await mesh.send(call)
    if (page.response?.status !== 200 || page.hops.length < 3)
      throw new Error(`the page answers ${page.response?.status} over ${page.hops.length} hops`)
    const hops = page.hops.length
    const oneByOne = await rateOf(async (units) => {
      for (let i = 0; i < units; i++) await mesh.send(call)
    })
    const together = await rateOf(async (units) => {
      for (let i = 0; i < units; i += atOnce) await mesh.settle(Promise.all(Array.from({ length: atOnce }, () => mesh.start(call))))
    })
    return [
      { what: `pages, one by one, ${hops} hops each`, value: oneByOne, unit: 'pages/s', goal: { atLeast: 30_000 } },
      { what: `pages, ${atOnce} at once`, value: together, unit: 'pages/s' },
      { what: 'at once ÷ one by one', value: together / oneByOne, unit: '×' },
    ]
  },
}
