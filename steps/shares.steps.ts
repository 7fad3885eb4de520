import { Then } from '@cucumber/cucumber'
import type { DataTable } from '@cucumber/cucumber'
import { rowsOf } from '../support/sentences/below.ts'
import { readSplit, shareHasStatus, shareReaches, splitAs } from '../support/checks/shares.ts'
import type { MeshWorld, ServiceRef } from '../support/index.ts'
import { takingAsMany } from '../support/sentences/step-options.ts'

Then('about {percent} of the requests reach {service}', takingAsMany, async function (this: MeshWorld, share: number, service: ServiceRef) {
  const meant = this.meant(service)
  await this.expectShares([shareReaches(meant, share)], [meant])
})

Then('about {percent} of the requests have status {int}', takingAsMany, async function (this: MeshWorld, share: number, status: number) {
  await this.expectShares([shareHasStatus(status, share)])
})

Then('the requests are split:', takingAsMany, async function (this: MeshWorld, table: DataTable) {
  const split = readSplit(rowsOf(table)).map(({ service, share }) => ({ service: this.meant(service), share }))
  await this.expectShares(
    splitAs(split),
    split.map(({ service }) => service),
  )
})
