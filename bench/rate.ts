import { median } from './benchmark.ts'

/**
 * @param work does so many units of work
 * @returns units per second: the median of several runs of at least so long, after one to warm up
 */
export async function rateOf(work: (units: number) => void | Promise<void>, { runs = 7, runMs = 400 } = {}): Promise<number> {
  const units = await calibrated(work, runMs)
  const rates: number[] = []
  for (let i = 0; i < runs; i++) rates.push(units / (await secondsOf(work, units)))
  return median(rates)
}

/** Doubles the work until it takes long enough, which warms it up, too. */
async function calibrated(work: (units: number) => void | Promise<void>, runMs: number): Promise<number> {
  let units = 100
  while ((await secondsOf(work, units)) * 1000 < runMs) units *= 2
  return units
}

/** Of the processor's time: what else the machine does is not counted. */
async function secondsOf(work: (units: number) => void | Promise<void>, units: number): Promise<number> {
  const start = process.cpuUsage()
  await work(units)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}
