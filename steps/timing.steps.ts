import { Then, When } from '@cucumber/cucumber'
import { takesAbout, takesAtLeast, takesBetween, takesLessThan } from '../support/checks/timing.ts'
import type { MeshWorld } from '../support/index.ts'

When('{duration} pass', async function (this: MeshWorld, ms: number) {
  await this.elapse(ms)
})

Then('the response takes about {duration}', function (this: MeshWorld, ms: number) {
  this.expect(takesAbout(ms))
})

Then('the response takes less than {duration}', function (this: MeshWorld, ms: number) {
  this.expect(takesLessThan(ms))
})

Then('the response takes at least {duration}', function (this: MeshWorld, ms: number) {
  this.expect(takesAtLeast(ms))
})

Then('the response takes between {duration} and {duration}', function (this: MeshWorld, fromMs: number, toMs: number) {
  this.expect(takesBetween(fromMs, toMs))
})
