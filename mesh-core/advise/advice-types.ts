import type { Level, MessageType } from '../analyze/message.ts'

function type<Args extends readonly unknown[]>(code: string, level: Level, name: string, text: (...args: Args) => string): MessageType<Args> {
  return { code, name, level, text }
}

/** What no analyzer of `istioctl` tells. docs/errors.md has an entry for each (a test holds that). */
export const adviceTypes = {
  deadRule: type('DEAD_RULE', 'warning', 'DeadRule', (why: string, what = 'request') => `no ${what} comes to this rule: ${why}`),
  deadMatch: type('DEAD_MATCH', 'warning', 'DeadMatch', (why: string, what = 'request') => `no ${what} comes to this match: ${why}`),
  shadowedRule: type('SHADOWED_RULE', 'info', 'ShadowedRule', (what: string) => what),
  undecidedRule: type(
    'UNDECIDED_RULE',
    'info',
    'UndecidedRule',
    (why: string, what = 'request') => `whether a ${what} comes to this rule was not decided: ${why}`,
  ),
  listenerRefused: type(
    'LISTENER_REFUSED',
    'error',
    'ListenerRefused',
    (port: string, rules: string) =>
      `Envoy refuses the listener of ${port}: ${rules} are for the same connections; a proxy keeps what it had, and a new one has no rule for the port`,
  ),
  unusableKeys: type(
    'UNUSABLE_KEYS',
    'error',
    'UnusableKeys',
    (issuer: string) =>
      `Envoy can use none of the keys of issuer "${issuer}", and refuses the listeners of whoever the policy is for: a proxy keeps what it had, and a new one takes no connections`,
  ),
  brokenScript: type(
    'BROKEN_SCRIPT',
    'error',
    'BrokenScript',
    (problem: string) =>
      `Envoy refuses the listeners that would run the script: ${problem}; a proxy keeps what it had, and a new one takes no connections there`,
  ),
  mergeOrder: type(
    'MERGE_ORDER',
    'warning',
    'MergeOrder',
    (gateway: string, other: string) =>
      `at gateway ${gateway}, what matches both this and ${other} goes to the rule whose VirtualService was created first`,
  ),
  prefixTakesMore: type(
    'PREFIX_TAKES_MORE',
    'info',
    'PrefixTakesMore',
    (prefix: string, more: string) => `prefix ${prefix} is one of characters: it takes ${more}, too`,
  ),
  faultWithRetries: type('FAULT_WITH_RETRIES', 'warning', 'FaultWithRetries', (what: string) => what),
  faultWithoutPercentage: type(
    'FAULT_WITHOUT_PERCENTAGE',
    'warning',
    'FaultWithoutPercentage',
    (what: string) => `a fault without percentage never happens: no request is ${what}`,
  ),
  sourceNotAsked: type(
    'SOURCE_NOT_ASKED',
    'warning',
    'SourceNotAsked',
    (field: string) => `${field} is not looked at: the match names gateways, and holds for everyone who comes through one of them`,
  ),
  notBoundToMesh: type(
    'NOT_BOUND_TO_MESH',
    'warning',
    'NotBoundToMesh',
    (why: string) => `sidecars do not follow these rules, which are bound to gateways alone: ${why}`,
  ),
  hostElsewhere: type(
    'HOST_ELSEWHERE',
    'warning',
    'HostElsewhere',
    (host: string, means: string, there: string) => `${host} ${means}, and the service is ${there}`,
  ),
  hashWithoutHeader: type(
    'HASH_WITHOUT_HEADER',
    'info',
    'HashWithoutHeader',
    (header: string) => `requests without the header ${header} go to any pod: there is nothing to hash`,
  ),
  neverEjects: type('NEVER_EJECTS', 'warning', 'NeverEjects', (why: string) => `outlierDetection never ejects a pod: ${why}`),
  hostLost: type(
    'HOST_LOST',
    'warning',
    'HostLost',
    (host: string, place: string) => `at ${place} no request for ${host} comes to this route: istiod takes it for the HTTPRoute of the same name`,
  ),
  weightsNotHundred: type(
    'WEIGHTS_NOT_100',
    'info',
    'WeightsNotHundred',
    (sum: number, shares: string) => `the weights add up to ${sum}, so the shares are ${shares} (Istio 1.0 refused that)`,
  ),
} as const
