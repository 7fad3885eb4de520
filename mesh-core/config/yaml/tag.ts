import { Buffer } from 'node:buffer'
import type { Scalar } from './scalar.ts'
import { resolvePlain } from './scalar.ts'
import { YamlError } from './yaml-error.ts'

const standard = /^(?:!!|!<tag:yaml\.org,2002:)([a-z]+)>?$/

/**
 * A scalar with a tag: `!!str 1` is text, `!!int "1"` a number, `!!binary` is decoded; a tag that Kubernetes does not know is ignored
 * and its value is text.
 * @throws {YamlError} when the value does not suit the tag
 */
export function resolveTagged(tag: string, text: string, at: number): Scalar {
  const name = standard.exec(tag)?.[1]
  switch (name) {
    case 'int':
    case 'float':
      return suited(name, text, 'number', at)
    case 'bool':
      return suited(name, text, 'boolean', at)
    case 'null':
      if (resolvePlain(text) !== null) throw unsuited(name, text, at)
      return null
    case 'binary':
      return binary(text, at)
    default:
      return text
  }
}

function suited(name: string, text: string, type: 'number' | 'boolean', at: number): Scalar {
  const value = resolvePlain(text)
  if (typeof value !== type || (name === 'int' && !Number.isInteger(value))) throw unsuited(name, text, at)
  return value
}

function unsuited(name: string, text: string, at: number): YamlError {
  return new YamlError('YAML_SYNTAX', `"${text}" is no !!${name}`, at)
}

function binary(text: string, at: number): string {
  const compact = text.replace(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact))
    throw new YamlError('YAML_SYNTAX', 'the !!binary value is no base64', at)
  return Buffer.from(compact, 'base64').toString('utf8')
}
