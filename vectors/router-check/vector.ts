/** A route configuration and what is looked up in it. Source: Envoy `test/tools/router_check/validation.proto`. */
export interface RouterCheckVector {
  readonly name: string
  /** YAML of an Envoy `RouteConfiguration`. */
  readonly config: string
  readonly tests: readonly RouterCheckTest[]
  /** `false`: every test is to fail, and every header that it asks for is to be found otherwise. */
  readonly expectPass?: boolean
}

export interface RouterCheckTest {
  readonly test_name: string
  readonly input: RouterCheckInput
  readonly validate: RouterCheckWanted
}

export interface RouterCheckInput {
  readonly authority: string
  readonly path: string
  readonly method?: string
  readonly random_value?: number | string
  /** The request came over TLS. */
  readonly ssl?: boolean
  /** The request is of the own mesh: `x-envoy-internal`. */
  readonly internal?: boolean
  /** Key of the only runtime fraction that is on. */
  readonly runtime?: string
  readonly additional_request_headers?: readonly HeaderField[]
  readonly additional_response_headers?: readonly HeaderField[]
  readonly dynamic_metadata?: readonly MetadataEntry[]
}

export interface HeaderField {
  readonly key: string
  readonly value?: string
}

export interface MetadataEntry {
  readonly metadata_namespace: string
  readonly allow_overwrite?: boolean
  readonly value: unknown
}

/** What is not named is not looked at; an empty text wants nothing to be there. */
export interface RouterCheckWanted {
  readonly cluster_name?: string
  readonly virtual_cluster_name?: string
  readonly virtual_host_name?: string
  readonly host_rewrite?: string
  readonly path_rewrite?: string
  readonly path_redirect?: string
  readonly code_redirect?: number
  /** Envoy `HeaderMatcher`. */
  readonly request_header_matches?: readonly unknown[]
  readonly response_header_matches?: readonly unknown[]
  /** The older form: equality. */
  readonly request_header_fields?: readonly HeaderField[]
  readonly response_header_fields?: readonly HeaderField[]
}
