import type { JwtRule } from '../../../../mesh-core/ir/jwt.ts'
import { optional, typed } from './json.ts'
import type { Json } from './json.ts'

/** Source: Istio `security/authn/policy_applier.go` convertToEnvoyJwtConfig. */
export function jwtFilter(rules: readonly JwtRule[]): Json {
  const allowMissing = { allow_missing: {} }
  const providers = rules.map((_, i) => ({ provider_name: nameOf(i) }))
  const each = providers.map((provider) => ({ requires_any: { requirements: [provider, allowMissing] } }))
  const requires = each.length === 1 ? each[0]! : { requires_any: { requirements: [...providers, { requires_all: { requirements: each } }] } }
  return {
    name: 'envoy.filters.http.jwt_authn',
    typed_config: typed('envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
      providers: Object.fromEntries(rules.map((rule, i) => [nameOf(i), provider(rule)])),
      rules: [{ match: { prefix: '/' }, requires }],
      bypass_cors_preflight: true,
    }),
  }
}

function nameOf(index: number): string {
  return `origins-${index}`
}

/** The places are always named: those that Envoy looks at without a word are among them. */
function provider(rule: JwtRule): Json {
  return {
    ...optional('issuer', rule.issuer || null),
    ...optional('audiences', rule.audiences),
    local_jwks: { inline_string: rule.jwks },
    ...optional(
      'from_headers',
      rule.headers.map(({ name, prefix }) => ({ name, ...optional('value_prefix', prefix || null) })),
    ),
    ...optional('from_params', rule.params),
    ...optional('from_cookies', rule.cookies),
    forward: rule.forward,
    ...optional('forward_payload_header', rule.payloadHeader),
    ...optional(
      'claim_to_headers',
      rule.claimHeaders.map(({ header, claim }) => ({ header_name: header, claim_name: claim.join('.') })),
    ),
    payload_in_metadata: 'payload',
    normalize_payload_in_metadata: { space_delimited_claims: rule.spaceDelimited },
    clear_route_cache: true,
  }
}
