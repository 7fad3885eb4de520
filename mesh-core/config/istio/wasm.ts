import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { requestScheme } from './urls.ts'
import { checkSelection } from './workload-selection.ts'

/** Source: the CEL rules of the CRD, and Istio ValidateWasmPlugin. */
export function checkWasmPlugin(spec: Fields, judge: Judge): void {
  checkSelection(spec, judge)
  checkWasm(spec, ['spec'], judge)
  checkPorts(spec.match, judge)
}

/** Bytes of a script. */
const maxScript = 64 * 1024

/** Source: the CEL rules of the CRD, and Istio ValidateTrafficExtension. */
export function checkTrafficExtension(spec: Fields, judge: Judge): void {
  checkSelection(spec, judge)
  if ((spec.wasm === undefined) === (spec.lua === undefined)) judge.error('CONFLICTING_FIELDS', ['spec'], 'exactly one of wasm or lua must be set')
  if (spec.wasm) checkWasm(spec.wasm as Fields, ['spec', 'wasm'], judge)
  if (spec.lua) {
    const bytes = new TextEncoder().encode((spec.lua.inlineCode as string) ?? '').length
    const path = ['spec', 'lua', 'inlineCode']
    if (bytes === 0) judge.error('SCHEMA_REQUIRED', path, 'lua.inlineCode cannot be empty')
    if (bytes > maxScript) judge.error('INVALID_VALUE', path, 'lua.inlineCode exceeds maximum size of 64KB')
  }
  checkPorts(spec.match, judge)
}

const schemes = ['', 'file', 'http', 'https', 'oci']

function checkWasm(plugin: Fields, path: FieldPath, judge: Judge): void {
  const url: string = plugin.url ?? ''
  if (url === '') judge.error('SCHEMA_REQUIRED', [...path, 'url'], 'url field needs to be set')
  else if (!schemes.includes(requestScheme(url) ?? requestScheme(`http://${url}`) ?? 'none'))
    judge.error('INVALID_VALUE', [...path, 'url'], 'url must have schema one of [http, https, file, oci]')
  const sum: string = plugin.sha256 ?? ''
  if (!/^(?:[a-f0-9]{64})?$/.test(sum)) judge.error('INVALID_VALUE', [...path, 'sha256'], 'sha256 field must match [a-f0-9]{64} pattern')
  checkLength(plugin, 'imagePullSecret', 253, path, judge)
  checkLength(plugin, 'pluginName', 256, path, judge)
  checkEnvironment(plugin.vmConfig?.env, [...path, 'vmConfig', 'env'], judge)
}

function checkLength(plugin: Fields, field: string, longest: number, path: FieldPath, judge: Judge): void {
  const length = (plugin[field] as string | undefined)?.length ?? 1
  if (length < 1 || length > longest) judge.error('INVALID_VALUE', [...path, field], `${field} must have 1 to ${longest} characters`)
}

function checkEnvironment(environment: readonly Fields[] | undefined, path: FieldPath, judge: Judge): void {
  const names = new Set<string>()
  for (const [variable, at] of each(environment, path)) {
    const { name = '', valueFrom = 'INLINE', value = '' } = variable as Readonly<Record<string, string | undefined>>
    if (name === '') judge.error('SCHEMA_REQUIRED', [...at, 'name'], 'spec.vmConfig.env invalid')
    if (name.length > 256) judge.error('INVALID_VALUE', [...at, 'name'], 'env.name may not have more than 256 characters')
    if (names.has(name)) judge.error('CONFLICTING_FIELDS', [...at, 'name'], `duplicate env ${name}`)
    names.add(name)
    if (valueFrom !== 'INLINE' && variable.value !== undefined)
      judge.error('CONFLICTING_FIELDS', [...at, 'value'], 'value may only be set when valueFrom is INLINE')
    if (value.length > 2048) judge.error('INVALID_VALUE', [...at, 'value'], 'env.value may not have more than 2048 characters')
  }
}

function checkPorts(selectors: readonly Fields[] | undefined, judge: Judge): void {
  for (const [selector, path] of each(selectors, ['spec', 'match']))
    for (const [{ number = 0 }, at] of each(selector.ports, [...path, 'ports']))
      if (number < 1 || number > 65535) judge.error('INVALID_PORT', [...at, 'number'], `is out of range: ${number}`)
}
