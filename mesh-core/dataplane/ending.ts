import type { HopRecord } from './evidence.ts'
import type { Done } from './outcome.ts'

/** What has become of a delivery besides its outcome, for the one who sent it and for the evidence. */
export class Ending {
  readonly hop: HopRecord
  /** The connection was taken, and then closed in order. */
  isInOrder = false
  /** TLS that its sender had begun has ended at the receiver's sidecar: what is said of TLS then is about another within it. */
  hasEndedTls = false

  constructor(hop: HopRecord) {
    this.hop = hop
  }

  reachNobody(): void {
    this.hop.received = this.hop.to = this.hop.version = this.hop.app = this.hop.port = null
  }

  /** Taken, and closed again before anything has come. */
  closeUnused(end: Done): void {
    this.reachNobody()
    this.isInOrder = true
    end('closed')
  }
}
