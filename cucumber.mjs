/** `npx cucumber-js` runs the conformance suite with the built vocabulary, `npx cucumber-js -p dev` with its sources. */
const suite = { paths: ['features/**/*.feature'], publishQuiet: true }

export default {
  default: { ...suite, import: ['dist/steps/index.js'] },
  dev: { ...suite, loader: ['ts-node/esm'], import: ['steps/index.ts'] },
}
