import { readTestDocuments } from '../test-file.ts'

/** A lookup of `router_check_tool`. Source: Envoy `test/tools/router_check/validation.proto`. */
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

/** Reads a file of tests (`tests: [{test_name, input, validate}]`, YAML or JSON). @throws MeshSpecError */
export function readRouterCheckTests(text: string, file: string): RouterCheckTest[] {
  return readTestDocuments(text, file).flatMap((document) => {
    const tests = document.data['tests']
    if (!Array.isArray(tests)) throw document.fault('SCHEMA_REQUIRED', [], 'there is no list `tests`', 'a file of router_check_tool has one')
    tests.forEach((test: Partial<RouterCheckTest> | null, i) => {
      for (const name of ['test_name', 'input', 'validate'] as const)
        if (test?.[name] === undefined) throw document.fault('SCHEMA_REQUIRED', ['tests', i], `${name} is missing`, null)
      for (const name of ['authority', 'path'] as const)
        if (typeof test?.input?.[name] !== 'string') throw document.fault('SCHEMA_REQUIRED', ['tests', i, 'input'], `${name} is missing`, null)
    })
    return tests as RouterCheckTest[]
  })
}
