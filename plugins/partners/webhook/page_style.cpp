#include "plugins/partners/webhook/page.h"

namespace sanad::webhook {

// Colours: text on its ground at least 4.5 to 1 (WCAG 2.1, 1.4.3); urgency never by colour alone.
std::string_view style_sheet() {
    return R"css(*{box-sizing:border-box}
:root{color-scheme:light dark;--ink:#1b2733;--soft:#51606f;--line:#d5dce3;--ground:#f5f7f9;--card:#fff;--act:#0b5c6b;--level:#51606f}
body{margin:0;background:var(--ground);color:var(--ink);line-height:1.6;
 font:1.0625rem/1.6 system-ui,"Segoe UI","Noto Sans","Noto Sans Arabic","Noto Kufi Arabic",Tahoma,sans-serif}
header,main{max-width:44rem;margin:0 auto;padding:0 1.25rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;justify-content:space-between;
 padding-block:1rem}
.helpline{margin:0;font-weight:700;color:var(--act)}
nav{display:flex;gap:1rem}
nav strong{color:var(--ink)}
a{color:var(--act)}
main{padding-bottom:3rem}
h1{font-size:1.6rem;line-height:1.3;margin:.5rem 0 1rem}
h2{font-size:1.15rem;margin:0 0 .75rem}
section,.facts{background:var(--card);border:1px solid var(--line);border-radius:.6rem;
 padding:1.1rem 1.25rem;margin:0 0 1rem}
.facts{border-inline-start:.4rem solid var(--level);display:grid;gap:.6rem 1.5rem;
 grid-template-columns:repeat(auto-fit,minmax(13rem,1fr))}
.facts>div:first-child{grid-column:1/-1}
.u0{--level:#a3123a}.u1{--level:#b3261e}.u2{--level:#8a5300}.u3{--level:#0b5c6b}
dl{margin:0}
dt{color:var(--soft);font-size:.9rem}
dd{margin:0;overflow-wrap:anywhere}
.level{display:inline-block;background:var(--level);color:#fff;font-weight:700;border-radius:.3rem;
 padding:.05rem .6rem}
.act{font-weight:600;margin-inline-start:.4rem}
.view>div{padding:.55rem 0;border-top:1px solid var(--line)}
.view>div:first-child{border-top:0;padding-top:0}
.view dd{white-space:pre-wrap}
[dir=rtl] .view dd{text-align:right}[dir=ltr] .view dd{text-align:left}
.care,.hint{color:var(--soft);font-size:.95rem}
.care{margin:.9rem 0 0;padding-top:.9rem;border-top:1px solid var(--line)}
.hint{margin:0 0 .4rem}
fieldset{border:0;margin:0 0 1rem;padding:0;display:grid;gap:.5rem}
fieldset label{display:flex;gap:.7rem;align-items:center;border:1px solid var(--line);border-radius:.5rem;
 padding:.65rem .9rem;cursor:pointer}
fieldset label:has(:checked){border-color:var(--act);background:#eef6f7}
input[type=radio]{width:1.15rem;height:1.15rem;margin:0;accent-color:var(--act);flex:none}
.note{display:block;font-weight:600}
textarea{width:100%;font:inherit;color:inherit;padding:.6rem .75rem;border:1px solid #8a97a4;border-radius:.5rem;
 background:#fff}
button{font:inherit;font-weight:700;margin-top:1rem;padding:.75rem 1.6rem;border:0;border-radius:.5rem;
 background:var(--act);color:#fff;cursor:pointer}
button:hover{background:#084854}
:focus-visible{outline:3px solid #d9822b;outline-offset:2px}
.problem,.done{border-radius:.5rem;padding:.8rem 1rem;margin:0 0 1rem;font-weight:600}
.problem{background:#fdecea;border:1px solid #b3261e;color:#7a1611}
.done{background:#e8f5ec;border:1px solid #2e6b43;color:#1f4d30;font-weight:400}
@media (prefers-color-scheme:dark){
 :root{--ink:#e8edf2;--soft:#a9b6c3;--line:#3a4754;--ground:#12181f;--card:#1a222b;--act:#7fd0df}
 .level{color:#fff}.u3{--level:#0b5c6b}
 fieldset label:has(:checked){background:#1f3338}
 textarea{background:#12181f}
 button{color:#0d1419}button:hover{background:#a5e0eb}
 .problem{background:#3b1512;color:#ffd9d5}.done{background:#14301f;color:#d3f0dd}
}
@media print{
 body{background:#fff;color:#000}nav,.answer{display:none}
 section,.facts{border-color:#999;break-inside:avoid}
 .level{background:none;color:#000;border:1px solid #000}
}
)css";
}

}  // namespace sanad::webhook
