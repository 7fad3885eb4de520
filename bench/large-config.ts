import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface LargeConfig {
  readonly folder: string
  readonly bytes: number
  remove(): void
}

export const largeMesh = { hosts: 10_000, routesPerHost: 10, files: 1000 } as const

/** Writes a mesh of 10,000 VirtualServices of 10 routes each, in 1,000 files. */
export function writeLargeConfig(files: number = largeMesh.files): LargeConfig {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-bench-'))
  const config = join(folder, 'config')
  mkdirSync(config)
  const perFile = largeMesh.hosts / largeMesh.files
  let bytes = 0
  for (let file = 0; file < files; file++) {
    const documents = Array.from({ length: perFile }, (_, i) => virtualService(file * perFile + i))
    const text = documents.join('---\n')
    bytes += text.length
    writeFileSync(join(config, `virtual-services-${String(file).padStart(4, '0')}.yaml`), text)
  }
  return { folder: config, bytes, remove: () => rmSync(folder, { recursive: true }) }
}

export function hostName(index: number): string {
  return `service-${index}.shop.example.com`
}

export function virtualService(index: number): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: service-${index}
  namespace: default
spec:
  hosts:
    - ${hostName(index)}
  http:
${Array.from({ length: largeMesh.routesPerHost }, (_, route) => rule(index, route)).join('')}`
}

/** Nine rules with conditions, and a last one that takes the rest. */
function rule(host: number, route: number): string {
  const last = route === largeMesh.routesPerHost - 1
  const match = `    match:
    - uri:
        prefix: /api/v${route}
      headers:
        x-tenant:
          exact: tenant-${route}
`
  return `  - name: r${route}
${last ? '' : match}    route:
    - destination:
        host: service-${host}
`
}
