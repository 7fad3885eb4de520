/** Colours follow the reader's light or dark setting; every verdict is also told in words, never by colour alone. */
export const style = `
:root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --odd: #9a6700; --line: color-mix(in srgb, currentColor 18%, transparent); }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --odd: #d29922; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 0 1.5rem 4rem; border-top: 6px solid var(--good); }
body.failed { border-top-color: var(--bad); }
h1 { font-size: 1.4rem; margin: 1rem 0 .25rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
small, .facts { opacity: .7; font-weight: normal; font-size: .85rem; }
.badge { border: 1px solid; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; white-space: nowrap; color: var(--odd); }
.badge.passed, .badge.holds { color: var(--good); }
.badge.failed, .badge.invalid, .badge.differs, .badge.fails { color: var(--bad); }
details { border: 1px solid var(--line); border-radius: 6px; margin: .35rem 0; padding: .35rem .75rem; }
summary { cursor: pointer; } summary.passed::before, summary.holds::before { content: '✔ '; color: var(--good); }
summary.failed::before, summary.invalid::before, summary.differs::before, summary.fails::before { content: '✖ '; color: var(--bad); }
ol { list-style: none; padding-left: 1rem; margin: .5rem 0; }
li[class]::before { content: '✔ '; color: var(--good); } li.skipped::before { content: '– '; color: inherit; } li.skipped { opacity: .6; }
li.failed::before, li.undefined::before, li.ambiguous::before { content: '✖ '; color: var(--bad); }
pre { font: 13px/1.45 ui-monospace, monospace; overflow-x: auto; margin: .35rem 0; padding: .5rem .75rem; border-left: 3px solid var(--line); }
pre.reason { white-space: pre-wrap; border-left-color: var(--odd); } li.failed pre.reason, td.failed pre.reason, .error pre { border-left-color: var(--bad); }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0; } th, td { text-align: left; padding: .15rem .75rem .15rem 0; border-bottom: 1px solid var(--line); }
.compared { table-layout: fixed; width: 100%; } .compared > thead > tr > th:first-child { width: 34%; }
.compared th, .compared td { vertical-align: top; overflow-wrap: anywhere; } .compared tbody > tr > th { font-weight: normal; }
.compared td.passed { color: var(--good); } .compared td.failed { color: var(--bad); } .compared td.skipped { opacity: .6; }
.compared td pre { color: CanvasText; } .notice { color: var(--odd); }
`
