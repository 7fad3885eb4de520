import { readFileSync } from 'node:fs'
import { asCase, generateMesh } from './generate/mesh.ts'
import { meshCore } from '../vectors/mesh-observed/engine.ts'
import { openCase } from '../vectors/mesh-observed/play.ts'
import { worldFile } from './oracle.ts'
const [sub, seed, i, n, who, rx] = process.argv.slice(2)
const m = asCase(generateMesh(seed!, Number(i), Number(n), sub))
const o = await openCase(m, readFileSync(worldFile, 'utf8'), await meshCore(), 1)
if (o.kind === 'opened') {
  const ref = o.scene.mesh.registry.workloads.find((w) => `${w.ref.name}.${w.ref.namespace}` === who)!.ref
  const c = o.scene.mesh.proxyConfig(ref)!
  for (const l of c.listeners) if (new RegExp(rx!).test(l.name)) console.log(JSON.stringify(l, (k, v) => (k === 'origin' ? undefined : v), 1))
}
