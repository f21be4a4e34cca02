/** The labelling page's style sheet; colour only repeats what words say. */
export const labellingStyle = `
:root{color-scheme:light dark;--paper:#fff;--raised:#f6f8fa;--ink:#1f2328;--faint:#59636e;--line:#d1d9e0;--edge:#818b96;--good:#1a7f37;--bad:#c4202b;--unsure:#8a5a00;--mark:#0969da;--warn:#fff3d6}
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--raised:#161b22;--ink:#e6edf3;--faint:#9aa4af;--line:#323a44;--edge:#6b7682;--good:#4ac26b;--bad:#ff7b72;--unsure:#e0a93b;--mark:#58a6ff;--warn:#3a2d0c}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main,footer,#notice,#trouble{width:100%;max-width:1280px;margin:0 auto;padding:0 24px}
header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:4px 24px;padding-top:14px;padding-bottom:6px}
header p{margin:0}
#rater,.faint{color:var(--faint)}
.progress{display:flex;align-items:center;gap:10px;font-variant-numeric:tabular-nums}
progress{width:160px;height:8px;accent-color:var(--mark)}
#notice{min-height:22px;margin:0 auto;color:var(--faint);font-size:14px}
#indented{font-size:13px;margin:6px 0 0}
#trouble{margin:6px auto;padding:10px 14px;max-width:1232px;background:var(--warn);border:1px solid var(--unsure);border-radius:8px}
main{flex:1}
h1{font-size:20px;line-height:1.3;margin:10px 0 14px;overflow-wrap:anywhere}
h1:focus{outline:none}
h2{font-size:13px;font-weight:600;margin:0 0 6px;color:var(--faint)}
section{margin:0 0 20px}
.sides{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:24px}
pre{margin:0;padding:10px 12px;background:var(--raised);border:1px solid var(--line);border-radius:8px;font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;max-height:44vh;overflow:auto}
#answer pre{max-height:62vh;border-color:var(--edge);background:var(--paper)}
pre.empty{color:var(--faint);font-style:italic}
.part{margin:0 0 10px}
.part>h3{font-size:13px;font-weight:400;color:var(--faint);margin:0 0 2px;overflow-wrap:anywhere}
footer{position:sticky;bottom:0;background:var(--paper);border-top:1px solid var(--line);padding-top:10px;padding-bottom:14px}
.acts{display:flex;flex-wrap:wrap;gap:8px;margin:0}
button{font:inherit;color:var(--ink);background:var(--raised);border:1px solid var(--edge);border-radius:8px;padding:7px 14px;cursor:pointer}
button:hover{border-color:var(--mark)}
button:disabled{opacity:.55;cursor:default}
button.pass,button.fail,button.unsure{flex:1 1 110px;font-weight:600;border-width:2px}
button.pass,.said.pass{color:var(--good);border-color:var(--good)}
button.fail,.said.fail{color:var(--bad);border-color:var(--bad)}
button.unsure,.said.unsure{color:var(--unsure);border-color:var(--unsure)}
button.link{border:0;background:none;color:var(--mark);padding:0 4px}
kbd{font:12px/1 ui-monospace,Menlo,Consolas,monospace;color:var(--faint);border:1px solid var(--edge);border-bottom-width:2px;border-radius:4px;padding:1px 5px;background:var(--paper)}
:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
.comment{display:flex;gap:12px;align-items:start;margin:0 0 10px;font-size:13px;color:var(--faint)}
.comment>span{padding-top:8px;white-space:nowrap}
textarea{flex:1;font:inherit;font-size:15px;color:var(--ink);background:var(--raised);border:1px solid var(--edge);border-radius:8px;padding:6px 10px;resize:vertical;min-height:38px;max-height:30vh;field-sizing:content}
fieldset{border:0;margin:0 0 10px;padding:0;max-height:30vh;overflow:auto}
legend{font-size:13px;color:var(--faint);padding:0}
.criterion{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px;padding:4px 0;border-bottom:1px solid var(--line)}
.criterion>span{flex:1 1 260px;overflow-wrap:anywhere}
.criterion button{padding:2px 10px;font-size:14px;font-weight:400;border-width:1px;flex:none;color:var(--ink);border-color:var(--edge)}
.criterion button[aria-pressed=true]{font-weight:600;border-width:2px;padding:1px 9px}
.criterion button.pass[aria-pressed=true]{color:var(--good);border-color:var(--good)}
.criterion button.fail[aria-pressed=true]{color:var(--bad);border-color:var(--bad)}
.criterion button.unsure[aria-pressed=true]{color:var(--unsure);border-color:var(--unsure)}
.opinion{border:1px solid var(--line);border-radius:8px;padding:8px 12px;margin:0 0 8px}
.opinion p{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
.opinion .verdict{font-weight:600}
dialog{color:var(--ink);background:var(--paper);border:1px solid var(--edge);border-radius:12px;max-width:520px;padding:20px 24px}
dialog::backdrop{background:rgb(0 0 0/.45)}
dialog dl{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:0 0 12px}
dialog dd{margin:0}
dialog p{color:var(--faint);font-size:14px}
@media (max-width:800px){
header,main,footer,#notice{padding-left:14px;padding-right:14px}
#trouble{width:auto;margin-left:14px;margin-right:14px}
.sides{grid-template-columns:minmax(0,1fr);gap:0}
pre,#answer pre{max-height:50vh}
footer{position:static}
.comment{flex-direction:column;gap:2px;align-items:stretch}
.comment>span{padding-top:0}
.criterion>span{flex-basis:100%}
.acts button.pass,.acts button.fail,.acts button.unsure{flex-basis:28%;padding:10px 6px}
}
@media (prefers-reduced-motion:no-preference){progress{transition:none}}
`;
