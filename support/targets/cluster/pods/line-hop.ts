import type { Hop } from '../../../../mesh-core/ir/exchange.ts'
import type { HttpRequest } from '../../../../mesh-core/ir/message.ts'
import { unknownHop } from '../unknown-hop.ts'
import { refOf, serviceOf, withoutPort } from './pod-evidence.ts'
import type { Scene } from './pod-evidence.ts'
import type { Pod } from './pod.ts'

/** A line as it was sent, and what came back. */
interface Line {
  readonly sender: Pod | null
  readonly request: HttpRequest
  readonly answer: string
}

/** Who has answered a line over TCP: the one workload whose name stands before the answer. `null`: none, or several of that name. */
export function lineHop({ sender, request, answer }: Line, pods: readonly Pod[], scene: Pick<Scene, 'words' | 'behind'>): Hop | null {
  const [name] = answer.split(' ')
  const own = pods.filter(({ workload }) => workload === name)
  const [pod] = own
  if (!pod || own.some((other) => other.namespace !== pod.namespace)) return null
  const { words } = scene
  const to = { ...refOf(pod, words), instance: own.length === 1 ? pod.name : '' }
  return {
    ...unknownHop,
    from: sender && refOf(sender, words),
    service: serviceOf(withoutPort(request.authority), pod, sender, scene),
    to,
    version: pod.version || null,
    app: pod.app,
    received: { ...request, authority: words.text(request.authority), body: answer.slice(pod.workload.length + 1) },
  }
}
