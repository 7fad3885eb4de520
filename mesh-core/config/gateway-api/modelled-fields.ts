import { fields, type Modelled } from '../modelled-table.ts'

const backendRef: Modelled = fields('group kind namespace name port weight')
const headerFilters: Modelled = fields('type requestHeaderModifier responseHeaderModifier extensionRef')
const httpFilters: Modelled = { ...headerFilters, ...fields('requestRedirect urlRewrite cors'), requestMirror: 'acts' }
const grpcFilters: Modelled = { ...headerFilters, requestMirror: 'acts' }

const routeHead = fields('parentRefs hostnames')
const ruleHead = fields('name matches')

const listener: Modelled = fields('name port protocol hostname allowedRoutes tls')
const connectionRules: Modelled = { name: 'quiet', backendRefs: backendRef }

/** What istiod puts into the pods and Services that it makes, save for names, is not about traffic. */
const infrastructure: Modelled = fields('labels annotations', 'quiet')

/** Of the kinds of the Gateway API, by `group/Kind`. */
export const gatewayApiFields: Readonly<Record<string, Modelled>> = {
  'gateway.networking.k8s.io/GatewayClass': { spec: { controllerName: 'acts', description: 'quiet' } },
  'gateway.networking.k8s.io/Gateway': {
    spec: {
      gatewayClassName: 'acts',
      addresses: 'acts',
      allowedListeners: 'acts',
      infrastructure,
      listeners: listener,
      tls: fields('frontend backend'),
    },
  },
  'gateway.networking.k8s.io/ListenerSet': { spec: { parentRef: 'acts', listeners: listener } },
  'gateway.networking.k8s.io/HTTPRoute': {
    spec: {
      ...routeHead,
      rules: { ...ruleHead, ...fields('timeouts retry'), filters: httpFilters, backendRefs: { ...backendRef, filters: httpFilters } },
    },
  },
  'gateway.networking.k8s.io/GRPCRoute': {
    spec: { ...routeHead, rules: { ...ruleHead, filters: grpcFilters, backendRefs: { ...backendRef, filters: grpcFilters } } },
  },
  'gateway.networking.k8s.io/TCPRoute': { spec: { parentRefs: 'acts', rules: connectionRules } },
  'gateway.networking.k8s.io/TLSRoute': { spec: { ...routeHead, rules: connectionRules } },
  'gateway.networking.k8s.io/UDPRoute': { spec: { parentRefs: 'acts', rules: connectionRules } },
  'gateway.networking.k8s.io/BackendTLSPolicy': { spec: { targetRefs: 'acts', validation: 'acts' } },
  'gateway.networking.k8s.io/ReferenceGrant': { spec: fields('from to') },
}
