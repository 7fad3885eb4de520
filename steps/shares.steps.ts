import { Then } from '@cucumber/cucumber'
import type { DataTable } from '@cucumber/cucumber'
import { readSplit, shareHasStatus, shareReaches, splitAs } from '../support/checks/shares.ts'
import type { MeshWorld, ServiceRef } from '../support/index.ts'

Then('about {percent} of the requests reach {service}', function (this: MeshWorld, share: number, service: ServiceRef) {
  this.expect(shareReaches(service, share), [service])
})

Then('about {percent} of the requests have status {int}', function (this: MeshWorld, share: number, status: number) {
  this.expect(shareHasStatus(status, share))
})

Then('the requests are split:', function (this: MeshWorld, table: DataTable) {
  const split = readSplit(table.raw())
  this.expect(
    splitAs(split),
    split.map(({ service }) => service),
  )
})
