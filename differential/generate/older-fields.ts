import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

/** The same rule of HTTP in fields that have been replaced since, which istiod still reads. */
export function inOlderFields(draw: Draw, { mirrorPercentage = { value: 100 }, corsPolicy, fault, ...rule }: Json): Json {
  return {
    ...rule,
    ...(rule['mirror'] !== undefined && olderShare(draw.one(['mirrorPercent', 'mirror_percent']), 'mirrorPercentage', mirrorPercentage as Json)),
    ...(corsPolicy !== undefined && { corsPolicy: olderOrigins(corsPolicy as Json) }),
    ...(fault !== undefined && { fault: olderFault(fault as Json) }),
  }
}

/** It has no fractions. */
function olderShare(name: string, newName: string, share: Json): Json {
  const { value = 0 } = share
  return Number.isInteger(value) ? { [name]: value } : { [newName]: share }
}

function olderOrigins({ allowOrigins, ...policy }: Json): Json {
  const origins = (allowOrigins ?? []) as readonly Json[]
  const isOld = origins.length > 0 && origins.every(({ exact }) => exact !== undefined)
  return { ...policy, ...(isOld ? { allowOrigin: origins.map(({ exact }) => exact) } : allowOrigins !== undefined && { allowOrigins }) }
}

function olderFault({ delay, ...fault }: Json): Json {
  if (delay === undefined) return fault
  const { percentage, ...more } = delay as Json
  return { ...fault, delay: { ...more, ...(percentage !== undefined && olderShare('percent', 'percentage', percentage as Json)) } }
}
