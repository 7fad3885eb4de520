import { Given, Then, When } from '@cucumber/cucumber'
import { textOf } from '../support/sentences/below.ts'
import type { MeshWorld } from '../support/index.ts'
import { leavingTheRest } from '../support/sentences/step-options.ts'

Given('the config {string}', async function (this: MeshWorld, name: string) {
  await this.config.give({ name })
})

Given('the config:', async function (this: MeshWorld, text: string) {
  await this.config.give({ text: textOf(text) })
})

Given('the mesh config:', async function (this: MeshWorld, text: string) {
  await this.config.giveMeshConfig(textOf(text))
})

Given('the JWKS at {string}:', async function (this: MeshWorld, uri: string, text: string) {
  await this.config.giveKeys(uri, textOf(text))
})

When('the config {string} is applied', leavingTheRest, async function (this: MeshWorld, name: string) {
  await this.config.apply({ name })
})

When('the config is applied:', leavingTheRest, async function (this: MeshWorld, text: string) {
  await this.config.apply({ text: textOf(text) })
})

When('the config {string} is deleted', leavingTheRest, async function (this: MeshWorld, name: string) {
  await this.config.delete({ name })
})

Then('the analysis reports {word} for {word} {string}', async function (this: MeshWorld, code: string, kind: string, name: string) {
  await this.config.expectAnalysis(code, kind, name)
})

Then('the analysis reports nothing', async function (this: MeshWorld) {
  await this.config.expectNoAnalysis()
})

Then('the config is accepted', function (this: MeshWorld) {
  this.refusal.expectAccepted()
})

Then('the config is rejected with {string}', function (this: MeshWorld, reason: string) {
  this.refusal.expectRejected(reason)
})
