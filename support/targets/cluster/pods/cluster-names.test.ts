import { expect, test } from 'vitest'
import { kindOfName } from './cluster-names.ts'

const services = [{ metadata: { name: 'db', namespace: 'a' } }]

test.each([
  ['db', 'service'],
  ['db.a', 'service'],
  ['db.a.svc.cluster.local', 'service'],
  ['db-0.db', 'pod'],
  ['db-0.db.a.svc', 'pod'],
  ['x.db-0.db.a.svc', 'other'],
  ['web', 'other'],
  ['db.b', 'other'],
  ['edition.cnn.com', 'other'],
])('%s is the name of a %s', (host, kind) => expect(kindOfName(host, services)).toBe(kind))
