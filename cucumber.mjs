import { defaultFormats } from './dist/reports/index.js'

// No `paths`: cucumber looks into features/ by itself, and would add its own arguments to ours instead of taking them.
const suite = { format: defaultFormats() }

/** `npx cucumber-js`: the conformance suite with the built vocabulary. */
export default { ...suite, import: ['dist/steps/index.js'] }

/** `npx cucumber-js -p dev`: the same with the vocabulary's sources. */
export const dev = { ...suite, loader: ['ts-node/esm'], import: ['steps/index.ts'] }
