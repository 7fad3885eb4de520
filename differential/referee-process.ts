import { againstEnvoy } from './against-envoy.ts'
import type { GeneratedMesh } from './generate/mesh.ts'
import type { Judgement } from './referee.ts'

/** What a referee in a process of its own says of the meshes that it was sent last; `ready`: it may be sent some. */
export type Reply = { readonly kind: 'ready' } | { readonly kind: 'judged'; readonly judgements: readonly Judgement[] } | Failure

interface Failure {
  readonly kind: 'failed'
  readonly message: string
}

const tell = (reply: Reply): void => void process.send!(reply)

async function attempt(action: () => Promise<Reply>): Promise<void> {
  try {
    tell(await action())
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

const referee = againstEnvoy()
process.on('message', (meshes: readonly GeneratedMesh[]) =>
  attempt(async () => ({ kind: 'judged', judgements: await (await referee).judge(meshes) })),
)
process.once('disconnect', () => void referee.then((one) => one.close()).finally(() => process.exit()))
await attempt(async () => {
  await referee
  return { kind: 'ready' }
})
