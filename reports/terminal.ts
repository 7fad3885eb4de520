import { Collector } from './collector.ts'
import type { Formatter } from './formatter.ts'
import { inOrder } from './in-order.ts'
import { makePaint } from './paint.ts'
import { scenarioLine, summaryText } from './terminal-text.ts'

/** What a person watches: a line for each scenario under its feature, then what did not pass and the counts. */
const terminal: Formatter = {
  type: 'formatter',
  formatter({ on, write, stream }) {
    const collector = new Collector()
    const paint = makePaint(stream.isTTY === true, process.env)
    let heading = ''
    const show = inOrder((envelope) => {
      const scenario = collector.take(envelope)
      if (!scenario || scenario.verdict === 'interrupted') return
      if (scenario.uri !== heading) write(`${heading === '' ? '' : '\n'}${paint('bold', scenario.feature)}\n`)
      heading = scenario.uri
      write(`${scenarioLine(scenario, paint)}\n`)
    })
    on('message', show)
    return () => write(`\n${summaryText(collector.record, paint)}\n`)
  },
}
export default terminal
