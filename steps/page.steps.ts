import { Then } from '@cucumber/cucumber'
import { loadPageChecks } from '../support/index.ts'
import type { MeshWorld } from '../support/index.ts'

Then('the page says {string}', async function (this: MeshWorld, text: string) {
  this.expect((await loadPageChecks()).says(text))
})

Then('the page does not say {string}', async function (this: MeshWorld, text: string) {
  this.expect((await loadPageChecks()).doesNotSay(text))
})

Then('the page title is {string}', async function (this: MeshWorld, title: string) {
  this.expect((await loadPageChecks()).titleIs(title))
})

Then('the page shows no stars', async function (this: MeshWorld) {
  this.expect((await loadPageChecks()).showsNoStars())
})

Then('the page shows black stars', async function (this: MeshWorld) {
  this.expect((await loadPageChecks()).showsStars('black'))
})

Then('the page shows red stars', async function (this: MeshWorld) {
  this.expect((await loadPageChecks()).showsStars('red'))
})
