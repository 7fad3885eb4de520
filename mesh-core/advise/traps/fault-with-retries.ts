import type { Evidence } from '../../analyze/message.ts'
import { type Fields, type Inventory, kinds, listOf, specOf } from '../../analyze/inventory.ts'
import type { Resource } from '../../config/resource.ts'
import { durationMs } from '../../compile/duration.ts'
import type { Adviser } from '../advice.ts'
import { adviceTypes } from '../advice-types.ts'
import { evidenceOf } from '../rules/trial.ts'
import { RuleTrials } from './rule-trials.ts'

/**
 * The fault comes before the tries: what it aborts is not tried again, and no timeout cuts what it delays. Source: the order of HTTP filters in Istio
 * `core/listener_builder.go` buildHTTPConnectionManager.
 */
export const faultWithRetries: Adviser = {
  name: 'traps.FaultWithRetries',
  inputs: [kinds.virtualService],
  async advise(mesh, advise) {
    for (const resource of mesh.all(kinds.virtualService))
      for (const [i, rule] of listOf(specOf(resource).http).entries()) {
        const what = aborted(rule) ?? delayed(rule)
        const proof = what && (await shown(resource, i, what.flag, mesh))
        if (!proof) continue
        const path = ['spec', 'http', i, 'fault', what.field]
        advise({ type: adviceTypes.faultWithRetries, args: [what.text], resource, path, hint: what.hint, proof: [proof] })
      }
  },
}

interface Combination {
  readonly field: 'abort' | 'delay'
  readonly flag: string
  readonly text: string
  readonly hint: string
}

function aborted({ fault, retries }: Fields): Combination | null {
  if (!(fault?.abort?.percentage?.value > 0) || !(retries?.attempts > 0)) return null
  const text = `the retries of this rule never see what its fault aborts: an aborted request is answered at once`
  return { field: 'abort', flag: 'FI', text, hint: 'to test retries let the service fail, or put the fault into the rules of the proxy behind it' }
}

function delayed({ fault, retries, timeout }: Fields): Combination | null {
  const delay = fault?.delay
  if (!delay?.fixedDelay || !(delay.percentage?.value > 0 || delay.percent > 0)) return null
  const limits = [timeout, retries?.perTryTimeout].filter(
    (limit) => limit && durationMs(limit) > 0 && durationMs(limit) <= durationMs(delay.fixedDelay),
  )
  if (limits.length === 0) return null
  const text = `the delay of ${delay.fixedDelay} comes before the tries: the timeout of ${limits[0]} does not count it`
  return {
    field: 'delay',
    flag: 'DI',
    text,
    hint: 'to test timeouts let the service be slow, or put the fault into the rules of the proxy behind it',
  }
}

/** Tries until the fault happens; a share that is tiny may not be met. */
const mostRequests = 500

async function shown(resource: Resource, index: number, flag: string, mesh: Inventory): Promise<Evidence | null> {
  const trials = RuleTrials.of(mesh)
  const found = trials.comesTo(resource, index)
  if (!found) return null
  const stage = trials.stage(found, found.trial)
  for (let i = 0; i < mostRequests; i++) {
    const { hops, response, durationMs: took } = await stage.send(found.trial)
    const log = hops[0]?.log
    if (!log?.flags.split(',').includes(flag)) continue
    const tries = hops.filter((hop) => hop.to !== null).length
    const seen = flag === 'FI' ? `${response?.status}, aborted after ${tries} tries` : `${response?.status} after ${Math.round(took)} ms`
    return evidenceOf(found.trial, found.review.vs.gateways, seen)
  }
  return null
}
