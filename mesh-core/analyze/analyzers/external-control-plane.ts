import type { FieldPath } from '../../config/finding.ts'
import { isIpAddress } from '../../config/istio/names.ts'
import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { kinds, listOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'

/**
 * Webhooks of a control plane that runs elsewhere. Source: Istio `analyzers/externalcontrolplane/externalcontrolplane.go`, which asks DNS for the
 * hostname, too; an analysis here asks nobody, so that it says the same on every machine.
 */
export const externalControlPlane: Analyzer = {
  name: 'externalcontrolplane.ExternalControlPlaneAnalyzer',
  inputs: [kinds.validatingWebhook, kinds.mutatingWebhook],
  analyze(mesh, report) {
    for (const config of mesh.all(kinds.validatingWebhook))
      if (config.name === 'istiod-default-validator' || config.name.startsWith('istio-validator')) checkAll(config, report)
    for (const config of mesh.all(kinds.mutatingWebhook)) if (config.name.startsWith('istio-sidecar-injector')) checkAll(config, report)
  },
}

function checkAll(config: Resource, report: Report): void {
  for (const [i, { name, clientConfig }] of listOf(config.object.webhooks).entries()) {
    const { url, service } = clientConfig ?? {}
    const path = ['webhooks', i]
    if (typeof url === 'string') checkUrl(config, String(name), url, path, report)
    else if (!service) report(messageTypes.controlPlaneUnresolved, config, ['', String(name), 'is blank'], path)
  }
}

function checkUrl(config: Resource, webhook: string, url: string, path: FieldPath, report: Report): void {
  const hostname = hostnameOf(url)
  if (hostname === null || hostname === '')
    report(messageTypes.controlPlaneUnresolved, config, [url, webhook, hostname === null ? 'is no URL' : 'names no host'], path)
  else if (isIpAddress(hostname)) report(messageTypes.controlPlaneIsAddress, config, [url, webhook], path)
}

function hostnameOf(url: string): string | null {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '')
  } catch {
    return null
  }
}
