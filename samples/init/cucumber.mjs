import { defaultFormats } from 'meshspec/reports'

export default {
  paths: ['features/**/*.feature'],
  import: ['steps/**/*.{js,mjs}'],
  format: defaultFormats(),
  // where scenarios find the config that they name; every setting of `npx meshspec run` may stand here
  worldParameters: { meshspec: { config: 'mesh' } },
}
