import type { Labels } from '../../registry/labels.ts'
import type { TargetRef } from '../policy-attachment.ts'

/** The fields of an AuthorizationPolicy that are acted on; validated when it was read. */
export interface AuthorizationPolicySpec {
  readonly selector?: { readonly matchLabels?: Labels }
  readonly targetRef?: TargetRef
  readonly targetRefs?: readonly TargetRef[]
  readonly action?: string
  readonly provider?: { readonly name?: string }
  readonly rules?: readonly RuleSpec[]
}

export interface RuleSpec {
  readonly from?: readonly { readonly source?: SourceSpec }[]
  readonly to?: readonly { readonly operation?: OperationSpec }[]
  readonly when?: readonly ConditionSpec[]
}

type Texts = readonly string[]
type WithNegation<Names extends string> = { readonly [Name in Names | `not${Capitalize<Names>}`]?: Texts }

export type SourceSpec = WithNegation<
  'principals' | 'requestPrincipals' | 'namespaces' | 'serviceAccounts' | 'trustDomains' | 'ipBlocks' | 'remoteIpBlocks'
>
export type OperationSpec = WithNegation<'hosts' | 'ports' | 'methods' | 'paths'>

export interface ConditionSpec {
  readonly key?: string
  readonly values?: Texts
  readonly notValues?: Texts
}
