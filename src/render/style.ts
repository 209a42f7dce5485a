/*
 * The one style sheet of the console and the digests. Colours are variables with a value for each scheme; text on them keeps a contrast
 * of at least 4.5 : 1 (a browser test measures it).
 */
export const STYLE = `
:root{color-scheme:light dark;
--bg:#f5f6f8;--surface:#fff;--text:#191d24;--muted:#545c6b;--edge:#d8dde5;--link:#0b55b3;
--bad:#b3201a;--bad-soft:#fdeeec;--warn:#815300;--warn-soft:#fff3d9;--ok:#1a6b3a;--ok-soft:#e7f5ec;
--series:#1f55a5;--breach:#b3201a14;--band:#1f55a51c;--focus:#0b55b3}
@media (prefers-color-scheme:dark){:root{
--bg:#101317;--surface:#181c22;--text:#e7eaef;--muted:#a5adba;--edge:#343b46;--link:#8fbcff;
--bad:#ff938a;--bad-soft:#3a1a18;--warn:#ffcb6b;--warn-soft:#33280e;--ok:#80d49c;--ok-soft:#14301f;
--series:#8fbcff;--breach:#ff938a1f;--band:#8fbcff26;--focus:#8fbcff}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Open Sans",sans-serif}
a{color:var(--link);text-underline-offset:2px}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999px;top:0;background:var(--surface);padding:.6rem 1rem;z-index:1}
.skip:focus{left:0}
.top{background:var(--surface);border-bottom:1px solid var(--edge)}
.top div{max-width:68rem;margin:0 auto;padding:.55rem 1rem;display:flex;flex-wrap:wrap;gap:.2rem 1.25rem;align-items:center}
.brand{display:inline-flex;align-items:center;gap:.5rem;font-weight:700;color:var(--text);text-decoration:none;letter-spacing:.01em}
.brand svg{width:1.25rem;height:1.25rem}
nav ul{display:flex;flex-wrap:wrap;gap:0 1rem;margin:0;padding:0;list-style:none}
nav a{display:inline-block;padding:.25rem 0;text-decoration:none}
nav a:hover{text-decoration:underline}
main{max-width:68rem;margin:0 auto;padding:1.25rem 1rem 3rem}
footer{max-width:68rem;margin:0 auto;padding:0 1rem 2.5rem;color:var(--muted);font-size:.875rem}
h1{font-size:1.6rem;line-height:1.25;margin:.25rem 0 .5rem;overflow-wrap:anywhere;text-wrap:balance}
h2{font-size:1.2rem;line-height:1.3;margin:2.25rem 0 .6rem}
h3,h2.name{font-size:1rem;line-height:1.4;margin:0 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0 .75rem}
ul,ol{padding-left:1.3rem;margin:.25rem 0 .75rem}
code,pre,.id{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
pre{background:var(--surface);border:1px solid var(--edge);border-radius:6px;padding:.75rem 1rem;white-space:pre-wrap;margin:.5rem 0}
.muted,.none{color:var(--muted)}
.small{font-size:.875rem}
.nowrap{white-space:nowrap}
.num{text-align:right;font-variant-numeric:tabular-nums}
.bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--ok)}
.tag{display:inline-flex;align-items:center;gap:.35em;font-size:.8125rem;font-weight:600;line-height:1.3;padding:.15rem .5rem;border-radius:4px;border:1px solid currentColor;white-space:nowrap;background:var(--surface)}
.tag svg,.mark svg{width:.85em;height:.85em;flex:none}
.tag.bad{background:var(--bad-soft)}.tag.warn{background:var(--warn-soft)}.tag.good{background:var(--ok-soft)}.tag.muted{border-color:var(--edge)}
.tags{display:flex;flex-wrap:wrap;gap:.4rem;margin:0 0 .5rem;align-items:center}
.mark{font-weight:600}
.mark svg{vertical-align:-.06em;margin-right:.35em}
.card,.banner{background:var(--surface);border:1px solid var(--edge);border-radius:8px;padding:.9rem 1rem;margin:0 0 .75rem}
.card.bad,.card.warn,.banner{color:inherit}
.card.bad{border-left:5px solid var(--bad)}.card.warn{border-left:5px solid var(--warn)}.card.good{border-left:5px solid var(--ok)}
.card p:last-child,.banner p:last-child,.respond>:last-child,.card>.scroll:last-child table,.card>details:last-child{margin-bottom:0}
.banner.bad{border-color:var(--bad);background:var(--bad-soft)}.banner.warn{border-color:var(--warn);background:var(--warn-soft)}
.split{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1.5rem;align-items:flex-start}
.split>:first-child{flex:1 1 22rem;min-width:0}
.respond{border:2px solid var(--bad);border-radius:8px;background:var(--surface);padding:1rem 1.1rem;margin:1rem 0 1.5rem}
.respond.done{border:1px solid var(--edge)}
.respond h2:not(.name){margin:0 0 .35rem;font-size:1.05rem}
.respond .action{font-size:1.2rem;line-height:1.4;font-weight:600;margin:0 0 .6rem;overflow-wrap:anywhere}
.respond li{margin:.35rem 0}
.desk{background:var(--surface);border:1px solid var(--edge);border-radius:8px;padding:.9rem 1rem;margin:.5rem 0 .75rem;max-width:44rem}
.desk label{display:block;font-weight:600;margin:0 0 .2rem}
input,textarea,select,button{font:inherit;color:var(--text);background:var(--bg);border:1px solid var(--muted);border-radius:5px;padding:.4rem .6rem;max-width:100%}
.desk input:not([type=hidden]),.desk textarea{width:100%}
textarea{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
button{cursor:pointer;font-weight:600}
button.main{background:var(--link);border-color:var(--link);color:var(--surface)}
.deadline{font-size:1.05rem}
dl.facts{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.3rem 1.25rem;margin:.5rem 0 1rem}
dl.facts dt{color:var(--muted)}dl.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:.75rem 0 1rem;padding:0;list-style:none}
.figures li{background:var(--surface);border:1px solid var(--edge);border-radius:8px;padding:.6rem .8rem;color:var(--muted);font-size:.875rem;line-height:1.35}
.figures b{display:block;color:var(--text);font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;background:var(--surface);border:1px solid var(--edge);margin:.25rem 0 1rem;font-size:.9375rem}
caption{text-align:left;color:var(--muted);font-size:.875rem;padding:0 0 .35rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .7rem;border-top:1px solid var(--edge);overflow-wrap:break-word}
thead th{border-top:0;color:var(--muted);font-weight:600;font-size:.8125rem;white-space:nowrap}
tbody th{font-weight:600}tbody th .small{font-weight:400}
th.num,td.num{text-align:right}
details{margin:.25rem 0 1rem}
summary{cursor:pointer;color:var(--link);padding:.25rem 0}
figure{margin:.5rem 0 1rem}
figure.plot{background:var(--surface);border:1px solid var(--edge);border-radius:8px;padding:.9rem 1rem .5rem}
figure.plot figcaption{color:var(--muted);font-size:.875rem;margin:0 0 .5rem}
.plot .frame{padding:0 .5rem 0 3.2rem}
svg.chart,svg.strip{display:block;overflow:visible}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Open Sans",sans-serif;fill:var(--muted)}
svg .grid{stroke:var(--edge);stroke-width:1}
svg .series{fill:none;stroke:var(--series);stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
svg .alone{fill:var(--series)}
svg .gap{stroke:var(--muted);stroke-width:2;stroke-dasharray:1 5;stroke-linecap:round}
svg .breach{fill:var(--breach)}
svg .band{fill:var(--band)}
svg .threshold{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4;vector-effect:non-scaling-stroke}
svg text.threshold-label,svg text.fired-label{fill:var(--bad);font-weight:600}
svg .firing{fill:var(--bad)}
svg .fired{stroke:var(--bad);stroke-width:1}
svg .hover{fill:none;pointer-events:all}
svg .cell-quiet{fill:var(--muted);opacity:.45}
svg .cell-firing{fill:var(--bad)}
svg .cell-unknown{fill:var(--surface);stroke:var(--warn);stroke-width:1.5;stroke-dasharray:3 2}
svg.spark{display:block;margin:.25rem 0}
@media (max-width:640px){
 h1{font-size:1.35rem}h2:not(.name){margin-top:1.75rem}
 .wide{display:none!important}
 th,td{padding:.4rem .5rem}
 .stack,.stack caption,.stack tbody,.stack tr,.stack th,.stack td{display:block}
 .stack{border:0;background:none}
 .stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
 .stack tr{background:var(--surface);border:1px solid var(--edge);padding:.5rem .7rem;margin-top:-1px}
 .stack th,.stack td,.stack td.num{border:0;padding:.1rem 0;text-align:left;overflow-wrap:anywhere}
 .stack td::before{content:attr(data-label) ": ";color:var(--muted);font-size:.875rem}
 .stack td:empty{display:none}
 dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin:0 0 .5rem}
 .plot .frame{padding-left:2.8rem}
 figure.plot{padding:.75rem .6rem .4rem}
}
@media print{
 .top nav,.skip{display:none}body{background:#fff;font-size:11pt}main{padding:0;max-width:none}
 .card,table,figure,.respond{break-inside:avoid}a{color:inherit}
}`;
