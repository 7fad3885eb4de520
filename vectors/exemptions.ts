/**
 * Vectors that are run and do not pass, by family and `area/name`, each with the reason. One that passes fails the run, so that it leaves this list.
 */
export const exemptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'istio-vs-tables': {
    'buildHTTPRoutes/for internally generated virtual service with gateway semantics':
      'the vector does not carry what makes it so: upstream says in code, beside the YAML, that a Gateway API route was the source',
    'buildHTTPRoutes/for internally generated virtual service with ingress semantics':
      'the vector does not carry what makes it so: upstream says in code, beside the YAML, that an Ingress was the source',
    'buildHTTPRoutes/for prefix path rewrite with XForwardedHost enabled': 'MeshConfig defaultConfig.proxyHeaders is not modelled',
    'buildHTTPRoutes/for virtual service with exact matching on JWT claims with extended': 'JWT claims are not modelled',
    'buildHTTPRoutes/for virtual service with port level settings matching service port': 'hash policies are not modelled',
    'buildHTTPRoutes/for virtual service with query param based ring hash': 'hash policies are not modelled',
    'buildHTTPRoutes/for virtual service with subsets and top level traffic policy with ring hash': 'hash policies are not modelled',
    'buildHTTPRoutes/for virtual service with subsets with port level settings with ring hash': 'hash policies are not modelled',
  },
}
