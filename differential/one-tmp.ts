import { asCase, generateMesh } from './generate/mesh.ts'
const [sub, seed, i, n] = process.argv.slice(2)
const m = asCase(generateMesh(seed!, Number(i), Number(n), sub))
console.log(m.config)
console.log(JSON.stringify(m.meshConfig))
