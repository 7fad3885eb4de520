/**
 * Vectors that are run and do not pass, by family and `area/name`, each with the reason. One that passes fails the run, so that it leaves this list.
 * `area/begins*` speaks for all that begin so, and fails the run when all of them pass.
 */
export const exemptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'istio-routing': {
    'proxy-protocol/a': 'the call is bytes that are no HTTP, with a PROXY header before them',
    'upstreamproxy/proxy': 'whether a server takes a header of the PROXY protocol is not known',
  },
  'istio-vs-tables': {
    'buildHTTPRoutes/for internally generated virtual service with gateway semantics':
      'the vector does not carry what makes it so: upstream says in code, beside the YAML, that a Gateway API route was the source',
    'buildHTTPRoutes/for internally generated virtual service with ingress semantics':
      'the vector does not carry what makes it so: upstream says in code, beside the YAML, that an Ingress was the source',
  },
}

/** Of the same form: cases that their suites have and the samples beside this project leave out. */
const beyondSamples: typeof exemptions = {
  'istio-vs-tables': {
    'buildHTTPRoutes/for virtual service with HTTP/3 discovery enabled':
      'listeners of HTTP/3 are not modelled: istiod makes none unless it is told to (PILOT_ENABLE_QUIC_LISTENERS)',
  },
}

/** All that concerns a family. */
export function exemptionsOf(family: string): Readonly<Record<string, string>> {
  return { ...exemptions[family], ...beyondSamples[family] }
}
