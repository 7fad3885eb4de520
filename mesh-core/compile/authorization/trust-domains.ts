/** The mesh's own, and its aliases. Source: Istio `pilot/pkg/security/trustdomain`. */
export type TrustDomains = readonly [own: string, ...aliases: string[]]

/** Stands for the mesh's own, whatever that is. */
const local = 'cluster.local'

/** `<domain>/ns/<namespace>/sa/<account>` of a domain of the mesh, for each of them. Source: `bundle.go` ReplaceTrustDomainAliases. */
export function inEachDomain(principal: string, domains: TrustDomains): readonly string[] {
  const [domain = '', ...rest] = principal.split('/')
  if (rest.length !== 4 || domain === '*') return [principal]
  if (domain !== local && !domains.some((known) => agrees(domain, known))) return [principal]
  return [...new Set(domains.map((known) => (endsAlike(known, domain) ? principal : [known, ...rest].join('/'))))]
}

/** A value that is a domain of the mesh stands for all of them. Source: the same file, ExpandTrustDomainAliases. */
export function withAliases(values: readonly string[], domains: TrustDomains): readonly string[] {
  return [...new Set(values.flatMap((value) => (domains.includes(value) ? domains : [value])))]
}

/** Wildcards may stand on either side. Source: `util.go` stringMatch. */
function agrees(one: string, other: string): boolean {
  return one === other || other === '*' || beginsAlike(one, other) || beginsAlike(other, one) || endsAlike(one, other) || endsAlike(other, one)
}

function beginsAlike(text: string, pattern: string): boolean {
  return pattern.endsWith('*') && text.startsWith(pattern.slice(0, -1))
}

function endsAlike(text: string, pattern: string): boolean {
  return pattern.startsWith('*') && text.endsWith(pattern.slice(1))
}
