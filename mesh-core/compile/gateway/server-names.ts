/** A star stands for every name, with or without one. Source: Istio `core/listener.go` buildGatewayListener. */
export function serverNames(hosts: readonly string[]): string[] {
  return hosts.includes('*') ? [] : [...new Set(hosts)].sort()
}
