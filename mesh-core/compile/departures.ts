/** Where istiod does otherwise than the specification, or its own documentation, says. We do as istiod does, and with `spec` as is written. */
export interface Departure {
  readonly specification: string
  readonly istiod: string
  /** First release that is known to do so. */
  readonly since: string
  /** Where it was seen: a case of `mesh-observed`, `area/name`. */
  readonly observed: string
}

export const departures = {
  backendFiltersAreHeadersOnly: {
    specification: 'A backend may have filters of its own: rewrites, redirects and mirrors, too (Gateway API HTTPBackendRef.filters).',
    istiod: 'Only header filters are known there; with another one no rule of the route acts.',
    since: '1.32',
    observed: 'gateway-api/backend-filter-rewrite',
  },
  prefixesAreReplacedAsTexts: {
    specification: 'A prefix is replaced by segments: a slash at the end of either does not count (Gateway API HTTPPathModifier.replacePrefixMatch).',
    istiod:
      'Redirects, and rewrites of the prefix /, replace its text: /a by / makes //x of /a/x, / by /root makes /rootother of /other; a redirect by "" leaves the path alone.',
    since: '1.32',
    observed: 'gateway-api/gwapi-redirect-prefix-edges',
  },
  retriesLeaveResetsAlone: {
    specification: 'With a retry stanza connections that are reset and tries that take too long are tried again, too (Gateway API HTTPRouteRetry).',
    istiod: 'They are not, save connections that do not come about.',
    since: '1.32',
    observed: 'gateway-api/retry-attempts-only',
  },
  brokenFilterDropsRoute: {
    specification:
      'A rule with a filter that is not supported answers with an error; the other rules of its route act (Gateway API HTTPRouteRule.filters).',
    istiod: 'No rule of the route acts: 404.',
    since: '1.32',
    observed: 'gateway-api/gwapi-unknown-filter',
  },
  namesakesOfHttpRoutesAreLost: {
    specification: 'Routes of different kinds may have one name; all of their hostnames act (Gateway API GRPCRoute, Kubernetes names).',
    istiod:
      'A host of a GRPCRoute is lost where an HTTPRoute of its name and namespace has one of the same number, unless another route has that host, too.',
    since: '1.32',
    observed: 'gateway-api/grpc-route-with-the-name-of-an-http-route',
  },
  misdirectedRequestsAreUnknown: {
    specification:
      'A request for the host of another HTTPS listener than the one that its connection was opened for is answered 421 (Gateway API Listener.hostname).',
    istiod: 'Each listener knows its own hosts alone: 404.',
    since: '1.32',
    observed: 'gateway-api/misdirected-requests-are-not-told-apart',
  },
  udpIsNotServed: {
    specification: 'A listener of protocol UDP takes datagrams for the oldest UDPRoute that is attached to it (Gateway API UDPRoute).',
    istiod: 'The protocol is not supported: the listener is not accepted, and UDPRoutes are not looked at.',
    since: '1.32',
    observed: 'gateway-api/udp-listener-is-not-served',
  },
  hostsNameServicesInMesh: {
    specification:
      'Where routes have Services for parents, the Service that is dialled decides whose routes act (Gateway API for mesh, feature MeshClusterIPMatching).',
    istiod: 'Whichever Service of the port is dialled, that which the Host header names decides.',
    since: '1.32',
    observed: 'gateway-api/mesh-host-decides-whatever-is-dialled',
  },
  namesAreLookedUpWithoutHttpOptions: {
    specification: 'Hosts of DYNAMIC_DNS may have ports of HTTP, HTTP2, GRPC and TLS, and rules of any kind (Istio ServiceEntry.resolution).',
    istiod:
      'Envoy takes no cluster for a port that says anything of HTTP and begins no TLS (HTTP2, GRPC, useClientProtocol, limits of requests and idle times, preserveHttp1HeaderCase): 503, NC.',
    since: '1.32',
    observed: 'outbound-policy/dynamic-dns-entries-that-envoy-takes-no-cluster-for',
  },
  serverNamesOfRoutesAreNotLookedUp: {
    specification: 'Of a wildcard host of DYNAMIC_DNS the name that a client asks for is looked up (Istio ServiceEntry.resolution).',
    istiod:
      'So it is where no rule acts; a connection that a tls or tcp route of a VirtualService sends there, at sidecars and at gateways, finds nobody: closed, UH.',
    since: '1.32',
    observed: 'outbound-policy/dynamic-dns-of-a-tls-route',
  },
  lookedUpNamesAreAskedOnTheWayOut: {
    specification: 'An AuthorizationPolicy says who may come to the workloads that it selects (Istio AuthorizationPolicy).',
    istiod:
      'It says, too, whether they may go to hosts of DYNAMIC_DNS over ports of TLS: there the workload itself is who comes, without a certificate. CUSTOM has the authorizer asked.',
    since: '1.32',
    observed: 'authorization/looked-up-names-nobody-may-call',
  },
  connectionsOfConsumersAreEverybodys: {
    specification:
      'A route in another namespace than the Service that is its parent acts for clients of its own namespace alone (Gateway API for mesh, consumer routes).',
    istiod: 'So do HTTPRoutes and GRPCRoutes; TCPRoutes and TLSRoutes act for all clients that no route of their own namespace is for.',
    since: '1.32',
    observed: 'gateway-api/tcp-route-of-a-consumer',
  },
  ingressSecretsAreTheRoots: {
    specification: 'The Secret of an Ingress is one of its own namespace (networking.k8s.io/v1 IngressTLS.secretName).',
    istiod: 'It is looked for in the namespace of the ingress gateway.',
    since: '1.32',
    observed: 'kube-ingress/ingress-tls',
  },
  ingressWildcardsTakeAnyLabels: {
    specification: 'A wildcard host of an Ingress stands for a single label (networking.k8s.io/v1 IngressRule.host).',
    istiod: 'It stands for any number of labels.',
    since: '1.32',
    observed: 'kube-ingress/ingress-wildcard-labels',
  },
  ingressDefaultBackendIgnored: {
    specification: 'An Ingress sends what none of its rules takes to its defaultBackend (networking.k8s.io/v1 IngressSpec.defaultBackend).',
    istiod: 'defaultBackend is not looked at: such a request is answered 404.',
    since: '1.32',
    observed: 'kube-ingress/ingress-default-backend-alone',
  },
  ingressHostsAreShortNames: {
    specification:
      'The host of an Ingress rule is the fully qualified name that requests are for, as it stands there (networking.k8s.io/v1 IngressRule.host).',
    istiod: 'One without a dot is taken for a short name in the namespace of the Ingress: requests for the host as it was written are answered 404.',
    since: '1.32',
    observed: 'kube-ingress/ingress-short-hosts',
  },
  ingressHostsAreServedByTheOldest: {
    specification:
      'The hosts that an Ingress lists in tls are served over TLS, with the rules of every Ingress for them (networking.k8s.io/v1 IngressSpec.tls).',
    istiod: 'Rules of a host are served where the oldest Ingress that names it is: unless that one has tls, the host is answered 404 over TLS.',
    since: '1.32',
    observed: 'kube-ingress/ingress-hosts-of-several',
  },
  hostsAreComparedWithCase: {
    specification: 'Names of DNS are the same in upper and lower case (RFC 4343).',
    istiod:
      'Hosts of rules and destinations are compared as they are written, save those that VirtualServices have for sidecars: another case is another host (503, or no rule).',
    since: '1.32',
    observed: 'letter-case/destinations-in-capitals',
  },
  redirectsNeedHostsOfAllNamespaces: {
    specification: 'With httpsRedirect a server answers all plain connections to its hosts with a redirect (Istio ServerTLSSettings.httpsRedirect).',
    istiod: 'A host that is for one namespace (`./shop.example.com`) and has no VirtualService is answered 404.',
    since: '1.32',
    observed: 'gateway-and-l4/redirect-of-hosts-with-a-namespace',
  },
  missingIngressClassIsNone: {
    specification:
      'An Ingress of a class that there is not is served by nobody (networking.k8s.io/v1 IngressSpec.ingressClassName, Ingress conformance).',
    istiod: 'In mode DEFAULT (ingressControllerMode) it is served as one without a class.',
    since: '1.32',
    observed: 'kube-ingress/ingress-of-a-class-that-there-is-not',
  },
  listenersOfOneObjectAreApart: {
    specification:
      'A request is for the listener with the most exact hostname, of all that a Gateway and its ListenerSets have on the port (Gateway API, Gateway.spec.listeners).',
    istiod:
      'Hostnames are set against those of the same object alone: a ListenerSet takes hosts that are more exactly those of a listener of the Gateway.',
    since: '1.32',
    observed: 'gateway-api/hostnames-of-a-gateway-and-of-its-listener-sets',
  },
  mirrorKeepsHost: {
    specification: 'The Host of a mirrored request gets the suffix -shadow (istio.io, task Mirroring).',
    istiod: 'The copy carries the Host of the request.',
    since: '1.32',
    observed: 'mirror/mirrors-several',
  },
} as const satisfies Readonly<Record<string, Departure>>

export type DepartureName = keyof typeof departures

/** Which departures a compilation follows. */
export type Departs = (name: DepartureName) => boolean

export const asIstiod: Departs = () => true
export const asSpecified: Departs = () => false
