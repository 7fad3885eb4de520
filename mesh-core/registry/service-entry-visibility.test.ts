import { expect, test } from 'vitest'
import { readText } from '../config/load.ts'
import type { Service } from './registry.ts'
import { cappedBy } from './service-entry-visibility.ts'

const namespaces = `
apiVersion: v1
kind: Namespace
metadata: {name: open, labels: {team: open}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shut, labels: {team: closed, stage: live}}
`

const policies = `
  policies:
  - {visibility: NONE, matchingRules: [{namespaceSelector: {matchLabels: {team: closed}}}, {namespaceSelector: {matchLabels: {stage: live}}}]}
  - {visibility: PUBLIC, matchingRules: [{namespaceSelector: {matchLabels: {team: open}}}]}
  - {visibility: NAMESPACE, matchingRules: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: named}}}]}
  - {visibility: NONE, matchingRules: [{}]}`

const rows: readonly { about: string; settings: string; namespace: string; exportTo: string[]; seen: string[] }[] = [
  { about: 'all rules of the first policy', settings: `applyToSidecars: true${policies}`, namespace: 'shut', exportTo: [], seen: ['~'] },
  { about: 'the second policy', settings: `applyToSidecars: true${policies}`, namespace: 'open', exportTo: [], seen: [] },
  { about: 'by the name of the namespace', settings: `applyToSidecars: true${policies}`, namespace: 'named', exportTo: ['*'], seen: ['.'] },
  { about: 'its own namespace by name', settings: `applyToSidecars: true${policies}`, namespace: 'named', exportTo: ['x', 'named'], seen: ['.'] },
  { about: 'another namespace alone', settings: `applyToSidecars: true${policies}`, namespace: 'named', exportTo: ['x'], seen: ['~'] },
  { about: 'a rule without a condition fits none', settings: `applyToSidecars: true${policies}`, namespace: 'else', exportTo: ['x'], seen: ['x'] },
  { about: 'not of sidecars', settings: `defaultVisibility: NONE${policies}`, namespace: 'shut', exportTo: [], seen: [] },
  { about: 'the default', settings: 'applyToSidecars: true\n  defaultVisibility: NAMESPACE', namespace: 'else', exportTo: [], seen: ['.'] },
]

for (const { about, settings, namespace, exportTo, seen } of rows)
  test(about, () => {
    const mesh = `---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\nserviceEntryVisibility:\n  ${settings}\n`
    const { resources, errors } = readText(namespaces + mesh, 'a.yaml')
    expect(errors).toEqual([])
    expect(cappedBy(resources)({ namespace, exportTo } as unknown as Service).exportTo).toEqual(seen)
  })
