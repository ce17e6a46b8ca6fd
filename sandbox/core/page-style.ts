export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#dfe3e8, #31363d); --soft: light-dark(#5d6875, #9aa4b0);
  --card: light-dark(#fff, #1c2026); --accent: light-dark(#0b6e4f, #5fd3a6); --bad: light-dark(#b3261e, #ff8a80); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#f6f7f9, #14171b);
  color: light-dark(#1b2026, #e6e9ed); }
header, main { max-width: 1200px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
h1 { margin: 0; font-size: 26px; }
h2 { margin: 0; font-size: 20px; text-transform: capitalize; }
h2 code { text-transform: none; }
h3 { margin: 28px 0 8px; font-size: 15px; }
p { margin: 4px 0; color: var(--soft); }
small { color: var(--soft); font-weight: 400; }
a { color: var(--accent); margin-right: 8px; }
code { font: 13px ui-monospace, monospace; color: var(--soft); border: 1px solid var(--line); border-radius: 6px;
  padding: 1px 6px; margin-right: 4px; }
section { margin: 24px 0; padding: 24px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
section > h3:first-child { margin-top: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 16px 0; }
.card { border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
.card b { display: block; font-size: 24px; font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); font-size: 13px; }
.card.bad b { color: var(--bad); }
.scroll { overflow: auto; max-height: 480px; border: 1px solid var(--line); border-radius: 10px; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { position: sticky; top: 0; background: var(--card); text-align: left; color: var(--soft); font-weight: 600; }
th, td { padding: 6px 12px; border-bottom: 1px solid var(--line); white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
.empty { color: var(--soft); text-align: center; padding: 16px; }
`;
