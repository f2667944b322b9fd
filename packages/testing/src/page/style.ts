/** The style of the page: system fonts and colours, one column on a phone, dark mode. */
export const style = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14161a);
  --card: light-dark(#ffffff, #1e2127);
  --line: light-dark(#d5d9e0, #3a3f49);
  --text: light-dark(#1a1d23, #e8eaee);
  --faint: light-dark(#5a6270, #a3abb8);
  --plot: light-dark(#1a5fb4, #7fb3ff);
  --good: light-dark(#1a6b3c, #6fd39a);
  --bad: light-dark(#b3261e, #ff9a90);
  --warn: light-dark(#7a4f00, #f3c26b);
  font: 16px/1.45 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); }
header {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
  padding: .6rem 1rem; background: var(--card); border-bottom: 1px solid var(--line);
}
h1 { font-size: 1.1rem; margin: 0; }
h2 { font-size: 1rem; margin: 0 0 .6rem; }
#summary { margin: 0; flex: 1 1 12rem; color: var(--faint); font-size: .9rem; }
#summary.lost { color: var(--bad); font-weight: 600; }
main { display: grid; gap: 1.4rem; padding: 1rem; max-width: 90rem; margin: 0 auto; }
@media (min-width: 64rem) { main { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
ul, ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
#deployments { grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); }
li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .8rem; min-width: 0; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
.about, .use, #quiet, #none { color: var(--faint); font-size: .85rem; margin: .15rem 0; overflow-wrap: anywhere; }
.use.full { color: var(--bad); font-weight: 600; }
svg { display: block; width: 100%; height: 3rem; margin: .4rem 0; border-bottom: 1px solid var(--line); }
polyline { fill: none; stroke: var(--plot); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
polygon { fill: var(--plot); opacity: .15; }
.faults { display: flex; flex-wrap: wrap; gap: .4rem; max-width: 24rem; }
.faults button { flex: 1; padding: .3rem .2rem; }
button {
  font: inherit; font-size: .9rem; min-height: 2.5rem; min-width: 2.75rem; padding: .3rem .7rem; cursor: pointer;
  color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: .4rem;
}
button:hover { border-color: var(--plot); }
button:focus-visible { outline: 3px solid var(--plot); outline-offset: 2px; }
button[aria-pressed="true"] { background: var(--plot); color: var(--ground); }
#requests li { display: grid; grid-template-columns: auto 1fr auto; gap: 0 .7rem; font-size: .9rem; padding: .45rem .7rem; }
#requests .what { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .82rem; align-self: center; }
#requests .when { color: var(--faint); font-variant-numeric: tabular-nums; }
#requests .status { font-weight: 600; font-variant-numeric: tabular-nums; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
#requests .finding { grid-column: 1 / -1; margin: .25rem 0 0; padding-left: .6rem; border-left: 3px solid var(--warn); color: var(--warn); }
#said { position: fixed; inset: auto 1rem 1rem auto; margin: 0; padding: .5rem .8rem; background: var(--text); color: var(--ground); border-radius: .4rem; }
#said:empty { display: none; }
`;
