"""How the page looks: one style sheet, colours as custom properties for light and dark."""

from __future__ import annotations

__all__ = ["STYLE"]

_LIGHT = """--bg:#f6f7f9;--card:#ffffff;--ink:#18202b;--muted:#566173;--line:#dfe3e9;--soft:#eef1f5;
--accent:#1d5fb8;--quiet:#8a94a3;--shade:#18202b33;--warn:#9a5b00;--warnbg:#fff6e5;
--c1:#2b6cb8;--c2:#d98324;--c3:#25855f;--c4:#a9559c;--c5:#c24a33;--c6:#4f9cc7;
--h0:#eef4fb;--h1:#d6e5f5;--h2:#b7d1ec;--h3:#90b8e0;--h4:#6699cf;--h5:#417bb9;--h6:#295f9c;--h7:#17437a;
--i0:#18202b;--i1:#18202b;--i2:#18202b;--i3:#18202b;--i4:#0b1420;--i5:#ffffff;--i6:#ffffff;--i7:#ffffff;
color-scheme:light"""

_DARK = """--bg:#0f1319;--card:#171d26;--ink:#e8ecf2;--muted:#a3aebd;--line:#2c3542;--soft:#1f2732;
--accent:#86b6f6;--quiet:#7d8898;--shade:#000000b0;--warn:#f0b65c;--warnbg:#2b2314;
--c1:#6aa7ee;--c2:#f0a955;--c3:#5cc39a;--c4:#d58fca;--c5:#ee8068;--c6:#8cc8ea;
--h0:#1d2734;--h1:#20344c;--h2:#244365;--h3:#2b5580;--h4:#3a6d9f;--h5:#5b8fc2;--h6:#86b3df;--h7:#b9d7f4;
--i0:#e8ecf2;--i1:#e8ecf2;--i2:#e8ecf2;--i3:#ffffff;--i4:#ffffff;--i5:#0b1118;--i6:#0b1118;--i7:#0b1118;
color-scheme:dark"""

_BODY = """
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:4.25rem}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif;font-variant-numeric:lining-nums}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.2em}
h1,h2,h3{line-height:1.2;text-wrap:balance;letter-spacing:-.012em;margin:0}
h1{font-size:clamp(1.75rem,1.3rem + 2.2vw,2.6rem);font-weight:700;overflow-wrap:anywhere}
h2{font-size:clamp(1.35rem,1.2rem + .7vw,1.7rem);font-weight:680}
h3{font-size:1.08rem;font-weight:650;margin:2rem 0 .5rem}
p,ul,ol{margin:.6rem 0;max-width:42rem}
ul{padding-left:1.2rem}li{margin:.25rem 0}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;z-index:9;background:var(--card)}
.top{border-bottom:1px solid var(--line);background:var(--card)}
.wrap{max-width:80rem;margin:0 auto;padding:0 clamp(1rem,3vw,2.25rem)}
.top .wrap{padding-top:clamp(1.5rem,4vw,3rem);padding-bottom:clamp(1.25rem,3vw,2rem);
display:flex;gap:1rem;justify-content:space-between;align-items:flex-start}
.top p{color:var(--muted);margin:.6rem 0 0}
.theme{flex:none;font:inherit;font-size:.85rem;color:var(--muted);background:none;cursor:pointer;
border:1px solid var(--line);border-radius:2rem;padding:.3rem .8rem;min-height:2.2rem}
.theme:hover{color:var(--ink);border-color:var(--quiet)}
nav{position:sticky;top:0;z-index:5;background:var(--card);border-bottom:1px solid var(--line)}
nav ol{display:flex;gap:.25rem;list-style:none;margin:0;padding:.45rem clamp(1rem,3vw,2.25rem);
overflow-x:auto;max-width:100%;scrollbar-width:none}
nav li{margin:0;flex:none}
nav a{display:block;padding:.35rem .7rem;border-radius:2rem;color:var(--muted);font-size:.9rem;
text-decoration:none;white-space:nowrap}
nav a:hover{background:var(--soft);color:var(--ink)}
section{padding:clamp(1.5rem,4vw,2.5rem) 0 .5rem;border-top:1px solid var(--line)}
main>section:first-child{border-top:0}
.lead{font-size:1.12rem;line-height:1.5;color:var(--ink);max-width:44rem;margin:.7rem 0 1rem}
.note{color:var(--muted);font-size:.92rem}
.absent{color:var(--muted);font-style:italic}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,9.75rem),1fr));
gap:.75rem;margin:1.1rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem .95rem;
min-width:0;overflow-wrap:anywhere}
.card dt{color:var(--muted);font-size:.86rem;line-height:1.3}
.card dd{margin:.25rem 0 0;font-size:1.5rem;font-weight:680;line-height:1.15;
letter-spacing:-.015em;font-variant-numeric:tabular-nums lining-nums}
.card dd i{font-style:normal;font-size:.95rem;font-weight:600}
.card small{display:block;font-size:.82rem;font-weight:400;line-height:1.35;color:var(--muted);
letter-spacing:0;margin-top:.3rem}
.stands{list-style:none;padding:0;max-width:46rem}
.stands li{padding:.55rem 0 .55rem 1rem;border-left:3px solid var(--accent);margin:.5rem 0;
background:none}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr));
gap:1rem;margin:1.1rem 0;align-items:start}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:.6rem;
padding:.95rem clamp(.6rem,2.5vw,1rem) .5rem;min-width:0}
figcaption{font-size:.92rem;line-height:1.4;color:var(--muted);margin-bottom:.6rem}
figcaption b{display:block;color:var(--ink);font-size:1rem;font-weight:650;margin-bottom:.1rem}
.chart{display:block;width:100%;max-width:32rem;height:auto;margin:0 auto}
.chart text{font-family:inherit}
.chart *{stroke-linejoin:round;stroke-linecap:butt}
figure th,figure td{padding:.42rem .5rem;white-space:normal}figure thead th{min-width:3.4rem}
figure .l{min-width:9.5rem}
details{margin:.5rem 0;font-size:.92rem}
summary{cursor:pointer;color:var(--accent);padding:.3rem 0;min-height:1.9rem}
.scroll{overflow-x:auto;max-width:100%;margin:.6rem 0;border:1px solid var(--line);
border-radius:.6rem;background:linear-gradient(to right,var(--card) 40%,transparent) left/2.5rem
100% no-repeat local,linear-gradient(to left,var(--card) 40%,transparent) right/2.5rem 100%
no-repeat local,linear-gradient(to right,var(--shade),transparent) left/.9rem 100% no-repeat scroll,
linear-gradient(to left,var(--shade),transparent) right/.9rem 100% no-repeat scroll,var(--card)}
figure .scroll,figure details .scroll{border-radius:.4rem;max-height:24rem;overflow-y:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.35;
font-variant-numeric:tabular-nums lining-nums}
th,td{padding:.48rem .75rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line);
font-weight:400;vertical-align:top}
thead th{color:var(--muted);font-size:.84rem;vertical-align:bottom;background:var(--soft);
white-space:normal;min-width:4.6rem}
tbody tr:last-child>*{border-bottom:0}
tbody th{font-weight:600}
.w{text-align:left}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));
gap:.4rem 1.5rem;margin:1.1rem 0}
.pairs>div{border-top:1px solid var(--line);padding-top:.5rem}
.pairs dt{font-weight:650}.pairs dd{margin:.1rem 0 .5rem;font-size:.93rem;line-height:1.45}
.told{background:var(--warnbg);border-left:3px solid var(--warn);padding:.7rem 1rem;margin:.6rem 0;
border-radius:0 .4rem .4rem 0;max-width:46rem}
.told b{display:block}.told p{margin:.2rem 0 0}
.terms dt{font-weight:650;margin-top:.9rem}.terms dd{margin:.1rem 0 0;max-width:42rem;
color:var(--muted)}
footer{border-top:1px solid var(--line);color:var(--muted);font-size:.88rem;padding:1.5rem 0 3rem;
margin-top:2rem}
@media screen and (min-width:56rem){
.figures>figure:last-child:nth-child(odd){grid-column:1/-1;display:grid;
grid-template-columns:repeat(2,minmax(0,1fr));grid-template-rows:auto 1fr;column-gap:2rem}
.figures>figure:last-child:nth-child(odd)>details{grid-column:2;grid-row:1/3;margin:0 0 .5rem}
.figures>figure:last-child:nth-child(odd) summary,.wide>summary{display:none}
.figures>figure:last-child:nth-child(odd)>details::details-content,
.wide::details-content{content-visibility:visible;display:block;height:auto}
.figures>figure:last-child:nth-child(odd) .scroll{max-height:none;margin:0}
}
@media (min-width:72rem){
.page{display:grid;grid-template-columns:12.5rem minmax(0,1fr);gap:2.5rem}
nav{top:0;align-self:start;background:none;border:0;max-height:100vh;overflow-y:auto;
padding:2rem 0}
nav ol{flex-direction:column;padding:0;overflow:visible}
nav a{white-space:normal;border-radius:.4rem}
html{scroll-padding-top:1rem}
}
@media (max-width:71.99rem){.page.wrap{padding:0}.page>main{padding:0 clamp(1rem,3vw,2.25rem)}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
"""

_PRINT = """
@media print{
:root{--bg:#fff}
@page{margin:16mm 14mm}
body{font-size:10.5pt}
nav,.theme,.skip{display:none!important}
.top,.page,.wrap,.page>main{display:block;padding-left:0!important;padding-right:0!important}
section{break-before:page;padding-top:0;border:0}
main>section:first-child{break-before:auto;padding-top:1rem}
h2,h3,figcaption,thead,.lead{break-after:avoid}
figure,.card,tr,.told{break-inside:avoid}
.figures{grid-template-columns:1fr 1fr;gap:.6rem}
.figures>figure:only-child{grid-column:1/-1;max-width:60%}
.scroll,figure .scroll,figure details .scroll{overflow:visible;max-height:none;border:0}
table{font-size:8pt}th,td{padding:.22rem .35rem;white-space:normal}
thead th,figure thead th,figure .l{min-width:0}
figure th,figure td{padding:.15rem .22rem}
figure .many{font-size:5.8pt;table-layout:fixed;overflow-wrap:anywhere}
figure .many th:first-child{width:17%}figure .many th,figure .many td{padding:.12rem .1rem}
.pairs>div{break-inside:avoid}
figure details{break-inside:auto}
details::details-content{content-visibility:visible!important;display:block!important;
height:auto!important}
details>*{display:block!important}
details>summary,details.screen{display:none!important}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""

STYLE = (
    f":root{{{_LIGHT}}}"
    f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{_DARK}}}}}"
    f"@media screen{{:root[data-theme=dark]{{{_DARK}}}}}{_BODY}{_PRINT}"
)
