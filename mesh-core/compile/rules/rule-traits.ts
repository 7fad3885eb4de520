import type { VirtualService } from './virtual-service.ts'

/** Whether a change from one to the other leaves everything but their routes as it is. */
export function differsInRoutesAlone(before: VirtualService, after: VirtualService): boolean {
  const same = (vs: VirtualService): string => JSON.stringify([vs.hosts, vs.gateways, vs.exportTo ?? [], vs.semantics])
  const plain = (vs: VirtualService): boolean => {
    const ordinary = vs.hosts.length > 0 && vs.tcp.length === 0 && vs.tls.length === 0 && !readsLabels(vs)
    return ordinary && vs.rules.every((rule) => rule.refusal === null && rule.spec.delegate === undefined)
  }
  return plain(before) && plain(after) && same(before) === same(after)
}

/** Does it act on some clients only, told apart by the labels of their pods? */
export function readsLabels(vs: VirtualService): boolean {
  const l4 = [...vs.tcp, ...vs.tls].flatMap((rule) => rule.matches)
  return (
    vs.rules.some((rule) => rule.spec.match?.some((match) => match.sourceLabels !== undefined)) ||
    l4.some(({ sourceLabels }) => Object.keys(sourceLabels).length > 0)
  )
}
