/** Runs the scenarios that must not pass, for failing-scenarios.test.ts. */
export default { paths: ['steps/failing/*.feature'], loader: ['ts-node/esm'], import: ['steps/index.ts'] }
