import { analyze } from '../analyze/analyze.ts'
import type { Inventory } from '../analyze/inventory.ts'
import { messageTypes } from '../analyze/message-types.ts'
import type { Message } from '../analyze/message.ts'
import { isSuppressed } from '../analyze/run-analyzers.ts'
import { type Adviser, messageOf } from './advice.ts'
import { deadRules } from './rules/dead-rules.ts'
import { deadL4Rules } from './rules/l4/dead-l4-rules.ts'
import { mergeOrder } from './rules/merge-order.ts'
import { brokenScripts } from './traps/broken-scripts.ts'
import { faultWithRetries } from './traps/fault-with-retries.ts'
import { faultWithoutPercentage } from './traps/fault-without-percentage.ts'
import { hashWithoutHeader } from './traps/hash-without-header.ts'
import { hostElsewhere } from './traps/host-elsewhere.ts'
import { hostsLost } from './traps/lost-hosts.ts'
import { neverEjects } from './traps/never-ejects.ts'
import { notBoundToMesh } from './traps/not-bound-to-mesh.ts'
import { prefixTakesMore } from './traps/prefix-takes-more.ts'
import { proved } from './traps/proofs.ts'
import { sourceNotAsked } from './traps/source-not-asked.ts'
import { unusableKeys } from './traps/unusable-keys.ts'
import { weightsNotHundred } from './traps/weights.ts'

export const advisers: readonly Adviser[] = [
  deadRules,
  deadL4Rules,
  unusableKeys,
  brokenScripts,
  mergeOrder,
  prefixTakesMore,
  faultWithRetries,
  faultWithoutPercentage,
  notBoundToMesh,
  sourceNotAsked,
  hostElsewhere,
  hashWithoutHeader,
  neverEjects,
  hostsLost,
  weightsNotHundred,
]

/**
 * What `istioctl analyze` tells, and what it does not. Of rules that never act it looks at prefixes and at equal texts alone, and is wrong both ways
 * (`pkg/config/validation/virtualservice.go`): `DEAD_RULE` and `DEAD_MATCH` stand in its place.
 */
export async function examine(mesh: Inventory): Promise<readonly Message[]> {
  const analysed = analyze(mesh).filter(({ code }) => !superseded.has(code))
  const messages: Message[] = []
  for (const message of analysed) messages.push(await proved(message, mesh))
  return [...messages, ...(await advise(mesh))]
}

const superseded: ReadonlySet<string> = new Set([messageTypes.unreachableRule.code, messageTypes.ineffectiveMatch.code])

/** What is allowed and not what somebody meant, each with a request that shows it: what `istioctl analyze` has no code for, or tells without looking at requests. */
export async function advise(mesh: Inventory, all: readonly Adviser[] = advisers): Promise<readonly Message[]> {
  const messages: Message[] = []
  for (const adviser of all) {
    if (!adviser.inputs.some((kind) => mesh.all(kind).length > 0)) continue
    await adviser.advise(mesh, (advice) => {
      const message = messageOf(advice as never)
      if (!isSuppressed(message.resource, message.code)) messages.push(message)
    })
  }
  return messages
}
