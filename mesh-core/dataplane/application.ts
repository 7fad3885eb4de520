import type { ApplicationSocket } from '../ir/inbound-port.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import type { Place } from './evidence.ts'
import type { Done } from './outcome.ts'
import type { Plane, WorkloadRuntime } from './plane.ts'
import { answersAt } from './receiver.ts'
import { runProgram } from './run-program.ts'
import { awaitsHandshake } from './messages/upgrade.ts'

/**
 * A sidecar sends a request on to its own workload. `refused`: nobody listens there.
 * @param isHeld the request's body has not come whole, and does not
 */
export function dial(
  plane: Plane,
  place: Place,
  workload: WorkloadRuntime,
  socket: ApplicationSocket,
  { request, isHeld }: { readonly request: HttpRequest; readonly isHeld: boolean },
  done: Done,
): void {
  if (!answersAt(plane, workload.instance, socket)) return done('refused')
  if (isHeld || awaitsHandshake(request, false)) {
    place.exchange.hops[place.parent]!.received = null
    return
  }
  runProgram(plane, place, workload, request, done)
}

/** `10.244.0.5:8080`, `127.0.0.1:8080`, `/var/run/app.sock` */
export function hostOf({ address }: WorkloadInstance, { at, port, path }: ApplicationSocket): string {
  if (path !== undefined) return path
  return `${at === 'loopback' ? '127.0.0.1' : address}:${port}`
}
