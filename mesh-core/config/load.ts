export { locate } from './locate.ts'
export { readPaths } from './read-files.ts'
export type { Place, ReadResult } from './read.ts'
export { inNamespace, mergeResults, readText } from './read.ts'
