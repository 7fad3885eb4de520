import { FollowedRun } from './followed-run.ts'
import type { Formatter } from './formatter.ts'
import { makePaint } from './paint.ts'
import { scenarioLine, summaryText } from './terminal-text.ts'

/** What a person watches: a line for each scenario under its feature, then what did not pass and the counts. */
const terminal: Formatter = {
  type: 'formatter',
  formatter({ on, write, stream }) {
    const paint = makePaint(stream.isTTY === true, process.env)
    let heading = ''
    const run = new FollowedRun((scenario) => {
      if (scenario.verdict === 'interrupted') return
      if (scenario.uri !== heading) write(`${heading === '' ? '' : '\n'}${paint('bold', scenario.feature)}\n`)
      heading = scenario.uri
      write(`${scenarioLine(scenario, paint)}\n`)
    })
    on('message', run.take)
    return () => write(`\n${summaryText(run.record, paint)}\n`)
  },
}
export default terminal
