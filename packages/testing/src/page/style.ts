/** The style of the page: system fonts and colours, one column on a phone, dark mode. */
export const style = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f8, #14161a);
  --card: light-dark(#ffffff, #1e2127);
  --sunk: light-dark(#eef0f4, #171a1f);
  --line: light-dark(#d5d9e0, #3a3f49);
  --text: light-dark(#1a1d23, #e8eaee);
  --faint: light-dark(#565e6c, #a6aebb);
  --accent: light-dark(#1a5fb4, #7fb3ff);
  --good: light-dark(#17663a, #6fd39a);
  --bad: light-dark(#b3261e, #ff9a90);
  --warn: light-dark(#7a4f00, #f3c26b);
  font: 16px/1.45 system-ui, sans-serif;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--text); }
p { margin: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: .9em; }
.faint, .about, .use, .hint, .lately { color: var(--faint); font-size: .85rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center;
  padding: .6rem 1rem; background: var(--card); border-bottom: 1px solid var(--line);
}
h1 { font-size: 1.1rem; margin: 0; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; display: inline; }
.body h3 { display: block; font-size: .85rem; margin: .8rem 0 .2rem; color: var(--faint); }
#summary { color: var(--faint); font-size: .9rem; margin-right: auto; font-variant-numeric: tabular-nums; }
#actions { display: flex; gap: .5rem; }
#lost { color: var(--bad); font-weight: 600; }
main { display: grid; gap: 1.4rem; padding: 1rem; max-width: 100rem; margin: 0 auto; align-items: start; }
@media (min-width: 76rem) { main { grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); } }
/* In one column, what comes below the requests should not be far. */
@media (max-width: 75.99rem) {
  #requests.few > li:nth-child(n + 11) { display: none; }
}
#traffic { display: grid; gap: 1.4rem; min-width: 0; }
ul, ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
#deployments { grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); align-items: start; }
#deployments > li, #findings > li, #empty, #requests { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; min-width: 0; }
summary { cursor: pointer; border-radius: .4rem; }
summary:focus-visible, button:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button {
  font: inherit; font-size: .88rem; min-height: 2.4rem; padding: .3rem .75rem; cursor: pointer;
  color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: .4rem;
}
button:hover { border-color: var(--accent); }
button[aria-pressed="true"] { background: var(--accent); color: var(--card); border-color: var(--accent); }

#deployments details { padding: .6rem .8rem; }
#deployments details[open] { padding-bottom: .8rem; }
#deployments summary { display: flex; flex-wrap: wrap; gap: 0 .7rem; align-items: baseline; }
#deployments summary::before { content: '▸'; color: var(--faint); width: .8em; }
#deployments [open] > summary::before { content: '▾'; }
summary::-webkit-details-marker { display: none; }
.state { margin-left: auto; font-weight: 600; font-variant-numeric: tabular-nums; }
.canvas { position: relative; height: 5.2rem; margin-top: .5rem; background: var(--sunk); border-bottom: 1px solid var(--line); }
.canvas svg { display: block; width: 100%; height: 100%; }
.canvas span { position: absolute; left: .35rem; font-size: .72rem; color: var(--faint); line-height: 1.1; transform: translateY(-110%); }
.line { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.area { fill: var(--accent); opacity: .18; }
.bars { fill: var(--accent); }
.reference { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 4 4; vector-effect: non-scaling-stroke; }
.marks { stroke: var(--warn); stroke-width: 4; vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; font-size: .72rem; color: var(--faint); margin-bottom: .3rem; }
.faults { display: grid; grid-template-columns: repeat(2, 1fr); gap: .4rem; margin-top: .5rem; }
#deployments > li { container-type: inline-size; }
@container (min-width: 21rem) { .faults { grid-template-columns: repeat(3, 1fr); } }
@container (min-width: 37rem) { .faults { grid-template-columns: repeat(5, 1fr); } }
.faults button { padding: .3rem .2rem; font-size: .82rem; }
.faults .hint { grid-column: 1 / -1; }
.armed { margin-top: .5rem; }
.armed li { display: flex; gap: .6rem; align-items: center; justify-content: space-between; padding: .35rem .35rem .35rem .7rem; border: 1px solid var(--warn); border-radius: .4rem; font-size: .9rem; background: var(--card); }
.armed strong { color: var(--warn); }
#armed { margin: 0 0 .6rem; }

#findings > li { padding: .6rem .8rem; border-left: 4px solid var(--warn); font-size: .9rem; }
.rule strong { color: var(--warn); display: inline-block; }
.rule strong::first-letter { text-transform: uppercase; }

#requests { gap: 0; }
#requests:empty { display: none; }
#more { width: 100%; margin-top: .5rem; }
@media (min-width: 76rem) { #more { display: none; } }
.faint + ul, .faint + ol { margin-top: .5rem; }
#requests > li + li { border-top: 1px solid var(--line); }
#requests summary { display: grid; grid-template-columns: 4.2rem 4.8rem minmax(0, 1fr) minmax(0, 7rem) 5.2rem; gap: 0 .5rem; align-items: baseline; padding: .45rem .8rem; font-size: .9rem; }
#requests summary:hover { background: var(--sunk); }
.when, .took { color: var(--faint); font-variant-numeric: tabular-nums; font-size: .85rem; }
.took { text-align: right; }
.status { font-weight: 600; font-variant-numeric: tabular-nums; }
.what { overflow-wrap: anywhere; font-size: .85rem; }
.what b { font-weight: 600; }
.to { overflow-wrap: anywhere; font-size: .85rem; color: var(--faint); }
.note { grid-column: 3 / -1; color: var(--warn); font-size: .82rem; }
.note:empty { display: none; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.body { padding: 0 .8rem .8rem; font-size: .9rem; border-left: 4px solid var(--accent); }
pre { margin: 0; padding: .6rem .7rem; background: var(--sunk); border-radius: .4rem; max-height: 22rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }

#empty { padding: .9rem 1rem; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .5rem .9rem; margin: .7rem 0 0; align-items: center; }
dt { color: var(--faint); font-size: .9rem; }
dd { margin: 0; display: flex; gap: .6rem; align-items: center; justify-content: space-between; min-width: 0; }
dd code { overflow-wrap: anywhere; min-width: 0; }
#said { position: fixed; inset: auto 1rem 1rem auto; max-width: calc(100% - 2rem); padding: .5rem .8rem; background: var(--text); color: var(--ground); border-radius: .4rem; z-index: 2; }
#said:empty { display: none; }

@media (max-width: 40rem) {
  main { padding: .7rem; }
  header { padding: .5rem .7rem; }
  #actions { width: 100%; }
  #actions button { flex: 1; }
  #requests summary { grid-template-columns: auto auto minmax(0, 1fr); }
  .what { grid-column: 1 / -1; }
  .to { grid-column: 1 / -1; }
  .took { grid-column: 3; grid-row: 1; }
  .note { grid-column: 1 / -1; }
  dl { grid-template-columns: minmax(0, 1fr); gap: .2rem; }
  dd { margin-bottom: .5rem; }
}
`;
