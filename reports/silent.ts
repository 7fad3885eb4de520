import type { Formatter } from './formatter.ts'

/** Writes nothing: for a run whose report is another's. */
const silent: Formatter = { type: 'formatter', formatter: () => {} }
export default silent
