const DARK =
  "color-scheme:dark;--paper:#0d1117;--raised:#161b22;--ink:#e6edf3;--faint:#9aa4af;--line:#323a44;--good:#4ac26b;--bad:#ff7b72;--unsure:#e0a93b;--mark:#58a6ff;--range:#1f4a7a;--del:#6e2330;--ins:#1d5230";

/** The page's one style sheet; colour only repeats what words say. */
export const pageStyle = `
:root{color-scheme:light;--paper:#fff;--raised:#f6f8fa;--ink:#1f2328;--faint:#59636e;--line:#d1d9e0;--good:#1a7f37;--bad:#c4202b;--unsure:#8a5a00;--mark:#0969da;--range:#b6d4f5;--del:#ffd7d5;--ins:#ccf2d4}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}}
:root[data-theme=dark]{${DARK}}
*{box-sizing:border-box}
body{margin:0;overflow-anchor:none;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header.page{max-width:1120px;margin:0 auto;padding:24px 20px}
header.page{padding-bottom:0;display:flex;align-items:start;gap:12px}
header.page nav{flex:1;min-width:0;overflow-wrap:anywhere;display:flex;flex-wrap:wrap;gap:4px 16px}
button.theme{margin-left:auto;font-size:13px;white-space:nowrap}
main{padding-top:8px}
h1,p,li{overflow-wrap:anywhere}
section.run{padding-bottom:48px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}
h2{font-size:17px;margin:36px 0 10px}
p{margin:6px 0}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.good{color:var(--good)}.bad{color:var(--bad)}.unsure{color:var(--unsure)}.faint{color:var(--faint)}
.said{font-size:17px;font-weight:600;margin-top:14px}
nav a{color:var(--mark)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--faint);font-size:13px}
.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.scroll{overflow-x:auto}
.scroll td,.scroll thead th{white-space:nowrap}
.scroll tbody th{min-width:8em;max-width:20em;overflow-wrap:anywhere}
.scroll td.text{max-width:20em;white-space:normal;overflow-wrap:anywhere}
ul{margin:6px 0;padding-left:20px}
svg text{fill:var(--faint);font-size:11px}
svg.bar{display:block}
.track{stroke:var(--line);stroke-width:1}
.range{fill:var(--range)}
.now{fill:var(--mark)}
.was{fill:var(--paper);stroke:var(--faint);stroke-width:2}
.past{fill:var(--faint)}
.need{stroke:var(--bad);stroke-width:2;fill:none}
.whisker{stroke:var(--range);stroke-width:5;fill:none}
.path{fill:none;stroke:var(--faint);stroke-width:1.5}
.column{fill:var(--mark)}
svg.trend{display:block;width:100%;min-width:560px;height:auto;max-width:900px}
.figures{display:flex;flex-wrap:wrap;gap:20px 32px}
figure{margin:0;width:330px;max-width:100%}
svg.histogram{display:block;width:100%;height:auto}
figcaption{font-size:13px;color:var(--faint);overflow-wrap:anywhere}
.controls{display:flex;flex-wrap:wrap;gap:10px;align-items:end;position:sticky;top:0;background:var(--paper);padding:8px 0;z-index:1}
.controls label{display:flex;flex-direction:column;font-size:12px;color:var(--faint)}
input,select,button{font:inherit;color:var(--ink);background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:5px 9px}
select{max-width:220px}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--mark);outline-offset:1px}
table.cases{table-layout:fixed}
table.cases th button{border:0;background:none;padding:0;font:inherit;color:inherit}
table.cases th[aria-sort=ascending] button:after{content:" \\2191";content:" \\2191" / ""}
table.cases th[aria-sort=descending] button:after{content:" \\2193";content:" \\2193" / ""}
table.cases td{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
table.cases .narrow{width:88px}
table.cases th.change{width:206px}
table.cases th.trials{width:130px}
table.cases th{overflow:hidden}
@media (max-width:900px){table.cases tr>.tags{width:0;padding:0}}
@media (max-width:640px){main,header.page{padding-left:14px;padding-right:14px}h1{font-size:22px}table.cases tr>.trials{width:0;padding:0}table.cases .narrow{width:72px}table.cases th.change{width:92px}table.cases td.change{white-space:normal}.controls{position:static}table.cases td,table.cases th{padding-right:8px}table.cases tr.detail td{padding:8px 8px 14px}.sides{grid-template-columns:1fr}}
button.case{border:0;background:none;padding:0;color:var(--mark);text-align:left;max-width:100%;overflow:hidden;text-overflow:ellipsis}
table.cases tr.detail td{white-space:normal;padding:10px 14px 18px;background:var(--raised)}
.marks{font-family:ui-monospace,Menlo,Consolas,monospace;letter-spacing:2px}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:12px}
pre{margin:4px 0 10px;padding:10px;background:var(--paper);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:420px;overflow:auto}
pre del{background:var(--del);text-decoration:line-through;text-decoration-color:var(--faint)}
pre ins{background:var(--ins);text-decoration:none}
h3{font-size:13px;margin:8px 0 0;color:var(--faint)}
.legend{font-size:13px;color:var(--faint)}
@media print{.controls,button.theme{display:none}pre{max-height:none}}
`;
