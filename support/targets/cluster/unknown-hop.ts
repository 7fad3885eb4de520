import type { Hop } from '../../../mesh-core/ir/exchange.ts'

/** A hop of which nothing is known. */
export const unknownHop: Hop = {
  parent: -1,
  from: null,
  service: null,
  to: null,
  version: null,
  app: null,
  port: null,
  received: null,
  tls: null,
  status: 0,
  attempt: 1,
  mirrored: false,
  log: null,
  inbound: null,
  explain: null,
}
