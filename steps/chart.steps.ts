import { Given, When } from '@cucumber/cucumber'
import { textOf } from '../support/sentences/below.ts'
import { leavingTheRest } from '../support/sentences/step-options.ts'
import type { MeshWorld } from '../support/index.ts'

Given('the chart {string} with values:', async function (this: MeshWorld, chart: string, values: string) {
  await this.config.giveChart(chart, textOf(values))
})

When('the chart release {string} is upgraded with values:', leavingTheRest, async function (this: MeshWorld, release: string, values: string) {
  await this.config.upgradeRelease(release, textOf(values))
})

When(
  'the chart release {string} is rolled back to revision {int}',
  leavingTheRest,
  async function (this: MeshWorld, release: string, revision: number) {
    await this.config.rollBackRelease(release, revision)
  },
)
