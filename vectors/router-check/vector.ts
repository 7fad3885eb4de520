import type { RouterCheckTest } from '../../cli/import/router-check/read-tests.ts'

export type { HeaderField, MetadataEntry, RouterCheckInput, RouterCheckTest, RouterCheckWanted } from '../../cli/import/router-check/read-tests.ts'

/** A route configuration and what is looked up in it. */
export interface RouterCheckVector {
  readonly name: string
  /** YAML of an Envoy `RouteConfiguration`. */
  readonly config: string
  readonly tests: readonly RouterCheckTest[]
  /** `false`: every test is to fail, and every header that it asks for is to be found otherwise. */
  readonly expectPass?: boolean
}
