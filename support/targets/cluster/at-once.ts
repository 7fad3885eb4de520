/** Does the work so often, never more of it at once than that; yields what comes of each as it ends. */
export async function* atOnce<T>(times: number, concurrency: number, work: () => Promise<T>): AsyncIterable<T> {
  const running = new Map<number, ReturnType<typeof numbered<T>>>()
  for (let index = 0; index < times || running.size > 0;) {
    while (running.size < concurrency && index < times) running.set(index, numbered(index++, work()))
    const ended = await Promise.race(running.values())
    running.delete(ended.index)
    yield ended.value
  }
}

/** Work that is known by its number when it ends. */
async function numbered<T>(index: number, work: Promise<T>): Promise<{ readonly index: number; readonly value: T }> {
  return { index, value: await work }
}
