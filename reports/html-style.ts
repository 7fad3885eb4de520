/** Colours follow the reader's light or dark setting; every verdict is also told in words, never by colour alone. */
export const style = `
:root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --odd: #9a6700; --line: color-mix(in srgb, CanvasText 18%, transparent); }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --odd: #d29922; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 6px 1.5rem 4rem; overflow-wrap: anywhere; }
body::before { content: ''; position: fixed; inset: 0 0 auto; height: 6px; background: var(--good); } body.failed::before { background: var(--bad); } body.open::before { background: var(--odd); }
@media (max-width: 40rem) { .compared { min-width: 40rem; } body { padding-inline: .75rem; font-size: 14px; } details { padding-inline: .5rem; } ol { padding-left: .25rem; } }
h1 { font-size: 1.4rem; margin: 1rem 0 .25rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
small, .facts { opacity: .7; font-weight: normal; font-size: .85rem; }
.badge { border: 1px solid; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; display: inline-block; color: var(--odd); }
.badge.passed, .badge.holds, .badge.success { color: var(--good); }
.badge.failed, .badge.invalid, .badge.differs, .badge.drawn, .badge.fails, .badge.failure { color: var(--bad); }
details { border: 1px solid var(--line); border-radius: 6px; margin: .35rem 0; padding: .35rem .75rem; }
summary { cursor: pointer; } summary.passed::before, summary.holds::before { content: '✔ '; color: var(--good); }
summary.failed::before, summary.invalid::before, summary.differs::before, summary.drawn::before, summary.fails::before { content: '✖ '; color: var(--bad); }
summary.undecided::before, summary.open::before { content: '≈ '; color: var(--odd); } summary.not-programmed::before { content: '… '; color: var(--odd); }
summary.not-supported::before, summary.one-sided::before { content: '– '; color: var(--odd); } summary.interrupted::before { content: '! '; color: var(--odd); }
ol { list-style: none; padding-left: 1rem; margin: .5rem 0; }
li[class]::before { content: '✔ '; color: var(--good); } li.skipped::before { content: '– '; color: inherit; } li.skipped { opacity: .6; }
li.failed::before, li.undefined::before, li.ambiguous::before { content: '✖ '; color: var(--bad); }
ol:is(.undecided, .not-programmed, .interrupted) > li.failed::before { content: '≈ '; color: var(--odd); }
ol.not-programmed > li.failed::before { content: '… '; } ol.interrupted > li.failed::before { content: '! '; }
pre { font: 13px/1.45 ui-monospace, monospace; overflow-x: auto; margin: .35rem 0; padding: .5rem .75rem; border-left: 3px solid var(--line); }
pre.command { white-space: pre-wrap; } pre.reason span { display: block; min-height: 1lh; padding-left: 6ch; text-indent: -6ch; } pre.reason { white-space: pre-wrap; border-left-color: var(--odd); } li:is(.failed, .undefined) pre.reason, td.failed pre.reason, summary:is(.failed, .invalid) ~ pre.reason, .error pre { border-left-color: var(--bad); } ol:is(.undecided, .not-programmed, .interrupted) > li.failed pre.reason { border-left-color: var(--odd); }
td .badge, table:not(.compared, .matrix) th { overflow-wrap: normal; white-space: nowrap; }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0; } th, td { text-align: left; padding: .15rem .75rem .15rem 0; border-bottom: 1px solid var(--line); }
.compared { table-layout: fixed; width: 100%; } .compared > thead > tr > th:first-child { width: 34%; }
.compared th, .compared td { vertical-align: top; overflow-wrap: anywhere; } .compared tbody > tr > th { font-weight: normal; }
.compared td.passed { color: var(--good); } .compared td.failed { color: var(--bad); } .compared td.skipped { opacity: .6; }
.wide { overflow-x: auto; } .wide table:not(.compared) td { overflow-wrap: break-word; } h3 { font-size: .95rem; margin: 1.25rem 0 .35rem; } .lead { font-size: 1.1rem; margin: .25rem 0; }
.matrix { width: 100%; } .matrix td, .matrix thead th { white-space: nowrap; } .matrix th[scope=row] { font-weight: normal; min-width: 12rem; }
.matrix th[scope=rowgroup] { padding: 1rem 0 .25rem; } .matrix thead th { vertical-align: bottom; } .matrix tbody tr:not(:first-child):hover { background: var(--line); }
.standing::before { display: inline-block; width: 1.25em; } .standing.passed::before { content: '✔'; color: var(--good); } .standing.part::before { content: '◐'; color: var(--odd); }
.standing.failed { color: var(--bad); } .standing.failed::before { content: '✖'; } .standing.open { color: var(--odd); } .standing.open::before { content: '≈'; }
.standing.not-supported { opacity: .7; } .standing.not-supported::before { content: '–'; }
.compared td pre { color: CanvasText; } .notice { color: var(--odd); }
`
