import type { Life, LuaKind, LuaObject, LuaTable, LuaValue } from '../../../lua/values.ts'
import { compileFormat } from '../../replies/format/format.ts'
import type { Subject } from '../../replies/format/subject.ts'

/** What filters have told of a request, by their names. Source: Envoy `StreamInfo::dynamicMetadata`. */
export type DynamicMetadata = Map<string, Map<string | number, LuaValue>>

/** What scripts learn of a request beside its messages. Source: Envoy `lua/wrappers.cc` StreamInfoWrapper. */
export class StreamInfoWrapper implements LuaObject {
  readonly kind = streamInfo
  readonly metadata: MetadataMap
  readonly subject: () => Subject
  readonly life: Life

  constructor(metadata: DynamicMetadata, subject: () => Subject, life: Life) {
    this.metadata = new MetadataMap(metadata, subject, life)
    this.life = life
    this.subject = subject
  }

  told(operator: string): string {
    return compileFormat(`%${operator}%`)(this.subject())
  }
}

const streamInfo: LuaKind<StreamInfoWrapper> = {
  methods: {
    dynamicMetadata: ({ metadata }) => metadata,
    protocol: (info) => info.told('PROTOCOL'),
    routeName: (info) => info.subject().log.route.replace(/^-$/, ''),
    requestedServerName: (info) => info.told('REQUESTED_SERVER_NAME').replace(/^-$/, ''),
  },
}

const jwt = 'envoy.filters.http.jwt_authn'

class MetadataMap implements LuaObject {
  readonly kind = metadataMap
  readonly values: DynamicMetadata
  readonly life: Life
  readonly #subject: () => Subject

  constructor(values: DynamicMetadata, subject: () => Subject, life: Life) {
    this.life = life
    this.values = values
    this.#subject = subject
  }

  /** Of a token that was verified istiod has Envoy keep the payload. Source: Istio `security/authn/policy_applier.go` convertToEnvoyJwtConfig. */
  of(filter: string): LuaTable | undefined {
    const { claims } = this.#subject()
    if (filter !== jwt || !claims) return this.values.get(filter)
    return new Map([['payload', valueOf(claims)]])
  }
}

const metadataMap: LuaKind<MetadataMap> = {
  methods: {
    get: (map, given) => map.of(given.text(1)) ?? [],
    set: ({ values }, given) => {
      const filter = given.text(1)
      const own = values.get(filter) ?? new Map<string | number, LuaValue>()
      values.set(filter, own.set(given.text(2), given.value(3) ?? null))
    },
  },
  pairs: ({ values }) => values,
}

function valueOf(json: unknown): LuaValue {
  if (Array.isArray(json)) return new Map(json.map((value, i) => [i + 1, valueOf(value)]))
  if (typeof json === 'object' && json !== null) return new Map(Object.entries(json).map(([key, value]) => [key, valueOf(value)]))
  return (json ?? null) as LuaValue
}
