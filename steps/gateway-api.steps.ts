import { Then } from '@cucumber/cucumber'
import type { MeshWorld } from '../support/index.ts'

Then('{word} {string} is accepted', async function (this: MeshWorld, kind: string, name: string) {
  ;(await this.objectStatuses()).expectTrue('Accepted', kind, name)
})

Then('{word} {string} is not accepted, because {string}', async function (this: MeshWorld, kind: string, name: string, reason: string) {
  ;(await this.objectStatuses()).expectFalse('Accepted', kind, name, reason)
})

Then('{word} {string} resolves its references', async function (this: MeshWorld, kind: string, name: string) {
  ;(await this.objectStatuses()).expectTrue('ResolvedRefs', kind, name)
})

Then(
  '{word} {string} does not resolve its references, because {string}',
  async function (this: MeshWorld, kind: string, name: string, reason: string) {
    ;(await this.objectStatuses()).expectFalse('ResolvedRefs', kind, name, reason)
  },
)

Then(
  'listener {string} of {word} {string} is not accepted, because {string}',
  async function (this: MeshWorld, listener: string, kind: string, name: string, reason: string) {
    ;(await this.objectStatuses()).expectListenerNotAccepted(listener, kind, name, reason)
  },
)
