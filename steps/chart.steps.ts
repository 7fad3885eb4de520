import { Given, When } from '@cucumber/cucumber'
import type { MeshWorld } from '../support/index.ts'

const noHelm = 'meshspec does not render Helm charts yet'

Given('the chart {string} with values:', function (this: MeshWorld, _chart: string, _values: string) {
  this.unsupported('config', noHelm)
})

When('the chart release {string} is upgraded with values:', function (this: MeshWorld, _release: string, _values: string) {
  this.unsupported('config', noHelm)
})

When('the chart release {string} is rolled back to revision {int}', function (this: MeshWorld, _release: string, _revision: number) {
  this.unsupported('config', noHelm)
})
