import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { readPaths, validateResource } from '../../../mesh-core/config/load.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import { type Rule, type VirtualService, virtualServiceOf } from '../../../mesh-core/compile/rules/virtual-service.ts'
import type { HttpRule, VirtualServiceSpec } from '../../../mesh-core/compile/rules/virtual-service-types.ts'

/** A VirtualService as it was written, beside what it is compiled to. */
export interface WrittenVirtualService {
  readonly hosts: readonly string[]
  readonly rules: readonly WrittenRule[]
  readonly translated: VirtualService
}

export interface WrittenRule {
  readonly written: HttpRule
  readonly rule: Rule
}

/** The VirtualServices of some files; other kinds are passed over. @throws ConfigRejected for what is not in the form of its kind */
export function readVirtualServices(files: readonly string[]): WrittenVirtualService[] {
  const { resources, errors } = readPaths(files)
  if (errors.length > 0) throw new ConfigRejected(errors)
  return virtualServicesOf(resources)
}

/** @throws ConfigRejected */
export function virtualServicesOf(resources: readonly Resource[]): WrittenVirtualService[] {
  const own = resources.filter(({ kind }) => kind === 'VirtualService')
  // What istiod would refuse in the sense of what is written is none of these programs' business.
  const malformed = own
    .flatMap((resource) => validateResource(resource).errors)
    .filter(({ code }) => code.startsWith('SCHEMA_') || code === 'UNKNOWN_FIELD')
  if (malformed.length > 0) throw new ConfigRejected(malformed)
  return own.map(writtenVirtualService)
}

function writtenVirtualService(resource: Resource): WrittenVirtualService {
  const translated = virtualServiceOf(resource)
  const { hosts = [], http = [] } = (resource.object['spec'] ?? {}) as Partial<VirtualServiceSpec>
  return { hosts, rules: http.map((written, i) => ({ written, rule: translated.rules[i]! })), translated }
}
