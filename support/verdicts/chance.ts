import type { Draw, Exchange } from '../../mesh-core/ir/exchange.ts'
import type { ServiceRef } from '../targets/target.ts'

/**
 * What was drawn of the first of the requests: another run may draw otherwise. A draw that could not have reached the version of a service that the statement
 * names does not count.
 */
export function drawsIn([first]: readonly Exchange[], services: readonly ServiceRef[]): readonly Draw[] {
  const draws = (first?.hops ?? []).flatMap(({ explain, mirrored, asks }) => (mirrored || asks ? [] : (explain?.().draws ?? [])))
  return draws.filter(
    ({ among }, i) => i === draws.findIndex(({ text }) => text === draws[i]!.text) && services.every((service) => mayLeadTo(among, service)),
  )
}

/** For a person: of those draws that the statement is about. Between workloads of the very version that it names nothing is drawn that it tells apart. */
export function chanceText(draws: readonly Draw[], services: readonly ServiceRef[]): readonly string[] {
  const isMeant = ({ kind, among }: Draw): boolean =>
    kind === 'fault' || services.some((service) => service.version !== null && isDecidedAmong(service, among))
  return draws.filter(isMeant).map(({ text }) => `chance decides it (${text}): state a share of many requests`)
}

function isDecidedAmong(service: ServiceRef, among: Draw['among']): boolean {
  const meant = workloadsOf(service, among).length
  return meant > 0 && meant < among.length
}

/** What is no choice among the service's own workloads may lead to it later on. */
function mayLeadTo(among: Draw['among'], service: ServiceRef): boolean {
  const own = workloadsOf({ ...service, version: null }, among)
  return own.length === 0 || workloadsOf(service, among).length > 0
}

function workloadsOf({ name, version }: ServiceRef, among: Draw['among']): Draw['among'] {
  return among.filter(({ workload, labels }) => (labels.app ?? workload.name) === name && (version === null || labels.version === version))
}
