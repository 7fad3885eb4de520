import { Then } from '@cucumber/cucumber'
import type { MeshWorld } from '../support/index.ts'

Then('{word} {string} is accepted', async function (this: MeshWorld, kind: string, name: string) {
  ;(await this.config.statuses()).expectTrue('Accepted', kind, name)
})

Then('{word} {string} is not accepted, because {string}', async function (this: MeshWorld, kind: string, name: string, reason: string) {
  ;(await this.config.statuses()).expectFalse('Accepted', kind, name, reason)
})

Then('{word} {string} resolves its references', async function (this: MeshWorld, kind: string, name: string) {
  ;(await this.config.statuses()).expectTrue('ResolvedRefs', kind, name)
})

Then(
  '{word} {string} does not resolve its references, because {string}',
  async function (this: MeshWorld, kind: string, name: string, reason: string) {
    ;(await this.config.statuses()).expectFalse('ResolvedRefs', kind, name, reason)
  },
)

Then('{word} {string} is programmed', async function (this: MeshWorld, kind: string, name: string) {
  ;(await this.config.statuses()).expectTrue('Programmed', kind, name)
})

Then('{word} {string} is not programmed, because {string}', async function (this: MeshWorld, kind: string, name: string, reason: string) {
  ;(await this.config.statuses()).expectFalse('Programmed', kind, name, reason)
})

Then(
  'listener {string} of {word} {string} is not accepted, because {string}',
  async function (this: MeshWorld, listener: string, kind: string, name: string, reason: string) {
    ;(await this.config.statuses()).expectListener({ type: 'Accepted', status: 'False', reason }, { listener, kind, name })
  },
)

Then('listener {string} of {word} {string} is programmed', async function (this: MeshWorld, listener: string, kind: string, name: string) {
  ;(await this.config.statuses()).expectListener({ type: 'Programmed', status: 'True', reason: null }, { listener, kind, name })
})

Then(
  'listener {string} of {word} {string} is not programmed, because {string}',
  async function (this: MeshWorld, listener: string, kind: string, name: string, reason: string) {
    ;(await this.config.statuses()).expectListener({ type: 'Programmed', status: 'False', reason }, { listener, kind, name })
  },
)

Then(
  'listener {string} of {word} {string} does not resolve its references, because {string}',
  async function (this: MeshWorld, listener: string, kind: string, name: string, reason: string) {
    ;(await this.config.statuses()).expectListener({ type: 'ResolvedRefs', status: 'False', reason }, { listener, kind, name })
  },
)

Then(
  'listener {string} of {word} {string} is in conflict, because {string}',
  async function (this: MeshWorld, listener: string, kind: string, name: string, reason: string) {
    ;(await this.config.statuses()).expectListener({ type: 'Conflicted', status: 'True', reason }, { listener, kind, name })
  },
)

Then(
  'listener {string} of {word} {string} has {int} attached route(s)',
  async function (this: MeshWorld, listener: string, kind: string, name: string, count: number) {
    ;(await this.config.statuses()).expectAttachedRoutes(count, { listener, kind, name })
  },
)

Then(
  'listener {string} of {word} {string} takes routes of the kinds {string}',
  async function (this: MeshWorld, listener: string, kind: string, name: string, kinds: string) {
    ;(await this.config.statuses()).expectSupportedKinds(kinds.split(/,\s*/), { listener, kind, name })
  },
)

Then(
  '{word} {string} has the condition {string}, because {string}',
  async function (this: MeshWorld, kind: string, name: string, type: string, reason: string) {
    ;(await this.config.statuses()).expectCondition(type, kind, name, reason)
  },
)

Then(
  'listener {string} of {word} {string} has the condition {string}, because {string}',
  async function (this: MeshWorld, listener: string, kind: string, name: string, type: string, reason: string) {
    ;(await this.config.statuses()).expectListener({ type, status: 'True', reason }, { listener, kind, name })
  },
)
