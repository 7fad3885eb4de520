/**
 * A seed of the scenario's own, so that what it draws does not depend on which scenarios ran before it. FNV-1a over the run's seed,
 * the file and the scenario's name.
 * @param uri path of the feature file as cucumber names it
 */
export function scenarioSeed(seed: number, uri: string, name: string): number {
  // A backslash is Windows' way to write the same path.
  const text = `${seed}\n${uri.replaceAll('\\', '/')}\n${name}`
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
