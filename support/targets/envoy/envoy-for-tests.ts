import { findEnvoy } from './find-envoy.ts'

/** The path of an Envoy, or `null` (and a word about it) where there is none: these tests are skipped then. */
export async function envoyForTests(): Promise<string | null> {
  try {
    return (await findEnvoy()).path
  } catch (error) {
    if (process.env['MESHSPEC_REQUIRE_ENVOY']) throw error
    process.stderr.write(`skipped, for want of an Envoy: ${error instanceof Error ? error.message : String(error)}\n`)
    return null
  }
}
